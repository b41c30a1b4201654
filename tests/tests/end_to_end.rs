//! The main job, from an author's folder to an opened paid lesson, on the
//! embedded default and on real services; the browser's part of it stands in
//! `browser.rs`.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail where it stands"
)]

use reqwest::StatusCode;
use tests::lab::Lab;
use tests::learner::Learner;
use tests::place::{Place, Side};
use tests::school::School;
use tests::services::Services;

/// A paid lesson of the sample school, with a film.
const LESSON: &str = "ownership-by-drawing/a-move-drawn";
/// Stands above the mark in that lesson.
const PREVIEW: &str = "In the last lesson the arrow jumped from one box to another";
/// Stands below the mark.
const PAID: &str = "The third picture is the one to remember.";

#[tokio::test]
async fn a_paid_lesson_opens_for_its_owner_alone_on_the_embedded_default() {
    let lab = Lab::embedded(School::sample).await.unwrap();
    a_paid_lesson_opens_for_its_owner_alone(&lab).await;
}

#[tokio::test]
async fn a_paid_lesson_opens_for_its_owner_alone_on_real_services() {
    let test = "a_paid_lesson_opens_for_its_owner_alone_on_real_services";
    let Some(services) = Services::or_leave_out(test) else { return };
    let lab = Lab::distributed(&services, School::sample).await.unwrap();
    a_paid_lesson_opens_for_its_owner_alone(&lab).await;
}

async fn a_paid_lesson_opens_for_its_owner_alone(lab: &Lab) {
    let mut guest = Learner::guest(&lab.edge.origin()).unwrap();
    assert_locked(&mut guest, StatusCode::UNAUTHORIZED, "sign_in_required").await;

    let email = "ada@school.test";
    let mut ada = Learner::sign_in(&lab.edge, email).await.unwrap();
    assert_locked(&mut ada, StatusCode::FORBIDDEN, "not_entitled").await;

    lab.edge.grant(email, "ownership-by-drawing").unwrap();
    assert_open(&mut ada).await;

    lab.edge.withdraw(email, "ownership-by-drawing").unwrap();
    let answer = ask_until(&mut ada, StatusCode::FORBIDDEN).await;
    assert_eq!(answer, "entitlement_expired");
}

/// The public page, the API and the page without a script all say the same no.
async fn assert_locked(learner: &mut Learner, status: StatusCode, code: &str) {
    let page = learner.get(&format!("/courses/{LESSON}/")).await.unwrap();
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains(PREVIEW) && !page.text().contains(PAID));

    let answer = learner.get(&format!("/api/lessons/{LESSON}")).await.unwrap();
    assert_eq!((answer.status, answer.code().as_str()), (status, code));
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert!(answer.headers["cache-control"].to_str().unwrap().contains("no-store"));

    let page = learner.get(&format!("/learn/{LESSON}/")).await.unwrap();
    assert_eq!(page.status, status);
    assert!(page.text().contains(PREVIEW) && !page.text().contains(PAID));
    let file = learner.get(&format!("/learn/{LESSON}/call.svg")).await.unwrap();
    assert_eq!(file.status, status);
}

/// Text, film, captions and pictures all reach the owner.
async fn assert_open(learner: &mut Learner) {
    assert_eq!(ask_until(learner, StatusCode::OK).await, "");
    let answer = learner.get(&format!("/api/lessons/{LESSON}")).await.unwrap().json();
    let body = learner.get(answer["body"]["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(body.status, StatusCode::OK);
    assert!(body.text().contains(PAID) && body.text().contains(PREVIEW));

    let film = answer["video"]["url"].as_str().unwrap();
    let bytes = learner.get(film).await.unwrap();
    assert_eq!(bytes.headers["content-type"], "video/mp4");
    assert_eq!(bytes.body.get(4..8), Some(&b"ftyp"[..]));
    assert!(bytes.body.len() > 100_000);

    let captions = answer["captions"].as_array().unwrap();
    let languages: Vec<_> = captions.iter().map(|c| c["language"].as_str().unwrap()).collect();
    assert_eq!(languages, ["en", "zh"]);
    let english = learner.get(captions[0]["url"].as_str().unwrap()).await.unwrap();
    assert!(english.text().starts_with("WEBVTT"));

    let page = learner.get(&format!("/learn/{LESSON}/")).await.unwrap();
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains(PAID) && page.text().contains("<video"));
    let picture = learner.get(&format!("/learn/{LESSON}/call.svg")).await.unwrap();
    assert_eq!(picture.status, StatusCode::FOUND);
    let address = picture.headers["location"].to_str().unwrap().to_owned();
    let picture = learner.get(&address).await.unwrap();
    assert!(picture.text().contains("<svg"));
}

/// Asks for the lesson until the answer has the status, for at most two
/// seconds: a grant and its end have to be that quick. Answers with the code.
async fn ask_until(learner: &mut Learner, status: StatusCode) -> String {
    let within = std::time::Duration::from_secs(2);
    let api = format!("/api/lessons/{LESSON}");
    let what = format!("the answer {status}");
    let answer = tests::wait::until(&what, within, async || {
        let answer = learner.get(&api).await.unwrap();
        (answer.status == status).then_some(answer)
    });
    answer.await.unwrap().code()
}

#[tokio::test]
async fn a_chinese_lesson_opens_for_its_owner_in_chinese() {
    let lab = Lab::embedded(School::sample).await.unwrap();
    let email = "shen@school.test";
    let mut learner = Learner::sign_in(&lab.edge, email).await.unwrap();
    lab.edge.grant(email, "measure-twice").unwrap();
    let path = "/zh/learn/measure-twice/which-number/";
    let page = tests::wait::until("the lesson", std::time::Duration::from_secs(2), async || {
        let page = learner.get(path).await.unwrap();
        (page.status == StatusCode::OK).then_some(page)
    });
    let text = page.await.unwrap().text();
    assert!(text.contains("第五次里有一次系统更新恰好开始检查磁盘"));
    assert!(text.contains("lang=\"zh\""));
}

#[tokio::test]
async fn the_private_bucket_opens_for_no_stranger_and_the_public_one_for_all() {
    let test = "the_private_bucket_opens_for_no_stranger_and_the_public_one_for_all";
    let Some(services) = Services::or_leave_out(test) else { return };
    let lab = Lab::distributed(&services, School::sample).await.unwrap();
    let Place::Buckets { public, private, .. } = &lab.place else { panic!("not on S3") };
    let mut stranger = Learner::guest(&lab.edge.origin()).unwrap();
    let page = stranger.get(&public.url("index.html")).await.unwrap();
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    for path in private.paths().await.unwrap() {
        let answer = stranger.get(&private.url(&path)).await.unwrap();
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn no_public_object_of_the_sample_school_holds_paid_text() {
    let school = School::sample("http://localhost:4000").unwrap();
    let place = Place::folder().unwrap();
    school.publish(&place).unwrap();
    let paid = [PAID, "Read it aloud: *as long as", "as long as the result is in use, both"];
    let chinese = ["第五次里有一次系统更新恰好开始检查磁盘", "二十二胜，碰巧的机会不到百分之一"];
    let objects = place.objects(Side::Public).await.unwrap();
    assert!(objects.len() > 30);
    for (path, bytes) in objects {
        let text = tests::plain::text(&path, &bytes).unwrap();
        for sentence in paid.iter().chain(&chinese) {
            assert!(!text.contains(sentence), "`{path}` holds `{sentence}`");
        }
    }
}

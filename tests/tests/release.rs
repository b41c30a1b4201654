//! Same input, same bytes; nothing to upload twice; and a rollback that puts
//! back exactly what was there.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail where it stands"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use tests::lab::Lab;
use tests::learner::Learner;
use tests::place::{Place, Side};
use tests::school::School;
use tests::services::Services;
use walkdir::WalkDir;

const ORIGIN: &str = "http://localhost:4000";
const LESSON: &str = "content/first-course/01-welcome.md";

#[test]
fn building_twice_gives_the_same_bytes() {
    let first = build(&School::sample(ORIGIN).unwrap());
    let second = build(&School::sample(ORIGIN).unwrap());
    assert!(first.len() > 50);
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&first), names(&second));
    for (path, bytes) in &first {
        assert!(second[path] == *bytes, "`{path}` differs");
    }
}

fn build(school: &School) -> BTreeMap<String, Vec<u8>> {
    let out = TempDir::new().unwrap();
    school.build(out.path()).unwrap();
    let files = WalkDir::new(out.path()).into_iter().map(Result::unwrap);
    files
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let below: &Path = entry.path().strip_prefix(out.path()).unwrap();
            (below.to_str().unwrap().to_owned(), fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn publishing_twice_uploads_nothing_to_a_folder() {
    let school = School::sample(ORIGIN).unwrap();
    publishing_twice_uploads_nothing(&school, &Place::folder().unwrap()).await;
}

#[tokio::test]
async fn publishing_twice_uploads_nothing_to_s3() {
    let Some(services) = Services::or_leave_out("publishing_twice_uploads_nothing_to_s3") else {
        return;
    };
    let school = School::sample(ORIGIN).unwrap();
    let place = Place::buckets(&services.s3, ORIGIN).await.unwrap();
    publishing_twice_uploads_nothing(&school, &place).await;
}

async fn publishing_twice_uploads_nothing(school: &School, place: &Place) {
    let first = school.publish(place).unwrap();
    assert!(first.uploaded > 50);
    let before = place.objects(Side::Private).await.unwrap();
    let second = school.publish(place).unwrap();
    assert_eq!((second.uploaded, &second.release), (0, &first.release));
    assert!(place.objects(Side::Private).await.unwrap() == before);
}

#[tokio::test]
async fn a_rollback_restores_the_previous_pages_exactly_in_a_folder() {
    let school = School::new(ORIGIN).unwrap();
    a_rollback_restores_the_previous_pages_exactly(&school, &Place::folder().unwrap()).await;
}

#[tokio::test]
async fn a_rollback_restores_the_previous_pages_exactly_on_s3() {
    let test = "a_rollback_restores_the_previous_pages_exactly_on_s3";
    let Some(services) = Services::or_leave_out(test) else { return };
    let school = School::new(ORIGIN).unwrap();
    let place = Place::buckets(&services.s3, ORIGIN).await.unwrap();
    a_rollback_restores_the_previous_pages_exactly(&school, &place).await;
}

async fn a_rollback_restores_the_previous_pages_exactly(school: &School, place: &Place) {
    school.write("content/pages/terms.md", "---\ntitle: Terms\n---\n\nOld.\n").unwrap();
    let first = school.publish(place).unwrap();
    let before = pages(place).await;

    school.edit(LESSON, "## Go on", "## And now").unwrap();
    school.write("content/pages/new.md", "---\ntitle: New\n---\n\nNew.\n").unwrap();
    fs::remove_file(school.path("content/pages/terms.md")).unwrap();
    let second = school.publish(place).unwrap();
    assert_ne!(first.release, second.release);
    let between = pages(place).await;
    assert!(between.contains_key("new/index.html"));
    assert!(!between.contains_key("terms/index.html"));

    let live = school.rollback(place, None).unwrap();
    assert_eq!(live, first.release);
    let after = pages(place).await;
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (path, bytes) in &before {
        assert!(after[path] == *bytes, "`{path}` is not what it was");
    }
}

/// Everything that learners can reach by an address that stays: assets have
/// their digest in their address and may stay behind unseen.
async fn pages(place: &Place) -> BTreeMap<String, Vec<u8>> {
    let mut objects = place.objects(Side::Public).await.unwrap();
    objects.retain(|path, _| !path.starts_with("assets/"));
    objects
}

#[tokio::test]
async fn an_edge_follows_a_publication_and_a_rollback_by_itself() {
    let lab = Lab::embedded(School::new).await.unwrap();
    let mut guest = Learner::guest(&lab.edge.origin()).unwrap();
    let path = "/courses/first-course/welcome/";
    let before = guest.get(path).await.unwrap().body;
    lab.school.edit(LESSON, "## Go on", "## And now").unwrap();
    lab.school.publish(&lab.place).unwrap();
    let within = Duration::from_secs(10);
    let changed = tests::wait::until("the new page", within, async || {
        let page = guest.get(path).await.unwrap();
        page.text().contains("And now").then_some(())
    });
    changed.await.unwrap();
    lab.school.rollback(&lab.place, None).unwrap();
    let back = tests::wait::until("the old page", within, async || {
        (guest.get(path).await.unwrap().body == before).then_some(())
    });
    back.await.unwrap();
}

#[tokio::test]
async fn a_release_of_another_key_is_refused_and_the_last_good_one_served() {
    let lab = Lab::embedded(School::new).await.unwrap();
    Learner::sign_in(&lab.edge, "ada@school.test").await.unwrap();
    lab.edge.grant("ada@school.test", "first-course").unwrap();
    let mut learner = Learner::sign_in(&lab.edge, "ada@school.test").await.unwrap();

    // Somebody with another key can't publish over the school.
    fs::remove_file(lab.school.path(".lyceum/release.key")).unwrap();
    let refusal = lab.school.publish(&lab.place).unwrap_err().to_string();
    assert!(refusal.contains("signed by none of the known release keys"), "{refusal}");

    // And whoever writes into the storage itself is not believed.
    let elsewhere = Place::folder().unwrap();
    lab.school.publish(&elsewhere).unwrap();
    let forged = elsewhere.objects(Side::Private).await.unwrap();
    lab.place.plant(Side::Private, "current.json", &forged["current.json"]).unwrap();
    let noticed = tests::wait::until("the edge's no", Duration::from_secs(10), async || {
        lab.edge.log().unwrap().contains("no new release was taken over").then_some(())
    });
    noticed.await.unwrap();
    let answer = learner.get("/api/lessons/first-course/behind-the-door").await.unwrap();
    assert!(answer.status.is_success(), "{}", answer.text());
}

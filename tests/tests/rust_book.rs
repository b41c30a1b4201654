//! A real book, imported as a course, its chapters from the fourth on sold:
//! published to S3, opened by an owner and refused to others, and every public
//! object searched for what was paid for.
//!
//! The book is not part of this repository; without it there is nothing to do.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail where it stands"
)]

use std::fs;
use std::path::{Path, PathBuf};

use reqwest::StatusCode;
use tests::browser::{Browser, Look};
use tests::lab::Lab;
use tests::learner::Learner;
use tests::place::Side;
use tests::school::{School, succeed};
use tests::services::{Services, leave_out, webdriver_or_leave_out};
use tests::{plain, repository};
use walkdir::WalkDir;

const COURSE: &str = "rust-book";
/// Words of chapter 4 that stand on one line of the book's source, without markup.
const OWNED: &str = "The good news is that the more experienced you become with Rust";

fn book() -> PathBuf {
    repository::path("../shared/courses/rust-book")
}

/// The book in a new school, with a price, free up to chapter 3.
fn sold(origin: &str) -> anyhow::Result<School> {
    let school = School::new(origin)?.without_avif()?;
    let mut import = school.lyceum();
    import.args(["import", "mdbook"]).arg(book()).args(["--course", COURSE]);
    succeed(&mut import)?;
    let course = format!("content/{COURSE}/course.md");
    set(&school.path(&course), "access", "paid")?;
    set(&school.path(&course), "prices", "{ USD: \"39\" }")?;
    for lesson in lessons(&school) {
        if !is_sold(&lesson) {
            set(&lesson, "access", "free")?;
        }
    }
    Ok(school)
}

/// Writes a key into the front matter of a file, in place of what it was.
fn set(file: &Path, key: &str, value: &str) -> anyhow::Result<()> {
    let text = fs::read_to_string(file)?;
    let rest = text.strip_prefix("---\n").ok_or_else(|| anyhow::anyhow!("{}", file.display()))?;
    let (front, body) = rest.split_once("\n---").unwrap_or((rest, ""));
    let others = front.lines().filter(|line| !line.starts_with(&format!("{key}:")));
    let front: Vec<&str> = others.collect();
    fs::write(file, format!("---\n{}\n{key}: {value}\n---{body}", front.join("\n")))?;
    Ok(())
}

/// The files of the course's lessons.
fn lessons(school: &School) -> Vec<PathBuf> {
    let files = WalkDir::new(school.path(&format!("content/{COURSE}"))).sort_by_file_name();
    files
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .filter(|path| !path.ends_with("course.md") && !path.ends_with("section.md"))
        .collect()
}

/// Chapters from the fourth on, by the names that the book gives its files.
fn is_sold(lesson: &Path) -> bool {
    let name = lesson.to_string_lossy();
    let mut numbers = name.match_indices("-ch").filter_map(|(start, mark)| {
        let digits = name.get(start + mark.len()..)?.get(..2)?;
        digits.parse::<u32>().ok()
    });
    numbers.next().is_some_and(|number| number >= 4)
}

/// Plain prose of a lesson: lines without markup, long enough to be nobody
/// else's.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        fenced ^= line.starts_with("```");
        let markup = ['`', '*', '_', '[', '<', '>', '|', '#', '&', '\'', '"', '\\', '{', '~', ':'];
        !fenced && line.len() > 60 && !line.starts_with(' ') && !line.contains(markup)
    })
}

#[tokio::test]
async fn a_real_book_is_imported_sold_and_opened_from_s3() {
    let test = "a_real_book_is_imported_sold_and_opened_from_s3";
    if !book().exists() {
        return leave_out(test, "the Rust book at `../shared/courses/rust-book`");
    }
    let Some(services) = Services::or_leave_out(test) else { return };
    let Some(driver) = webdriver_or_leave_out(test) else { return };
    let lab = Lab::distributed(&services, sold).await.unwrap();
    no_public_object_holds_what_is_sold(&lab).await;

    let lesson = format!("{COURSE}/{}", slug_of(&lab.school, "ch04-01"));
    let page = format!("{}/courses/{lesson}/", lab.edge.origin());
    let mut guest = Learner::guest(&lab.edge.origin()).unwrap();
    let answer = guest.get(&format!("/api/lessons/{lesson}")).await.unwrap();
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let browser = Browser::open(&driver, Look::PLAIN).await.unwrap();
    browser.goto(&page).await.unwrap();
    browser.wait_for_element("#lesson-body .locked").await.unwrap();
    assert!(!browser.document().await.unwrap().contains(OWNED));
    browser.picture("rust-book-locked").await.unwrap();

    let email = "reader@school.test";
    Learner::sign_in(&lab.edge, email).await.unwrap();
    lab.edge.grant(email, COURSE).unwrap();
    let mut owner = Learner::sign_in(&lab.edge, email).await.unwrap();
    let learn = owner.get(&format!("/learn/{lesson}/")).await.unwrap();
    assert!(learn.status == StatusCode::OK && learn.text().contains(OWNED));
    browser.take_cookies(&owner.cookies).await.unwrap();
    browser.goto(&page).await.unwrap();
    let swapped = format!("return document.body.innerText.includes('{OWNED}')");
    browser.wait_for("the paid text", &swapped).await.unwrap();
    browser.picture("rust-book-open").await.unwrap();
}

async fn no_public_object_holds_what_is_sold(lab: &Lab) {
    let sold: Vec<PathBuf> = lessons(&lab.school).into_iter().filter(|p| is_sold(p)).collect();
    assert!(sold.len() > 60, "{} lessons are sold", sold.len());
    let mut sentences = Vec::new();
    for lesson in &sold {
        let text = fs::read_to_string(lesson).unwrap();
        sentences.extend(prose(&text).take(4).map(str::to_owned));
    }
    assert!(sentences.len() > 150, "{} sentences", sentences.len());
    let free: Vec<PathBuf> = lessons(&lab.school).into_iter().filter(|p| !is_sold(p)).collect();
    let known = fs::read_to_string(&free[free.len() - 1]).unwrap();
    let known = prose(&known).next().unwrap();
    let mut seen = false;
    for (path, bytes) in lab.place.objects(Side::Public).await.unwrap() {
        let text = plain::text(&path, &bytes).unwrap();
        seen |= text.contains(known);
        for sentence in &sentences {
            assert!(!text.contains(sentence), "`{path}` holds `{sentence}`");
        }
    }
    // A free sentence is found the same way, so the search can find.
    assert!(seen, "`{known}` is nowhere");
}

/// The URL part of the lesson whose file has this mark in its name.
fn slug_of(school: &School, mark: &str) -> String {
    let all = lessons(school);
    let file = all.iter().find(|path| path.to_string_lossy().contains(mark)).unwrap();
    let named = if file.ends_with("lesson.md") { file.parent().unwrap() } else { file };
    let name = named.file_stem().unwrap().to_str().unwrap();
    name.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('-').to_owned()
}

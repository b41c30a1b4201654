//! Free, gated and dated lessons, and the frames.

use contracts::frame::{Frame, FrameName, HOLE_END, HOLE_START};
use contracts::id::LessonId;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;

use super::{public_texts, text};
use crate::render::fixture::{Fixture, SECRET, language, slug};

#[test]
fn no_public_file_holds_gated_text() {
    let site = Fixture::new().build();
    for (path, text) in public_texts(&site) {
        assert!(!text.contains(SECRET), "{path}");
        assert!(!text.contains("a paid picture"), "{path}");
    }
}

#[test]
fn a_gated_page_is_a_frame_and_a_free_one_has_no_hole() {
    let site = Fixture::new().build();
    for path in [
        "courses/rust/ownership/index.html",
        "zh/courses/rust/ownership/index.html",
        "courses/rust/later/index.html",
    ] {
        assert!(Frame::split(&text(&site, path)).is_some(), "{path}");
    }
    for (path, text) in public_texts(&site).filter(|(path, _)| path.ends_with(".html")) {
        let is_gated = path.contains("ownership") || path.contains("later");
        assert_eq!(text.contains(HOLE_START) || text.contains(HOLE_END), is_gated, "{path}");
    }
}

#[test]
fn the_locked_panel_says_what_the_lesson_belongs_to_and_costs_and_leads_in() {
    let site = Fixture::new().build();
    let page = text(&site, "courses/rust/ownership/index.html");
    let hole = Frame::split(&page).unwrap().placeholder.to_owned();
    for part in [
        "<p>Preview.</p>",
        "This lesson is part of <a href=\"/courses/rust/\">Rust</a>",
        "<bdi>¥199</bdi>",
        "<bdi>$29</bdi>",
        "href=\"/sign-in/?return_to=/learn/rust/ownership/\"",
        "href=\"/learn/rust/ownership/\"",
    ] {
        assert!(hole.contains(part), "{part} is not in {hole}");
    }
    assert!(page.contains(
        "<div id=\"lesson-body\" data-lesson-api=\"/api/lessons/rust/ownership?lang=en\" \
         data-learn=\"/learn/rust/ownership/\">"
    ));
}

#[test]
fn a_dated_lesson_says_from_when_and_asks_for_no_money() {
    let page = text(&Fixture::new().build(), "courses/rust/later/index.html");
    let hole = Frame::split(&page).unwrap().placeholder;
    assert!(hole.contains("Opens on 2 January 2027"), "{hole}");
    assert!(!hole.contains('¥') && !hole.contains("/sign-in/"), "{hole}");
}

#[test]
fn the_video_of_a_free_lesson_is_public_and_of_a_paid_one_behind_the_edge() {
    let site = Fixture::new().build();
    let free = text(&site, "courses/rust/hello/index.html");
    assert!(free.contains("<video controls preload=\"metadata\""), "{free}");
    assert!(free.contains("src=\"/assets/hello."), "{free}");
    assert!(!text(&site, "courses/rust/ownership/index.html").contains("<video"));

    let lesson = LessonId::parse("ownership").unwrap();
    let edition = &site.manifest.lessons[&lesson].editions[&language("en")];
    let body = text(&site, &edition.body.as_ref().unwrap().path());
    assert!(body.contains("src=\"/learn/rust/ownership/ownership.mp4\""), "{body}");
    assert!(
        body.contains("<track kind=\"captions\" src=\"/learn/rust/ownership/ownership.en.vtt\"")
    );
    assert!(body.contains(SECRET));
    let names: Vec<_> = edition.assets.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["figure.png", "ownership.en.vtt", "ownership.mp4"]);
    assert!(matches!(edition.video, Some(ObjectKey::LessonAsset { .. })));
    assert!(edition.captions.contains_key(&language("en")));
}

#[test]
fn a_picture_of_the_body_and_a_video_of_one_name_stay_apart() {
    let mut fixture = Fixture::new();
    for document in fixture.documents.values_mut() {
        for asset in &mut document.gated_assets {
            asset.name = SitePath::parse("ownership.mp4").unwrap();
        }
    }
    let site = fixture.build();
    let lesson = LessonId::parse("ownership").unwrap();
    let edition = &site.manifest.lessons[&lesson].editions[&language("en")];
    let names: Vec<_> = edition.assets.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["1-ownership.mp4", "ownership.en.vtt", "ownership.mp4"]);
    let body = text(&site, &edition.body.as_ref().unwrap().path());
    assert!(body.contains("src=\"/learn/rust/ownership/1-ownership.mp4\""), "{body}");
}

#[test]
fn frames_have_one_hole_each_and_are_named_in_the_manifest() {
    let site = Fixture::new().build();
    for name in FrameName::ALL {
        for tag in ["en", "zh"] {
            let key = &site.manifest.frames[&name][&language(tag)];
            assert!(Frame::split(&text(&site, &key.path())).is_some(), "{key}");
        }
    }
    let key = &site.manifest.frames[&FrameName::SignIn][&language("en")];
    assert!(text(&site, &key.path()).contains("method=\"post\" action=\"/api/sign-in\""));
}

#[test]
fn previous_and_next_follow_the_syllabus() {
    let page = text(&Fixture::new().build(), "courses/rust/ownership/index.html");
    assert!(page.contains("rel=\"prev\" href=\"/courses/rust/hello/\""));
    assert!(page.contains("rel=\"next\" href=\"/courses/rust/later/\""));
}

#[test]
fn a_lesson_template_without_its_hole_is_a_diagnostic() {
    let fixture = Fixture::new().with_theme_file("templates/lesson.html", "<p>nothing</p>");
    let (_, diagnostics) = fixture.try_build();
    assert_eq!(diagnostics.len(), 1, "{diagnostics:#?}");
    assert_eq!(diagnostics[0].path.as_str(), "themes/lyceum/templates/lesson.html");
    assert_eq!(diagnostics[0].message, "the page needs exactly one hole for the edge to fill");
}

#[test]
fn a_long_course_opens_only_the_section_of_the_lesson() {
    let mut fixture = Fixture::new();
    let section = fixture.school.courses[0].sections[0].clone();
    for part in 0..60 {
        let mut section = section.clone();
        for lesson in &mut section.lessons {
            let name = format!("{}-{part}", lesson.slug);
            lesson.slug = slug(&name);
            lesson.id = LessonId::parse(&name).unwrap();
        }
        fixture.school.courses[0].sections.push(section);
    }
    let page = text(&fixture.build(), "courses/rust/hello-30/index.html");
    let side = page.split_once("class=\"side\"").unwrap().1.split_once("</nav>").unwrap().0;
    assert!(side.contains("/courses/rust/ownership-30/"), "{side}");
    assert!(!side.contains("/courses/rust/ownership-29/"), "{side}");
    assert!(side.contains("<a href=\"/courses/rust/hello-29/\">Memory</a>"), "{side}");
}

//! What stands on the pages of a small school.

use std::collections::BTreeSet;

use contracts::access::Audience;
use contracts::frame::{Frame, FrameName, HOLE_END, HOLE_START};
use contracts::id::LessonId;
use contracts::object_key::ObjectKey;

use crate::diagnostic::Diagnostic;
use crate::image::Pictures;
use crate::manifest::assemble;
use crate::render::fixture::{Fixture, SECRET, language, slug};
use crate::render::render;
use crate::site::Site;
use crate::source::SourceTree;
use crate::theme::Theme;

impl Fixture {
    fn try_build(&self) -> (Site, Vec<Diagnostic>) {
        let (theme, mut diagnostics) = Theme::load(&self.tree, &self.school.config);
        let theme = theme.unwrap_or_else(|| panic!("{diagnostics:?}"));
        let rendered =
            render(&self.school, &self.documents, &theme, &self.tree, &Pictures::default());
        let (site, more) = assemble(&self.school, &theme, rendered);
        diagnostics.extend(more);
        (site, diagnostics)
    }

    fn build(&self) -> Site {
        let (site, diagnostics) = self.try_build();
        assert!(diagnostics.is_empty(), "{diagnostics:#?}");
        site
    }

    /// The school with one file of the theme replaced.
    fn with_theme_file(mut self, path: &str, text: &str) -> Self {
        let file = SourceTree::from_files([(format!("themes/lyceum/{path}"), text)]);
        self.tree = self.tree.overlay(file);
        self
    }
}

fn text(site: &Site, path: &str) -> String {
    let file = site.files.iter().find(|file| file.key.path() == path);
    let file = file.unwrap_or_else(|| panic!("no {path} among {:#?}", paths(site)));
    String::from_utf8(file.content.read().unwrap()).unwrap()
}

fn paths(site: &Site) -> Vec<String> {
    site.files.iter().map(|file| file.key.path()).collect()
}

fn public_texts(site: &Site) -> impl Iterator<Item = (String, String)> {
    site.files.iter().filter(|file| file.key.audience() == Audience::Everyone).map(|file| {
        let bytes = file.content.read().unwrap();
        (file.key.path(), String::from_utf8_lossy(&bytes).into_owned())
    })
}

#[test]
fn every_place_has_a_page_in_every_language_it_exists_in() {
    let site = Fixture::new().build();
    let pages: Vec<_> = site
        .files
        .iter()
        .filter(|file| matches!(file.key, ObjectKey::Page { .. }))
        .map(|file| file.key.path())
        .collect();
    let expected = [
        "404.html",
        "about/index.html",
        "categories/programming/index.html",
        "courses/git/index.html",
        "courses/git/start/index.html",
        "courses/index.html",
        "courses/rust/hello/index.html",
        "courses/rust/index.html",
        "courses/rust/later/index.html",
        "courses/rust/ownership/index.html",
        "feed.xml",
        "index.html",
        "instructors/ada/index.html",
        "robots.txt",
        "sitemap.xml",
        "zh/404.html",
        "zh/categories/programming/index.html",
        "zh/courses/index.html",
        "zh/courses/rust/index.html",
        "zh/courses/rust/ownership/index.html",
        "zh/index.html",
    ];
    assert_eq!(pages, expected);
}

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
        "<span>¥199</span>",
        "<span>$29</span>",
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
            asset.name = contracts::site_path::SitePath::parse("ownership.mp4").unwrap();
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
fn a_hostile_title_is_escaped_wherever_it_stands() {
    let mut fixture = Fixture::new();
    let title = "</script><script>alert(\"1\")</script>&'<!--lyceum:hole-->";
    for course in &mut fixture.school.courses {
        for edition in course.editions.values_mut() {
            edition.title = title.to_owned();
            edition.description = title.to_owned();
        }
        for lesson in course.sections.iter_mut().flat_map(|section| &mut section.lessons) {
            for edition in lesson.editions.values_mut() {
                edition.title = title.to_owned();
                edition.summary = Some(title.to_owned());
            }
        }
    }
    let site = fixture.build();
    for (path, text) in public_texts(&site) {
        assert!(!text.contains("<script>alert"), "{path}");
        assert!(!text.contains("alert(\"1\")") || !path.ends_with(".html"), "{path}");
    }
}

#[test]
fn no_page_has_an_inline_script_or_style() {
    for (path, text) in public_texts(&Fixture::new().build()) {
        if !path.ends_with(".html") {
            continue;
        }
        for script in text.split("<script").skip(1) {
            let is_data = script.starts_with(" type=\"application/ld+json\"");
            assert!(is_data || script.contains("src=\"/assets/"), "{path}: {script}");
        }
        assert!(!text.contains(" style=") && !text.contains("<style"), "{path}");
        assert!(!text.contains(" onclick="), "{path}");
    }
}

#[test]
fn translations_name_each_other_and_an_original_alone_names_none() {
    let site = Fixture::new().build();
    let english = text(&site, "courses/rust/index.html");
    let chinese = text(&site, "zh/courses/rust/index.html");
    for page in [&english, &chinese] {
        for link in [
            "hreflang=\"en\" href=\"https://school.test/courses/rust/\"",
            "hreflang=\"zh\" href=\"https://school.test/zh/courses/rust/\"",
            "hreflang=\"x-default\" href=\"https://school.test/courses/rust/\"",
        ] {
            assert!(page.contains(link), "{link}");
        }
    }
    assert!(chinese.contains("<html lang=\"zh\" dir=\"ltr\">"));
    assert!(chinese.contains("rel=\"canonical\" href=\"https://school.test/zh/courses/rust/\""));
    let alone = text(&site, "courses/git/index.html");
    assert!(!alone.contains("rel=\"alternate\" hreflang"), "{alone}");
}

#[test]
fn an_untranslated_lesson_is_listed_under_its_own_language_and_address() {
    let chinese = text(&Fixture::new().build(), "zh/courses/rust/index.html");
    assert!(chinese.contains("<a href=\"/courses/rust/hello/\" hreflang=\"en\">"), "{chinese}");
    assert!(chinese.contains("<span class=\"mark\" lang=\"en\" dir=\"ltr\">English</span>"));
    assert!(chinese.contains("<a href=\"/zh/courses/rust/ownership/\">"), "{chinese}");
}

#[test]
fn structured_data_says_what_is_free() {
    let site = Fixture::new().build();
    let data = |path: &str| -> serde_json::Value {
        let page = text(&site, path);
        let (_, rest) = page.split_once("<script type=\"application/ld+json\">").unwrap();
        serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
    };
    let course = data("courses/rust/index.html");
    assert_eq!(course["@type"], "Course");
    assert_eq!(course["isAccessibleForFree"], false);
    assert_eq!(course["hasPart"][0]["isAccessibleForFree"], true);
    assert_eq!(course["hasPart"][1]["isAccessibleForFree"], false);
    assert_eq!(course["offers"][1]["price"], "199.00");
    let lesson = data("courses/rust/ownership/index.html");
    assert_eq!(lesson["@type"], "LearningResource");
    assert_eq!(lesson["hasPart"]["cssSelector"], ".lesson-gated");
    assert!(text(&site, "courses/rust/ownership/index.html").contains("lesson-gated\""));
}

#[test]
fn previous_and_next_follow_the_syllabus() {
    let page = text(&Fixture::new().build(), "courses/rust/ownership/index.html");
    assert!(page.contains("rel=\"prev\" href=\"/courses/rust/hello/\""));
    assert!(page.contains("rel=\"next\" href=\"/courses/rust/later/\""));
}

#[test]
fn two_pages_at_one_address_are_a_diagnostic_that_names_both() {
    let mut fixture = Fixture::new();
    let mut twin = fixture.school.pages[0].clone();
    for edition in twin.editions.values_mut() {
        edition.title = "Twin".to_owned();
        edition.body.path = crate::source::SourcePath::new("content/pages/twin.md");
    }
    twin.slug = slug("about");
    fixture.school.pages.push(twin);
    let (_, diagnostics) = fixture.try_build();
    assert_eq!(diagnostics.len(), 1, "{diagnostics:#?}");
    assert_eq!(diagnostics[0].path.as_str(), "content/pages/twin.md");
    assert_eq!(
        diagnostics[0].message,
        "`about/index.html` would be written by `content/pages/about.md` too"
    );
    assert_eq!(diagnostics[0].hint.as_deref(), Some("give one of them another slug"));
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
fn the_same_school_gives_the_same_bytes() {
    let first = Fixture::new().build();
    let second = Fixture::new().build();
    let files = |site: &Site| -> Vec<_> {
        site.files.iter().map(|file| (file.key.path(), file.digest)).collect()
    };
    assert_eq!(files(&first), files(&second));
    assert_eq!(first.manifest, second.manifest);
}

#[test]
fn the_manifest_names_every_file_once() {
    let mut fixture = Fixture::new();
    fixture.school.config.precompress = true;
    let site = fixture.build();
    let objects: BTreeSet<_> = site.manifest.objects.iter().map(|o| o.key.clone()).collect();
    let files: BTreeSet<_> = site.files.iter().map(|file| file.key.clone()).collect();
    assert_eq!(objects, files);
    assert_eq!(site.manifest.objects.len(), site.files.len());
    assert!(paths(&site).contains(&"index.html.br".to_owned()));
    assert!(paths(&site).contains(&"index.html.gz".to_owned()));
    assert!(!paths(&site).iter().any(|path| path.starts_with("lessons/") && path.ends_with(".br")));
}

//! What stands on the pages of a small school.

mod lesson;
mod machine;

use std::collections::BTreeSet;
use std::sync::Arc;

use contracts::access::Audience;
use contracts::object_key::ObjectKey;

use crate::Aids;
use crate::cache::{Cache, MemoryCache};
use crate::diagnostic::{Code, Diagnostic};
use crate::image::Pictures;
use crate::manifest::assemble;
use crate::render::fixture::{Fixture, language, slug};
use crate::render::render;
use crate::site::Site;
use crate::source::{SourcePath, SourceTree};
use crate::theme::Theme;

impl Fixture {
    fn try_build(&self) -> (Site, Vec<Diagnostic>) {
        let (theme, mut diagnostics) = Theme::load(&self.tree, &self.school.config);
        let theme = theme.unwrap_or_else(|| panic!("{diagnostics:?}"));
        let pictures = Pictures::default();
        let cache: Arc<dyn Cache> = Arc::new(MemoryCache::default());
        let rendered = render(
            &self.school,
            &self.documents,
            &theme,
            &self.tree,
            &pictures,
            Aids::cache(&cache),
        );
        let (site, more) = assemble(&self.school, &theme, rendered, &MemoryCache::default());
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
        "instructors/index.html",
        "levels/beginner/index.html",
        "llms.txt",
        "robots.txt",
        "search/index.html",
        "search/index.json",
        "sitemap.xml",
        "tags/systems/index.html",
        "zh/404.html",
        "zh/categories/programming/index.html",
        "zh/courses/index.html",
        "zh/courses/rust/hello/index.html",
        "zh/courses/rust/index.html",
        "zh/courses/rust/later/index.html",
        "zh/courses/rust/ownership/index.html",
        "zh/index.html",
        "zh/instructors/index.html",
        "zh/levels/beginner/index.html",
        "zh/search/index.html",
        "zh/search/index.json",
        "zh/tags/systems/index.html",
    ];
    assert_eq!(pages, expected);
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
fn an_untranslated_lesson_is_listed_with_a_mark_and_leads_to_its_page_in_the_readers_language() {
    let chinese = text(&Fixture::new().build(), "zh/courses/rust/index.html");
    assert!(chinese.contains("<a href=\"/zh/courses/rust/hello/\" hreflang=\"en\">"), "{chinese}");
    assert!(chinese.contains("<span class=\"mark\" lang=\"en\" dir=\"ltr\">English</span>"));
    assert!(chinese.contains("<a href=\"/zh/courses/rust/ownership/\">"), "{chinese}");
}

#[test]
fn an_untranslated_lesson_shows_the_original_under_a_notice_and_is_no_page_of_its_own() {
    let site = Fixture::new().build();
    let html = text(&site, "zh/courses/rust/hello/index.html");
    assert!(html.starts_with("<!doctype html>\n<html lang=\"zh\" dir=\"ltr\""), "{html}");
    assert!(html.contains("<strong>尚未翻译</strong> 本文还没有中文译文，以下是原文。"), "{html}");
    assert!(html.contains(
        "<a href=\"/courses/rust/hello/\" hreflang=\"en\" lang=\"en\" dir=\"ltr\">English</a>"
    ));
    assert!(html.contains("<article class=\"prose\" lang=\"en\" dir=\"ltr\">"), "{html}");
    let canonical = "<link rel=\"canonical\" href=\"https://school.test/courses/rust/hello/\">";
    assert!(html.contains(canonical), "{html}");
    assert!(!html.contains("<link rel=\"alternate\" hreflang"), "{html}");
    let original = text(&site, "courses/rust/hello/index.html");
    assert!(!original.contains("<link rel=\"alternate\" hreflang"), "{original}");
    assert!(!original.contains("class=\"untranslated\""), "{original}");
    let sitemap = text(&site, "sitemap.xml");
    assert!(!sitemap.contains("/zh/courses/rust/hello/"), "{sitemap}");
    assert!(sitemap.contains("/courses/rust/hello/"), "{sitemap}");
}

#[test]
fn an_untranslated_gated_lesson_opens_in_the_readers_language_with_the_body_of_the_original() {
    let mut fixture = Fixture::new();
    let lesson = fixture.school.courses[0]
        .sections
        .iter_mut()
        .flat_map(|section| &mut section.lessons)
        .find(|lesson| lesson.is_gated())
        .unwrap();
    lesson.editions.remove(&language("zh"));
    let (id, slug) = (lesson.id.clone(), lesson.slug.clone());
    let site = fixture.build();
    let page = format!("zh/courses/rust/{slug}/index.html");
    let html = text(&site, &page);
    assert!(html.contains(&format!("data-learn=\"/zh/learn/rust/{slug}/\"")), "{html}");
    assert!(html.contains("尚未翻译"), "{html}");
    let edition = &site.manifest.lessons[&id].editions[&language("zh")];
    assert_eq!(edition.page.as_str(), page);
    let body = edition.body.as_ref().unwrap();
    let file = site.files.iter().find(|file| file.key == *body).unwrap();
    let bytes = file.content.read().unwrap();
    let body = String::from_utf8_lossy(&bytes);
    assert!(body.contains("<article class=\"prose\" lang=\"en\" dir=\"ltr\">"), "{body}");
}

#[test]
fn a_course_that_does_not_speak_a_language_has_no_pages_there() {
    let mut fixture = Fixture::new();
    let course = &mut fixture.school.courses[0];
    course.editions.remove(&language("zh"));
    for section in &mut course.sections {
        section.editions.remove(&language("zh"));
        section.lessons.iter_mut().for_each(|lesson| {
            lesson.editions.remove(&language("zh"));
        });
    }
    let site = fixture.build();
    let slug = fixture.school.courses[0].slug.clone();
    let below = format!("zh/courses/{slug}/");
    assert!(!site.files.iter().any(|file| file.key.path().starts_with(&below)));
}

#[test]
fn two_pages_at_one_address_are_a_diagnostic_that_names_both() {
    let mut fixture = Fixture::new();
    let mut twin = fixture.school.pages[0].clone();
    for edition in twin.editions.values_mut() {
        edition.title = "Twin".to_owned();
        edition.body.path = SourcePath::new("content/pages/twin.md");
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
fn a_page_whose_folder_is_a_file_of_the_site_is_a_diagnostic() {
    for name in ["robots.txt", "index.html", "feed.xml"] {
        let mut fixture = Fixture::new();
        fixture.school.pages[0].slug = slug(name);
        let (_, diagnostics) = fixture.try_build();
        let found = diagnostics.iter().find(|diagnostic| diagnostic.code == Code::CollidingFile);
        let found = found.unwrap_or_else(|| panic!("{name}: {diagnostics:#?}"));
        assert_eq!(found.path.as_str(), "content/pages/about.md");
        assert_eq!(
            found.message,
            format!("`{name}/index.html` can't stand beside the file `{name}`")
        );
        assert_eq!(found.hint.as_deref(), Some("give the page another `slug:`"));
    }
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

#[test]
fn a_school_below_a_folder_links_below_it() {
    let mut fixture = Fixture::new();
    fixture.school.config.base_url = url::Url::parse("https://school.test/sub/").unwrap();
    let site = fixture.build();
    for (path, page) in public_texts(&site).filter(|(path, _)| path.ends_with(".html")) {
        for (_, rest) in page.match_indices("href=\"/").map(|(i, found)| (found, &page[i + 6..])) {
            assert!(rest.starts_with("/sub/"), "{path}: {}", &rest[..40]);
        }
    }
    let page = text(&site, "courses/rust/ownership/index.html");
    assert!(page.contains("data-lesson-api=\"/sub/api/lessons/rust/ownership?lang=en\""));
    assert!(page.contains("return_to=/sub/learn/rust/ownership/"));
}

#[test]
fn a_cover_is_fingerprinted_with_its_size_and_a_dangerous_one_is_refused() {
    let mut fixture = Fixture::new();
    let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"16\" height=\"9\"/>";
    let bad = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    fixture.tree = fixture.tree.overlay(SourceTree::from_files([
        ("content/rust/cover.svg", drawing),
        ("content/git/cover.svg", bad),
    ]));
    fixture.school.courses[0].cover = Some(SourcePath::new("content/rust/cover.svg"));
    let page = text(&fixture.build(), "courses/rust/index.html");
    assert!(page.contains("<img class=\"cover\" src=\"/assets/cover."), "{page}");
    assert!(page.contains("width=\"16\" height=\"9\""), "{page}");

    fixture.school.courses[1].cover = Some(SourcePath::new("content/git/cover.svg"));
    let (site, diagnostics) = fixture.try_build();
    assert_eq!(diagnostics.len(), 1, "{diagnostics:#?}");
    assert_eq!(
        diagnostics[0].message,
        "`content/git/cover.svg` is an SVG that holds the element `<script>`, which is not allowed"
    );
    assert!(public_texts(&site).all(|(_, text)| !text.contains("alert(1)")));
}

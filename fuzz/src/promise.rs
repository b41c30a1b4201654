//! What is promised for every input, however it was made: the same answer twice,
//! places that are inside the file, mends that are made once, and a site in which
//! nothing of the author's runs.

use std::collections::BTreeMap;
use std::str;
use std::sync::Arc;

use compiler::cache::{Cache, MemoryCache};
use compiler::diagnostic::fix::Fix;
use compiler::diagnostic::{Diagnostic, has_errors};
use compiler::image::Pictures;
use compiler::mend::mends;
use compiler::parse::{Drafts, Options, Parsed, parse};
use compiler::source::{SourcePath, SourceTree};
use compiler::text::render_all;
use compiler::theme::Theme;
use compiler::{Aids, manifest, render};
use contracts::id::Slug;
use import::{Book, Content, Imported, Kind};

use crate::CANARY;
use crate::book::Shelf;
use crate::html::{assert_fragment_is_sound, assert_page_is_sound};
use crate::school::{LESSON, School};

/// Reads the school twice; both times the same is told.
pub(crate) fn parses_alike(tree: &SourceTree) {
    let one = parses_soundly(tree).diagnostics;
    let other = parse(tree, &Options::default()).diagnostics;
    assert_eq!(one, other, "told differently the second time");
}

/// Reads the school; what is told has places that are there, and is mended once.
pub(crate) fn parses_soundly(tree: &SourceTree) -> Parsed {
    let parsed = parse(tree, &Options::default());
    assert_places(tree, &parsed.diagnostics);
    if parsed.diagnostics.iter().any(|found| found.fix.is_some()) {
        mends_once(tree);
    }
    parsed
}

/// What `check --fix` does the first time leaves nothing to do for the second.
fn mends_once(tree: &SourceTree) {
    let options = Options::default();
    let first = mends(tree, &options);
    for mend in &first {
        assert_eq!(tree.text(&mend.path), Ok(mend.before.as_str()), "mends another text");
        assert!(!mend.done.is_empty(), "changes {} without a word", mend.path);
    }
    let mended = first.iter().map(|mend| (&mend.path, &mend.after));
    let mended = tree.clone().overlay(SourceTree::from_files(mended));
    let second = mends(&mended, &options);
    assert!(second.is_empty(), "mended again:\n{first:#?}\n{second:#?}");
}

/// Renders every text of the school. Answers with all that was made, public or not.
pub(crate) fn renders_soundly(school: &School, tree: &SourceTree) -> Vec<(SourcePath, String)> {
    let Parsed { school: parsed, diagnostics } = parse(tree, &Options::default());
    assert_places(tree, &diagnostics);
    let Some(parsed) = parsed else { return Vec::new() };
    let (pictures, cache) = (Pictures::default(), cache());
    let (documents, told) = render_all(&parsed, &school.theme, tree, &pictures, &cache);
    assert_places(tree, &told);
    let mut made = Vec::new();
    for (path, document) in &documents {
        let gated = document.gated.as_ref().map(|html| html.0.as_str());
        for html in [Some(document.public.0.as_str()), gated].into_iter().flatten() {
            assert_fragment_is_sound(html);
            made.push((path.clone(), html.to_owned()));
        }
    }
    made
}

/// A cache that knows nothing yet.
fn cache() -> Arc<dyn Cache> {
    Arc::new(MemoryCache::default())
}

/// Makes the whole site, and holds every file of it to what its kind promises.
pub(crate) fn site_runs_nothing(school: &School, tree: &SourceTree) {
    let Parsed { school: parsed, diagnostics } = parse(tree, &Options::default());
    assert_places(tree, &diagnostics);
    let Some(parsed) = parsed else { return };
    let (pictures, cache) = (Pictures::default(), cache());
    let (documents, told) = render_all(&parsed, &school.theme, tree, &pictures, &cache);
    assert_places(tree, &told);
    let aids = Aids::cache(&cache);
    let rendered = render::render(&parsed, &documents, &school.theme, tree, &pictures, aids);
    let (site, told) =
        manifest::assemble(&parsed, &school.theme, rendered, &MemoryCache::default());
    assert_places(tree, &told);
    for file in &site.files {
        let path = file.key.path();
        assert!(!path.split('/').any(|part| matches!(part, "" | "." | "..")), "stands at {path}");
        let bytes = file.content.read().expect("what was held in memory can be read");
        let Ok(text) = str::from_utf8(&bytes) else { continue };
        let kind = file.key.content_type().split(';').next().unwrap_or_default();
        match kind {
            "text/html" => assert_page_is_sound(text),
            "application/json" => {
                let read: Result<serde_json::Value, _> = serde_json::from_str(text);
                assert!(read.is_ok(), "{path} is no JSON: {text}");
            }
            _ if kind.ends_with("xml") && !path.ends_with(".svg") => assert_xml(&path, text),
            _ => {}
        }
    }
}

fn assert_xml(path: &str, text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{path} is no XML, {error}: {text}"),
        }
    }
    // XML has no sign for these, however they are written.
    let is_sign =
        |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{7f}'..='\u{9f}');
    assert!(text.chars().all(is_sign), "{path} has a sign that XML has not: {text:?}");
}

/// Loads the theme; one that can't be used comes with an error.
pub(crate) fn theme_loads_alike(school: &School, tree: &SourceTree) {
    let Some(parsed) = parse(tree, &Options::default()).school else { return };
    let (theme, told) = Theme::load(tree, &parsed.config);
    assert!(theme.is_some() || has_errors(&told), "refused without a word");
    assert_places(tree, &told);
    let Some(theme) = theme else { return };
    let text = b"---\nid: own\ntitle: Own\n---\n:::note[A]{.x}\nb\n:::\n\n::own{a=1}\n".as_slice();
    let tree = tree.clone().overlay(school.tree_with(&[(LESSON, text)]));
    let Some(parsed) = parse(&tree, &Options::default()).school else { return };
    let (pictures, cache) = (Pictures::default(), cache());
    let (documents, told) = render_all(&parsed, &theme, &tree, &pictures, &cache);
    assert_places(&tree, &told);
    let rendered =
        render::render(&parsed, &documents, &theme, &tree, &pictures, Aids::cache(&cache));
    assert_places(&tree, &rendered.diagnostics);
}

/// Reads the book that is on the shelf: an error, or a course that a school can have.
pub(crate) fn imports_soundly(school: &School, shelf: &Shelf, kind: &[u8]) {
    let kind = match kind {
        b"mdbook" => Kind::Mdbook,
        b"mkdocs" => Kind::Mkdocs,
        b"hugo" => Kind::Hugo,
        b"docusaurus" => Kind::Docusaurus,
        b"jekyll" => Kind::Jekyll,
        _ => return,
    };
    let book = shelf.book();
    let course = Slug::parse("guide").expect("it is a slug");
    let languages = ["en".to_owned(), "zh".to_owned()];
    let asked =
        Book { kind, folder: &book, course: &course, languages: &languages, ids: &BTreeMap::new() };
    let made = match import::read(&asked) {
        Ok(made) => made,
        Err(error) => {
            assert!(!error.to_string().contains(CANARY), "tells what stands elsewhere: {error}");
            return;
        }
    };
    let again = import::read(&asked).expect("what could be read can be read again");
    assert_eq!(told(&made), told(&again), "made differently the second time");
    let mut files = Vec::new();
    for (path, made) in &made.files {
        let bytes = match &made.content {
            Content::Text(text) => {
                assert!(!text.contains(CANARY), "{path} shows what stands elsewhere");
                text.clone().into_bytes()
            }
            Content::Copy(original) => {
                assert!(original.starts_with(&book), "{path} is copied from {original:?}");
                Vec::new()
            }
        };
        let is_plain = |part: &str| !part.starts_with('.') && !part.is_empty();
        assert!(path.split('/').all(is_plain) && !path.contains('\\'), "stands at {path}");
        files.push((format!("content/guide/{path}"), bytes));
    }
    let tree = school.tree_with(&[]).overlay(SourceTree::from_files(files));
    assert_course(&tree, &made);
}

/// Every lesson that was made is one.
fn assert_course(tree: &SourceTree, made: &Imported) {
    let options = Options { drafts: Drafts::Include, ..Options::default() };
    let Parsed { school, diagnostics } = parse(tree, &options);
    let is_ours = |found: &&Diagnostic| found.path.as_str().starts_with("content/guide/");
    let bad: Vec<_> = diagnostics
        .iter()
        .filter(is_ours)
        .filter(|found| has_errors(std::slice::from_ref(*found)))
        .collect();
    assert!(bad.is_empty(), "made of a book: {bad:#?}\n{:#?}", made.files);
    let courses = school.map(|school| school.courses).unwrap_or_default();
    let course = courses.iter().find(|course| course.slug.as_str() == "guide");
    let lessons = course.map_or(0, |course| course.lessons().count());
    assert_eq!(lessons, made.lessons, "lessons were lost: {diagnostics:#?}\n{:#?}", made.files);
}

/// All that an import answers, to be compared.
fn told(made: &Imported) -> String {
    format!("{:?} {:?}", made.files, made.notes)
}

/// Each place is inside the file, and each mend between two characters of it.
fn assert_places(tree: &SourceTree, told: &[Diagnostic]) {
    for diagnostic in told {
        assert!(!diagnostic.message.is_empty(), "tells nothing: {diagnostic:#?}");
        let Ok(text) = tree.text(&diagnostic.path) else { continue };
        if let Some(span) = diagnostic.span {
            let line = text.split('\n').nth(span.line.saturating_sub(1));
            let columns = line.map(|line| line.chars().count());
            assert!(span.line > 0 && span.column > 0 && span.length > 0, "{diagnostic:#?}");
            let is_inside = columns.is_some_and(|columns| {
                span.column <= columns + 1 && span.column + span.length <= columns.max(1) + 2
            });
            assert!(is_inside, "outside of the file: {diagnostic:#?}");
        }
        if let Some(Fix { start, end, .. }) = diagnostic.fix {
            assert!(text.get(start..end).is_some(), "mends no text: {diagnostic:#?}");
        }
    }
}

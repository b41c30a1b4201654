//! The third proof: a school is built twice, the second time with everything gated
//! replaced, and the public side must be the same, byte for byte.
//!
//! What may be public of a gated lesson stays: its front matter, its preview, the
//! languages of its captions, and the minutes it takes to read.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Cursor;

use contracts::access::Audience;
use contracts::digest::Digest;
use image::{ImageFormat, Rgb, RgbImage};

use crate::compile;
use crate::declassified::documents;
use crate::diagnostic::{Diagnostic, has_errors};
use crate::parse::{Options, parse};
use crate::proof::secret::gated_files;
use crate::proof::source_text::{open_lines, parted};
use crate::school::{Lesson, LessonEdition, School};
use crate::site::Site;
use crate::source::{SourcePath, SourceTree};

/// How often a text is made longer or shorter until it takes as long to read.
const ROUNDS: usize = 8;

/// About as many words as are read in a minute.
const WORDS_A_MINUTE: usize = 220;

/// What came of building a school twice.
#[derive(Debug, Clone, Default)]
pub struct Interference {
    /// How many gated texts were replaced.
    pub texts: usize,
    /// How many public files were compared.
    pub files: usize,
    /// Public files that differ, by path; each of them tells something gated.
    pub differing: Vec<String>,
    /// What the author has to mend before anything can be proved.
    pub diagnostics: Vec<Diagnostic>,
}

/// Builds a school twice and compares the public sides. Errors in the school end it
/// before anything is compared.
#[must_use]
pub fn interference(tree: &SourceTree, options: &Options) -> Interference {
    let compiled = compile(tree, options);
    let mut found = Interference { diagnostics: compiled.diagnostics, ..Interference::default() };
    let (Some(site), Some(school)) = (compiled.site, parse(tree, options).school) else {
        return found;
    };
    if has_errors(&found.diagnostics) {
        return found;
    }
    let texts = gated_texts(&school);
    let other = replaced(tree, &school, options, &texts);
    let twin = compile(&other, options);
    found.texts = texts.len();
    let (first, second) = (public_side(&site), twin.site.as_ref().map(public_side));
    let second = second.unwrap_or_default();
    found.files = first.len();
    let paths: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let differ = |path: &&&String| first.get(**path) != second.get(**path);
    found.differing = paths.iter().filter(differ).map(|path| (*path).clone()).collect();
    found
}

fn gated(school: &School) -> impl Iterator<Item = &Lesson> {
    let lessons = school.courses.iter().flat_map(|course| course.lessons());
    lessons.filter(|lesson| lesson.is_gated())
}

/// The gated texts by their files.
fn gated_texts(school: &School) -> BTreeMap<SourcePath, &LessonEdition> {
    let editions = gated(school).flat_map(|lesson| lesson.editions.values());
    editions.map(|edition| (edition.body.path.clone(), edition)).collect()
}

fn public_side(site: &Site) -> BTreeMap<String, Digest> {
    let public = site.files.iter().filter(|file| file.key.audience() == Audience::Everyone);
    public.map(|file| (file.key.path(), file.digest)).collect()
}

/// The school with other texts, films, captions, pictures and downloads.
fn replaced(
    tree: &SourceTree,
    school: &School,
    options: &Options,
    texts: &BTreeMap<SourcePath, &LessonEdition>,
) -> SourceTree {
    let files = gated_files(school, tree);
    let with_media = tree.clone().overlay(SourceTree::from_files(other_files(&files)));
    // What is a gated text under another name is as secret as the text.
    let gated: HashSet<Digest> =
        texts.keys().filter_map(|path| tree.get(path)).map(|file| file.digest).collect();
    let twins: Vec<_> = tree
        .iter()
        .filter(|(path, file)| gated.contains(&file.digest) && !texts.contains_key(*path))
        .map(|(path, _)| (path.clone(), filler(path.as_str(), 40)))
        .collect();
    let with_media = with_media.overlay(SourceTree::from_files(twins));
    let wanted = documents(tree, school);
    let minutes = |all: &crate::text::Documents, path: &SourcePath| {
        all.get(path).map_or(1, |document| document.reading_minutes as usize)
    };
    let mut words: BTreeMap<&SourcePath, usize> = texts
        .keys()
        .map(|path| (path, (minutes(&wanted, path) - 1) * WORDS_A_MINUTE + WORDS_A_MINUTE / 2))
        .collect();
    let mut other = with_media.clone();
    for round in 0..ROUNDS {
        let files = texts.iter().map(|(path, edition)| {
            let words = words.get(path).copied().unwrap_or_default();
            (path.clone(), text(edition, words, &files))
        });
        other = with_media.clone().overlay(SourceTree::from_files(files));
        let Some(twin) = parse(&other, options).school else {
            break;
        };
        let made = documents(&other, &twin);
        let step = WORDS_A_MINUTE / (round + 1);
        let mut fits = true;
        for (path, words) in &mut words {
            let (wanted, made) = (minutes(&wanted, path), minutes(&made, path));
            fits &= wanted == made;
            *words = (*words + wanted.saturating_sub(made) * step)
                .saturating_sub(made.saturating_sub(wanted) * step);
        }
        if fits {
            break;
        }
    }
    other
}

/// The file of a gated text with other words below its preview.
fn text(edition: &LessonEdition, words: usize, files: &BTreeSet<SourcePath>) -> String {
    let head = edition.body.file.get(..edition.body.start).unwrap_or_default();
    let open = open_lines(edition.body.text());
    let shown = references(edition, files);
    format!("{head}{open}\n\n{}\n\n{shown}", filler(edition.body.path.as_str(), words))
}

/// Words that stand nowhere else, the same for the same file at each run.
fn filler(seed: &str, words: usize) -> String {
    let mut text = String::new();
    for word in 0..words {
        let digest = blake3::hash(format!("{seed} {word}").as_bytes()).to_hex();
        let letters: String = digest.chars().filter(char::is_ascii_alphabetic).take(9).collect();
        text += &format!("q{letters}{}", if word % 12 == 11 { ".\n\n" } else { " " });
    }
    text
}

/// Other bytes for every file that only gated lessons show.
fn other_files(files: &BTreeSet<SourcePath>) -> Vec<(SourcePath, Vec<u8>)> {
    files.iter().map(|path| (path.clone(), other_bytes(path))).collect()
}

/// Bytes of the same kind that the file never had: a picture stays one that can be
/// shown, so that it stays in the site.
fn other_bytes(path: &SourcePath) -> Vec<u8> {
    let words = filler(path.as_str(), 40).replace("\n\n", " ");
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    match extension.as_str() {
        "vtt" => format!("WEBVTT\n\n00:00.000 --> 00:09.000\n{words}\n").into_bytes(),
        "svg" => format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 77 33\"><title>{words}</title></svg>"
        )
        .into_bytes(),
        _ => other_picture(&extension).unwrap_or_else(|| words.into_bytes()),
    }
}

/// A small picture of one colour.
fn other_picture(extension: &str) -> Option<Vec<u8>> {
    let format = ImageFormat::from_extension(extension)?;
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(37, 23, Rgb([90, 60, 120])).write_to(&mut bytes, format).ok()?;
    Some(bytes.into_inner())
}

/// Links to the gated files that a text showed, so that they stay in the site.
fn references(edition: &LessonEdition, files: &BTreeSet<SourcePath>) -> String {
    let page = &edition.body.path;
    let shown: BTreeSet<SourcePath> = parted(edition.body.text()).shut.files(page).collect();
    let up = "../".repeat(page.as_str().matches('/').count());
    let mut text = String::new();
    for file in shown.intersection(files) {
        let is_picture = file.extension() == Some("svg")
            || file.extension().and_then(ImageFormat::from_extension).is_some();
        let mark = if is_picture { "!" } else { "" };
        text += &format!("{mark}[{}](<{up}{file}>)\n\n", filler(file.as_str(), 2).trim());
    }
    text
}

#[cfg(test)]
mod tests {
    use contracts::object_key::ObjectKey;

    use super::*;

    const SITE: &str = "title = \"School\"\nbase_url = \"https://school.test/\"\n\
                        [build]\nprecompress = false\n";
    const COURSE: &str = "---\ntitle: Rust\ndescription: All of it.\naccess: paid\n\
                          prices: { USD: \"29.00\" }\n---\n";

    fn school(files: &[(&str, &str)]) -> SourceTree {
        let mut all = BTreeMap::from([("site.toml", SITE), ("content/rust/course.md", COURSE)]);
        all.extend(files.iter().copied());
        SourceTree::from_files(all)
    }

    #[test]
    fn the_public_side_of_a_sound_school_does_not_depend_on_what_is_paid_for() {
        let long = "The owner moves with the value. ".repeat(200);
        let paid = format!(
            "---\nid: paid\ntitle: Paid\nvideo: film.mp4\n---\nSee [the book][book].\n\n\
             [book]: https://doc.rust-lang.org/book/\n\n<!-- more -->\n\n{long}\n\n![A box](box.svg)\n"
        );
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"/>";
        let tree = school(&[
            ("content/rust/01-paid.md", &paid),
            ("content/rust/film.mp4", "film"),
            ("content/rust/film.en.vtt", "WEBVTT\n\n00:00.000 --> 00:02.000\nHello.\n"),
            ("content/rust/box.svg", svg),
        ]);
        let found = interference(&tree, &Options::default());
        assert_eq!((found.texts, found.differing), (1, Vec::<String>::new()));
        assert!(found.files > 10, "{}", found.files);
    }

    #[test]
    fn a_gated_text_under_another_name_is_replaced_there_too() {
        let paid = "---\nid: paid\ntitle: Paid\n---\nWhat is paid for.\n";
        let free = "---\nid: free\ntitle: Free\naccess: free\n---\n[All](listing.txt)\n";
        let tree = school(&[
            ("content/rust/01-free.md", free),
            ("content/rust/02-paid.md", paid),
            ("content/rust/listing.txt", paid),
        ]);
        let school = parse(&tree, &Options::default()).school.unwrap();
        let other = replaced(&tree, &school, &Options::default(), &gated_texts(&school));
        let listing = SourcePath::new("content/rust/listing.txt");
        assert!(!other.text(&listing).unwrap().contains("What is paid for"));
    }

    #[test]
    fn every_gated_file_is_replaced_and_stays_in_the_site() {
        let mut png = Cursor::new(Vec::new());
        let picture = RgbImage::from_pixel(1200, 600, Rgb([1, 2, 3]));
        picture.write_to(&mut png, ImageFormat::Png).unwrap();
        let paid = "---\nid: paid\ntitle: Paid\n---\nOpen ![a](open.svg).\n\n<!-- more -->\n\n\
                    ![b](shut.png) ![c](shut.svg) [d](notes.zip)\n";
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"/>";
        let tree = SourceTree::from_files([
            ("site.toml", SITE.as_bytes()),
            ("content/rust/course.md", COURSE.as_bytes()),
            ("content/rust/01-paid.md", paid.as_bytes()),
            ("content/rust/open.svg", svg.as_bytes()),
            ("content/rust/shut.svg", svg.replace('9', "8").as_bytes()),
            ("content/rust/notes.zip", b"a packed file"),
            ("content/rust/shut.png", png.get_ref()),
        ]);
        let options = Options::default();
        let school = parse(&tree, &options).school.unwrap();
        let texts: BTreeMap<SourcePath, &LessonEdition> = gated(&school)
            .flat_map(|lesson| lesson.editions.values())
            .map(|edition| (edition.body.path.clone(), edition))
            .collect();
        let entitled = |tree: &SourceTree| -> BTreeSet<(String, Digest)> {
            let site = compile(tree, &options).site.unwrap();
            let files = site.files.iter().filter_map(|file| match &file.key {
                ObjectKey::LessonAsset { name, .. } => Some((name.to_string(), file.digest)),
                _ => None,
            });
            files.collect()
        };
        let (first, second) =
            (entitled(&tree), entitled(&replaced(&tree, &school, &options, &texts)));
        let names = ["notes.zip", "shut.png", "shut.svg"];
        for side in [&first, &second] {
            for name in names {
                assert!(side.iter().any(|(there, _)| there == name), "{name}: {side:?}");
            }
        }
        assert!(first.is_disjoint(&second), "{first:?} {second:?}");
        assert_eq!(interference(&tree, &options).differing, Vec::<String>::new());
    }

    #[test]
    fn the_comparison_sees_a_single_word_of_the_preview() {
        let side = |open: &str| {
            let text = format!(
                "---\nid: paid\ntitle: Paid\n---\n{open}\n\n<!-- more -->\n\nHow boxes are drawn.\n"
            );
            let tree = school(&[("content/rust/01-paid.md", &text)]);
            public_side(&compile(&tree, &Options::default()).site.unwrap())
        };
        assert_eq!(side("Open words."), side("Open words."));
        assert_ne!(side("Open words."), side("Open sounds."));
    }

    #[test]
    fn what_is_replaced_keeps_the_preview_and_nothing_else() {
        let markdown =
            "Open.\n\n<!-- more -->\n\nShut.\n\n:::preview\nAlso open.\n:::\n\nShut too.\n";
        let open = open_lines(markdown);
        assert_eq!(open, "Open.\n\n<!-- more -->\n\n:::preview\nAlso open.\n:::\n");
        assert_eq!(open_lines("All of it.\n"), "");
        assert_eq!(filler("a", 30), filler("a", 30));
        assert_ne!(filler("a", 30), filler("b", 30));
    }

    #[test]
    fn a_school_with_errors_proves_nothing() {
        let tree = school(&[("content/rust/01-paid.md", "---\ntitle: Paid\n---\nHi.\n")]);
        let found = interference(&tree, &Options::default());
        assert!(has_errors(&found.diagnostics));
        assert_eq!(found.files, 0);
    }
}

//! What must not be public, gathered from the author's own files.
//!
//! The rule is closed: all that a gated lesson says and refers to is a secret,
//! but for what something public says or refers to as well.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use contracts::digest::Digest;
use contracts::id::LessonId;
use contracts::object_key::ObjectKey;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::document::{Document, GatedHtml};
use crate::include;
use crate::proof::shingle::{BARRIER, Index};
use crate::proof::source_text::{Parted, Said, parted};
use crate::proof::{caption, markup};
use crate::school::{Course, Lesson, LessonEdition, Markdown, School};
use crate::site::Site;
use crate::source::{SourcePath, SourceTree};
use crate::text::Documents;

/// Files whose words are searched for too, not only their bytes.
const TEXT_EXTENSIONS: [&str; 12] =
    ["vtt", "srt", "txt", "csv", "json", "svg", "rs", "py", "js", "html", "css", "toml"];

/// No text takes in more; one that does is refused.
const MAX_INCLUDED_BYTES: usize = 32 * 1024 * 1024;

/// No text reads more of files for the lines that it takes in; one that does is refused.
const MAX_READ_BYTES: usize = 256 * 1024 * 1024;

/// What must not be found in a public file.
pub struct Secrets {
    pub(super) texts: Index,
    pub(super) files: BTreeMap<Digest, u32>,
    pub(super) owners: Vec<Owner>,
    /// The files whose public words stand in gated texts too, which are no secret there
    /// as long as these words stand here.
    pub(super) repeating: BTreeSet<SourcePath>,
}

/// Whose secret it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Owner {
    pub(super) lesson: LessonId,
    /// The file that says it or refers to it.
    pub(super) path: SourcePath,
}

/// The parts of a school by who may read them.
#[derive(Default)]
struct Gathered<'a> {
    secret: Vec<(u32, Said)>,
    public: Vec<(SourcePath, Said)>,
    /// Short texts of front matter, which are declassified.
    declassified: Vec<&'a str>,
    /// Declassified texts that lists set side by side: a lesson between the names
    /// of its course.
    side_by_side: Vec<String>,
    secret_files: BTreeMap<SourcePath, u32>,
    public_files: BTreeSet<SourcePath>,
    owners: Vec<Owner>,
    /// The files of gated lessons as they are written: under whatever name one is found
    /// again, nothing public makes it so.
    gated_sources: BTreeMap<Digest, SourcePath>,
}

impl Secrets {
    /// The secrets of a school.
    ///
    /// `theme` is what the theme is made of, which is public whatever it quotes.
    /// `documents` add what rendering itself says in gated bodies, and `site` the
    /// copies that were made of secret files, such as smaller pictures.
    #[must_use]
    pub fn of(
        school: &School,
        tree: &SourceTree,
        theme: &SourceTree,
        documents: &Documents,
        site: &Site,
    ) -> Self {
        if school.courses.iter().flat_map(Course::lessons).all(|lesson| !lesson.is_gated()) {
            return Self::none();
        }
        let gathered = Gathered::of(school, tree);
        let mut written = gathered.written(tree);
        let mut rendered = gathered.rendered(documents);
        let public = gathered.public_texts(tree, theme, site);
        // The texts of files come first, in the same order.
        let of_file = |at: usize| gathered.public.get(at).map(|(path, _)| path.clone());
        let held = written.remove(&public).into_iter().chain(rendered.remove(&public));
        let mut repeating: BTreeSet<SourcePath> = held.filter_map(of_file).collect();
        // What rendering calls public is believed only for what rendering adds:
        // the author's own words are secret by the author's own mark.
        let public: Vec<(&SourcePath, &Document)> = documents.iter().collect();
        let texts: Vec<String> = public
            .par_iter()
            .map(|(_, document)| markup::pieces(&document.public.0).text)
            .collect();
        let held = rendered.remove(&texts).into_iter();
        repeating.extend(held.filter_map(|at| public.get(at).map(|(path, _)| (*path).clone())));
        written.absorb(rendered);
        let files = gathered.digests(tree, site);
        Self { texts: written, files, owners: gathered.owners, repeating }
    }

    fn none() -> Self {
        let (files, repeating) = (BTreeMap::new(), BTreeSet::new());
        Self { texts: Index::of::<&str>(&[]), files, owners: Vec::new(), repeating }
    }
}

/// The files that only gated lessons show or refer to, as far as they are there.
pub(super) fn gated_files(school: &School, tree: &SourceTree) -> BTreeSet<SourcePath> {
    let gathered = Gathered::of(school, tree);
    let files = gathered.truly_secret_files().map(|(path, _)| path);
    files.filter(|path| tree.contains(path)).cloned().collect()
}

/// The files that gated lessons are written in, by their digests.
fn gated_sources(school: &School, tree: &SourceTree) -> BTreeMap<Digest, SourcePath> {
    let lessons = school.courses.iter().flat_map(Course::lessons);
    let gated = lessons.filter(|lesson| lesson.is_gated());
    let paths = gated.flat_map(|lesson| lesson.editions.values().map(|edition| &edition.body.path));
    paths.filter_map(|path| Some((tree.get(path)?.digest, path.clone()))).collect()
}

/// A text file with its markup, if it has any, cut away.
fn text_of(tree: &SourceTree, path: &SourcePath) -> Option<String> {
    let extension = path.extension()?.to_ascii_lowercase();
    let text = TEXT_EXTENSIONS.contains(&extension.as_str()).then(|| tree.text(path).ok())??;
    match extension.as_str() {
        "svg" | "html" => Some(markup::pieces(text).text),
        "vtt" | "srt" => Some(caption::spoken(text)),
        _ => Some(text.to_owned()),
    }
}

/// What is left of a text between the lines of another one. The end of a preview with
/// the first word behind it is no secret: the page says the one, and the theme the other.
pub(super) fn without_lines(text: &str, open: &str) -> Vec<String> {
    let open: BTreeSet<&str> = open.lines().map(str::trim).collect();
    let mut left = vec![String::new()];
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match left.last_mut() {
            Some(last) if !open.contains(line) => {
                last.push_str(line);
                last.push('\n');
            }
            _ => left.push(String::new()),
        }
    }
    left.retain(|text| !text.is_empty());
    left
}

impl<'a> Gathered<'a> {
    fn of(school: &'a School, tree: &SourceTree) -> Self {
        let mut gathered = Self { gated_sources: gated_sources(school, tree), ..Self::default() };
        gathered.public_pages(school, tree);
        let lessons = school.courses.iter().flat_map(|course| {
            let lessons = course.lessons();
            lessons.flat_map(move |lesson| {
                lesson.editions.values().map(move |edition| (course, lesson, edition))
            })
        });
        let lessons: Vec<(&Course, &Lesson, &LessonEdition)> = lessons.collect();
        let said: Vec<Parted> =
            lessons.par_iter().map(|(_, _, edition)| parted(edition.body.text())).collect();
        for ((course, lesson, edition), said) in lessons.into_iter().zip(said) {
            gathered.lesson(lesson, edition, said, tree);
            gathered.side_by_side.extend(
                course
                    .editions
                    .values()
                    .map(|course| format!("{} {} {}", course.title, edition.title, course.title)),
            );
        }
        gathered
    }

    fn public_pages(&mut self, school: &'a School, tree: &SourceTree) {
        self.declassified.extend(school.config.title.values().map(String::as_str));
        self.declassified.extend(school.config.description.values().map(String::as_str));
        let links = school.config.navigation.iter().flat_map(|link| link.title.values());
        self.declassified.extend(links.map(String::as_str));
        for page in school.pages.iter().flat_map(|page| page.editions.values()) {
            self.declassified.push(&page.title);
            self.declassified.extend(page.description.as_deref());
            self.public_text(&page.body, tree);
        }
        for instructor in school.instructors.values() {
            self.public_files.extend(instructor.avatar.clone());
            for edition in instructor.editions.values() {
                self.declassified.push(&edition.name);
                self.declassified.extend(edition.headline.as_deref());
                self.public_text(&edition.body, tree);
            }
        }
        for course in &school.courses {
            self.public_files.extend(course.cover.clone());
            let labels = course.category.iter().chain(&course.tags);
            self.declassified.extend(labels.map(|label| label.text.as_str()));
            for edition in course.editions.values() {
                self.declassified.extend([edition.title.as_str(), edition.description.as_str()]);
                self.public_text(&edition.body, tree);
            }
            for section in course.sections.iter().flat_map(|section| section.editions.values()) {
                self.declassified.push(&section.title);
                self.declassified.extend(section.summary.as_deref());
            }
        }
    }

    fn public_text(&mut self, markdown: &Markdown, tree: &SourceTree) {
        self.public_said(parted(markdown.text()).whole(), &markdown.path, tree);
    }

    /// Only the lines that a public text takes in from a file are public by that,
    /// so the file itself may still be secret.
    fn public_said(&mut self, mut said: Said, path: &SourcePath, tree: &SourceTree) {
        let written: BTreeSet<String> = said.includes.iter().cloned().collect();
        let mut read = 0_usize;
        for written in &written {
            read = read.saturating_add(include::read_bytes(tree, path, written));
            // What is left out here is public and taken for secret: a false alarm at worst.
            if said.words.len() > MAX_INCLUDED_BYTES || read > MAX_READ_BYTES {
                break;
            }
            let taken = include::path(path, written);
            if taken.is_some_and(|taken| self.is_gated_source(&taken, tree)) {
                continue;
            }
            if let Ok(lines) = include::lines(tree, path, written) {
                said.words.push(BARRIER);
                said.words.push_str(&lines);
            }
        }
        let files = said.files(path).filter(|file| !self.is_gated_source(file, tree));
        let files: Vec<SourcePath> = files.collect();
        self.public_files.extend(files);
        self.public.push((path.clone(), said));
    }

    fn is_gated_source(&self, path: &SourcePath, tree: &SourceTree) -> bool {
        tree.get(path).is_some_and(|file| self.gated_sources.contains_key(&file.digest))
    }

    fn lesson(
        &mut self,
        lesson: &'a Lesson,
        edition: &'a LessonEdition,
        said: Parted,
        tree: &SourceTree,
    ) {
        self.declassified.push(&edition.title);
        self.declassified.extend(edition.summary.as_deref());
        let media = edition.video.iter().chain(edition.captions.values()).cloned();
        if !lesson.is_gated() {
            self.public_files.extend(media);
            self.public_said(said.whole(), &edition.body.path, tree);
            return;
        }
        let path = &edition.body.path;
        let owner = u32::try_from(self.owners.len()).unwrap_or(u32::MAX);
        self.owners.push(Owner { lesson: lesson.id.clone(), path: path.clone() });
        self.public_said(said.open, path, tree);
        let included = said.shut.includes.iter().filter_map(|file| include::path(path, file));
        let mut files: Vec<SourcePath> =
            said.shut.files(path).chain(media).chain(included).collect();
        if path.file_name().starts_with("lesson.") {
            // A lesson in a folder of its own owns what stands beside it.
            files.extend(tree.below(path.parent()).map(|(path, _)| path.clone()));
        }
        for file in files.into_iter().filter(|file| file.extension() != Some("md")) {
            self.secret_files.entry(file).or_insert(owner);
        }
        self.secret.push((owner, said.shut));
    }

    /// Every secret word as its author wrote it.
    fn written(&self, tree: &SourceTree) -> Index {
        let said = self.secret.iter().map(|(owner, said)| (*owner, Cow::from(&said.words)));
        let files = self
            .truly_secret_files()
            .filter_map(|(path, owner)| Some((*owner, Cow::from(text_of(tree, path)?))));
        Index::of(&said.chain(files).collect::<Vec<_>>())
    }

    /// Every word of a gated body as it is rendered.
    fn rendered(&self, documents: &Documents) -> Index {
        let bodies: Vec<(u32, &Document, &GatedHtml)> = (0..)
            .zip(&self.owners)
            .filter_map(|(number, owner)| {
                let document = documents.get(&owner.path)?;
                Some((number, document, document.gated.as_ref()?))
            })
            .collect();
        let texts: Vec<(u32, String)> = bodies
            .par_iter()
            .flat_map_iter(|(number, document, body)| {
                let open = markup::pieces(&document.public.0).text;
                let whole = markup::pieces(&body.0).text;
                without_lines(&whole, &open).into_iter().map(|text| (*number, text))
            })
            .collect();
        Index::of(&texts)
    }

    /// What stands on public pages by right: texts, titles, addresses and the
    /// theme's own words.
    fn public_texts(&self, tree: &SourceTree, theme: &SourceTree, site: &Site) -> Vec<String> {
        let mut texts: Vec<String> =
            self.public.iter().map(|(_, said)| said.words.clone()).collect();
        texts.extend(self.declassified.iter().map(|text| (*text).to_owned()));
        texts.extend(self.side_by_side.iter().cloned());
        texts.extend(self.public_files.iter().filter_map(|path| text_of(tree, path)));
        for (path, _) in theme.iter() {
            if let Ok(text) = theme.text(path) {
                texts.push(text.to_owned());
                texts.push(markup::pieces(text).text);
            }
        }
        // Data is public by definition, whoever shows it.
        for (path, _) in tree.below(crate::data::FOLDER) {
            texts.extend(tree.text(path).ok().map(str::to_owned));
        }
        texts.extend(site.manifest.messages.values().flat_map(BTreeMap::values).cloned());
        for object in &site.manifest.objects {
            match &object.key {
                ObjectKey::Page { path } => {
                    texts.push(path.url(&site.manifest.school.base_url).to_string());
                }
                ObjectKey::Asset { name, .. } => texts.push(name.to_string()),
                _ => {}
            }
        }
        texts
    }

    fn truly_secret_files(&self) -> impl Iterator<Item = (&SourcePath, &u32)> {
        self.secret_files.iter().filter(|(path, _)| !self.public_files.contains(*path))
    }

    /// Digests of the secret files and of the copies made of them.
    fn digests(&self, tree: &SourceTree, site: &Site) -> BTreeMap<Digest, u32> {
        let mut digests: BTreeMap<Digest, u32> = self
            .truly_secret_files()
            .filter_map(|(path, owner)| Some((tree.get(path)?, *owner)))
            // An empty file is like any other.
            .filter(|(file, _)| file.len > 0)
            .map(|(file, owner)| (file.digest, owner))
            .collect();
        for file in &site.files {
            if let ObjectKey::LessonAsset { lesson, digest, name } = &file.key {
                let owner = self.owners.iter().position(|owner| owner.lesson == *lesson);
                let owner = owner.and_then(|owner| u32::try_from(owner).ok());
                if let Some(owner) = owner.filter(|_| !self.is_public_copy(name.as_str())) {
                    digests.entry(*digest).or_insert(owner);
                }
            }
        }
        for (digest, path) in &self.gated_sources {
            let owner = self.owners.iter().position(|owner| owner.path == *path);
            if let Some(owner) = owner.and_then(|owner| u32::try_from(owner).ok()) {
                digests.insert(*digest, owner);
            }
        }
        // Two files with the same bytes, one of them public by right.
        for path in &self.public_files {
            if let Some(file) = tree.get(path) {
                digests.remove(&file.digest);
            }
        }
        digests
    }

    /// Whether a file of a gated body has the name of a public file or of a copy
    /// of one, `figure.png` or `figure-640.webp`.
    fn is_public_copy(&self, name: &str) -> bool {
        self.public_files.iter().any(|path| {
            let public = path.file_name();
            let stem = public.rsplit_once('.').map_or(public, |(stem, _)| stem);
            name.strip_prefix(stem)
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
        })
    }
}

//! What is noted of a text, so that its words can be rendered again apart from the rest
//! of the school.
//!
//! Others see only a few facts of a text: where it links, how long it takes, which files
//! it shows. As long as these stay, its words are the business of its own page.

use std::collections::{BTreeMap, BTreeSet};

use contracts::digest::Digest;
use contracts::language::Language;
use contracts::site_path::SitePath;
use serde::{Deserialize, Serialize};

use crate::document::DocumentAsset;
use crate::link::Links;
use crate::markdown::Rendered;
use crate::markdown::reads::Question;
use crate::notes::Notes;
use crate::site::digest;
use crate::source::SourcePath;
use crate::text::Text;

/// The name of the note that holds all addresses.
pub(crate) const LINKS: &str = "links";

/// What is noted of a text.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TextNote {
    pub(crate) language: Language,
    /// Where its gated part stands; `None` for a public text.
    pub(crate) learn_link: Option<String>,
    /// Of everything above the words.
    pub(crate) front: Digest,
    /// Of what others see of the text.
    pub(crate) facts: Digest,
    /// Whether others link to headings in it.
    pub(crate) is_anchored: bool,
    /// The files that it read, as far as they are there.
    pub(crate) reads: BTreeSet<SourcePath>,
}

/// Notes of texts, while not all of them are known.
#[derive(Debug, Default)]
pub(crate) struct TextNotes {
    links: Links<'static>,
    texts: BTreeMap<SourcePath, Noted>,
    /// Files that a text other than their own has read.
    read: BTreeSet<SourcePath>,
    /// Files to the headings of which another text links.
    anchored: BTreeSet<SourcePath>,
}

#[derive(Debug)]
struct Noted {
    note: TextNote,
    /// The same if others link to headings in it.
    anchored_facts: Digest,
}

impl TextNotes {
    pub(super) fn new(links: Links<'static>) -> Self {
        Self { links, ..Self::default() }
    }

    /// Notes a text that was rendered.
    pub(super) fn add(&mut self, text: &Text<'_>, rendered: &Rendered, asked: &BTreeSet<Question>) {
        let path = &text.markdown.path;
        let reads: BTreeSet<SourcePath> = files(asked).cloned().collect();
        self.read.extend(reads.iter().filter(|read| *read != path).cloned());
        let links = rendered.anchor_links.iter().map(|link| &link.source);
        self.anchored.extend(links.filter(|source| *source != path).cloned());
        if !rendered.diagnostics.is_empty() {
            return;
        }
        let note = TextNote {
            language: text.language.clone(),
            learn_link: text.learn_link.clone(),
            front: front(&text.markdown.file, text.markdown.start),
            facts: facts(path, rendered, false),
            is_anchored: false,
            reads,
        };
        let anchored_facts = facts(path, rendered, true);
        self.texts.insert(path.clone(), Noted { note, anchored_facts });
    }

    /// Writes down the notes of texts that `may_be_edited`, but for those whose words
    /// others take in.
    pub(crate) fn finish(self, may_be_edited: impl Fn(&SourcePath) -> bool, notes: &mut Notes) {
        let Self { links, texts, read, anchored } = self;
        for (path, noted) in texts {
            if !may_be_edited(&path) || read.contains(&path) {
                continue;
            }
            let Noted { mut note, anchored_facts } = noted;
            if anchored.contains(&path) {
                (note.is_anchored, note.facts) = (true, anchored_facts);
            }
            // Its fields can always be written.
            notes.add(name(&path), serde_json::to_vec(&note).unwrap_or_default());
        }
        notes.add(LINKS.to_owned(), links.to_bytes());
    }
}

/// The name of a text's note.
pub(crate) fn name(path: &SourcePath) -> String {
    format!("text {path}")
}

/// The files that a text asked for.
pub(crate) fn files(asked: &BTreeSet<Question>) -> impl Iterator<Item = &SourcePath> {
    asked.iter().filter_map(|question| match question {
        Question::File(path) | Question::Picture(path) => Some(path),
        _ => None,
    })
}

/// Names what stands above the words of a file.
pub(crate) fn front(file: &str, body: usize) -> Digest {
    digest(file.get(..body).unwrap_or_default().as_bytes())
}

/// Names what others see of a text: of its anchors only if any of them links there.
pub(crate) fn facts(path: &SourcePath, rendered: &Rendered, is_anchored: bool) -> Digest {
    let document = &rendered.document;
    let files = |assets: &[DocumentAsset]| -> Vec<(SitePath, Digest)> {
        assets.iter().map(|asset| (asset.name.clone(), asset.digest)).collect()
    };
    let elsewhere = rendered.anchor_links.iter().filter(|link| link.source != *path);
    let seen = (
        document.gated.is_some(),
        document.reading_minutes,
        &document.links,
        files(&document.public_assets),
        files(&document.gated_assets),
        elsewhere.map(|link| (&link.source, &link.anchor)).collect::<BTreeSet<_>>(),
        is_anchored.then_some(&rendered.anchors),
    );
    // Its fields can always be written.
    digest(&serde_json::to_vec(&seen).unwrap_or_default())
}

//! The proof for a build that makes anew the pages of a few lessons: only these are
//! searched, for all that was secret before and for what has become so.
//!
//! No other public file can hold words that were written after it was made. Words that
//! were public by right before, and may be no more, are told apart here: an edit of a
//! text that repeats what a gated one says is no business of an amendment.

use std::collections::BTreeSet;

use contracts::digest::Digest;
use serde::{Deserialize, Serialize};

use crate::document::{Document, GatedHtml};
use crate::proof::secret::without_lines;
use crate::proof::shingle::Index;
use crate::proof::source_text::parted;
use crate::proof::{Secrets, markup, public_digests, search_file};
use crate::school::Markdown;
use crate::site::SiteFile;
use crate::source::SourcePath;

/// What a build keeps of its secrets for the next one: nothing that could be read.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sealed {
    /// Runs of secret words, in order.
    runs: Vec<u64>,
    files: BTreeSet<Digest>,
    repeating: BTreeSet<SourcePath>,
}

/// Runs of words that became secret in amendments since, in order.
pub(crate) type Later = Vec<u64>;

impl Sealed {
    pub(crate) fn of(secrets: &Secrets) -> Self {
        let files = secrets.files.keys().copied().collect();
        Self { runs: secrets.texts.runs(), files, repeating: secrets.repeating.clone() }
    }

    /// Whether a text may be edited without making secret what it repeats.
    pub(crate) fn may_edit(&self, path: &SourcePath) -> bool {
        !self.repeating.contains(path)
    }

    /// Whether none of these files holds a secret of before or of `later`.
    pub(crate) fn allows(self, files: &[SiteFile], later: &[u64]) -> bool {
        let mut runs = self.runs;
        runs.extend(later);
        runs.sort_unstable();
        let texts = Index::of::<&str>(&[]).with_known(runs);
        let files_of_secrets = self.files.into_iter().map(|digest| (digest, 0)).collect();
        let (owners, repeating) = (Vec::new(), BTreeSet::new());
        let secrets = Secrets { texts, files: files_of_secrets, owners, repeating };
        let public = public_digests(files);
        public.iter().all(|(key, _)| {
            let file = files.iter().find(|file| file.key == **key);
            file.is_some_and(|file| search_file(file, &public, &secrets).is_nothing())
        })
    }
}

/// The runs of words that a gated lesson says and its preview doesn't.
pub(crate) fn secrets_of(markdown: &Markdown, document: &Document) -> Later {
    let Some(GatedHtml(body)) = &document.gated else { return Later::new() };
    let open = markup::pieces(&document.public.0).text;
    let whole = markup::pieces(body).text;
    let mut texts = without_lines(&whole, &open);
    texts.push(parted(markdown.text()).shut.words);
    let texts: Vec<(u32, String)> = texts.into_iter().map(|text| (0, text)).collect();
    Index::of(&texts).runs()
}

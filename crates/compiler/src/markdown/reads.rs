//! What a text asks of the school around it, noted as it asks, so that its HTML can be
//! taken over from an earlier build in which every answer was the same.
//!
//! Whoever writes a text gets to files, links, pictures and data through here alone. The
//! theme, `site.toml` and the program are not asked about: they are part of what names
//! the input.

use std::cell::RefCell;
use std::sync::Arc;

use contracts::digest::Digest;
use contracts::language::Language;
use serde::{Deserialize, Serialize};

use crate::data::Data;
use crate::image::{Picture, PictureError};
use crate::include::{self, IncludeError};
use crate::link::{DefinedTerm, Destination, LinkProblem, Named};
use crate::markdown::Context;
use crate::memo::Asked;
use crate::site::digest;
use crate::source::{SourceFile, SourcePath};

/// One thing that a text asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Question {
    /// What stands in a file, if it is there.
    File(SourcePath),
    /// What a picture turned out to be, and which copies there are of it.
    Picture(SourcePath),
    /// Where a link leads.
    Link(String),
    /// Which page has a name.
    Named(String),
    /// What a page is called.
    Title(SourcePath),
    /// What a word of the glossary means.
    Term(String),
    /// What all data files say.
    Data,
}

/// The school around one text.
pub(crate) struct Reads<'a> {
    context: &'a Context<'a>,
    from: &'a SourcePath,
    language: &'a Language,
    asked: RefCell<Asked<Question>>,
}

impl<'a> Reads<'a> {
    pub(crate) fn new(
        context: &'a Context<'a>,
        from: &'a SourcePath,
        language: &'a Language,
    ) -> Self {
        Self { context, from, language, asked: RefCell::default() }
    }

    /// Everything that was asked.
    pub(crate) fn into_asked(self) -> Asked<Question> {
        self.asked.into_inner()
    }

    /// The answer to a question, as one that is the same only for the same answer.
    pub(crate) fn answer(&self, question: &Question) -> Digest {
        match question {
            Question::File(path) => of_file(self.context.tree.get(path.as_str())),
            Question::Picture(path) => match self.context.tree.get(path.as_str()) {
                Some(file) => of_picture(&self.context.pictures.read(path, file)),
                None => of_file(None),
            },
            Question::Link(url) => shown(&self.destination(url)),
            Question::Named(name) => shown(&self.context.links.named(self.from, name)),
            Question::Title(path) => shown(&self.context.links.title(path)),
            Question::Term(word) => shown(&self.context.links.term(word, self.language)),
            Question::Data => self.context.data_digest,
        }
    }

    fn note(&self, question: Question, answer: Digest) {
        self.asked.borrow_mut().insert(question, answer);
    }

    /// A file of the school.
    pub(super) fn file(&self, path: &SourcePath) -> Option<&'a SourceFile> {
        let file = self.context.tree.get(path.as_str());
        self.note(Question::File(path.clone()), of_file(file));
        file
    }

    /// The text of a file, if it is one.
    pub(super) fn text(&self, path: &SourcePath) -> Option<&'a str> {
        self.file(path)?;
        self.context.tree.text(path).ok()
    }

    /// How many bytes are read to find the lines that a fence names.
    pub(super) fn bytes_behind(&self, written: &str) -> usize {
        if let Some(path) = include::path(self.from, written) {
            self.file(&path);
        }
        include::read_bytes(self.context.tree, self.from, written)
    }

    /// Lines of a file, as a fence names them.
    pub(super) fn lines(&self, written: &str) -> Result<String, IncludeError> {
        if let Some(path) = include::path(self.from, written) {
            self.file(&path);
        }
        include::lines(self.context.tree, self.from, written)
    }

    /// A picture of the school.
    pub(super) fn picture(
        &self,
        path: &SourcePath,
        file: &SourceFile,
    ) -> Result<Arc<Picture>, PictureError> {
        let picture = self.context.pictures.read(path, file);
        self.note(Question::Picture(path.clone()), of_picture(&picture));
        picture
    }

    /// Where a link leads.
    pub(super) fn resolve(&self, url: &str) -> Result<Destination, LinkProblem> {
        let destination = self.destination(url);
        self.note(Question::Link(url.to_owned()), shown(&destination));
        destination
    }

    fn destination(&self, url: &str) -> Result<Destination, LinkProblem> {
        let Context { links, tree, .. } = self.context;
        links.resolve(tree, self.from, self.language, url)
    }

    /// Which page has a name.
    pub(super) fn named(&self, name: &str) -> Named {
        let named = self.context.links.named(self.from, name);
        self.note(Question::Named(name.to_owned()), shown(&named));
        named
    }

    /// What the page is called that is written in a file.
    pub(super) fn title(&self, source: &SourcePath) -> Option<&'a str> {
        let title = self.context.links.title(source);
        self.note(Question::Title(source.clone()), shown(&title));
        title
    }

    /// What a word of the glossary means.
    pub(super) fn term(&self, word: &str) -> Option<DefinedTerm> {
        let term = self.context.links.term(word, self.language);
        self.note(Question::Term(word.to_owned()), shown(&term));
        term
    }

    /// All data.
    pub(super) fn data(&self) -> &'a Data {
        self.note(Question::Data, self.context.data_digest);
        self.context.data
    }
}

fn of_file(file: Option<&SourceFile>) -> Digest {
    file.map_or_else(|| digest(b"no file"), |file| file.digest)
}

fn of_picture(picture: &Result<Arc<Picture>, PictureError>) -> Digest {
    let mut hasher = blake3::Hasher::new();
    match picture {
        Ok(picture) => {
            hasher.update(format!("{:?}", picture.size).as_bytes());
            for copies in [&picture.webp, &picture.avif] {
                hasher.update(&(copies.len() as u64).to_le_bytes());
                for copy in copies {
                    hasher.update(copy.digest.as_bytes());
                }
            }
        }
        Err(error) => {
            hasher.update(format!("{error:?}").as_bytes());
        }
    }
    Digest::from_bytes(*hasher.finalize().as_bytes())
}

/// Every field of an answer stands in what `Debug` shows of it.
fn shown(answer: &impl std::fmt::Debug) -> Digest {
    digest(format!("{answer:?}").as_bytes())
}

//! What the last publication from this folder was made of and which release it was,
//! so that one in which nothing changed need only ask whether that release is live.
//!
//! Kept as the record of a build is, and believed as little: any doubt means that the
//! school is compiled and the store compared with it.

use std::io;
use std::path::{Path, PathBuf};

use compiler::diagnostic::Diagnostic;
use contracts::id::ReleaseId;
use store::config::StoreConfig;
use url::Url;

use crate::history::{History, state::state};
use crate::rebuild::Inputs;
use crate::record::Shelf;
use crate::record::codec::{Reader, Writer};
use crate::record::listing::Listing;

/// Stands where a build has its output folder, which is an absolute path.
const KIND: &str = "publication";

/// Where the last publication of a school to one target, with one set of options, is
/// noted.
#[derive(Debug)]
pub(crate) struct LastPublication {
    root: PathBuf,
    shelf: Option<Shelf>,
}

/// A publication that was whole.
#[derive(Debug)]
pub(crate) struct Publication {
    /// The release that it left live.
    pub(crate) release: ReleaseId,
    /// How many objects the release has.
    pub(crate) objects: usize,
    /// The address of the site.
    pub(crate) base_url: Url,
    /// What there was to tell of the content.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What it was made of.
    pub(crate) inputs: Inputs,
}

impl LastPublication {
    /// The place of the note; options in any form that tells them apart.
    pub(crate) fn of(root: &Path, target: &StoreConfig, options: &str) -> Self {
        let StoreConfig { public, private, s3, .. } = target;
        let target = format!("{public} {private} {:?} {:?} {options}", s3.endpoint, s3.region);
        Self { root: root.to_owned(), shelf: Shelf::of(root, Path::new(KIND), &target) }
    }

    /// The last publication, if by every stamp nothing has changed since. Nothing is
    /// read of the content.
    pub(crate) fn unchanged(&self) -> Option<Publication> {
        let shelf = self.shelf.as_ref()?;
        let mut last = Publication::from_bytes(&shelf.take_bytes()?)?;
        // Before anybody asks git.
        let git = state(&self.root);
        if !last.inputs.files.is_stocked(&self.root) {
            return None;
        }
        if git.is_none() || git != last.inputs.git {
            let history = History::read(&self.root);
            if history.digest() != last.inputs.history {
                return None;
            }
            // Where git had trouble, it may be over without anything having changed.
            last.inputs.git = git.filter(|_| history.warning.is_none());
            self.keep(&last);
        }
        Some(last)
    }

    /// Notes a publication that was whole.
    pub(crate) fn keep(&self, publication: &Publication) {
        let Some(shelf) = &self.shelf else { return };
        match publication.to_bytes() {
            Ok(body) => shelf.put_bytes(&body),
            Err(_) => shelf.forget(),
        }
    }
}

impl Publication {
    fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let mut writer = Writer::default();
        writer.bytes(self.release.as_str().as_bytes());
        writer.number(self.objects as u64);
        writer.bytes(self.base_url.as_str().as_bytes());
        writer.bytes(&serde_json::to_vec(&self.diagnostics)?);
        let Inputs { files, git, history } = &self.inputs;
        files.write(&mut writer);
        writer.number(git.is_some().into());
        git.iter().for_each(|digest| writer.digest(digest));
        writer.digest(history);
        Ok(writer.into_bytes())
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let release = ReleaseId::parse(&reader.text()?).ok()?;
        let objects = usize::try_from(reader.number()?).ok()?;
        let base_url = Url::parse(&reader.text()?).ok()?;
        let diagnostics = serde_json::from_slice(reader.bytes()?).ok()?;
        let files = Listing::read(&mut reader)?;
        let git = match reader.number()? {
            0 => None,
            _ => Some(reader.digest()?),
        };
        let inputs = Inputs { files, git, history: reader.digest()? };
        let publication = Self { release, objects, base_url, diagnostics, inputs };
        reader.is_at_end().then_some(publication)
    }
}

#[cfg(test)]
mod tests {
    use compiler::diagnostic::Code;
    use compiler::source::SourcePath;
    use contracts::digest::Digest;

    use super::*;

    fn publication() -> Publication {
        let diagnostic = Diagnostic::new(&SourcePath::new("content/a.md"), Code::NoPrice, "none");
        let git = Some(Digest::from_bytes([1; 32]));
        let history = Digest::from_bytes([2; 32]);
        Publication {
            release: ReleaseId::parse("0123456789abcdef").unwrap(),
            objects: 7,
            base_url: Url::parse("https://school.test/").unwrap(),
            diagnostics: vec![diagnostic],
            inputs: Inputs { files: Listing::default(), git, history },
        }
    }

    #[test]
    fn a_note_is_whole_or_none() {
        let bytes = publication().to_bytes().unwrap();
        let read = Publication::from_bytes(&bytes).unwrap();
        assert_eq!(read.to_bytes().unwrap(), bytes);
        assert_eq!((read.release, read.objects), (publication().release, 7));
        for end in 0..bytes.len() {
            assert!(Publication::from_bytes(&bytes[..end]).is_none(), "{end}");
        }
    }
}

//! How new the newest pointer was that was ever accepted, kept over a restart.
//!
//! Who can write to the bucket can put an old pointer back, with its good signature:
//! a lesson that was free once would be free again. What was seen is therefore kept
//! where only the edge writes. A note that can't be read is no absent note.

use std::io::{Error, ErrorKind};
use std::path::PathBuf;

use jiff::Timestamp;

use crate::release::ReadError;

/// A file with one moment in it.
#[derive(Debug)]
pub(crate) struct Memory {
    file: PathBuf,
}

impl Memory {
    /// The file need not be there yet; its folder has to.
    pub(crate) fn at(file: PathBuf) -> Self {
        Self { file }
    }

    /// The moment that was kept last; `None` before the first.
    pub(crate) async fn newest(&self) -> Result<Option<Timestamp>, ReadError> {
        let text = match tokio::fs::read_to_string(&self.file).await {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.fail(error)),
        };
        let parsed = text.trim().parse();
        parsed.map(Some).map_err(|error| self.fail(Error::new(ErrorKind::InvalidData, error)))
    }

    /// Keeps a moment: whole or not at all, since half a note would stop the edge.
    pub(crate) async fn keep(&self, moment: Timestamp) -> Result<(), ReadError> {
        // Two processes may share the folder; each writes a file of its own first.
        let beside = self.file.with_extension(format!("{}.new", std::process::id()));
        let written = async {
            tokio::fs::write(&beside, format!("{moment}\n")).await?;
            tokio::fs::rename(&beside, &self.file).await
        };
        written.await.map_err(|error| self.fail(error))
    }

    fn fail(&self, source: Error) -> ReadError {
        ReadError::Memory { file: self.file.display().to_string(), source }
    }
}

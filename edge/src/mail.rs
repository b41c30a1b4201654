//! The one letter we send: a sign-in link with its code.

pub mod console;
pub mod smtp;

use async_trait::async_trait;
use secrecy::SecretString;

/// A letter, finished and in the reader's language.
pub struct Letter {
    /// The address. Never logged.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The text; holds a link that signs in, so it is never logged either.
    pub text: SecretString,
}

/// A way to send letters.
#[async_trait]
pub trait Mail: Send + Sync {
    /// Sends one letter. The error says why without naming the reader.
    async fn send(&self, letter: Letter) -> Result<(), MailError>;
}

/// The letter is not on its way.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The address or the text can't stand in a letter.
    #[error("the letter can't be written")]
    Unwritable,
    /// The server refused it or can't be reached.
    #[error("the mail server did not take the letter: {0}")]
    Refused(String),
}

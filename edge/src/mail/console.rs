//! Mail for development: the letter is printed.

use std::io::Write;

use async_trait::async_trait;
use secrecy::ExposeSecret;

use crate::mail::{Letter, Mail, MailError};

/// Prints each letter on stderr, beside the logs and never inside them.
pub struct ConsoleMail;

#[async_trait]
impl Mail for ConsoleMail {
    async fn send(&self, letter: Letter) -> Result<(), MailError> {
        let Letter { to, subject, text } = letter;
        let text = text.expose_secret();
        writeln!(std::io::stderr(), "\nTo: {to}\nSubject: {subject}\n\n{text}\n")
            .map_err(|error| MailError::Refused(error.to_string()))
    }
}

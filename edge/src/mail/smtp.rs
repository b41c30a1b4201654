//! Mail through an SMTP server.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;

use crate::mail::{Letter, Mail, MailError};

/// Sends letters through one server.
pub struct SmtpMail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMail {
    /// Prepares the transport of an `smtp://` or `smtps://` URL without
    /// connecting. `from` is an address such as `School <post@school.org>`.
    pub fn connect(url: &str, from: &str) -> Result<Self, MailError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            // The error may quote the URL, and the URL holds the password.
            .map_err(|_| MailError::Refused("the `smtp:` URL is not readable".to_owned()))?
            .timeout(Some(Duration::from_secs(10)))
            .build();
        let from = from.parse().map_err(|_| MailError::Unwritable)?;
        Ok(Self { transport, from })
    }
}

#[async_trait]
impl Mail for SmtpMail {
    async fn send(&self, letter: Letter) -> Result<(), MailError> {
        let to = letter.to.parse().map_err(|_| MailError::Unwritable)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(letter.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.expose_secret().to_owned())
            .map_err(|_| MailError::Unwritable)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_timeout() => Err(MailError::Refused("timeout".to_owned())),
            // The server's words may quote the address, so its code is enough.
            Err(error) => Err(MailError::Refused(match error.status() {
                Some(code) => code.to_string(),
                None => "no connection".to_owned(),
            })),
        }
    }
}

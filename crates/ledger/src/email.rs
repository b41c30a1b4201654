//! An e-mail address as the ledger knows it: one spelling, never printed.

use std::fmt;

/// A trimmed, lower-case e-mail address. It has no `Display`, and its `Debug`
/// shows nothing, so that it can't reach a log by accident.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

/// The text is not the shape of an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an e-mail address such as `ada@example.org`")]
pub struct EmailError;

impl Email {
    /// Trims and lower-cases ASCII letters. The shape is checked only as far as
    /// a header or a log needs it; whether mail arrives is what a sign-in proves.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError)?;
        let plain = |c: char| {
            !c.is_whitespace()
                && !c.is_control()
                && !matches!(
                    c,
                    '@' | ',' | ';' | ':' | '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\\'
                )
        };
        let labels_fit = domain.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
        if text.len() <= 254
            && (1..=64).contains(&local.len())
            && local.chars().all(plain)
            && labels_fit
        {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(EmailError)
        }
    }

    /// The address itself, to send mail to or to show to its owner.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_one_spelling() {
        let email = Email::parse("  Ada.Lovelace@Example.ORG\n").unwrap();
        assert_eq!(email.expose(), "ada.lovelace@example.org");
        assert_eq!(Email::parse("ada@localhost").unwrap().expose(), "ada@localhost");
        assert_eq!(Email::parse("爱达@例子.中国").unwrap().expose(), "爱达@例子.中国");
    }

    #[test]
    fn what_could_forge_a_header_is_refused() {
        let long = format!("{}@example.org", "a".repeat(65));
        for text in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.org",
            "a b@example.org",
            "a@b@example.org",
            "a@exa mple.org",
            "a@example..org",
            "a@.org",
            "a@-x.org",
            "a\r\nbcc:b@example.org",
            "a,b@example.org",
            "<a@example.org>",
            "a\0@example.org",
            &long,
        ] {
            assert_eq!(Email::parse(text), Err(EmailError), "{text:?}");
        }
    }

    #[test]
    fn an_address_is_not_shown_by_debug() {
        assert_eq!(format!("{:?}", Email::parse("ada@example.org").unwrap()), "Email(…)");
    }
}

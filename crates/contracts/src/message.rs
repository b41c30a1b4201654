//! The texts that the edge takes from the theme's locales.
//!
//! The compiler puts each of them, in every language of the school, into
//! [`crate::manifest::Manifest::messages`] under [`Message::key`]; the edge has
//! no words of its own for learners. How a text's placeholders are filled is the
//! same in both halves.

/// A text the edge shows or mails. Placeholders stand in braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// A link and a code are on their way, if the address can receive mail.
    CheckMail,
    /// The label of the field for the code.
    CodeLabel,
    /// A mailed link was opened: one press of the button is left to do.
    LinkReady,
    /// The code is not the one that was mailed.
    CodeWrong,
    /// The code or the link is too old or was used.
    CodeExpired,
    /// Too many attempts; wait.
    TooManyTries,
    /// The text is no e-mail address.
    EmailInvalid,
    /// Only a signed-in learner may open this.
    SignInRequired,
    /// The learner is signed in but does not own the course.
    NotEntitled,
    /// The learner owned the course, and that is over.
    EntitlementEnded,
    /// The lesson opens at a later date.
    NotYetOpen,
    /// The lesson is over for everyone.
    Closed,
    /// The learner has signed out.
    SignedOut,
    /// Stands before the learner's address; `{email}`.
    SignedInAs,
    /// The learner owns nothing yet.
    NoCourses,
    /// The day on which a right ends; `{date}`.
    Until,
    /// Something that the edge needs is away; try again.
    Unavailable,
    /// Subject of the sign-in mail; `{school}`.
    MailSubject,
    /// Plain text of the sign-in mail; `{school}`, `{link}`, `{code}`, `{minutes}`.
    MailText,
}

impl Message {
    /// Every message, in the order of the locale files.
    pub const ALL: [Self; 19] = [
        Self::CheckMail,
        Self::CodeLabel,
        Self::LinkReady,
        Self::CodeWrong,
        Self::CodeExpired,
        Self::TooManyTries,
        Self::EmailInvalid,
        Self::SignInRequired,
        Self::NotEntitled,
        Self::EntitlementEnded,
        Self::NotYetOpen,
        Self::Closed,
        Self::SignedOut,
        Self::SignedInAs,
        Self::NoCourses,
        Self::Until,
        Self::Unavailable,
        Self::MailSubject,
        Self::MailText,
    ];

    /// The key in locale files and in the manifest.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::CheckMail => "edge-check-mail",
            Self::CodeLabel => "edge-code-label",
            Self::LinkReady => "edge-link-ready",
            Self::CodeWrong => "edge-code-wrong",
            Self::CodeExpired => "edge-code-expired",
            Self::TooManyTries => "edge-too-many-tries",
            Self::EmailInvalid => "edge-email-invalid",
            Self::SignInRequired => "edge-sign-in-required",
            Self::NotEntitled => "edge-not-entitled",
            Self::EntitlementEnded => "edge-entitlement-ended",
            Self::NotYetOpen => "edge-not-yet-open",
            Self::Closed => "edge-closed",
            Self::SignedOut => "edge-signed-out",
            Self::SignedInAs => "edge-signed-in-as",
            Self::NoCourses => "edge-no-courses",
            Self::Until => "edge-until",
            Self::Unavailable => "edge-unavailable",
            Self::MailSubject => "edge-mail-subject",
            Self::MailText => "edge-mail-text",
        }
    }
}

/// The text with each `{name}` replaced by its value, in one pass, so that a
/// value can't bring another placeholder. What has no value stays as it is.
pub fn fill<V: AsRef<str>>(text: &str, value: impl Fn(&str) -> Option<V>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let found = after.split_once('}').and_then(|(name, after)| Some((value(name)?, after)));
        match found {
            Some((value, after)) => {
                filled.push_str(value.as_ref());
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn placeholders_are_filled_once_and_unknown_braces_stay() {
        let value = |name: &str| match name {
            "link" => Some("{code}"),
            "code" => Some("123456"),
            _ => None,
        };
        assert_eq!(fill("a {link} b {code} {x} {", value), "a {code} b 123456 {x} {");
        assert_eq!(fill("{x{code}", value), "{x123456");
    }

    #[test]
    fn every_message_has_a_key_of_its_own() {
        let keys: BTreeSet<_> = Message::ALL.iter().map(|message| message.key()).collect();
        assert_eq!(keys.len(), Message::ALL.len());
    }
}

//! What an author makes of each kind of diagnostic: an error, a warning, or nothing.
//!
//! Only kinds whose [`Standing`] allows it can be lowered. What guards paid text
//! or the meaning of the content stays an error, whatever is asked for.

use std::collections::BTreeMap;

use crate::diagnostic::code::Standing;
use crate::diagnostic::{Code, Diagnostic, Severity};

/// What becomes of a kind of diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// An error.
    Deny,
    /// A warning.
    Warn,
    /// It is not told.
    Allow,
}

/// The levels that differ from the usual ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy(BTreeMap<Code, Level>);

/// This kind is always an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is always an error")]
pub struct AlwaysError(pub Code);

impl Policy {
    /// Sets a level; the last one counts.
    ///
    /// Errs when a kind would be lowered that is always an error.
    pub fn set(&mut self, code: Code, level: Level) -> Result<(), AlwaysError> {
        if code.standing() == Standing::Always && level != Level::Deny {
            return Err(AlwaysError(code));
        }
        self.0.insert(code, level);
        Ok(())
    }

    /// The level of a kind, if it is not the usual one.
    #[must_use]
    pub fn level(&self, code: Code) -> Option<Level> {
        self.0.get(&code).copied()
    }

    /// Every level that was set, in order of code.
    pub fn levels(&self) -> impl Iterator<Item = (Code, Level)> + '_ {
        self.0.iter().map(|(code, level)| (*code, *level))
    }

    /// These levels with others laid over them; `over` wins.
    #[must_use]
    pub fn overlaid(&self, over: &Self) -> Self {
        let both = self.0.iter().chain(&over.0);
        Self(both.map(|(code, level)| (*code, *level)).collect())
    }

    /// Applies the levels, and puts what is left in order.
    pub fn apply(&self, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.retain(|diagnostic| self.level(diagnostic.code) != Some(Level::Allow));
        for diagnostic in diagnostics.iter_mut() {
            match self.level(diagnostic.code) {
                // That a kind is always an error does not make its rare warnings errors.
                Some(Level::Deny) if diagnostic.code.standing() != Standing::Always => {
                    diagnostic.severity = Severity::Error;
                }
                Some(Level::Warn) => diagnostic.severity = Severity::Warning,
                Some(Level::Deny | Level::Allow) | None => {}
            }
        }
        diagnostics.sort();
        diagnostics.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourcePath;

    fn told(policy: &Policy) -> Vec<(Code, Severity)> {
        let path = SourcePath::new("a.md");
        let codes = [Code::BrokenLink, Code::MissingAlt, Code::UnknownKey];
        let mut diagnostics: Vec<Diagnostic> =
            codes.iter().map(|code| Diagnostic::new(&path, *code, "m")).collect();
        policy.apply(&mut diagnostics);
        diagnostics.iter().map(|found| (found.code, found.severity)).collect()
    }

    #[test]
    fn a_warning_can_be_denied_and_an_error_lowered() {
        let mut policy = Policy::default();
        policy.set(Code::MissingAlt, Level::Deny).unwrap();
        policy.set(Code::BrokenLink, Level::Warn).unwrap();
        assert_eq!(
            told(&policy),
            [
                (Code::MissingAlt, Severity::Error),
                (Code::UnknownKey, Severity::Error),
                (Code::BrokenLink, Severity::Warning),
            ]
        );
    }

    #[test]
    fn what_is_allowed_is_not_told_and_the_last_word_counts() {
        let mut school = Policy::default();
        school.set(Code::MissingAlt, Level::Deny).unwrap();
        let mut run = Policy::default();
        run.set(Code::MissingAlt, Level::Allow).unwrap();
        let told = told(&school.overlaid(&run));
        assert_eq!(
            told,
            [(Code::BrokenLink, Severity::Error), (Code::UnknownKey, Severity::Error)]
        );
    }

    #[test]
    fn what_guards_paid_text_can_not_be_lowered() {
        let mut policy = Policy::default();
        for code in [Code::Leak, Code::UnknownKey, Code::PrivateIsPublic, Code::TranslationDiffers]
        {
            for level in [Level::Warn, Level::Allow] {
                assert_eq!(policy.set(code, level), Err(AlwaysError(code)));
            }
            assert_eq!(policy.set(code, Level::Deny), Ok(()));
        }
        let error = policy.set(Code::Leak, Level::Allow).unwrap_err();
        assert_eq!(error.to_string(), "`leak` is always an error");
    }
}

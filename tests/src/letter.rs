//! The letters that an edge sends, read as a learner would: only the newest
//! one to an address counts.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::wait;

/// Where letters arrive.
#[derive(Debug, Clone)]
pub enum Letters {
    /// A folder of files, one for each letter, where other schools may have
    /// theirs too: ours hold links to our origin.
    Maildir {
        /// The folder.
        folder: PathBuf,
        /// Where our links lead.
        origin: String,
    },
    /// The edge prints them into its log.
    Printed(PathBuf),
}

/// A letter to sign in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The link to press.
    pub link: String,
    /// Six digits.
    pub code: String,
}

impl Letters {
    /// The newest letter to an address that is none of `known`.
    pub async fn next_to(&self, email: &str, known: &[Letter]) -> Result<Letter> {
        wait::until(&format!("a letter to {email}"), Duration::from_secs(20), async || {
            let letters = self.to(email).ok()?;
            letters.into_iter().rev().find(|letter| !known.contains(letter))
        })
        .await
    }

    /// All letters to an address, the newest last.
    pub fn to(&self, email: &str) -> Result<Vec<Letter>> {
        let mut texts = match self {
            Self::Maildir { folder, .. } => maildir(&folder.join("new"))?,
            Self::Printed(log) => printed(&fs::read_to_string(log)?),
        };
        if let Self::Maildir { origin, .. } = self {
            texts.retain(|text| text.contains(&format!("{origin}/")));
        }
        let to = format!("To: {email}");
        let wanted = texts.iter().filter(|text| text.lines().any(|line| line.trim_end() == to));
        wanted.map(|text| Letter::read(text)).collect()
    }
}

impl Letter {
    fn read(text: &str) -> Result<Self> {
        let words = || text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>'));
        let link = words().find(|word| word.starts_with("http")).context("no link in a letter")?;
        let six = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        let code = words().find(six).context("no code in a letter")?;
        Ok(Self { link: link.to_owned(), code: code.to_owned() })
    }
}

/// The files of a Maildir in order of their time, decoded.
fn maildir(folder: &Path) -> Result<Vec<String>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        files.push((entry.metadata()?.modified()?, entry.path()));
    }
    files.sort();
    files.into_iter().map(|(_, path)| Ok(unquoted(&fs::read_to_string(path)?))).collect()
}

/// Letters in the log of an edge: each begins with its `To:` line.
fn printed(log: &str) -> Vec<String> {
    let starts: Vec<usize> = log.match_indices("\nTo: ").map(|(start, _)| start).collect();
    let ends = starts.iter().skip(1).copied().chain([log.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| log.get(*start..end).map(str::to_owned))
        .collect()
}

/// Quoted-printable, as far as mail in plain ASCII uses it: soft line ends and
/// encoded bytes.
fn unquoted(text: &str) -> String {
    if !text.to_ascii_lowercase().contains("content-transfer-encoding: quoted-printable") {
        return text.to_owned();
    }
    let text = text.replace("=\r\n", "").replace("=\n", "");
    let mut pieces = text.split('=');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let byte = piece.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte {
            Some(byte) if byte.is_ascii() => {
                plain.push(char::from(byte));
                plain.push_str(piece.get(2..).unwrap_or_default());
            }
            _ => {
                plain.push('=');
                plain.push_str(piece);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_read_whether_printed_or_quoted() {
        let text = "To: a@b.test\n\nopen http://localhost:1/x?token=abc&y=1\nor 012345.\n012345\n";
        let letter = Letter::read(text).unwrap();
        assert_eq!(letter.link, "http://localhost:1/x?token=abc&y=1");
        assert_eq!(letter.code, "012345");
        let quoted =
            "Content-Transfer-Encoding: quoted-printable\n\nhttp://l/?token=3Dab=\nc 123456";
        let letter = Letter::read(&unquoted(quoted)).unwrap();
        assert_eq!(letter.link, "http://l/?token=abc");
    }

    #[test]
    fn printed_letters_are_told_apart() {
        let log = "{}\n\nTo: a@b\nSubject: s\n\none\n\n{}\n\nTo: c@d\n\ntwo\n";
        let letters = printed(log);
        assert_eq!(letters.len(), 2);
        assert!(letters[0].contains("one") && !letters[0].contains("two"));
    }
}

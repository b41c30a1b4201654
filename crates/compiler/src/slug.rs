//! From the name of a file to a URL part.

use contracts::id::{IdError, Slug};
use pinyin::ToPinyin;
use unicode_normalization::UnicodeNormalization;

/// The URL part that a name gives without its number prefix: letters and digits
/// in lower case, without the accents of Latin ones, joined by `-`.
///
/// Letters of other scripts, such as Chinese, are kept.
pub fn from_name(name: &str) -> Result<Slug, IdError> {
    from_name_with(name, Cjk::Keep)
}

/// A URL part as an author writes it. `é` is one character in it, however it was
/// typed: two addresses that look the same must be the same.
pub fn parse(text: &str) -> Result<Slug, IdError> {
    Slug::parse(&text.nfc().collect::<String>())
}

/// What becomes of Chinese characters in a URL part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cjk {
    /// They stand there as they are.
    #[default]
    Keep,
    /// Each is spelled by its most common reading, without tones.
    Pinyin,
}

/// The same, with Chinese as the school wants it.
pub fn from_name_with(name: &str, cjk: Cjk) -> Result<Slug, IdError> {
    let mut slug = String::new();
    for c in without_order(name).nfkd().filter(|c| !is_accent(*c)).nfc() {
        let reading = match cjk {
            Cjk::Keep => None,
            Cjk::Pinyin => c.to_pinyin(),
        };
        if let Some(reading) = reading {
            if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
            // As it is typed: addresses in pinyin are Latin letters throughout.
            slug.push_str(&reading.plain().replace('ü', "v"));
            slug.push('-');
        } else if c.is_alphanumeric() || is_mark(c) {
            slug.extend(c.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    Slug::parse(slug.trim_end_matches('-'))
}

/// The title that a name gives: without number prefix, words parted by spaces.
#[must_use]
pub fn title_from_name(name: &str) -> String {
    let words = without_order(name).replace(['-', '_'], " ");
    let words = words.trim();
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The number prefix of a name, which orders it and never shows.
#[must_use]
pub fn order(name: &str) -> Option<u64> {
    let digits = prefix_digits(name)?;
    // Twenty digits of order are a name, not a number; they sort last.
    Some(name.get(..digits)?.parse().unwrap_or(u64::MAX))
}

/// A name without its number prefix, `01-`, `01_`, `01.` or `01 `.
#[must_use]
pub fn without_order(name: &str) -> &str {
    prefix_digits(name).and_then(|digits| name.get(digits + 1..)).unwrap_or(name)
}

/// How many digits stand before the separator, if something follows it.
fn prefix_digits(name: &str) -> Option<usize> {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let rest = name.get(digits..)?;
    let name = rest.strip_prefix(['-', '_', '.', ' '])?;
    (digits > 0 && !name.is_empty()).then_some(digits)
}

fn is_accent(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036f)
}

/// Vowel signs without which a word of these scripts falls apart.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x0900..=0x0eff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_plain_slug() {
        for (name, slug) in [
            ("01-Hello, World", "hello-world"),
            ("2_node.js", "node-js"),
            ("03.Crème brûlée", "creme-brulee"),
            ("01-所有权", "所有权"),
            ("第一章 开始", "第一章-开始"),
            ("2024", "2024"),
            ("7-", "7"),
            ("C++", "c"),
            ("ガイド", "ガイド"),
        ] {
            assert_eq!(from_name(name).unwrap().as_str(), slug, "{name}");
        }
        assert_eq!(from_name("01-!!!"), Err(IdError::Empty));
        assert_eq!(from_name(&"a".repeat(101)), Err(IdError::TooLong(100)));
    }

    #[test]
    fn chinese_is_spelled_where_the_school_wants_it() {
        for (name, slug) in [
            ("01-所有权", "suo-you-quan"),
            ("Rust入门2", "rust-ru-men-2"),
            ("第一章 开始", "di-yi-zhang-kai-shi"),
            ("女儿", "nv-er"),
            ("ガイド", "ガイド"),
            // A character with several readings has its most common one, whatever
            // the word: `chong-qing` and `yin-hang` must be written as a slug.
            ("重庆", "zhong-qing"),
            ("银行", "yin-xing"),
            ("音乐", "yin-le"),
        ] {
            assert_eq!(from_name_with(name, Cjk::Pinyin).unwrap().as_str(), slug, "{name}");
        }
    }

    #[test]
    fn a_composed_and_a_decomposed_name_give_the_same_slug() {
        for (composed, decomposed) in
            [("caf\u{e9}", "cafe\u{301}"), ("\u{30ac}", "\u{30ab}\u{3099}")]
        {
            assert_eq!(from_name(composed), from_name(decomposed));
        }
    }

    #[test]
    fn a_number_prefix_orders_and_never_shows() {
        assert_eq!(order("02-b"), Some(2));
        assert_eq!(order("2024"), None);
        assert_eq!(order("b"), None);
        assert_eq!(order(&format!("{}-b", "9".repeat(30))), Some(u64::MAX));
        assert_eq!(title_from_name("02-getting_started"), "Getting started");
        assert_eq!(title_from_name("01-第一部分"), "第一部分");
    }
}

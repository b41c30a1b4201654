//! The keys that an author can write, declared once: the parser takes the names from
//! here, and so do the schemas that editors complete by.

/// A key of front matter or of `site.toml`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) presence: Presence,
    /// What it is for, in a sentence that an editor shows.
    pub(crate) about: &'static str,
}

/// What a value looks like.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// A text that is not empty; a number or a truth value is read as one.
    Text,
    /// An id: small ASCII letters, digits, `-` and `_`.
    Id,
    /// A part of an address.
    Slug,
    /// `true` or `false`.
    Flag,
    /// A whole number from 1 to this.
    Count { most: usize },
    /// A list of texts, or one alone.
    Texts,
    /// A list of addresses of the site, or one alone.
    Addresses,
    /// One of these words.
    Words(&'static [&'static str]),
    /// Amounts as texts by currency.
    Prices,
    /// A date and time with its zone.
    Moment,
    /// A length of time in hours and minutes.
    Duration,
    /// A currency's code.
    Currency,
    /// Codes of diagnostics, or `warnings`.
    Codes,
    /// Begins with one of these.
    Starts(&'static [&'static str]),
    /// A table with these keys.
    Table(&'static [Key]),
    /// A list of tables with these keys.
    Tables(&'static [Key]),
    /// Tables with these keys, each under a language.
    TableByLanguage(&'static [Key]),
    /// A text, or a text under each language.
    TextOrByLanguage,
}

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    /// Required in the original of a page and not written in its translations.
    Original,
    Optional,
}

/// A key that may be left out.
pub(crate) const fn key(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, presence: Presence::Optional, about }
}

/// A key that must be there.
pub(crate) const fn required(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, presence: Presence::Required, about }
}

/// The names of these keys, in their order.
pub(crate) fn names(keys: &[Key]) -> Vec<&'static str> {
    keys.iter().map(|key| key.name).collect()
}

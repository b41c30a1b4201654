//! Colours code at build time: source text in, HTML with short classes out.
//!
//! The markup names what a word is and never how it looks; the theme's style
//! sheet gives each class a colour for light and for dark pages. No other
//! markup stands inside `<code>`, and what no class fits stands bare.
//!
//! | class | what it is |
//! |---|---|
//! | `hl-c` | comment |
//! | `hl-k` | keyword, and words such as `pub`, `static`, `const` |
//! | `hl-o` | operator |
//! | `hl-s` | string |
//! | `hl-e` | escape or placeholder inside a string |
//! | `hl-r` | regular expression |
//! | `hl-n` | number |
//! | `hl-b` | constant of the language: `true`, `nil` |
//! | `hl-v` | other constant, or a variable marked by a sigil |
//! | `hl-t` | type, class, trait |
//! | `hl-f` | function, defined or called |
//! | `hl-m` | macro |
//! | `hl-p` | parameter |
//! | `hl-l` | `self`, `this`, lifetimes |
//! | `hl-a` | attribute or annotation |
//! | `hl-g` | tag of a markup language |
//! | `hl-y` | key of a mapping, property of a style sheet |
//! | `hl-x` | namespace or module |
//! | `hl-h` | heading in markup |
//! | `hl-i`, `hl-d` | inserted, deleted line of a diff |
//! | `hl-q`, `hl-w` | emphasised, strong text in markup |

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use self::grammar::{CLASSES, Grammars};
use crate::aside::{Aside, MOST_LATE, Unanswered};
use crate::cache::{Cache, Key, MemoryCache, Recipe, Worth};
use crate::diagnostic::surely_meant;
use crate::escape::escaped;
use contracts::digest::Digest;

mod grammar;

/// Above this a block is shown plain: nobody reads it in colours.
const MAX_BLOCK_BYTES: usize = 200_000;

/// Above this a line is minified code or data, on which the grammars' expressions take
/// time that grows with the square of the line: some need two seconds for this much.
const MAX_LINE_BYTES: usize = 2_000;

/// Names authors use for a language that the grammars do not know it by.
const ALIASES: [(&str, &str); 23] = [
    ("c#", "cs"),
    ("csharp", "cs"),
    ("cmd", "bat"),
    ("console", "sh"),
    ("docker", "dockerfile"),
    ("golang", "go"),
    ("gql", "graphql"),
    ("hs", "haskell"),
    ("ini", "toml"),
    ("js", "javascript"),
    ("json5", "json"),
    ("jsonc", "json"),
    ("kt", "kotlin"),
    ("make", "makefile"),
    ("ps1", "powershell"),
    ("pwsh", "powershell"),
    ("rustdoc", "rust"),
    ("shell", "sh"),
    ("shell-session", "sh"),
    ("ts", "typescript"),
    ("viml", "vim"),
    ("yml", "yaml"),
    ("zsh", "sh"),
];

/// What authors write most, and so misspell most.
const USUAL: [&str; 32] = [
    "bash",
    "clojure",
    "console",
    "diff",
    "dockerfile",
    "elixir",
    "erlang",
    "golang",
    "graphql",
    "haskell",
    "html",
    "java",
    "javascript",
    "json",
    "kotlin",
    "latex",
    "makefile",
    "markdown",
    "mermaid",
    "plaintext",
    "powershell",
    "python",
    "ruby",
    "rust",
    "scala",
    "shell",
    "swift",
    "text",
    "toml",
    "typescript",
    "xml",
    "yaml",
];

/// Names near to those that are none of their misspellings, and need no colours.
const UNCOLOURED: [&str; 22] = [
    "cson", "bson", "hjson", "ijson", "ipython", "javac", "javap", "jsonl", "jython", "none",
    "output", "plain", "python2", "python3", "rustc", "shexc", "shtml", "test", "tests", "texts",
    "txt", "xhtml",
];

/// Blocks that are held in memory: those of the lessons that are being written.
const MEMO_BLOCKS: usize = 1024;

/// How code becomes spans; [`CLASSES`] and [`ALIASES`] are part of each key.
const COLOURS: Recipe = Recipe {
    tool: "syntect 5.3.0, two-face 0.5.2+bat-0.26.1, onig 6.5.3",
    parameters: "classes",
    worth: Worth::Keeping,
};

/// How long the colours of a block are waited for. The slowest block of real code takes
/// a hundredth of it on a slow machine; some lines take some grammars hours, however
/// short they are, and nothing stops them.
const PATIENCE_MS: u64 = 10_000;

/// Holds the grammars, and remembers what they said of a block, from one build to the
/// next if the cache does. A school without new code never loads them.
#[derive(Debug)]
pub struct Highlighter {
    grammars: Arc<Grammars>,
    /// Goes into every key: other classes are other spans.
    tables: blake3::Hash,
    /// A gated lesson is written twice, once for its preview.
    memo: Mutex<HashMap<Key, Arc<str>>>,
    cache: Arc<dyn Cache>,
    aside: Aside,
}

/// A block of code as HTML for the inside of `<code>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coloured {
    /// Escaped, in coloured spans if the language is known.
    pub html: Arc<str>,
    /// Why it has no colours although its language is known.
    pub plain: Option<Plain>,
}

/// Why a block has no colours although its language is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plain {
    /// The block has more bytes than this.
    LongBlock(usize),
    /// A line, counted from 1, has more bytes than the second number.
    LongLine(usize, usize),
    /// To colour it took longer than so many seconds, on this machine.
    Slow(u64),
    /// So many others took too long in this build.
    NotBegun(usize),
    /// The grammar broke off.
    Broken,
}

impl Coloured {
    fn plain(code: &str, plain: Option<Plain>) -> Self {
        Self { html: escaped(code).into(), plain }
    }

    fn whole(html: Arc<str>) -> Self {
        Self { html, plain: None }
    }
}

impl Default for Highlighter {
    fn default() -> Self {
        Self::new(Arc::new(MemoryCache::default()))
    }
}

impl Highlighter {
    /// Loads the grammars with the first code that the cache doesn't know.
    #[must_use]
    pub fn new(cache: Arc<dyn Cache>) -> Self {
        Self::patient(cache, PATIENCE_MS)
    }

    /// As [`Self::new`], and waits for each block no longer than so many milliseconds.
    pub(crate) fn patient(cache: Arc<dyn Cache>, patience_ms: u64) -> Self {
        let mut tables = blake3::Hasher::new();
        for (from, to) in CLASSES.iter().chain(&ALIASES) {
            tables.update(format!("{from}\n{to}\n").as_bytes());
        }
        Self {
            grammars: Arc::default(),
            tables: tables.finalize(),
            memo: Mutex::default(),
            cache,
            aside: Aside::new(patience_ms),
        }
    }

    /// The code in colours if the language is known, the block is of a length a person
    /// reads, and its grammar gets through with it. What a clock cut off is not
    /// remembered: the next build tries again.
    #[must_use]
    pub fn highlight(&self, language: &str, code: &str) -> Coloured {
        if language.is_empty() {
            return Coloured::plain(code, None);
        }
        if let Some(long) = too_long(code) {
            let is_known = self.grammars.syntax(language).is_some();
            return Coloured::plain(code, is_known.then_some(long));
        }
        let key = self.key(language, code);
        if let Some(html) = self.memo().get(&key) {
            return Coloured::whole(Arc::clone(html));
        }
        let kept = self.cache.get(&key).and_then(|html| String::from_utf8(html).ok());
        let html: Arc<str> = match kept {
            Some(html) => html.into(),
            None => match self.made(language, code) {
                Ok(html) => {
                    self.cache.put(&key, html.as_bytes());
                    html.into()
                }
                Err(plain) => return Coloured::plain(code, Some(plain)),
            },
        };
        let mut memo = self.memo();
        if memo.len() >= MEMO_BLOCKS {
            memo.clear();
        }
        memo.insert(key, Arc::clone(&html));
        Coloured::whole(html)
    }

    /// The language that a name without a grammar is a misspelling of, as far as can be
    /// told: `rsut` is `rust`, and a rare language is left in peace.
    #[must_use]
    pub fn meant(&self, language: &str) -> Option<&'static str> {
        let is_known = USUAL.contains(&language)
            || UNCOLOURED.contains(&language)
            || ALIASES.iter().any(|(alias, _)| *alias == language);
        if is_known || language.chars().count() < 4 {
            return None;
        }
        let near = surely_meant(language, &USUAL)?;
        // Loads the grammars, so it comes last.
        self.grammars.syntax(language).is_none().then_some(near)
    }

    fn made(&self, language: &str, code: &str) -> Result<String, Plain> {
        if self.grammars.syntax(language).is_none() {
            return Ok(escaped(code));
        }
        let grammars = Arc::clone(&self.grammars);
        let (owned_language, owned_code) = (language.to_owned(), code.to_owned());
        let wanted = Arc::new(());
        let listener = Arc::downgrade(&wanted);
        let colours = self.aside.ask(move || {
            // Nobody waits for the lines behind one that took too long.
            grammars.colour(&owned_language, &owned_code, || listener.strong_count() > 0)
        });
        drop(wanted);
        match colours {
            Ok(html) => Ok(html.unwrap_or_else(|| escaped(code))),
            Err(Unanswered::Late) => Err(Plain::Slow(self.aside.patience_seconds())),
            Err(Unanswered::NotBegun) => Err(Plain::NotBegun(MOST_LATE)),
            Err(Unanswered::Broken) => Err(Plain::Broken),
        }
    }

    fn key(&self, language: &str, code: &str) -> Key {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.tables.as_bytes());
        hasher.update(&(language.len() as u64).to_le_bytes());
        hasher.update(language.as_bytes());
        hasher.update(code.as_bytes());
        COLOURS.key(&Digest::from_bytes(*hasher.finalize().as_bytes()))
    }

    fn memo(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Arc<str>>> {
        // Every entry is whole, so a panic elsewhere leaves nothing half-written.
        self.memo.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether nobody reads it in colours, or its grammar would take too long to.
fn too_long(code: &str) -> Option<Plain> {
    if code.len() > MAX_BLOCK_BYTES {
        return Some(Plain::LongBlock(MAX_BLOCK_BYTES));
    }
    let line = code.split('\n').position(|line| line.len() > MAX_LINE_BYTES)?;
    Some(Plain::LongLine(line + 1, MAX_LINE_BYTES))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    fn coloured(language: &str, code: &str) -> Arc<str> {
        let coloured = Highlighter::default().highlight(language, code);
        assert_eq!(coloured.plain, None);
        coloured.html
    }

    #[test]
    fn a_line_that_takes_seconds_is_shown_plain_and_not_remembered() {
        // Looked for again behind each letter. Others take hours, but a test ends.
        let code = format!("{}\n", "A".repeat(MAX_LINE_BYTES));
        let cache: Arc<dyn Cache> = Arc::new(MemoryCache::default());
        let hasty = Highlighter::patient(Arc::clone(&cache), 50);
        let plain = hasty.highlight("livescript", &code);
        assert_eq!(plain, Coloured::plain(&code, Some(Plain::Slow(0))));
        assert_eq!(cache.get(&hasty.key("livescript", &code)), None);
        assert!(hasty.memo().is_empty());
    }

    #[test]
    fn the_recipe_names_the_versions_of_the_lock_file() {
        COLOURS.check_versions();
    }

    #[test]
    fn a_kept_block_needs_no_grammar_and_another_language_is_another_block() {
        let cache: Arc<dyn Cache> = Arc::new(MemoryCache::default());
        let made = Highlighter::new(Arc::clone(&cache)).highlight("rust", "let a = 1;");
        let again = Highlighter::new(Arc::clone(&cache));
        assert_eq!(again.highlight("rust", "let a = 1;"), made);
        assert!(LazyLock::get(&again.grammars.syntaxes).is_none());
        assert_ne!(again.highlight("toml", "let a = 1;"), made);
    }

    #[test]
    fn rust_is_coloured_by_short_classes() {
        let html = coloured("rust", "// hi\nfn main() {\n    let n = 1;\n}\n");
        assert_eq!(
            &*html,
            "<span class=\"hl-c\">// hi</span>\n\
             <span class=\"hl-k\">fn </span><span class=\"hl-f\">main</span>() {\n    \
             <span class=\"hl-k\">let</span> n <span class=\"hl-o\">= </span>\
             <span class=\"hl-n\">1</span>;\n}\n"
        );
    }

    #[test]
    fn every_class_prefix_is_a_scope() {
        assert_eq!(Grammars::default().classes.len(), CLASSES.len());
    }

    #[test]
    fn every_alias_leads_to_a_grammar() {
        let highlighter = Highlighter::default();
        for (alias, name) in ALIASES {
            assert!(highlighter.grammars.syntax(alias).is_some(), "{alias} {name}");
        }
    }

    #[test]
    fn common_languages_are_known() {
        let highlighter = Highlighter::default();
        for language in [
            "rust",
            "rs",
            "python",
            "py",
            "javascript",
            "typescript",
            "tsx",
            "c",
            "cpp",
            "java",
            "go",
            "bash",
            "sh",
            "toml",
            "yaml",
            "json",
            "html",
            "css",
            "sql",
            "dockerfile",
            "powershell",
            "ruby",
            "php",
            "swift",
            "kotlin",
            "scala",
            "lua",
            "haskell",
            "markdown",
            "diff",
            "xml",
            "makefile",
            "nix",
            "zig",
            "elixir",
            "graphql",
            "nginx",
            "latex",
            "r",
            "csharp",
            "cs",
        ] {
            assert!(highlighter.grammars.syntax(language).is_some(), "{language}");
        }
    }

    #[test]
    fn an_unknown_language_and_a_huge_block_are_plain() {
        assert_eq!(&*coloured("klingon", "<a> & \"b\""), "&lt;a&gt; &amp; &quot;b&quot;");
        assert_eq!(&*coloured("text", "fn main"), "fn main");
        let block = "let x = 1;\n".repeat(20_000);
        let line = format!("\n{}", "let x = 1; ".repeat(1_000));
        let highlighter = Highlighter::default();
        for (code, why) in
            [(block, Plain::LongBlock(MAX_BLOCK_BYTES)), (line, Plain::LongLine(2, MAX_LINE_BYTES))]
        {
            let plain = highlighter.highlight("rust", &code);
            assert_eq!(plain, Coloured::plain(&code, Some(why)));
            // Without a grammar nothing is missing.
            assert_eq!(&*coloured("text", &code), code);
        }
    }

    #[test]
    fn the_text_survives_colouring() {
        let highlighter = Highlighter::default();
        let code = "#!/bin/sh\nfor f in *; do echo \"$f <&>\"; done # 完成\n\n\nlast";
        for language in ["sh", "rust", "html", "markdown", "python", "diff"] {
            let html = highlighter.highlight(language, code).html;
            let mut text = String::new();
            let mut in_tag = false;
            for c in html.chars() {
                match c {
                    '<' => in_tag = true,
                    '>' => in_tag = false,
                    c if !in_tag => text.push(c),
                    _ => {}
                }
            }
            let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
            assert_eq!(text.replace("&amp;", "&"), code, "{language}");
        }
    }
}

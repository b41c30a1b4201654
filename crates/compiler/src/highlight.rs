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
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use contracts::digest::Digest;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use crate::cache::{Cache, Key, MemoryCache, Recipe, Worth};
use crate::diagnostic::surely_meant;
use crate::escape::{escape_into, escaped};

/// Above this a block is shown plain: nobody reads it in colours.
const MAX_BLOCK_BYTES: usize = 200_000;

/// Above this a line is minified code or data, on which the grammars'
/// expressions take time that grows faster than the line.
const MAX_LINE_BYTES: usize = 4_000;

/// Scope prefixes and their classes. For each scope the longest prefix wins.
const CLASSES: [(&str, &str); 62] = [
    ("comment", "hl-c"),
    ("punctuation.definition.comment", "hl-c"),
    ("keyword", "hl-k"),
    ("storage", "hl-k"),
    ("support.keyword", "hl-k"),
    ("variable.language.control", "hl-k"),
    ("keyword.operator", "hl-o"),
    ("keyword.operator.word", "hl-k"),
    ("keyword.operator.logical.python", "hl-k"),
    ("string", "hl-s"),
    ("punctuation.definition.string", "hl-s"),
    ("string.regexp", "hl-r"),
    ("constant.character.escape", "hl-e"),
    ("constant.other.placeholder", "hl-e"),
    ("constant.numeric", "hl-n"),
    ("constant.language", "hl-b"),
    ("constant", "hl-v"),
    ("support.constant", "hl-v"),
    ("variable.other.readwrite.shell", "hl-v"),
    ("variable.other.php", "hl-v"),
    ("variable.other.constant", "hl-v"),
    ("variable.parameter", "hl-p"),
    ("variable.language", "hl-l"),
    ("storage.modifier.lifetime", "hl-l"),
    ("entity.name.lifetime", "hl-l"),
    ("entity.name.type", "hl-t"),
    ("entity.name.class", "hl-t"),
    ("entity.name.struct", "hl-t"),
    ("entity.name.enum", "hl-t"),
    ("entity.name.trait", "hl-t"),
    ("entity.name.interface", "hl-t"),
    ("entity.name.impl", "hl-t"),
    ("entity.other.inherited-class", "hl-t"),
    ("storage.type.numeric", "hl-n"),
    ("support.type", "hl-t"),
    ("support.class", "hl-t"),
    ("entity.name.function", "hl-f"),
    ("entity.name.function.macro", "hl-m"),
    ("support.function", "hl-f"),
    ("variable.function", "hl-f"),
    ("entity.name.macro", "hl-m"),
    ("support.macro", "hl-m"),
    ("entity.other.attribute-name", "hl-a"),
    ("meta.annotation", "hl-a"),
    ("variable.annotation", "hl-a"),
    ("entity.name.tag", "hl-g"),
    ("entity.name.tag.yaml", "hl-y"),
    ("entity.name.tag.toml", "hl-y"),
    ("entity.name.key", "hl-y"),
    ("support.type.property-name", "hl-y"),
    ("support.type.vendored.property-name", "hl-y"),
    ("meta.mapping.key", "hl-y"),
    ("entity.name.namespace", "hl-x"),
    ("entity.name.module", "hl-x"),
    ("entity.name.section", "hl-h"),
    ("markup.heading", "hl-h"),
    ("markup.inserted", "hl-i"),
    ("markup.deleted", "hl-d"),
    ("markup.italic", "hl-q"),
    ("markup.bold", "hl-w"),
    ("markup.raw", "hl-s"),
    ("variable.other.member.css", "hl-y"),
];

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

/// Holds the grammars, and remembers what they said of a block, from one build to the
/// next if the cache does. A school without new code never loads them.
#[derive(Debug)]
pub struct Highlighter {
    syntaxes: LazyLock<SyntaxSet>,
    classes: Vec<(Scope, &'static str)>,
    /// Goes into every key: other classes are other spans.
    tables: blake3::Hash,
    /// A gated lesson is written twice, once for its preview.
    memo: Mutex<HashMap<Key, Arc<str>>>,
    cache: Arc<dyn Cache>,
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
        let mut classes: Vec<(Scope, &'static str)> = CLASSES
            .iter()
            .filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, *class)))
            .collect();
        // The first match is then the most exact one.
        classes.sort_by_key(|(scope, _)| std::cmp::Reverse(scope.len()));
        let syntaxes = LazyLock::new(two_face::syntax::extra_newlines as fn() -> SyntaxSet);
        let mut tables = blake3::Hasher::new();
        for (from, to) in CLASSES.iter().chain(&ALIASES) {
            tables.update(format!("{from}\n{to}\n").as_bytes());
        }
        Self { syntaxes, classes, tables: tables.finalize(), memo: Mutex::default(), cache }
    }

    /// The code as HTML for the inside of `<code>`: escaped, in coloured spans if
    /// the language is known and the block is of a length a person reads.
    #[must_use]
    pub fn highlight(&self, language: &str, code: &str) -> Arc<str> {
        let colourable = code.len() <= MAX_BLOCK_BYTES
            && code.split('\n').all(|line| line.len() <= MAX_LINE_BYTES);
        if language.is_empty() || !colourable {
            return escaped(code).into();
        }
        let key = self.key(language, code);
        if let Some(html) = self.memo().get(&key) {
            return Arc::clone(html);
        }
        let kept = self.cache.get(&key).and_then(|html| String::from_utf8(html).ok());
        let html: Arc<str> = match kept {
            Some(html) => html.into(),
            None => {
                let html = self.made(language, code);
                self.cache.put(&key, html.as_bytes());
                html.into()
            }
        };
        let mut memo = self.memo();
        if memo.len() >= MEMO_BLOCKS {
            memo.clear();
        }
        memo.insert(key, Arc::clone(&html));
        html
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
        self.syntax(language).is_none().then_some(near)
    }

    fn made(&self, language: &str, code: &str) -> String {
        let syntax = self.syntax(language);
        syntax.and_then(|syntax| self.colour(syntax, code)).unwrap_or_else(|| escaped(code))
    }

    fn key(&self, language: &str, code: &str) -> Key {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.tables.as_bytes());
        hasher.update(&(language.len() as u64).to_le_bytes());
        hasher.update(language.as_bytes());
        hasher.update(code.as_bytes());
        COLOURS.key(&Digest::from_bytes(*hasher.finalize().as_bytes()))
    }

    /// The grammar for a language; `None` for plain text and for what is unknown.
    fn syntax(&self, language: &str) -> Option<&SyntaxReference> {
        let language = language.to_ascii_lowercase();
        let language = ALIASES
            .iter()
            .find(|(alias, _)| *alias == language)
            .map_or(language.as_str(), |(_, name)| name);
        self.syntaxes.find_syntax_by_token(language).filter(|syntax| syntax.name != "Plain Text")
    }

    /// `None` if the grammar itself is at fault.
    fn colour(&self, syntax: &SyntaxReference, code: &str) -> Option<String> {
        let mut html = Spans::default();
        let mut state = ParseState::new(syntax);
        let mut stack = ScopeStack::new();
        let mut known = HashMap::new();
        for line in code.split_inclusive('\n') {
            let mut start = 0;
            for (offset, operation) in state.parse_line(line, &self.syntaxes).ok()? {
                html.push(self.class(&stack, &mut known), line.get(start..offset)?);
                stack.apply(&operation).ok()?;
                start = offset;
            }
            html.push(self.class(&stack, &mut known), line.get(start..)?);
        }
        Some(html.finish())
    }

    /// The class of the innermost scope that has one.
    fn class(
        &self,
        stack: &ScopeStack,
        known: &mut HashMap<Scope, Option<&'static str>>,
    ) -> Option<&'static str> {
        stack.as_slice().iter().rev().find_map(|scope| {
            *known.entry(*scope).or_insert_with(|| {
                let fits = |(prefix, _): &&(Scope, _)| prefix.is_prefix_of(*scope);
                self.classes.iter().find(fits).map(|(_, class)| *class)
            })
        })
    }

    fn memo(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Arc<str>>> {
        // Every entry is whole, so a panic elsewhere leaves nothing half-written.
        self.memo.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes runs of the same class as one span.
#[derive(Default)]
struct Spans {
    html: String,
    open: Option<&'static str>,
}

impl Spans {
    fn push(&mut self, class: Option<&'static str>, text: &str) {
        if text.is_empty() {
            return;
        }
        // White space has no colour, so it need not end a run. A line break does:
        // the theme may number lines.
        let class = if text.trim().is_empty() && !text.contains('\n') { self.open } else { class };
        let (line, newline) = match text.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (text, ""),
        };
        if !line.is_empty() && class != self.open {
            self.close();
            if let Some(class) = class {
                self.html.push_str("<span class=\"");
                self.html.push_str(class);
                self.html.push_str("\">");
                self.open = Some(class);
            }
        }
        escape_into(&mut self.html, line);
        if !newline.is_empty() {
            self.close();
            self.html.push('\n');
        }
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            self.html.push_str("</span>");
        }
    }

    fn finish(mut self) -> String {
        self.close();
        self.html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(LazyLock::get(&again.syntaxes).is_none());
        assert_ne!(again.highlight("toml", "let a = 1;"), made);
    }

    #[test]
    fn rust_is_coloured_by_short_classes() {
        let html =
            Highlighter::default().highlight("rust", "// hi\nfn main() {\n    let n = 1;\n}\n");
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
        assert_eq!(Highlighter::default().classes.len(), CLASSES.len());
    }

    #[test]
    fn every_alias_leads_to_a_grammar() {
        let highlighter = Highlighter::default();
        for (alias, name) in ALIASES {
            assert!(highlighter.syntax(alias).is_some(), "{alias} {name}");
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
            assert!(highlighter.syntax(language).is_some(), "{language}");
        }
    }

    #[test]
    fn an_unknown_language_and_a_huge_block_are_plain() {
        let highlighter = Highlighter::default();
        assert_eq!(
            &*highlighter.highlight("klingon", "<a> & \"b\""),
            "&lt;a&gt; &amp; &quot;b&quot;"
        );
        assert_eq!(&*highlighter.highlight("text", "fn main"), "fn main");
        let block = "let x = 1;\n".repeat(20_000);
        assert_eq!(&*highlighter.highlight("rust", &block), block);
        let line = "let x = 1; ".repeat(1_000);
        assert_eq!(&*highlighter.highlight("rust", &line), line);
    }

    #[test]
    fn the_text_survives_colouring() {
        let highlighter = Highlighter::default();
        let code = "#!/bin/sh\nfor f in *; do echo \"$f <&>\"; done # 完成\n\n\nlast";
        for language in ["sh", "rust", "html", "markdown", "python", "diff"] {
            let html = highlighter.highlight(language, code);
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

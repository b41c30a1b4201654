//! The grammars, and how a block becomes spans by one of them: classes for scopes, and
//! runs of one class as one span. Nothing here remembers anything.

use std::collections::HashMap;
use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use super::ALIASES;
use crate::escape::escape_into;

/// Scope prefixes and their classes. For each scope the longest prefix wins.
pub(super) const CLASSES: [(&str, &str); 62] = [
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

/// The grammars, loaded with the first code.
#[derive(Debug)]
pub(super) struct Grammars {
    pub(super) syntaxes: LazyLock<SyntaxSet>,
    pub(super) classes: Vec<(Scope, &'static str)>,
}

impl Default for Grammars {
    fn default() -> Self {
        let mut classes: Vec<(Scope, &'static str)> = CLASSES
            .iter()
            .filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, *class)))
            .collect();
        // The first match is then the most exact one.
        classes.sort_by_key(|(scope, _)| std::cmp::Reverse(scope.len()));
        Self { syntaxes: LazyLock::new(two_face::syntax::extra_newlines), classes }
    }
}

impl Grammars {
    /// The grammar for a language; `None` for plain text and for what is unknown.
    pub(super) fn syntax(&self, language: &str) -> Option<&SyntaxReference> {
        let language = language.to_ascii_lowercase();
        let language = ALIASES
            .iter()
            .find(|(alias, _)| *alias == language)
            .map_or(language.as_str(), |(_, name)| name);
        self.syntaxes.find_syntax_by_token(language).filter(|syntax| syntax.name != "Plain Text")
    }

    /// The code in spans. `None` if there is no such language, if its grammar itself is
    /// at fault, or if after some line nobody wants it any more.
    pub(super) fn colour(
        &self,
        language: &str,
        code: &str,
        is_wanted: impl Fn() -> bool,
    ) -> Option<String> {
        let mut html = Spans::default();
        let mut state = ParseState::new(self.syntax(language)?);
        let mut stack = ScopeStack::new();
        let mut known = HashMap::new();
        for line in code.split_inclusive('\n') {
            if !is_wanted() {
                return None;
            }
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

//! One Fluent file: what it defines, what it refers to, and its mistakes with
//! their lines.
//!
//! The library would print `{$name}` for what is missing when a page is made;
//! here it is told before, at the line that asks for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement,
};

use crate::diagnostic::{Code, Diagnostic, Span, did_you_mean};
use crate::source::SourcePath;

/// The functions that a text may call.
const FUNCTIONS: [&str; 1] = ["NUMBER"];

/// Placeables in one another: the parser calls itself for each, and nobody reads
/// a text of more.
const MAX_DEPTH: usize = 32;

/// A locale file that was read.
pub(super) struct FluentFile {
    path: SourcePath,
    text: Arc<str>,
    messages: BTreeMap<String, Uses>,
    terms: BTreeMap<String, Uses>,
}

/// What a text refers to.
#[derive(Debug, Default)]
pub(super) struct Uses {
    variables: BTreeSet<String>,
    messages: BTreeSet<String>,
    terms: BTreeSet<String>,
    functions: BTreeSet<String>,
}

impl FluentFile {
    /// Reads a file; what can't be read of it is told and left out.
    pub(super) fn parse(path: &SourcePath, text: &str) -> (Option<Self>, Vec<Diagnostic>) {
        if let Some(at) = too_deep(text) {
            let message = format!("braces stand in one another more than {MAX_DEPTH} deep");
            let error = Diagnostic::new(path, Code::BadLocale, message);
            return (None, vec![error.at(text, Span::of_bytes(text, at, at + 1))]);
        }
        let mut found = Vec::new();
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(read, errors)| {
            for error in errors {
                let message = lower_first(&error.kind.to_string().replace('"', "`"));
                let span = Span::of_bytes(text, error.pos.start, error.pos.end);
                found.push(Diagnostic::new(path, Code::BadLocale, message).at(text, span));
            }
            read
        });
        let mut file = Self {
            path: path.clone(),
            text: text.into(),
            messages: BTreeMap::new(),
            terms: BTreeMap::new(),
        };
        for entry in resource.entries() {
            if let Err(twice) = file.enter(entry) {
                let message = format!("`{twice}` is written twice");
                let last = file.definitions(&twice).last().copied().unwrap_or_default();
                found.push(file.diagnostic(message, last, twice.len()));
            }
        }
        found.extend(file.unknown_functions());
        (Some(file), found)
    }

    /// Notes an entry; the name of one that was there already comes back.
    fn enter(&mut self, entry: &Entry<&str>) -> Result<(), String> {
        let mut uses = Uses::default();
        let (before, name) = match entry {
            Entry::Message(message) => {
                for pattern in
                    message.value.iter().chain(message.attributes.iter().map(|a| &a.value))
                {
                    uses.pattern(pattern);
                }
                // A message of attributes alone says nothing by itself.
                if message.value.is_none() {
                    return Ok(());
                }
                let name = message.id.name.to_owned();
                (self.messages.insert(name.clone(), uses), name)
            }
            Entry::Term(term) => {
                uses.pattern(&term.value);
                let name = term.id.name.to_owned();
                (self.terms.insert(name.clone(), uses), format!("-{name}"))
            }
            _ => return Ok(()),
        };
        before.map_or(Ok(()), |_| Err(name))
    }

    /// What it defines.
    pub(super) fn messages(&self) -> &BTreeMap<String, Uses> {
        &self.messages
    }

    /// Every variable that any of its texts or terms asks for.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        let all = self.messages.values().chain(self.terms.values());
        all.flat_map(|uses| uses.variables.iter().map(String::as_str))
    }

    /// The file as the library wants it. It was parsed before, so what is wrong
    /// with it has been told.
    pub(super) fn resource(&self) -> FluentResource {
        FluentResource::try_new(self.text.to_string()).unwrap_or_else(|(read, _)| read)
    }

    fn unknown_functions(&self) -> Vec<Diagnostic> {
        let all = self.all();
        all.flat_map(|(name, uses)| {
            let unknown = uses.functions.iter().filter(|f| !FUNCTIONS.contains(&f.as_str()));
            unknown.map(move |function| {
                let message = format!("there is no function `{function}`");
                self.place(&name, function, message).hint("the only function is `NUMBER`")
            })
        })
        .collect()
    }

    /// References to texts and terms that none of `known` has.
    pub(super) fn dangling(&self, known: &[&Self]) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (name, uses) in self.all() {
            for message in &uses.messages {
                if known.iter().any(|file| file.messages.contains_key(message)) {
                    continue;
                }
                let all = known.iter().flat_map(|file| file.messages.keys());
                let text = format!("there is no text `{message}` to take in");
                let mut error = self.place(&name, message, text);
                error.hint = did_you_mean(message, all.map(String::as_str))
                    .map(|near| format!("did you mean `{near}`?"));
                found.push(error);
            }
            for term in &uses.terms {
                if !known.iter().any(|file| file.terms.contains_key(term)) {
                    let text = format!("there is no term `-{term}`");
                    let hint = format!("define it: `-{term} = …`");
                    found.push(self.place(&name, &format!("-{term}"), text).hint(hint));
                }
            }
        }
        found
    }

    fn all(&self) -> impl Iterator<Item = (String, &Uses)> {
        let messages = self.messages.iter().map(|(name, uses)| (name.clone(), uses));
        messages.chain(self.terms.iter().map(|(name, uses)| (format!("-{name}"), uses)))
    }

    /// A diagnostic at `word` within the entry `name`.
    fn place(&self, name: &str, word: &str, message: String) -> Diagnostic {
        let start = self.definitions(name).last().copied().unwrap_or_default();
        let body = start + name.len();
        let rest = self.text.get(body..).unwrap_or_default();
        match rest.find(word) {
            Some(at) => self.diagnostic(message, body + at, word.len()),
            None => self.diagnostic(message, start, name.len()),
        }
    }

    fn diagnostic(&self, message: String, start: usize, length: usize) -> Diagnostic {
        let span = Span::of_bytes(&self.text, start, start + length);
        Diagnostic::new(&self.path, Code::BadLocale, message).at(&self.text, span)
    }

    /// Where the lines `name = …` begin.
    fn definitions(&self, name: &str) -> Vec<usize> {
        let mut at = 0;
        let mut starts = Vec::new();
        for line in self.text.split_inclusive('\n') {
            let defines = |rest: &str| rest.trim_start().starts_with('=');
            if line.strip_prefix(name).is_some_and(defines) {
                starts.push(at);
            }
            at += line.len();
        }
        starts
    }
}

/// Variables of a text that English doesn't give it: no template will either.
pub(super) fn differences(file: &FluentFile, english: &[FluentFile]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (name, uses) in &file.messages {
        let known: Vec<_> = english.iter().filter_map(|file| file.messages.get(name)).collect();
        // What English says by other texts or terms may take any variable.
        if known.is_empty() || known.iter().any(|uses| !uses.is_closed()) {
            continue;
        }
        for variable in &uses.variables {
            if known.iter().any(|uses| uses.variables.contains(variable)) {
                continue;
            }
            let message = format!("`{name}` isn't given a variable `${variable}`");
            let names = known.iter().flat_map(|uses| uses.variables.iter());
            let mut error = file.place(name, &format!("${variable}"), message);
            let given: BTreeSet<_> = names.map(|name| format!("`${name}`")).collect();
            error.hint = Some(if given.is_empty() {
                "it is said without variables".to_owned()
            } else {
                format!("it is given {}", given.into_iter().collect::<Vec<_>>().join(", "))
            });
            found.push(error);
        }
    }
    found
}

impl Uses {
    fn is_closed(&self) -> bool {
        self.messages.is_empty() && self.terms.is_empty()
    }

    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                for variant in variants {
                    self.pattern(&variant.value);
                }
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
            InlineExpression::FunctionReference { id, arguments } => {
                self.functions.insert(id.name.to_owned());
                self.arguments(arguments);
            }
            InlineExpression::MessageReference { id, .. } => {
                self.messages.insert(id.name.to_owned());
            }
            InlineExpression::TermReference { id, arguments, .. } => {
                self.terms.insert(id.name.to_owned());
                if let Some(arguments) = arguments {
                    self.arguments(arguments);
                }
            }
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name.to_owned());
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
        }
    }

    fn arguments(&mut self, arguments: &CallArguments<&str>) {
        let named = arguments.named.iter().map(|argument| &argument.value);
        for argument in arguments.positional.iter().chain(named) {
            self.inline(argument);
        }
    }
}

/// The first brace that stands deeper than `MAX_DEPTH`. Braces in the strings of
/// a placeable don't count, and a new entry begins at the surface.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if begins_entry(line) {
            depth = 0;
        }
        let mut in_string = false;
        let mut escaped = false;
        for (offset, byte) in line.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' if depth > 0 => in_string = !in_string,
                b'{' if !in_string => depth += 1,
                b'}' if !in_string => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > MAX_DEPTH {
                return Some(at + offset);
            }
        }
        at += line.len();
    }
    None
}

/// Whether a line is `name = …` or `-name = …`.
fn begins_entry(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| {
        let name = name.trim_end_matches(' ');
        let name = name.strip_prefix('-').unwrap_or(name);
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    })
}

/// Diagnostics begin with a lower-case letter.
fn lower_first(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

//! Diagnostics for people and for scripts.
//!
//! The only file that decides how a diagnostic looks. What an author wrote may
//! hold anything, so nothing of it reaches a terminal before [`plain`].

use std::collections::{BTreeMap, BTreeSet};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use compiler::diagnostic::{Code, Diagnostic, Severity, Span};
use serde::Serialize;

use crate::console;

pub(crate) mod sarif;

/// More than a screen or two helps nobody; the rest is counted.
const SHOWN: usize = 100;

/// More of one kind says nothing new.
const SHOWN_OF_A_CODE: usize = 20;

/// A longer line is not quoted: the terminal could not show it anyway.
const QUOTED_LINE_CHARS: usize = 1000;

/// Whether the text will be shown where colours are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// With escape codes, for a stream that drops them when it must.
    Styled,
    /// Letters only, for a page or a file.
    Plain,
}

/// How many diagnostics are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amount {
    /// As many as an author mends before looking again; the rest is counted.
    Sensible,
    /// Every one.
    All,
}

/// All diagnostics as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Document<'a> {
    errors: usize,
    warnings: usize,
    diagnostics: Vec<&'a Diagnostic>,
}

/// All diagnostics, sorted by file and place, for `--json`.
pub(crate) fn document(diagnostics: &[Diagnostic]) -> Document<'_> {
    let (errors, warnings) = counts(diagnostics);
    Document { errors, warnings, diagnostics: sorted(diagnostics.iter().collect()) }
}

/// Shows a sensible amount of the diagnostics on stderr, if there are any.
pub(crate) fn say(diagnostics: &[Diagnostic]) {
    if let Some(text) = text(diagnostics, Look::Styled, Amount::Sensible) {
        console::say(&text);
    }
}

/// The diagnostics as a compiler shows them, grouped by file, with a line of
/// counts at the end. `None` if there are none.
pub(crate) fn text(diagnostics: &[Diagnostic], look: Look, amount: Amount) -> Option<String> {
    if diagnostics.is_empty() {
        return None;
    }
    let renderer = match look {
        Look::Styled => Renderer::styled(),
        Look::Plain => Renderer::plain(),
    };
    let (shown, hidden) = match amount {
        Amount::Sensible => limited(diagnostics),
        Amount::All => (diagnostics.iter().collect(), BTreeMap::new()),
    };
    let mut text = String::new();
    for diagnostic in sorted(shown) {
        text += &renderer.render(&[group(&Readable::of(diagnostic))]);
        text += "\n\n";
    }
    for (code, count) in &hidden {
        text += &format!("and {count} more of `{code}`\n");
    }
    if !hidden.is_empty() {
        text += "`lyceum check --all` shows them\n\n";
    }
    text += &summary(diagnostics);
    Some(text)
}

/// What is shown, and how many of each code are not.
fn limited(diagnostics: &[Diagnostic]) -> (Vec<&Diagnostic>, BTreeMap<Code, usize>) {
    // Errors come first when not all can be shown: they are what stops the build.
    let mut by_severity = sorted(diagnostics.iter().collect());
    by_severity.sort_by_key(|diagnostic| diagnostic.severity);
    let mut shown: Vec<&Diagnostic> = Vec::new();
    let mut of_a_code: BTreeMap<Code, usize> = BTreeMap::new();
    let mut hidden: BTreeMap<Code, usize> = BTreeMap::new();
    for diagnostic in by_severity {
        let count = of_a_code.entry(diagnostic.code).or_default();
        if *count < SHOWN_OF_A_CODE && shown.len() < SHOWN {
            *count += 1;
            shown.push(diagnostic);
        } else {
            *hidden.entry(diagnostic.code).or_default() += 1;
        }
    }
    (shown, hidden)
}

/// `2 errors, 1 warning in 2 files`, and how to learn more.
fn summary(diagnostics: &[Diagnostic]) -> String {
    let (errors, warnings) = counts(diagnostics);
    let files = diagnostics.iter().map(|diagnostic| &diagnostic.path).collect::<BTreeSet<_>>();
    let parts: Vec<String> = [(errors, "error"), (warnings, "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| counted(count, noun))
        .collect();
    let codes = diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<BTreeSet<_>>();
    let code = match codes.first() {
        Some(code) if codes.len() == 1 => code.name(),
        _ => "<code>",
    };
    format!(
        "{} in {}; `lyceum explain {code}` tells more",
        parts.join(", "),
        counted(files.len(), "file")
    )
}

/// `1 page`, `2 pages`
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The text with every character replaced that would steer a terminal instead
/// of being shown by it: escape codes, and marks that turn the reading direction.
///
/// One character stays one character, so that columns still fit.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | ' ' => c,
            '\n' => ' ',
            // The pictures of control characters stand in their order.
            '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
            '\x7f' => '\u{2421}',
            '\u{80}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
            _ => c,
        })
        .collect()
}

fn counts(diagnostics: &[Diagnostic]) -> (usize, usize) {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    (errors, diagnostics.len() - errors)
}

fn sorted(mut diagnostics: Vec<&Diagnostic>) -> Vec<&Diagnostic> {
    diagnostics.sort_by(|a, b| (&a.path, a.span, a.severity).cmp(&(&b.path, b.span, b.severity)));
    diagnostics
}

/// A diagnostic whose every text is fit for a terminal.
struct Readable {
    path: String,
    span: Option<Span>,
    severity: Severity,
    code: Code,
    message: String,
    hint: Option<String>,
    source_line: Option<String>,
}

impl Readable {
    fn of(diagnostic: &Diagnostic) -> Self {
        Self {
            path: plain(diagnostic.path.as_str()),
            span: diagnostic.span,
            severity: diagnostic.severity,
            code: diagnostic.code,
            message: plain(&diagnostic.message),
            hint: diagnostic.hint.as_deref().map(plain),
            source_line: diagnostic
                .source_line
                .as_deref()
                .filter(|line| line.chars().nth(QUOTED_LINE_CHARS).is_none())
                .map(plain),
        }
    }
}

fn group(diagnostic: &Readable) -> Group<'_> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.name());
    let group = match (diagnostic.span, diagnostic.source_line.as_deref()) {
        (Some(span), Some(line)) => title.element(
            Snippet::source(line)
                .line_start(span.line)
                .path(diagnostic.path.as_str())
                .annotation(AnnotationKind::Primary.span(bytes(line, span))),
        ),
        (Some(span), None) => title.element(
            Origin::path(diagnostic.path.as_str()).line(span.line).char_column(span.column),
        ),
        (None, _) => title.element(Origin::path(diagnostic.path.as_str())),
    };
    match &diagnostic.hint {
        Some(hint) => group.element(Level::HELP.with_name("hint").message(hint.as_str())),
        None => group,
    }
}

/// The bytes of the line that a span of characters covers.
fn bytes(line: &str, span: Span) -> std::ops::Range<usize> {
    let offset = |chars: usize| line.char_indices().nth(chars).map_or(line.len(), |(at, _)| at);
    let start = span.column.saturating_sub(1);
    offset(start)..offset(start.saturating_add(span.length))
}

#[cfg(test)]
mod tests {
    use compiler::source::SourcePath;

    use super::*;

    fn misspelt(path: &str) -> Diagnostic {
        let text = "---\ntitle: 所有权\nacess: paid\n---\n";
        let start = text.find("acess").unwrap();
        Diagnostic::new(&SourcePath::new(path), Code::UnknownKey, "unknown key `acess`")
            .at(text, Span::of_bytes(text, start, start + 5))
            .hint("did you mean `access`?")
    }

    #[test]
    fn a_diagnostic_shows_file_line_column_source_caret_and_hint() {
        let shown =
            text(&[misspelt("content/rust/course.md")], Look::Plain, Amount::Sensible).unwrap();
        assert_eq!(
            shown,
            "\
error[unknown-key]: unknown key `acess`
 --> content/rust/course.md:3:1
  |
3 | acess: paid
  | ^^^^^
  |
  = hint: did you mean `access`?

1 error in 1 file; `lyceum explain unknown-key` tells more"
        );
    }

    #[test]
    fn a_wide_script_keeps_the_caret_under_its_word() {
        let source = "title: 所有 权利\n";
        let start = source.find("权利").unwrap();
        let diagnostic = Diagnostic::new(&SourcePath::new("a.md"), Code::RawHtml, "odd word")
            .at(source, Span::of_bytes(source, start, start + 6));
        assert_eq!(
            text(&[diagnostic], Look::Plain, Amount::Sensible).unwrap(),
            "\
warning[raw-html]: odd word
 --> a.md:1:11
  |
1 | title: 所有 权利
  |             ^^^^

1 warning in 1 file; `lyceum explain raw-html` tells more"
        );
    }

    #[test]
    fn a_diagnostic_about_a_whole_file_names_the_file() {
        let diagnostic =
            Diagnostic::new(&SourcePath::new("site.toml"), Code::MissingKey, "no title");
        assert_eq!(
            text(&[diagnostic], Look::Plain, Amount::Sensible).unwrap(),
            "error[missing-key]: no title\n--> site.toml\n\n1 error in 1 file; `lyceum explain missing-key` tells more"
        );
    }

    #[test]
    fn files_are_grouped_and_lines_are_in_order() {
        let all = [misspelt("b.md"), misspelt("a.md"), misspelt("b.md")];
        let shown = text(&all, Look::Plain, Amount::Sensible).unwrap();
        let places: Vec<&str> = shown.lines().filter(|line| line.contains("-->")).collect();
        assert_eq!(places, [" --> a.md:3:1", " --> b.md:3:1", " --> b.md:3:1"]);
        assert!(
            shown.ends_with("\n3 errors in 2 files; `lyceum explain unknown-key` tells more"),
            "{shown}"
        );
    }

    #[test]
    fn at_most_a_hundred_are_shown_and_no_error_hides_behind_a_warning() {
        let warning = Diagnostic::new(&SourcePath::new("a.md"), Code::RawHtml, "odd");
        let mut all = vec![warning; 120];
        all.push(misspelt("z.md"));
        let shown = text(&all, Look::Plain, Amount::Sensible).unwrap();
        assert!(shown.contains("z.md:3:1"), "{shown}");
        assert!(
            shown.ends_with(
                "\nand 100 more of `raw-html`\n`lyceum check --all` shows them\n\n\
                 1 error, 120 warnings in 2 files; `lyceum explain <code>` tells more"
            ),
            "{shown}"
        );
    }

    #[test]
    fn nothing_an_author_writes_steers_the_terminal() {
        let source = "title: \x1b[2J\u{202e}x\n";
        let diagnostic = Diagnostic::new(
            &SourcePath::new("a\x1b.md"),
            Code::WrongValue,
            "odd `\x1b]0;x\x07`\nnext",
        )
        .at(source, Span { line: 1, column: 8, length: 1 })
        .hint("write \x7f");
        let shown = text(&[diagnostic], Look::Plain, Amount::Sensible).unwrap();
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
        assert!(!shown.contains('\u{202e}'), "{shown:?}");
    }

    /// Whatever a script gets is one valid document, and nothing in it steers a
    /// terminal that it is printed to.
    #[test]
    fn nothing_an_author_writes_breaks_a_document_for_scripts() {
        let source = "title: \x1b[2J\u{9b}2J\u{202e}\"\\\u{2028}\u{ffff}x\n";
        let diagnostic = Diagnostic::new(
            &SourcePath::new("a\x1b\u{9b}\u{202e}\"\\.md"),
            Code::WrongValue,
            "odd \x1b]0;x\x07\u{9b}",
        )
        .at(source, Span { line: 1, column: 8, length: 1 });
        let all = [diagnostic];
        let json = console::document(&document(&all)).unwrap();
        let sarif = console::document(&sarif::log(&all)).unwrap();
        for text in [json, sarif] {
            let steers = |c: char| c != '\n' && plain(&c.to_string()) != c.to_string();
            assert!(!text.chars().any(steers), "{text:?}");
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert!(value.to_string().contains("odd \\u001b]0;x\\u0007\u{9b}"), "{value}");
        }
    }

    #[test]
    fn a_span_past_the_line_or_on_an_empty_line_is_still_shown() {
        for (line, span) in [
            ("", Span { line: 1, column: 1, length: 1 }),
            ("ab", Span { line: 9, column: 70, length: usize::MAX }),
            ("ab", Span { line: usize::MAX / 2, column: usize::MAX, length: 1 }),
        ] {
            let mut diagnostic = misspelt("a.md");
            diagnostic.span = Some(span);
            diagnostic.source_line = Some(line.to_owned());
            assert!(text(&[diagnostic], Look::Plain, Amount::Sensible).unwrap().contains("a.md:"));
        }
    }

    #[test]
    fn an_endless_line_is_named_but_not_quoted() {
        let mut diagnostic = misspelt("a.md");
        diagnostic.source_line = Some("x".repeat(1_000_000));
        let shown = text(&[diagnostic], Look::Plain, Amount::Sensible).unwrap();
        assert!(shown.len() < 300, "{}", shown.len());
        assert!(shown.contains("a.md:3:1"), "{shown}");
    }

    #[test]
    fn scripts_get_counts_and_every_diagnostic() {
        let all = [misspelt("b.md"), misspelt("a.md")];
        let json = serde_json::to_value(document(&all)).unwrap();
        assert_eq!(json["errors"], 2);
        assert_eq!(json["diagnostics"][0]["path"], "a.md");
        assert_eq!(json["diagnostics"][0]["span"]["line"], 3);
        assert_eq!(json["diagnostics"][0]["code"], "unknown-key");
    }
}

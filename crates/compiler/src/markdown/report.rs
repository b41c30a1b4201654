//! Turns the positions of the Markdown parser into places of the author's file,
//! and collects what is to be said about it.

use crate::diagnostic::{Code, Diagnostic, Severity, Span};
use crate::school::Markdown;
use comrak::nodes::Sourcepos;

/// More than an author mends in one go; a file of a million broken links must
/// not become a million diagnostics.
const MAX_DIAGNOSTICS: usize = 100;

/// Behind so many problems of a text no more is searched for what was meant.
const MAX_SEARCHED: usize = 20;

/// A longer line is not quoted: it would fill the terminal, once per diagnostic.
const MAX_QUOTED_BYTES: usize = 2_000;

/// In a longer line columns are not counted, since each would take a walk along it.
const MAX_COUNTED_BYTES: usize = 100_000;

/// The diagnostics of one Markdown text.
pub(super) struct Report<'a> {
    markdown: &'a Markdown,
    /// Where the lines begin that the parser counts, in bytes of the file.
    parsed_lines: Vec<usize>,
    /// Where the lines begin that an editor counts.
    file_lines: Vec<usize>,
    diagnostics: Vec<Diagnostic>,
    left_out: Vec<Severity>,
}

impl<'a> Report<'a> {
    pub(super) fn new(markdown: &'a Markdown) -> Self {
        let bytes = markdown.file.as_bytes();
        let newlines = |from: usize| {
            let rest = bytes.get(from..).unwrap_or_default();
            rest.iter().enumerate().filter(|(_, b)| **b == b'\n').map(move |(i, _)| from + i + 1)
        };
        let rest = bytes.get(markdown.start..).unwrap_or_default();
        // To the parser a lone carriage return ends a line too.
        let parsed = rest.iter().enumerate().filter_map(|(i, b)| match b {
            b'\n' => Some(markdown.start + i + 1),
            b'\r' if rest.get(i + 1) != Some(&b'\n') => Some(markdown.start + i + 1),
            _ => None,
        });
        Self {
            markdown,
            parsed_lines: std::iter::once(markdown.start).chain(parsed).collect(),
            file_lines: std::iter::once(0).chain(newlines(0)).collect(),
            diagnostics: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// The bytes of the file that a node was parsed from.
    pub(super) fn range(&self, position: Sourcepos) -> std::ops::Range<usize> {
        let start = self.offset(position.start.line, position.start.column.saturating_sub(1));
        let end = self.offset(position.end.line, position.end.column);
        start..end.max(start)
    }

    /// The first byte of a line that the parser counted from 1.
    pub(super) fn line_start(&self, line: usize) -> usize {
        self.offset(line, 0)
    }

    fn floor(&self, offset: usize) -> usize {
        self.markdown.file.floor_char_boundary(offset)
    }

    fn offset(&self, line: usize, column: usize) -> usize {
        let start = self.parsed_lines.get(line.saturating_sub(1)).copied();
        start
            .unwrap_or(self.markdown.file.len())
            .saturating_add(column)
            .min(self.markdown.file.len())
    }

    /// A range with the ends of lines behind it, up to what is written next.
    pub(super) fn with_blank_lines(&self, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
        let behind = self.markdown.file.get(range.end..).unwrap_or_default();
        let blank = behind.len() - behind.trim_start_matches(['\r', '\n']).len();
        range.start..range.end + blank
    }

    /// The bytes of `needle` inside a node's source, else of the whole node.
    pub(super) fn range_of(&self, position: Sourcepos, needle: &str) -> std::ops::Range<usize> {
        let whole = self.range(position);
        if whole.len() > MAX_COUNTED_BYTES {
            return whole.start..whole.start;
        }
        let source = self.markdown.file.get(whole.clone()).unwrap_or_default();
        // The address stands behind the text of a link, which may repeat it.
        match source.rfind(needle).filter(|_| !needle.is_empty()) {
            Some(at) => whole.start + at..whole.start + at + needle.len(),
            None => whole,
        }
    }

    /// The first bytes of a node's source that are `needle`, in whatever case, else
    /// the node's first byte.
    pub(super) fn first_of(&self, position: Sourcepos, needle: &str) -> std::ops::Range<usize> {
        let mut whole = self.range(position);
        whole.end = self.floor(whole.end.min(whole.start + MAX_COUNTED_BYTES));
        let source = self.markdown.file.get(whole.clone()).unwrap_or_default();
        let found = source
            .as_bytes()
            .windows(needle.len().max(1))
            .position(|window| window.eq_ignore_ascii_case(needle.as_bytes()));
        match found {
            Some(at) => whole.start + at..whole.start + at + needle.len(),
            None => whole.start..whole.start,
        }
    }

    /// A diagnostic about these bytes of the file, not yet reported.
    pub(super) fn diagnostic(
        &self,
        range: std::ops::Range<usize>,
        code: Code,
        message: impl Into<String>,
    ) -> Diagnostic {
        self.placed(Diagnostic::new(&self.markdown.path, code, message), range)
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        } else {
            self.left_out.push(diagnostic.severity);
        }
    }

    /// Whether one more would still be shown, so that a hint is worth its price.
    pub(super) fn has_room(&self) -> bool {
        self.diagnostics.len() < MAX_DIAGNOSTICS
    }

    /// Whether a search through the whole school for what was meant is worth its
    /// price: whoever has so many problems has one that explains most of them.
    pub(super) fn wants_search(&self) -> bool {
        self.diagnostics.len() < MAX_SEARCHED
    }

    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        if !self.left_out.is_empty() {
            let count = self.left_out.len();
            let message = format!("more problems in this file are not shown: {count}");
            let path = &self.markdown.path;
            let mut diagnostic = Diagnostic::new(path, Code::TooMany, message);
            // Hidden warnings stop nothing.
            if !self.left_out.contains(&Severity::Error) {
                diagnostic.severity = Severity::Warning;
            }
            self.diagnostics.push(diagnostic);
        }
        self.diagnostics
    }

    /// Like [`Diagnostic::at`], but without reading the file from its beginning
    /// each time.
    fn placed(&self, mut diagnostic: Diagnostic, range: std::ops::Range<usize>) -> Diagnostic {
        let text = &*self.markdown.file;
        if !self.has_room() {
            return diagnostic;
        }
        let start = self.floor(range.start);
        let line = self.file_lines.partition_point(|line| *line <= start);
        let line_start = self.file_lines.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let line_end = self.file_lines.get(line).map_or(text.len(), |next| next - 1);
        let end = self.floor(range.end.clamp(start, line_end.max(start)));
        if line_end.saturating_sub(line_start) > MAX_COUNTED_BYTES {
            diagnostic.span = Some(Span { line, column: 1, length: 1 });
            return diagnostic;
        }
        let chars =
            |range: std::ops::Range<usize>| text.get(range).map_or(0, |s| s.chars().count());
        diagnostic.span = Some(Span {
            line,
            column: chars(line_start..start) + 1,
            length: chars(start..end).max(1),
        });
        diagnostic.source_line = text
            .get(line_start..line_end)
            .filter(|line| line.len() <= MAX_QUOTED_BYTES)
            .map(|line| line.trim_end().to_owned());
        diagnostic
    }
}

//! What is written out in another notation than Markdown: blocks of code,
//! diagrams and formulas, with what is to be said about their source.

use std::borrow::Cow;
use std::ops::Range;

use comrak::nodes::{NodeCodeBlock, NodeMath, Sourcepos};

use super::code_block;
use super::diagram;
use super::fence::{self, Fence};
use super::math::Display;
use super::writer::Writer;
use crate::diagnostic::shown::shown_at_most;
use crate::diagnostic::{Code, did_you_mean};
use crate::escape::escaped;
use crate::field::SourceText;
use crate::hidden::{self, Setting};
use crate::highlight::Plain;
use crate::include::{self, IncludeError};

/// To read so many bytes of a file counts as one that is taken in: a single line of a
/// long file is short, and may be asked for a hundred thousand times.
const READ_FOR_ONE: usize = 16;

/// The language of a fence that is drawn.
const MERMAID: &str = "mermaid";

/// Where the code of a fence stands.
#[derive(Clone, Copy)]
enum CodePlace {
    /// In the lines below the fence.
    Below,
    /// In the file that the fence names.
    File,
}

impl Writer<'_, '_> {
    /// A block of code.
    pub(super) fn code(&mut self, block: &NodeCodeBlock, at: Sourcepos) -> String {
        let scene = self.scene;
        let fence = if block.fenced { fence::parse(&block.info) } else { Fence::default() };
        let line = first_line(block, at);
        if block.fenced && !block.closed {
            let range = self.report.range(fence_only(block, at));
            let sign = char::from(block.fence_char).to_string().repeat(block.fence_length.min(20));
            let message = format!("the code that begins here is not closed by `{sign}`");
            let diagnostic = self.report.diagnostic(range, Code::UnclosedFence, message);
            let hint = format!("write `{sign}` on a line of its own behind the code");
            self.report.push(diagnostic.hint(hint));
        }
        for (message, hint) in &fence.problems {
            let range = self.report.range(line);
            let diagnostic = self.report.diagnostic(range, Code::WrongFence, message.clone());
            self.report.push(diagnostic.hint(hint.clone()));
        }
        let mut code = Cow::Borrowed(block.literal.as_str());
        // What is refused for its length need not be read a thousand times.
        let read =
            fence.include.as_ref().map_or(0, |file| scene.reads.bytes_behind(file) / READ_FOR_ONE);
        if let Some(file) = fence.include.as_ref().filter(|_| self.may_take_in(read, line)) {
            match scene.reads.lines(file) {
                Ok(lines) if self.may_take_in(lines.len(), line) => {
                    self.tell_hidden_in(file, &lines);
                    code = lines.into();
                }
                Ok(_) => {}
                Err(error) => self.tell_include(file, &error, line),
            }
        }
        if fence.language == MERMAID {
            let place = if fence.include.is_some() { CodePlace::File } else { CodePlace::Below };
            if let Some(html) = self.diagram(&fence, &code, place, line) {
                return html;
            }
        }
        if let Some(near) = scene.context.highlighter.meant(&fence.language) {
            let range = self
                .report
                .range_of(line, block.info.get(..fence.language.len()).unwrap_or_default());
            let message = format!("no language is called `{}`", shown_at_most(&fence.language, 40));
            let diagnostic = self.report.diagnostic(range, Code::UnknownCodeLanguage, message);
            self.report.push(diagnostic.hint(format!("did you mean `{near}`?")));
        }
        let show_all = scene.context.theme.text(scene.language, "code-all");
        let (html, plain) = code_block::write(scene.context.highlighter, &fence, &code, show_all);
        if let Some(plain) = plain {
            self.tell_plain(&plain, &fence.language, line);
        }
        html
    }

    /// Tells why code has no colours although its language is known.
    fn tell_plain(&mut self, plain: &Plain, language: &str, line: Sourcepos) {
        let language = shown_at_most(language, 40);
        let (why, hint) = match plain {
            Plain::LongBlock(most) => {
                (format!("it has more than {most} bytes"), "show the part that matters")
            }
            Plain::LongLine(number, most) => {
                (format!("its line {number} has more than {most} bytes"), "break the line")
            }
            Plain::Slow(seconds) => (
                format!(
                    "to colour it as `{language}` takes more than {seconds} seconds on this machine"
                ),
                "break its longest lines",
            ),
            Plain::NotBegun(most) => (
                format!("{most} blocks took too long to colour, so it was not begun"),
                "mend those first",
            ),
            Plain::Broken => {
                (format!("the grammar of `{language}` broke off"), "leave out what is no code")
            }
        };
        let message = format!("this code is shown without colours: {why}");
        let diagnostic = self.report.diagnostic(self.report.range(line), Code::PlainCode, message);
        self.report.push(diagnostic.hint(format!("{hint}, or call the language `text`")));
    }

    /// A diagram; `None` if it can't be drawn, which has been reported.
    fn diagram(
        &mut self,
        fence: &Fence,
        code: &str,
        place: CodePlace,
        line: Sourcepos,
    ) -> Option<String> {
        self.diagram_count += 1;
        match self.scene.context.blocks.diagram(code, self.diagram_count) {
            Ok(drawing) => {
                let word = self.scene.context.theme.text(self.scene.language, "diagram");
                Some(diagram::block(&drawing, fence, word))
            }
            Err(bad) => {
                let range = match (&bad.range, place) {
                    (Some(range), CodePlace::Below) => self.place_in_code(code, range, line),
                    _ => self.report.range(line),
                };
                let message = format!("this diagram can't be drawn: {}", bad.message);
                let diagnostic = self.report.diagnostic(range, Code::BadDiagram, message);
                self.report.push(match bad.hint {
                    Some(hint) => diagnostic.hint(hint),
                    None => diagnostic,
                });
                None
            }
        }
    }

    /// Where bytes of a block of code stand in the author's file, `fence` being the
    /// line above it.
    fn place_in_code(&self, code: &str, range: &Range<usize>, fence: Sourcepos) -> Range<usize> {
        // What is missing at the end is missing in the last line.
        let start = range.start.min(code.trim_end().len());
        let before = code.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let written = code.get(line_start..).and_then(|rest| rest.lines().next());
        let written = written.unwrap_or_default();
        let needle = written.trim();
        let line = fence.start.line + 1 + before.matches('\n').count();
        let length = fence.start.column + written.len();
        let found = self.report.first_of((line, 1, line, length).into(), needle);
        let indent = written.len() - written.trim_start().len();
        let at = found.start + start.saturating_sub(line_start + indent);
        at..at + range.len().max(1)
    }

    /// Tells at its place what can't be seen in the lines that were taken in.
    fn tell_hidden_in(&mut self, written: &str, lines: &str) {
        if !hidden::may_hide(lines) {
            return;
        }
        let Some(path) = include::path(&self.scene.markdown.path, written) else { return };
        let Some(text) = self.scene.reads.text(&path) else { return };
        let mut told = Vec::new();
        SourceText { path: &path, text }.tell_hidden(Setting::Code, &mut told);
        told.into_iter().for_each(|diagnostic| self.report.push(diagnostic));
    }

    fn tell_include(&mut self, file: &str, error: &IncludeError, line: Sourcepos) {
        let range = self.report.range_of(line, file);
        let shown: String = shown_at_most(file, 200);
        let message = format!("`{shown}` {error}");
        let diagnostic = self.report.diagnostic(range, Code::BadInclude, message);
        let beside = |path: &crate::source::SourcePath| {
            let files = self.scene.context.tree.files_in(path.parent());
            let names = files.map(|(path, _)| path.file_name());
            did_you_mean(path.file_name(), names).map(|near| format!("did you mean `{near}`?"))
        };
        let hint = match error {
            IncludeError::Missing(path) => beside(path),
            IncludeError::Lines(_) => Some("lines are written `3`, `3-7`, `3-` or `-7`".to_owned()),
            IncludeError::Anchor(name) => {
                Some(format!("write `ANCHOR: {name}` in a comment above the lines"))
            }
            IncludeError::Outside | IncludeError::Empty => {
                Some("a path begins at the folder of this page".to_owned())
            }
            IncludeError::Page | IncludeError::NoText => None,
        };
        self.report.push(match hint {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        });
    }

    /// A formula; as it is written if it can't be read.
    pub(super) fn formula(&mut self, formula: &NodeMath, at: Sourcepos) -> String {
        let (display, class, signs) = if formula.display_math {
            (Display::Block, "math math-display", "$$")
        } else {
            (Display::Inline, "math", "$")
        };
        match self.scene.context.blocks.formula(&formula.literal, display) {
            Ok(html) => format!("<span class=\"{class}\">{html}</span>"),
            Err(bad) => {
                let inside = self.report.range_of(at, &formula.literal);
                let range = inside.start + bad.range.start..inside.start + bad.range.end;
                let message = format!("this formula can't be read: {}", bad.message);
                let diagnostic = self.report.diagnostic(range, Code::BadFormula, message);
                self.report.push(diagnostic);
                let source = escaped(&formula.literal);
                format!("<code class=\"{class} math-source\">{signs}{source}{signs}</code>")
            }
        }
    }
}

/// The line of the fence, with what is said behind it.
fn first_line(block: &NodeCodeBlock, at: Sourcepos) -> Sourcepos {
    let length = block.fence_length + block.info.len();
    (at.start.line, at.start.column, at.start.line, at.start.column + length).into()
}

fn fence_only(block: &NodeCodeBlock, at: Sourcepos) -> Sourcepos {
    let end = at.start.column + block.fence_length.saturating_sub(1);
    (at.start.line, at.start.column, at.start.line, end).into()
}

//! `--8<-- "file"`: text that a page pulls in from other files, as the snippets
//! extension of PyMdown writes it.

use super::super::book_folder::{BookFolder, resolve};
use super::super::error::Unreadable;
use super::super::line::{Line, lines_of};
use super::super::note::{Notes, quoted};

/// Snippets in snippets; real sites have two.
const MAX_DEPTH: usize = 10;
/// A page that pulls in more is not meant to be read.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// A line of a long file costs reading all of it.
const MAX_READ_BYTES: usize = 64 * 1024 * 1024;

/// Expands the snippets of one page.
pub(super) struct Snippets<'a> {
    folder: &'a BookFolder,
    bases: &'a [String],
    page: &'a str,
    notes: &'a mut Notes,
    bytes: usize,
    read_bytes: usize,
}

/// What a line is to snippets.
enum Sign<'a> {
    /// `--8<-- "file"`, with its indentation.
    One(&'a str, &'a str),
    /// `--8<--` alone: file names follow, one a line, until the next one.
    Many(&'a str),
    /// `;--8<--`: an example, without its semicolon.
    Example(String),
    Text,
}

impl<'a> Snippets<'a> {
    pub(super) fn new(
        folder: &'a BookFolder,
        bases: &'a [String],
        page: &'a str,
        notes: &'a mut Notes,
    ) -> Self {
        Self { folder, bases, page, notes, bytes: 0, read_bytes: 0 }
    }

    /// The page with its snippets in place.
    pub(super) fn expand(mut self, lines: Vec<Line>) -> Vec<Line> {
        let mut out = Vec::new();
        self.lines(&lines, "", None, &[], &mut out);
        out
    }

    fn lines(
        &mut self,
        lines: &[Line],
        indentation: &str,
        at: Option<usize>,
        stack: &[String],
        out: &mut Vec<Line>,
    ) {
        let mut is_many: Option<String> = None;
        for line in lines {
            let number = at.unwrap_or(line.at);
            match (sign(&line.text), &is_many) {
                (Sign::Many(_), Some(_)) => is_many = None,
                (Sign::Many(own), None) => is_many = Some(format!("{indentation}{own}")),
                (_, Some(own)) => {
                    let file = line.text.trim().to_owned();
                    let own = own.clone();
                    // A name behind a semicolon is switched off.
                    if !file.is_empty() && !file.starts_with(';') {
                        self.snippet(&file, &own, number, stack, out);
                    }
                }
                (Sign::One(own, file), None) => {
                    let (own, file) = (format!("{indentation}{own}"), file.to_owned());
                    self.snippet(&file, &own, number, stack, out);
                }
                (Sign::Example(text), None) => {
                    out.push(Line::new(format!("{indentation}{text}"), number));
                }
                (Sign::Text, None) => {
                    let indented = if line.text.is_empty() { "" } else { indentation };
                    out.push(Line::new(format!("{indented}{}", line.text), number));
                }
            }
        }
    }

    fn snippet(
        &mut self,
        file: &str,
        indentation: &str,
        at: usize,
        stack: &[String],
        out: &mut Vec<Line>,
    ) {
        let whole = format!("snippet {}", quoted(file));
        let mut note = |why: String| self.notes.add(self.page, at, whole.clone(), why);
        if file.starts_with("http://") || file.starts_with("https://") {
            return note("left out: nothing is fetched from the web".to_owned());
        }
        if self.read_bytes > MAX_READ_BYTES {
            return note("left out: the page reads more than 64 MiB of other files".to_owned());
        }
        let (path, extent) = split(file);
        let mut problem = Unreadable::Missing;
        let mut found = None;
        for base in self.bases {
            let source = resolve(base, path);
            let text = match &source {
                Some(source) => self.folder.text(source),
                None => Err(Unreadable::Outside),
            };
            match text {
                Ok(text) => {
                    found = source.map(|source| (source, text));
                    break;
                }
                Err(Unreadable::Missing) => {}
                Err(other) => problem = other,
            }
        }
        let Some((source, text)) = found else {
            return note(format!("left out: it {problem}"));
        };
        if stack.contains(&source) || source == self.page || stack.len() >= MAX_DEPTH {
            return note("left out: the file includes itself".to_owned());
        }
        self.read_bytes += text.len();
        let taken = taken(lines_of(&text), extent);
        if taken.is_empty() && !text.trim().is_empty() {
            note("left out: the file has no such lines".to_owned());
        }
        self.bytes += taken.iter().map(|line| line.text.len()).sum::<usize>();
        if self.bytes > MAX_BYTES {
            return self.notes.add(
                self.page,
                at,
                whole,
                "left out: the page would be larger than 8 MiB",
            );
        }
        let stack: Vec<String> = stack.iter().cloned().chain([source]).collect();
        self.lines(&taken, indentation, Some(at), &stack, out);
    }
}

fn sign(line: &str) -> Sign<'_> {
    let bare = line.trim_start();
    let indentation = line.get(..line.len() - bare.len()).unwrap_or_default();
    let is_example = bare.starts_with(';');
    let marks = bare.trim_start_matches(';');
    let dashes = marks.bytes().take_while(|b| *b == b'-').count();
    let Some(rest) = marks.get(dashes..).and_then(|rest| rest.strip_prefix("8<")) else {
        return Sign::Text;
    };
    let behind = rest.trim_start_matches('-');
    if dashes == 0 || rest.len() == behind.len() {
        return Sign::Text;
    }
    if is_example {
        return Sign::Example(format!("{indentation}{}", bare.get(1..).unwrap_or_default()));
    }
    let behind = behind.trim();
    if behind.is_empty() {
        return Sign::Many(indentation);
    }
    let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''));
    let inner = quote.and_then(|quote| behind.get(1..)?.strip_suffix(quote));
    inner.map_or(Sign::Text, |file| Sign::One(indentation, file.trim()))
}

/// The file and what is wanted of it: `a.py:3:5`, `a.py:section`.
fn split(file: &str) -> (&str, &str) {
    file.split_once(':').unwrap_or((file, ""))
}

/// The wanted lines, without the comments that mark sections.
fn taken(lines: Vec<Line>, extent: &str) -> Vec<Line> {
    let is_section = extent.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let ranges: Vec<(usize, usize)> = if is_section || extent.is_empty() {
        Vec::new()
    } else {
        extent.split(',').map(range).collect()
    };
    let mut is_inside = !is_section;
    let mut taken = Vec::new();
    for line in lines {
        match section_mark(&line.text) {
            Some((Edge::Start, name)) => is_inside |= name == extent,
            Some((Edge::End, name)) => is_inside &= !(is_section && name == extent),
            None => {
                let in_range = ranges.is_empty()
                    || ranges.iter().any(|(first, last)| (*first..=*last).contains(&line.at));
                if is_inside && in_range {
                    taken.push(line);
                }
            }
        }
    }
    taken
}

fn range(text: &str) -> (usize, usize) {
    let (first, last) =
        text.split_once(':').map_or((text, None), |(first, last)| (first, Some(last)));
    let first_line = first.trim().parse().unwrap_or(1);
    match last.map(str::trim) {
        None => (first_line, first_line),
        Some(last) => (first_line, last.parse().unwrap_or(usize::MAX)),
    }
}

enum Edge {
    Start,
    End,
}

/// `# --8<-- [start:name]`, in whatever comment.
fn section_mark(line: &str) -> Option<(Edge, &str)> {
    let (_, rest) = line.split_once("8<-")?;
    let (_, rest) = rest.split_once('[')?;
    let (inner, _) = rest.split_once(']')?;
    let (edge, name) = inner.split_once(':')?;
    match edge.trim() {
        "start" => Some((Edge::Start, name.trim())),
        "end" => Some((Edge::End, name.trim())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::line::joined;
    use super::*;

    fn check(page: &str, expected: &str) -> Vec<String> {
        let outer = tempfile::tempdir().unwrap();
        let code = "a\n# --8<-- [start:one]\nb\n# --8<-- [end:one]\nc\nd\n";
        for (name, text) in [
            ("docs/code.py", code),
            ("docs/self.md", "x\n--8<-- \"docs/self.md\"\n"),
            ("docs/nested.md", "--8<-- \"docs/code.py:one\"\n"),
        ] {
            let path = outer.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let folder = BookFolder::open(outer.path()).unwrap();
        let mut notes = Notes::default();
        let bases = [".".to_owned()];
        let lines = Snippets::new(&folder, &bases, "docs/a.md", &mut notes).expand(lines_of(page));
        assert_eq!(joined(&lines), expected, "{page}");
        notes.into_sorted().into_iter().map(|note| format!("{} {}", note.what, note.why)).collect()
    }

    #[test]
    fn files_sections_and_lines_are_pulled_in_with_indentation() {
        check("--8<-- \"docs/code.py\"\n", "a\nb\nc\nd\n");
        check("    --8<-- 'docs/code.py:one'\n", "    b\n");
        check("-8<- \"docs/code.py:5:6\"\n", "c\nd\n");
        check("--8<-- \"docs/code.py:1:1,6:6\"\n", "a\nd\n");
        check("--8<-- \"docs/code.py:5\"\n", "c\n");
        check("--8<--\ndocs/code.py:one\n; docs/none.py\n\ndocs/nested.md\n--8<--\n", "b\nb\n");
        check(";--8<-- \"docs/code.py\"\n", "--8<-- \"docs/code.py\"\n");
        check("8<-- \"x\" a --8<-- b\n", "8<-- \"x\" a --8<-- b\n");
    }

    #[test]
    fn a_page_of_small_pieces_of_a_long_file_is_not_read_for_ever() {
        let book = tempfile::tempdir().unwrap();
        std::fs::write(
            book.path().join("long.py"),
            format!("x\n{}", "y".repeat(4 * 1024 * 1024 - 2)),
        )
        .unwrap();
        let folder = BookFolder::open(book.path()).unwrap();
        let mut notes = Notes::default();
        let page = "--8<-- \"long.py:1\"\n".repeat(19);
        let bases = [".".to_owned()];
        let lines = Snippets::new(&folder, &bases, "a.md", &mut notes).expand(lines_of(&page));
        assert_eq!(lines.iter().filter(|line| line.text == "x").count(), 17);
        let notes: Vec<String> = notes.into_sorted().into_iter().map(|note| note.why).collect();
        assert_eq!(notes, ["left out: the page reads more than 64 MiB of other files"]);
    }

    #[test]
    fn what_can_not_be_pulled_in_is_noted() {
        for (page, expected, note) in [
            ("--8<-- \"none.md\"\n", "", "snippet `none.md` left out: it is not there"),
            (
                "--8<-- \"../../x.md\"\n",
                "",
                "snippet `../../x.md` left out: it leads out of the book's folder",
            ),
            (
                "--8<-- \"https://a.test/x.md\"\n",
                "",
                "snippet `https://a.test/x.md` left out: nothing is fetched from the web",
            ),
            (
                "--8<-- \"docs/self.md\"\n",
                "x\n",
                "snippet `docs/self.md` left out: the file includes itself",
            ),
            (
                "--8<-- \"docs/code.py:gone\"\n",
                "",
                "snippet `docs/code.py:gone` left out: the file has no such lines",
            ),
        ] {
            assert_eq!(check(page, expected), [note]);
        }
    }
}

//! What stands behind the colons of a component: `name[label]{#id .class key="value" flag}`.
//!
//! Only the writing is read here; what a component may say is its theme's word.

/// More than any component has; a line of a million attributes ends here.
const MAX_ATTRIBUTES: usize = 64;

/// A component as it is written. Offsets count bytes of the text it was read from.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Info {
    pub(super) name: Piece,
    /// What stands between brackets.
    pub(super) label: Option<Piece>,
    pub(super) id: Option<String>,
    pub(super) classes: Vec<String>,
    pub(super) attributes: Vec<Attribute>,
    /// What could not be read.
    pub(super) problem: Option<(Piece, &'static str)>,
}

/// A piece of the text and where it begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) start: usize,
}

/// One attribute.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: Piece,
    /// `None` if only the name is written.
    pub(super) value: Option<Piece>,
}

/// Reads what stands behind the colons.
pub(super) fn read(text: &str) -> Info {
    let mut reader = Reader { text, at: 0 };
    reader.skip(char::is_whitespace);
    let name = reader.take(|c| !c.is_whitespace() && !matches!(c, '[' | '{'));
    let mut info = Info { name, ..Info::default() };
    reader.skip(char::is_whitespace);
    if reader.peek() == Some('[') {
        match reader.label() {
            Some(label) => info.label = Some(label),
            None => return info.with(reader.rest(), "`[` is not closed"),
        }
        reader.skip(char::is_whitespace);
    }
    if reader.peek() == Some('{') {
        if let Err((piece, problem)) = reader.braces(&mut info) {
            return info.with(piece, problem);
        }
        reader.skip(char::is_whitespace);
    }
    if reader.peek().is_some() { info.with(reader.rest(), "this is not understood") } else { info }
}

/// Reads `{#id .class}` that stands alone; `None` if anything else is in it.
pub(super) fn marks(text: &str) -> Option<(Option<String>, Vec<String>)> {
    let mut reader = Reader { text, at: 0 };
    let mut info = Info::default();
    reader.braces(&mut info).ok()?;
    let is_whole = reader.peek().is_none() && info.attributes.is_empty();
    let says = info.id.is_some() || !info.classes.is_empty();
    (is_whole && says).then_some((info.id, info.classes))
}

impl Info {
    fn with(mut self, piece: Piece, problem: &'static str) -> Self {
        self.problem = Some((piece, problem));
        self
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

type Problem = (Piece, &'static str);

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn skip(&mut self, is: impl Fn(char) -> bool) {
        self.take(is);
    }

    fn take(&mut self, is: impl Fn(char) -> bool) -> Piece {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.find(|c| !is(c)).unwrap_or(rest.len());
        let piece =
            Piece { text: rest.get(..length).unwrap_or_default().to_owned(), start: self.at };
        self.at += length;
        piece
    }

    /// What is left, to point at.
    fn rest(&self) -> Piece {
        let rest = self.text.get(self.at..).unwrap_or_default();
        Piece { text: rest.chars().take(80).collect(), start: self.at }
    }

    /// `[…]`, brackets inside of it in pairs, `\]` for a single one.
    fn label(&mut self) -> Option<Piece> {
        let start = self.at + 1;
        let mut text = String::new();
        let (mut depth, mut is_escaped) = (0_usize, false);
        for (offset, c) in self.text.get(self.at..)?.char_indices() {
            match c {
                '\\' if !is_escaped => {
                    is_escaped = true;
                    continue;
                }
                '[' if !is_escaped => depth += 1,
                ']' if !is_escaped => depth -= 1,
                _ if is_escaped && !matches!(c, '[' | ']' | '\\') => text.push('\\'),
                _ => {}
            }
            is_escaped = false;
            if depth == 0 {
                self.at += offset + 1;
                return Some(Piece { text: text.get(1..)?.trim().to_owned(), start });
            }
            text.push(c);
        }
        None
    }

    fn braces(&mut self, info: &mut Info) -> Result<(), Problem> {
        let open = self.rest();
        if self.peek() != Some('{') {
            return Err((open, "this is not understood"));
        }
        self.at += 1;
        loop {
            self.skip(char::is_whitespace);
            match self.peek() {
                None => return Err((open, "`{` is not closed")),
                Some('}') => {
                    self.at += 1;
                    return Ok(());
                }
                Some('#') => {
                    self.at += 1;
                    let id = self.take(|c| is_mark(c) || matches!(c, '.' | ':'));
                    match id.text.is_empty() || id.text.len() > 200 {
                        true => return Err((id, "behind `#` stands no name")),
                        false => info.id = Some(id.text),
                    }
                }
                Some('.') => {
                    self.at += 1;
                    let class = self.take(is_mark);
                    match class.text.is_empty() || class.text.len() > 200 {
                        true => return Err((class, "behind `.` stands no name")),
                        false => info.classes.push(class.text),
                    }
                }
                Some(_) => {
                    let attribute = self.attribute()?;
                    info.attributes.push(attribute);
                }
            }
            if info.attributes.len() + info.classes.len() > MAX_ATTRIBUTES {
                return Err((self.rest(), "more than 64 attributes"));
            }
        }
    }

    fn attribute(&mut self) -> Result<Attribute, Problem> {
        let name = self.take(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if name.text.is_empty() {
            return Err((self.rest(), "this is not understood"));
        }
        if self.peek() != Some('=') {
            return Ok(Attribute { name, value: None });
        }
        self.at += 1;
        let value = match self.peek() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote)?,
            _ => self.take(|c| !c.is_whitespace() && !matches!(c, '}' | '"' | '\'' | '{')),
        };
        Ok(Attribute { name, value: Some(value) })
    }

    /// Between quotes, where `\"` is a quote.
    fn quoted(&mut self, quote: char) -> Result<Piece, Problem> {
        let open = self.rest();
        self.at += 1;
        let start = self.at;
        let mut text = String::new();
        let mut is_escaped = false;
        for (offset, c) in self.text.get(start..).unwrap_or_default().char_indices() {
            if is_escaped {
                if c != quote && c != '\\' {
                    text.push('\\');
                }
                text.push(c);
                is_escaped = false;
            } else if c == '\\' {
                is_escaped = true;
            } else if c == quote {
                self.at = start + offset + 1;
                return Ok(Piece { text, start });
            } else {
                text.push(c);
            }
        }
        Err((open, "this quote is not closed"))
    }
}

/// What ids and classes are made of.
fn is_mark(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

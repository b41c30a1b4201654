//! Characters that nobody sees and that change what is read, copied or compared:
//! marks that turn the direction of the text, joiners, controls, private letters.
//!
//! What is legitimate depends on where it stands. Arabic and Hebrew prose needs
//! marks and isolates, Persian and emoji need joiners; code and names need none of
//! them. Letters that only look alike are not looked for here: they can be seen.

use std::ops::Range;

/// So many different characters of one text are told; a file of nothing else is
/// no text.
const MOST_TOLD: usize = 20;

/// What a text is, and so what of it is legitimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    /// Sentences: what a script needs is allowed, and what turns the direction if it
    /// is closed in its paragraph.
    Prose,
    /// What learners copy, and machines run.
    Code,
    /// The name of a file or a folder.
    Name,
}

/// A hidden character that does not belong where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hidden {
    pub(crate) character: char,
    /// Its bytes in the text.
    pub(crate) place: Range<usize>,
    /// How often the same one stands in the text out of place.
    pub(crate) count: usize,
    pub(crate) setting: Setting,
}

/// What a hidden character is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Lets the text run on in one direction until it is closed, whatever letters
    /// follow; no script needs it.
    Override,
    /// Lets a piece of text have a direction of its own.
    Open(Bracket),
    Close(Bracket),
    /// Of use in a script or for breaking lines.
    Script,
    /// The same, and of no use between ASCII letters.
    Joiner,
    /// A letter or digit of the flag of a region, or of a smuggled text.
    Tag,
    /// Chooses the look of the character before it.
    Variation,
    Never,
}

/// Which sign closes which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Embedding,
    Isolate,
}

impl Hidden {
    /// The diagnostic about it, but for its place.
    pub(crate) fn message(&self) -> String {
        let times = match self.count {
            1 => String::new(),
            count => format!(", {count} times"),
        };
        let place = match self.setting {
            Setting::Prose => "text",
            Setting::Code => "code",
            Setting::Name => "name",
        };
        format!("the {place} holds {}{times}", described(self.character))
    }

    /// The way out.
    pub(crate) fn hint(&self) -> &'static str {
        match (self.setting, kind(self.character)) {
            (Setting::Prose, Some(Kind::Open(_) | Kind::Close(_))) => {
                "remove it, or close in its paragraph what it opens"
            }
            (Setting::Prose, _) => "remove it: it can't be seen, and it is copied along",
            (Setting::Code, _) => "remove it: who copies the code gets what can't be seen",
            (Setting::Name, _) => "rename it without what can't be seen",
        }
    }
}

/// `a hidden character, U+202E (right-to-left override)`
fn described(c: char) -> String {
    let name = name(c);
    let point = format!("U+{:04X}", u32::from(c));
    if name.is_empty() {
        format!("a hidden character, {point}")
    } else {
        format!("a hidden character, {point} ({name})")
    }
}

/// The hidden characters of a text that don't belong there, the first of each with
/// the number of all. `setting` says what the text is at a byte.
pub(crate) fn find(text: &str, setting: impl Fn(usize) -> Setting) -> Vec<Hidden> {
    let mut walk = Walk { text, found: Vec::new(), open: Vec::new() };
    let mut line_is_empty = false;
    for (at, c) in text.char_indices() {
        if c == '\n' {
            if line_is_empty {
                walk.end_paragraph();
            }
            line_is_empty = true;
        } else if !c.is_whitespace() {
            line_is_empty = false;
        }
        if let Some(kind) = kind(c) {
            walk.meet(at, c, kind, setting(at));
        }
    }
    walk.end_paragraph();
    walk.found.sort_by_key(|hidden| hidden.place.start);
    walk.found.truncate(MOST_TOLD);
    walk.found
}

/// Whether a text has any character of which [`find`] might tell.
pub(crate) fn may_hide(text: &str) -> bool {
    // Most texts are plain ASCII, and are told apart fast.
    text.chars().any(|c| !(' '..='~').contains(&c) && kind(c).is_some())
}

struct Walk<'a> {
    text: &'a str,
    found: Vec<Hidden>,
    /// What is open in this paragraph, and whether it has been told.
    open: Vec<(usize, char, Bracket, Told)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Yes,
    NotYet,
}

impl Walk<'_> {
    fn meet(&mut self, at: usize, c: char, kind: Kind, setting: Setting) {
        let is_prose = setting == Setting::Prose;
        match kind {
            Kind::Never => self.tell(at, c, setting),
            Kind::Script if is_prose => {}
            Kind::Joiner if !self.is_between_ascii(at, c) => {}
            Kind::Tag if self.is_in_flag(at) => {}
            Kind::Variation if !self.is_after_variation(at) => {}
            Kind::Script | Kind::Joiner | Kind::Tag | Kind::Variation => self.tell(at, c, setting),
            Kind::Override => {
                self.tell(at, c, setting);
                self.open.push((at, c, Bracket::Embedding, Told::Yes));
            }
            Kind::Open(_) | Kind::Close(_) if !is_prose => self.tell(at, c, setting),
            Kind::Open(bracket) => self.open.push((at, c, bracket, Told::NotYet)),
            Kind::Close(bracket) => match self.open.last() {
                Some((_, _, last, _)) if *last == bracket => drop(self.open.pop()),
                _ => self.tell(at, c, setting),
            },
        }
    }

    fn end_paragraph(&mut self) {
        for (at, c, _, told) in std::mem::take(&mut self.open) {
            if told == Told::NotYet {
                self.tell(at, c, Setting::Prose);
            }
        }
    }

    fn tell(&mut self, at: usize, character: char, setting: Setting) {
        let same =
            |hidden: &&mut Hidden| hidden.character == character && hidden.setting == setting;
        // What is beyond all measure needs no more room.
        let has_room = self.found.len() < 10 * MOST_TOLD;
        match self.found.iter_mut().find(same) {
            Some(hidden) => hidden.count += 1,
            None if !has_room => {}
            None => {
                let place = at..at + character.len_utf8();
                self.found.push(Hidden { character, place, count: 1, setting });
            }
        }
    }

    /// Whether no letter of a script that needs joiners is beside it.
    fn is_between_ascii(&self, at: usize, c: char) -> bool {
        let before = self.before(at);
        let after = self.text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
        [before, after].into_iter().flatten().all(|c| c.is_ascii())
    }

    /// Whether the letters before it, tags apart, end in the black flag.
    fn is_in_flag(&self, at: usize) -> bool {
        // The longest flag has six tags behind it.
        let before = self.text.get(..at).unwrap_or_default().chars().rev().take(7);
        before.into_iter().find(|c| kind(*c) != Some(Kind::Tag)) == Some('\u{1f3f4}')
    }

    fn is_after_variation(&self, at: usize) -> bool {
        self.before(at).is_none_or(|c| kind(c) == Some(Kind::Variation))
    }

    fn before(&self, at: usize) -> Option<char> {
        self.text.get(..at).and_then(|before| before.chars().next_back())
    }
}

fn kind(c: char) -> Option<Kind> {
    Some(match c {
        '\t' | '\n' | '\r' | ' '..='~' => return None,
        '\u{202a}' | '\u{202b}' => Kind::Open(Bracket::Embedding),
        '\u{202c}' => Kind::Close(Bracket::Embedding),
        '\u{202d}' | '\u{202e}' => Kind::Override,
        '\u{2066}'..='\u{2068}' => Kind::Open(Bracket::Isolate),
        '\u{2069}' => Kind::Close(Bracket::Isolate),
        '\u{ad}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2060}'..='\u{2064}'
        | '\u{115f}'
        | '\u{1160}' => Kind::Script,
        '\u{200b}'..='\u{200d}' => Kind::Joiner,
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => Kind::Variation,
        '\u{e0020}'..='\u{e007f}' => Kind::Tag,
        '\u{2028}'
        | '\u{2029}'
        | '\u{180e}'
        | '\u{206a}'..='\u{206f}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e001f}' => Kind::Never,
        c if c.is_control() || is_private(c) || is_noncharacter(c) => Kind::Never,
        _ => return None,
    })
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}')
}

/// Points that Unicode promises never to give a meaning; XML can't hold two of them.
fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

fn name(c: char) -> &'static str {
    match c {
        '\u{ad}' => "soft hyphen",
        '\u{200b}' => "zero width space",
        '\u{200c}' => "zero width non-joiner",
        '\u{200d}' => "zero width joiner",
        '\u{61c}' | '\u{200e}' | '\u{200f}' => "direction mark",
        '\u{2028}' => "line separator",
        '\u{2029}' => "paragraph separator",
        '\u{202a}' => "left-to-right embedding",
        '\u{202b}' => "right-to-left embedding",
        '\u{202c}' => "end of embedding or override",
        '\u{202d}' => "left-to-right override",
        '\u{202e}' => "right-to-left override",
        '\u{2060}' => "word joiner",
        '\u{2066}' => "left-to-right isolate",
        '\u{2067}' => "right-to-left isolate",
        '\u{2068}' => "first strong isolate",
        '\u{2069}' => "end of isolate",
        '\u{feff}' => "byte order mark",
        '\u{3164}' | '\u{ffa0}' | '\u{115f}' | '\u{1160}' => "filler",
        _ if c.is_control() => "control character",
        _ if is_private(c) => "for private use",
        _ if is_noncharacter(c) => "no character at all",
        _ => match kind(c) {
            Some(Kind::Tag) => "tag",
            Some(Kind::Variation) => "variation selector",
            _ => "",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str, setting: Setting) -> Vec<(u32, usize)> {
        let found = find(text, |_| setting);
        found.iter().map(|hidden| (u32::from(hidden.character), hidden.count)).collect()
    }

    #[test]
    fn what_a_script_needs_stands_in_prose_and_not_in_code() {
        for (text, in_code) in [
            // Hebrew with a closed isolate, over two lines of a paragraph too.
            ("הפקודה \u{2066}git push\u{2069} היא", vec![(0x2066, 1), (0x2069, 1)]),
            ("א \u{2068}git\npush\u{2069} ב", vec![(0x2068, 1), (0x2069, 1)]),
            ("\u{202b}א \u{202a}a\u{202c} ב\u{202c}", vec![(0x202b, 1), (0x202a, 1), (0x202c, 2)]),
            ("שלום\u{200f}!", vec![(0x200f, 1)]),
            ("Donau\u{ad}dampf", vec![(0xad, 1)]),
            // A Persian word, a family and the flag of Wales need what they hold.
            ("می\u{200c}خواهم", vec![]),
            ("👨\u{200d}👩\u{200d}👧 ❤\u{fe0f}", vec![]),
            ("🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}", vec![]),
            ("漢\u{e0100}字\u{200b}列", vec![]),
            ("plain, 中文, naïve, e\u{301}, \u{a0}, \u{378}", vec![]),
        ] {
            assert_eq!(points(text, Setting::Prose), [], "{text:?}");
            assert_eq!(points(text, Setting::Code), in_code, "{text:?}");
        }
    }

    #[test]
    fn what_deceives_is_told_everywhere() {
        for (text, told) in [
            // An override is told, and what closes it is not told once more.
            ("\u{202e}gnp.exe\u{202c}", vec![(0x202e, 1)]),
            ("a \u{2066}b", vec![(0x2066, 1)]),
            ("a \u{2066}b\n \nc\u{2069}", vec![(0x2066, 1), (0x2069, 1)]),
            ("a \u{2066}b\u{202c}", vec![(0x2066, 1), (0x202c, 1)]),
            ("pass\u{200b}word, pass\u{200b}word", vec![(0x200b, 2)]),
            ("a\u{200d}", vec![(0x200d, 1)]),
            ("a\u{feff}b", vec![(0xfeff, 1)]),
            ("a\u{2028}b\u{2029}", vec![(0x2028, 1), (0x2029, 1)]),
            ("\u{1}\u{7f}\u{85}\u{9b}", vec![(1, 1), (0x7f, 1), (0x85, 1), (0x9b, 1)]),
            ("\u{e000}\u{10fffd}", vec![(0xe000, 1), (0x10_fffd, 1)]),
            (
                "\u{fffe}\u{ffff}\u{fdd0}\u{1fffe}",
                vec![(0xfffe, 1), (0xffff, 1), (0xfdd0, 1), (0x1_fffe, 1)],
            ),
            ("\u{3164}\u{e0041}\u{e0041}", vec![(0x3164, 1), (0xe0041, 2)]),
            ("a\u{fe0f}\u{fe01}", vec![(0xfe01, 1)]),
        ] {
            assert_eq!(points(text, Setting::Prose), told, "{text:?}");
        }
    }

    #[test]
    fn a_text_of_nothing_else_is_told_in_measure() {
        let text: String = ('\u{e000}'..='\u{f8ff}').collect();
        assert_eq!(find(&text, |_| Setting::Prose).len(), MOST_TOLD);
        let open = "\u{2066}".repeat(100_000);
        assert_eq!(points(&open, Setting::Prose), [(0x2066, 100_000)]);
    }
}

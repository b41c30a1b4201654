//! Values as they are written in a JavaScript file, read without running it:
//! objects, lists, texts and numbers, and nothing that would have to be computed.

use serde_json::{Map, Value};

/// Deeper values are no settings.
const MAX_DEPTH: usize = 32;

/// The first object or list behind one of these words that can be read.
pub(super) fn behind(text: &str, words: &[&str]) -> Option<Value> {
    let text = text.get(..text.len().min(1 << 20)).unwrap_or(text);
    words.iter().find_map(|word| {
        let at = text.find(word)? + word.len();
        let rest = text.get(at..)?;
        let start = rest.find(['{', '['])?;
        // `const sidebars: SidebarsConfig = {`: nothing but a name stands between.
        let between = rest.get(..start)?;
        let fits = |c: char| c.is_alphanumeric() || matches!(c, ' ' | ':' | '=' | '.' | '_' | '\n');
        if !between.chars().all(fits) {
            return None;
        }
        let mut reader = Reader { rest: rest.get(start..)? };
        reader.value(0)
    })
}

/// The text behind `key:`, wherever it stands first.
pub(super) fn text_of(text: &str, key: &str) -> Option<String> {
    let mut rest = text;
    while let Some(at) = rest.find(key) {
        let (before, found) = rest.split_at_checked(at)?;
        rest = found.get(key.len()..)?;
        let stands_alone =
            !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$'));
        let behind = rest.trim_start_matches(['\'', '"']).trim_start();
        if let Some(value) = behind.strip_prefix(':').filter(|_| stands_alone) {
            let mut reader = Reader { rest: value };
            reader.space();
            if let Some(Value::String(value)) = reader.scalar() {
                return Some(value);
            }
        }
    }
    None
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        self.space();
        if depth > MAX_DEPTH {
            return None;
        }
        if self.eat("{") {
            return self.object(depth);
        }
        if self.eat("[") {
            let mut values = Vec::new();
            loop {
                self.space();
                if self.eat("]") {
                    return Some(Value::Array(values));
                }
                values.push(self.value(depth + 1)?);
                self.space();
                if !self.eat(",") && !self.rest.starts_with(']') {
                    return None;
                }
            }
        }
        self.scalar()
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let mut map = Map::new();
        loop {
            self.space();
            if self.eat("}") {
                return Some(Value::Object(map));
            }
            let key = if self.rest.starts_with(['"', '\'']) {
                self.scalar()?.as_str()?.to_owned()
            } else {
                self.word()?
            };
            self.space();
            if !self.eat(":") {
                return None;
            }
            map.insert(key, self.value(depth + 1)?);
            self.space();
            if !self.eat(",") && !self.rest.starts_with('}') {
                return None;
            }
        }
    }

    fn scalar(&mut self) -> Option<Value> {
        let Some(quote) = self.rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) else {
            let word = self.word()?;
            return match word.as_str() {
                "true" => Some(true.into()),
                "false" => Some(false.into()),
                "null" | "undefined" => Some(Value::Null),
                number => number.parse::<f64>().ok().map(Value::from),
            };
        };
        let mut text = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                _ if c == quote => {
                    self.rest = self.rest.get(at + 1..)?;
                    return Some(Value::String(text));
                }
                '\\' => match chars.next()?.1 {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    other => text.push(other),
                },
                '\n' if quote != '`' => return None,
                // What stands in it would have to be computed.
                '$' if quote == '`' => return None,
                _ => text.push(c),
            }
        }
        None
    }

    fn word(&mut self) -> Option<String> {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '-' | '.' | '+');
        let end = self.rest.find(|c: char| !is_part(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).filter(|_| end > 0)?;
        self.rest = rest;
        Some(word.to_owned())
    }

    fn eat(&mut self, mark: &str) -> bool {
        let rest = self.rest.strip_prefix(mark);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Blanks and comments.
    fn space(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            let after = if let Some(rest) = self.rest.strip_prefix("//") {
                rest.split_once('\n').map_or("", |(_, after)| after)
            } else if let Some(rest) = self.rest.strip_prefix("/*") {
                rest.split_once("*/").map_or("", |(_, after)| after)
            } else {
                return;
            };
            self.rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_read_as_people_write_it() {
        let text = "import x from 'y';\nconst sidebars: SidebarsConfig = {\n  // main\n  docs: ['a', {type: \"category\", label: `B`, items: ['c',],},],\n  'n-1': 1, t: true,\n};\nexport default sidebars;";
        assert_eq!(
            behind(text, &["sidebars"]),
            Some(
                json!({"docs": ["a", {"type": "category", "label": "B", "items": ["c"]}], "n-1": 1.0, "t": true})
            )
        );
        assert_eq!(
            text_of("const c = {\n subtitle: 'no', title: 'It\\'s', }", "title").as_deref(),
            Some("It's")
        );
    }

    #[test]
    fn what_would_have_to_be_computed_is_not_read() {
        for text in [
            "sidebars = {a: f()}",
            "sidebars = {...x}",
            "sidebars = {a: `${b}`}",
            "sidebars = {a: [",
            "x",
        ] {
            assert_eq!(behind(text, &["sidebars"]), None, "{text}");
        }
        assert_eq!(behind(&format!("sidebars = {}", "[".repeat(10_000)), &["sidebars"]), None);
        assert_eq!(text_of("title: process.env.TITLE", "title"), None);
    }
}

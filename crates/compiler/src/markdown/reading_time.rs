//! How long a text takes to read.

use comrak::nodes::{AstNode, NodeValue};

/// Adults read about this many characters of Chinese a minute.
const CHARACTERS_A_MINUTE: usize = 400;

/// Adults read about this many words of English prose a minute, fewer where they
/// have to think.
const WORDS_A_MINUTE: usize = 220;

/// Minutes to read a text, rounded, at least 1. Code counts by its words.
pub(super) fn minutes<'a>(root: &'a AstNode<'a>) -> u32 {
    let mut characters = 0;
    let mut words = 0;
    for node in root.descendants() {
        match &node.data().value {
            NodeValue::Text(text) => count(text, &mut characters, &mut words),
            NodeValue::Code(code) => count(&code.literal, &mut characters, &mut words),
            NodeValue::CodeBlock(block) => count(&block.literal, &mut characters, &mut words),
            _ => {}
        }
    }
    let minute = CHARACTERS_A_MINUTE * WORDS_A_MINUTE;
    let time = characters * WORDS_A_MINUTE + words * CHARACTERS_A_MINUTE;
    u32::try_from((time + minute / 2) / minute).unwrap_or(u32::MAX).max(1)
}

fn count(text: &str, characters: &mut usize, words: &mut usize) {
    let mut in_word = false;
    for c in text.chars() {
        let is_cjk = is_cjk(c);
        *characters += usize::from(is_cjk);
        let is_word = c.is_alphanumeric() && !is_cjk;
        *words += usize::from(is_word && !in_word);
        in_word = is_word || (in_word && matches!(c, '\'' | '’' | '-' | '_'));
    }
}

/// Scripts that write without spaces, one character a syllable or a word.
fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes_of(text: &str) -> u32 {
        let arena = comrak::Arena::new();
        minutes(comrak::parse_document(&arena, text, &comrak::Options::default()))
    }

    #[test]
    fn chinese_counts_by_characters_and_the_rest_by_words() {
        assert_eq!(minutes_of(""), 1);
        assert_eq!(minutes_of("word"), 1);
        assert_eq!(minutes_of(&"don't stop ".repeat(220)), 2);
        assert_eq!(minutes_of(&"学而时习之".repeat(240)), 3);
        assert_eq!(minutes_of(&format!("{} {}", "字".repeat(400), "word ".repeat(220))), 2);
        assert_eq!(minutes_of(&format!("```\n{}\n```", "let x = 1;\n".repeat(440))), 6);
    }
}

//! What is too much for one block: it is shown as it is written, and its author is told.

use std::sync::Arc;

use super::*;
use crate::aside::MOST_LATE;
use crate::cache::{Cache, MemoryCache};

#[track_caller]
fn told(text: &str) -> (String, Vec<String>) {
    let rendered = Fixture::new().render(text, Readers::Everyone);
    let told = rendered.diagnostics.iter().map(line);
    (rendered.document.public.0, told.collect())
}

#[test]
fn code_that_is_too_long_is_plain_and_told() {
    let (html, said) =
        told(&format!("Hi.\n\n```rust title=\"a\"\nlet a;\n{}\n```\n", "b ".repeat(1001)));
    assert_eq!(
        said,
        [
            "3:1+17 warning[plain-code] this code is shown without colours: its line 2 has more than \
          2000 bytes | break the line, or call the language `text`"
        ]
    );
    assert!(html.contains("<pre><code>let a;\nb b "), "{html}");
    let (_, said) = told(&format!("```rust\n{}```\n", "let a = 1;\n".repeat(20_000)));
    assert_eq!(
        said,
        ["1:1+7 warning[plain-code] this code is shown without colours: it has more than 200000 \
          bytes | show the part that matters, or call the language `text`"]
    );
}

#[test]
fn code_that_takes_too_long_is_plain_and_told_and_what_is_known_keeps_its_colours() {
    // One that waits for nothing knows only what is in the cache.
    let cache: Arc<dyn Cache> = Arc::new(MemoryCache::default());
    let known = "```rust\nlet a;\n```\n";
    let school = Fixture { highlighter: Highlighter::new(Arc::clone(&cache)), ..Fixture::new() };
    school.html(known);
    let highlighter = Highlighter::patient(cache, 0);
    let school = Fixture { highlighter, ..Fixture::new() };
    let told = |text: &str| {
        let rendered = school.render(text, Readers::Everyone);
        let told = rendered.diagnostics.iter().map(line).collect::<Vec<_>>();
        (rendered.document.public.0, told)
    };
    let slow = format!("{known}\n```scss\n{}```\n", "a { b: c }\n".repeat(10_000));
    let (html, said) = told(&slow);
    assert!(html.contains("<span class=\"hl-k\">let</span>"), "{html}");
    assert!(html.contains("<pre><code>a { b: c }\na "), "{html}");
    assert_eq!(
        said,
        ["5:1+7 warning[plain-code] this code is shown without colours: to colour it as `scss` \
          takes more than 0 seconds on this machine | break its longest lines, or call the language `text`"]
    );
    for _ in 1..MOST_LATE {
        told(&slow);
    }
    let (_, said) = told("```rust\nlet b;\n```\n");
    assert_eq!(
        said,
        [
            "1:1+7 warning[plain-code] this code is shown without colours: 8 blocks took too long to \
          colour, so it was not begun | mend those first, or call the language `text`"
        ]
    );
    school.html(known);
}

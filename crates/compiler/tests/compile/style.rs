//! The style sheets of the built-in theme serve both directions of writing: they
//! say start and end, and where a side is named there is a reason.

const SHEETS: [(&str, &str); 4] = [
    ("frame.css", include_str!("../../../../themes/lyceum/assets/frame.css")),
    ("prose.css", include_str!("../../../../themes/lyceum/assets/prose.css")),
    ("diagram.css", include_str!("../../../../themes/lyceum/assets/diagram.css")),
    ("components.css", include_str!("../../../../themes/lyceum/assets/components.css")),
];

/// What may name a side, and why.
const REASONS: [(&str, &str); 2] = [
    (".math ", "a formula is written from the left in every language"),
    ("[align=\"right\"]", "what an author wrote in HTML is looked for by its own name"),
];

/// Whether a declaration or selector means a side of the screen.
fn names_a_side(line: &str) -> bool {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words.clone().any(|word| {
        let part = |side: &str| word.split('-').any(|part| part == side);
        // Classes such as `turn-right` are names, and so are words of comments.
        (part("left") || part("right")) && !line.contains(&format!(".{word}"))
    }) || has_four_unequal_sides(line)
}

/// `padding: 1em 2em 1em 0` says left and right without naming them.
fn has_four_unequal_sides(line: &str) -> bool {
    line.split(['{', ';', '}']).any(|declaration| {
        let Some((property, value)) = declaration.split_once(':') else { return false };
        let sides: Vec<&str> = value.split_whitespace().collect();
        matches!(property.trim(), "margin" | "padding" | "inset" | "border-width")
            && sides.len() == 4
            && sides.get(1) != sides.get(3)
    })
}

#[test]
fn no_style_sheet_names_a_side_without_a_reason() {
    for (name, sheet) in SHEETS {
        let told: Vec<&str> = sheet
            .lines()
            .filter(|line| !line.trim_start().starts_with("/*") && !line.ends_with("*/"))
            .filter(|line| names_a_side(line))
            .filter(|line| REASONS.iter().all(|(part, _)| !line.contains(part)))
            .collect();
        assert!(told.is_empty(), "{name} names a side: {told:#?}");
    }
}

#[test]
fn a_side_is_found_however_it_is_said() {
    for line in [
        "a { margin-left: 1px; }",
        "a { text-align: right; }",
        "a { border-top-left-radius: 2px; }",
        "a { left: 0; }",
        "a { padding: 0 0 0 1em; }",
    ] {
        assert!(names_a_side(line), "{line}");
    }
    for line in [
        "a { margin-inline-start: 1px; }",
        ".choice-right { color: red; }",
        "a { padding: 0 1em 2em; }",
    ] {
        assert!(!names_a_side(line), "{line}");
    }
}

//! What the notes of other tools are called in Lyceum's Markdown.

use super::prose;

/// The first line of an alert; `None` for a plain quote. A kind that Lyceum has
/// no alert for keeps its name as the title.
pub(super) fn first_line(word: &str, title: Option<&str>) -> Option<String> {
    let (kind, is_its_own) = match word {
        "note" => ("NOTE", true),
        "tip" => ("TIP", true),
        "important" => ("IMPORTANT", true),
        "warning" => ("WARNING", true),
        "caution" => ("CAUTION", true),
        "hint" | "success" | "check" | "done" => ("TIP", false),
        "attention" => ("WARNING", false),
        "failure" | "fail" | "missing" | "danger" | "error" | "bug" => ("CAUTION", false),
        "quote" | "cite" => {
            let title = title.filter(|title| !title.is_empty())?;
            return Some(format!("> **{}**\n>", prose::plain(title)));
        }
        _ => ("NOTE", false),
    };
    let title = match title {
        Some("") | None if is_its_own => return Some(format!("> [!{kind}]")),
        Some("") | None => capitalised(word),
        Some(title) => prose::plain(title),
    };
    Some(format!("> [!{kind}] {title}"))
}

/// A word as it begins a title.
pub(super) fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

//! The texts of a new school, and how the blanks in them are filled.
//!
//! A filled text must build without a single diagnostic; a test of the binary
//! holds that.

use compiler::source::SourceTree;
use rand::seq::IndexedRandom;

/// The files of a new school by their place in it.
pub(crate) const SCHOOL: [(&str, &str); 8] = [
    ("site.toml", include_str!("../../../template/school/site.toml")),
    (".gitignore", include_str!("../../../template/school/gitignore")),
    ("README.md", include_str!("../../../template/school/README.md")),
    (
        "content/instructors/ada.md",
        include_str!("../../../template/school/content/instructors/ada.md"),
    ),
    ("content/pages/about.md", include_str!("../../../template/school/content/pages/about.md")),
    (
        "content/first-course/course.md",
        include_str!("../../../template/school/content/first-course/course.md"),
    ),
    (
        "content/first-course/01-welcome.md",
        include_str!("../../../template/school/content/first-course/01-welcome.md"),
    ),
    (
        "content/first-course/02-behind-the-door.md",
        include_str!("../../../template/school/content/first-course/02-behind-the-door.md"),
    ),
];

/// A new course.
pub(crate) const COURSE: &str = include_str!("../../../template/course.md");
/// A new lesson, with every key of its front matter explained.
pub(crate) const LESSON: &str = include_str!("../../../template/lesson.md");
/// A new section.
pub(crate) const SECTION: &str = include_str!("../../../template/section.md");

/// Without `i`, `l`, `o` and `u`, which are misread or make words.
const ID_DIGITS: &[u8] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Fifty bits: in a school of ten thousand lessons, two are the same once in
/// twenty million schools, and then `check` says so.
const ID_LENGTH: usize = 10;

/// A new school that is on no disk.
pub(crate) fn school_tree(title: &str) -> SourceTree {
    SourceTree::from_files(SCHOOL.map(|(path, text)| (path, fill(text, title))))
}

/// Fills the blanks of a template; each `{{id}}` becomes another id.
pub(crate) fn fill(template: &str, title: &str) -> String {
    // A JSON string is also one in YAML and in TOML.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let description = format!("What one learns in “{title}”.");
    let mut filled = template
        .replace("{{title}}", &quoted(title))
        .replace("{{plain_title}}", title)
        .replace("{{description}}", &quoted(&description));
    while filled.contains("{{id}}") {
        filled = filled.replacen("{{id}}", &new_id(), 1);
    }
    filled
}

/// A random id. It starts with a letter, so that YAML never reads a number.
fn new_id() -> String {
    let mut random = rand::rng();
    let letters = ID_DIGITS.get(10..).unwrap_or_default();
    (0..ID_LENGTH)
        .filter_map(|place| {
            let digits = if place == 0 { letters } else { ID_DIGITS };
            digits.choose(&mut random).copied().map(char::from)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use contracts::id::LessonId;

    use super::*;

    #[test]
    fn an_id_is_ten_digits_that_a_lesson_may_have() {
        let id = new_id();
        assert_eq!(id.len(), 10);
        assert!(id.starts_with(|c: char| c.is_ascii_alphabetic()), "{id}");
        assert!(LessonId::parse(&id).is_ok(), "{id}");
        assert_ne!(id, new_id());
    }

    #[test]
    fn a_title_can_not_break_out_of_its_quotes() {
        let filled = fill("title: {{title}}\n", "a\": x\n# \\");
        assert_eq!(filled, "title: \"a\\\": x\\n# \\\\\"\n");
    }
}

//! `lyceum translations`: missing, unrecorded, fresh and stale ones.

use crate::harness::School;

const ORIGINAL: &str = "content/rust/01-hello.md";
const TRANSLATION: &str = "content/rust/01-hello.zh.md";

fn school() -> School {
    let school = School::empty();
    school.write(
        "site.toml",
        "title = \"S\"\nbase_url = \"https://s.test/\"\nlanguages = [\"en\", \"zh\"]\n",
    );
    school.write("content/rust/course.md", "---\ntitle: Rust\ndescription: All.\n---\n");
    school.write(ORIGINAL, "---\nid: hello\ntitle: Hello\n---\nOne.\n\nTwo.\n");
    school.write(TRANSLATION, "---\ntitle: 你好\n---\n一。\n\n二。\n");
    school
}

#[test]
fn a_translation_is_unrecorded_then_fresh_then_stale_and_a_rename_changes_nothing() {
    let school = school();
    let run = school.run(&["translations"]);
    assert_eq!(
        run.stdout,
        "rust   zh  missing     content/rust/course.md\n\
         hello  zh  unrecorded  content/rust/01-hello.zh.md\n\
         2 translations, 0 fresh, 0 stale, 1 missing, 1 unrecorded\n"
    );
    let run = school.run(&["translations", "--accept", TRANSLATION]);
    assert!(run.stdout.contains("hello  zh  fresh    content/rust/01-hello.zh.md\n"), "{run:?}");

    school.edit(ORIGINAL, "Two.", "Two and a half.\n\nThree.");
    let run = school.run(&["translations"]);
    assert!(run.stdout.contains("stale (2 paragraphs)"), "{run:?}");
    let told = school.run(&["check"]).stderr;
    assert!(told.contains("warning[stale-translation]"), "{told}");
    assert!(
        told.contains(
            "`content/rust/01-hello.md` has changed since: what begins at lines 7, 9 is new"
        ),
        "{told}"
    );

    for path in [ORIGINAL, TRANSLATION] {
        let to = path.replace("01-hello", "03-greeting");
        std::fs::rename(school.path(path), school.path(&to)).unwrap();
    }
    let run = school.run(&["translations", "--accept"]);
    assert!(run.stdout.contains("hello  zh  fresh    content/rust/03-greeting.zh.md\n"), "{run:?}");
}

#[test]
fn what_is_no_translation_is_refused_and_a_spoilt_record_is_told_with_its_line() {
    let school = school();
    let run = school.run(&["translations", "--accept", ORIGINAL]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("there is no translation at `content/rust/01-hello.md`"),
        "{run:?}"
    );
    school.write("content/translations.toml", "[lesson]\nhello = 3\n");
    let run = school.run(&["translations"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("content/translations.toml:2:9"), "{run:?}");
}

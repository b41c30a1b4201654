//! What an author is told about each mistake, word by word.
//!
//! One door: [`check`] takes the files that differ from a sound school and the
//! diagnostics as they would stand on a terminal.

use std::collections::BTreeMap;

use compiler::compile;
use compiler::diagnostic::Diagnostic;
use compiler::parse::{Options, parse};
use compiler::source::SourceTree;

use crate::told::shown;

const SITE: &str =
    "title = \"School\"\nbase_url = \"https://school.test/\"\nlanguages = [\"en\", \"zh\"]\n";
const COURSE: &str = "---\ntitle: Rust\ndescription: All of it.\n---\n";
const LESSON: &str = "---\nid: hello\ntitle: Hello\n---\nHi.\n";

/// Lays `files` over a school without mistakes and compares what is told.
#[track_caller]
fn check(files: &[(&str, &str)], expect: &str) {
    let sound = [
        ("site.toml", SITE),
        ("content/rust/course.md", COURSE),
        ("content/rust/01-hello.md", LESSON),
    ];
    let mut all: BTreeMap<&str, &str> = BTreeMap::from(sound);
    all.extend(files.iter().copied());
    let parsed = parse(&SourceTree::from_files(all), &Options::default());
    let told: String = parsed.diagnostics.iter().map(shown).collect();
    assert_eq!(told.trim_end(), expect.trim(), "\n\ntold:\n{told}");
}

const LESSON_PATH: &str = "content/rust/01-hello.md";
const COURSE_PATH: &str = "content/rust/course.md";

#[test]
fn a_sound_school_is_told_nothing() {
    check(&[], "");
}

#[test]
fn an_unknown_key_is_told_with_the_key_that_was_meant() {
    check(
        &[(LESSON_PATH, "---\nid: hello\ntitle: Hello\nacess: paid\n---\n")],
        r#"
content/rust/01-hello.md:4:1+5 error[unknown-key]: unknown key `acess`
  | acess: paid
  hint: did you mean `access`?
"#,
    );
}

#[test]
fn an_unknown_key_without_a_neighbour_lists_what_is_known() {
    check(
        &[(LESSON_PATH, "---\nid: hello\ntitle: Hello\nquantum: 1\n---\n")],
        r#"
content/rust/01-hello.md:4:1+7 error[unknown-key]: unknown key `quantum`
  | quantum: 1
  hint: known keys are `id`, `title`, `summary`, `access`, `requires`, `objectives`, `concepts`, `duration`, `tags`, `authors`, `video`, `draft`, `publish_at`, `expires_at`, `slug`, `aliases`
"#,
    );
}

#[test]
fn a_wrong_value_is_told_with_the_values_that_fit() {
    check(
        &[
            (LESSON_PATH, "---\nid: hello\ntitle: Hello\naccess: piad\n---\n"),
            (COURSE_PATH, "---\ntitle: Rust\ndescription: x\nlevel: 3\n---\n"),
        ],
        r#"
content/rust/01-hello.md:4:9+4 error[wrong-value]: `access` must be `free` or `paid`, not `piad`
  | access: piad
  hint: did you mean `paid`?
content/rust/course.md:4:8+1 error[wrong-value]: `level` must be `beginner` or `intermediate` or `advanced`, not `3`
  | level: 3
"#,
    );
}

#[test]
fn all_mistakes_of_a_file_are_told_at_once() {
    check(
        &[(
            LESSON_PATH,
            "---\nid: Hello World\ntitle: [a]\nsummary:\ndraft: yes\nslug: a/b\nvideo: {}\n---\n",
        )],
        r#"
content/rust/01-hello.md:2:5+11 error[wrong-value]: `id` must not contain 'H'
  | id: Hello World
  hint: write one such as `id: hello-world`
content/rust/01-hello.md:3:8+1 error[wrong-value]: `title` must be a text, not a list
  | title: [a]
content/rust/01-hello.md:4:8+1 error[wrong-value]: `summary` is empty
  | summary:
content/rust/01-hello.md:5:8+3 error[wrong-value]: `draft` must be `true` or `false`, not a text
  | draft: yes
content/rust/01-hello.md:6:7+3 error[wrong-value]: `slug` must not contain '/'
  | slug: a/b
content/rust/01-hello.md:7:8+1 error[wrong-value]: `video` must be a text, not a map
  | video: {}
"#,
    );
}

#[test]
fn a_key_given_twice_is_told() {
    check(
        &[(LESSON_PATH, "---\nid: hello\ntitle: Hello\ntitle: Again\n---\n")],
        r#"
content/rust/01-hello.md:4:1+5 error[duplicate-key]: `title` is given twice
  | title: Again
  hint: remove one of them
"#,
    );
}

#[test]
fn a_missing_title_and_id_are_told_with_an_id_to_copy() {
    check(
        &[("content/rust/02-next/01-first steps.md", "---\nsummary: x\n---\n")],
        r#"
content/rust/02-next/01-first steps.md:1:1+3 error[missing-key]: `id` is missing
  | ---
  hint: add `id: rust-first-steps`
content/rust/02-next/01-first steps.md:1:1+3 error[missing-key]: `title` is missing
  | ---
  hint: add `title: …` to the front matter
"#,
    );
}

#[test]
fn a_lesson_without_front_matter_is_told() {
    check(
        &[(LESSON_PATH, "# Hello\n")],
        r#"
content/rust/01-hello.md:1:1+1 error[missing-key]: `id` is missing
  | # Hello
  hint: add `id: rust-hello`
content/rust/01-hello.md:1:1+1 error[missing-key]: `title` is missing
  | # Hello
  hint: add `title: …` to the front matter
"#,
    );
}

#[test]
fn front_matter_without_an_end_is_told() {
    check(
        &[(LESSON_PATH, "---\nid: hello\ntitle: Hello\n\nText\n")],
        r#"
content/rust/01-hello.md:1:1+3 error[unterminated-front-matter]: the front matter has no end
  | ---
  hint: close it by a line of `---`, within 64 KiB
"#,
    );
}

#[test]
fn front_matter_in_toml_is_told() {
    check(
        &[(LESSON_PATH, "+++\ntitle = \"Hello\"\n+++\n")],
        r#"
content/rust/01-hello.md:1:1+3 error[bad-front-matter]: front matter is written in YAML, between lines of `---`
  | +++
  hint: replace `+++` by `---` and `key = "value"` by `key: value`
"#,
    );
}

#[test]
fn front_matter_that_is_no_map_is_told() {
    check(
        &[(LESSON_PATH, "---\njust text\n---\n")],
        r#"
content/rust/01-hello.md:2:1+9 error[bad-front-matter]: front matter must be keys and values such as `title: Hello`
  | just text
"#,
    );
}

#[test]
fn yaml_that_can_not_be_read_is_told_where_it_breaks() {
    check(
        &[(LESSON_PATH, "---\nid: hello\ntitle: Hello: World\n---\n")],
        r#"
content/rust/01-hello.md:3:13+1 error[bad-front-matter]: front matter is not valid YAML: mapping values are not allowed in this context
  | title: Hello: World
  hint: quote a text that holds `: ` or ` #` or starts with a sign; indent by spaces
"#,
    );
}

#[test]
fn a_price_with_too_many_places_is_to_be_rounded() {
    let course = "---\ntitle: Rust\ndescription: All.\nprices: { USD: \"29.005\" }\n---\n";
    check(
        &[("content/rust/course.md", course)],
        r#"
content/rust/course.md:4:16+8 error[bad-price]: USD has 2 decimal places, `29.005` has 3
  | prices: { USD: "29.005" }
  hint: round it to 2 places, such as `USD: "29.00"`
"#,
    );
}

#[test]
fn yaml_with_a_tab_is_told() {
    check(
        &[(LESSON_PATH, "---\nid: hello\n\ttitle: Hello\n---\n")],
        r#"
content/rust/01-hello.md:3:1+1 error[bad-front-matter]: front matter is not valid YAML: while scanning a plain scalar, found a tab
  | 	title: Hello
  hint: replace the tab by spaces
"#,
    );
}

#[test]
fn a_price_must_be_a_decimal_text() {
    check(
        &[(
            COURSE_PATH,
            "---\ntitle: Rust\ndescription: x\naccess: paid\nprices: { USD: 29.9, CNY: \"199,00\", JPY: \"9.99\", EUR: \"0\", rmb: \"1\", GBP: [1] }\n---\n",
        )],
        r#"
content/rust/course.md:5:16+4 error[bad-price]: the price `29.9` is not a text
  | prices: { USD: 29.9, CNY: "199,00", JPY: "9.99", EUR: "0", rmb: "1", GBP: [1] }
  hint: quote it: `USD: "29.9"`
content/rust/course.md:5:27+8 error[bad-price]: `199,00` is not an amount such as `199.00`
  | prices: { USD: 29.9, CNY: "199,00", JPY: "9.99", EUR: "0", rmb: "1", GBP: [1] }
  hint: write digits only, such as `CNY: "29"`
content/rust/course.md:5:42+6 error[bad-price]: JPY has 0 decimal places, `9.99` has 2
  | prices: { USD: 29.9, CNY: "199,00", JPY: "9.99", EUR: "0", rmb: "1", GBP: [1] }
  hint: write a whole amount, such as `JPY: "29"`
content/rust/course.md:5:55+3 error[bad-price]: a price must be more than zero
  | prices: { USD: 29.9, CNY: "199,00", JPY: "9.99", EUR: "0", rmb: "1", GBP: [1] }
  hint: a gift is `access: free`
content/rust/course.md:5:60+3 error[bad-price]: `rmb` is not an ISO 4217 currency code such as `CNY` or `USD`
  | prices: { USD: 29.9, CNY: "199,00", JPY: "9.99", EUR: "0", rmb: "1", GBP: [1] }
  hint: write the currency in capitals, such as `CNY` or `USD`
content/rust/course.md:5:75+1 error[wrong-value]: `GBP` must be a price such as `"29.00"`, not a list
  | prices: { USD: 29.9, CNY: "199,00", JPY: "9.99", EUR: "0", rmb: "1", GBP: [1] }
"#,
    );
}

#[test]
fn prices_must_be_a_map() {
    check(
        &[(
            COURSE_PATH,
            "---\ntitle: Rust\ndescription: x\naccess: paid\nprices: 29.00 USD\n---\n",
        )],
        r#"
content/rust/course.md:5:9+9 error[wrong-value]: `prices` must be a map such as `{ USD: "29.00" }`, not a text
  | prices: 29.00 USD
"#,
    );
}

#[test]
fn a_paid_course_without_a_price_and_a_price_without_a_paid_lesson_are_worth_a_warning() {
    check(
        &[
            (COURSE_PATH, "---\ntitle: Rust\ndescription: x\naccess: paid\n---\n"),
            (
                "content/go/course.md",
                "---\ntitle: Go\ndescription: x\nprices: { USD: \"29\" }\n---\n",
            ),
            ("content/go/a.md", "---\nid: go-a\ntitle: A\n---\n"),
        ],
        r#"
content/go/course.md:4:9+1 warning[unused-price]: the course has a price and no paid lesson
  | prices: { USD: "29" }
  hint: add `access: paid` to the course or to the lessons that are sold
content/rust/course.md:4:9+4 warning[no-price]: the course has paid lessons and no price
  | access: paid
  hint: add `prices: { USD: "29" }`; until then it can only be granted by hand
"#,
    );
}

#[test]
fn a_missing_price_is_asked_for_in_the_currency_of_the_school() {
    let site = format!("{SITE}currency = \"CNY\"\n");
    check(
        &[
            ("site.toml", &site),
            (COURSE_PATH, "---\ntitle: Rust\ndescription: x\naccess: paid\n---\n"),
        ],
        r#"
content/rust/course.md:4:9+4 warning[no-price]: the course has paid lessons and no price
  | access: paid
  hint: add `prices: { CNY: "29" }`; until then it can only be granted by hand
"#,
    );
}

#[test]
fn a_course_without_a_description_is_worth_a_warning() {
    check(
        &[(COURSE_PATH, "---\ntitle: Rust\n---\n")],
        r#"
content/rust/course.md:1:1+3 warning[no-description]: the course has no `description`
  | ---
  hint: add one or two sentences; search engines and the list of courses show them
"#,
    );
}

#[test]
fn an_unknown_instructor_is_told() {
    check(
        &[
            (COURSE_PATH, "---\ntitle: Rust\ndescription: x\ninstructors: [adda, zoe]\n---\n"),
            ("content/instructors/ada.md", "---\nname: Ada\n---\n"),
        ],
        r#"
content/rust/course.md:4:15+4 error[unknown-instructor]: there is no instructor `adda`
  | instructors: [adda, zoe]
  hint: did you mean `ada`?
content/rust/course.md:4:21+3 error[unknown-instructor]: there is no instructor `zoe`
  | instructors: [adda, zoe]
  hint: add `content/instructors/zoe.md`
"#,
    );
}

#[test]
fn an_instructor_without_a_name_is_told() {
    check(
        &[("content/instructors/ada.md", "---\nheadline: x\navatar: ada.png\n---\n")],
        r#"
content/instructors/ada.md:1:1+3 error[missing-key]: `name` is missing
  | ---
  hint: add `name: …` to the front matter
content/instructors/ada.md:3:9+7 error[missing-asset]: there is no file `content/instructors/ada.png`
  | avatar: ada.png
  hint: check the name, capitals included, or add the file
"#,
    );
}

#[test]
fn missing_files_are_told() {
    check(
        &[
            (COURSE_PATH, "---\ntitle: Rust\ndescription: x\ncover: cover.png\n---\n"),
            ("content/rust/Cover.png", ""),
            (LESSON_PATH, "---\nid: hello\ntitle: Hello\nvideo: intro.mov\n---\n"),
            ("content/rust/02-b.md", "---\nid: b\ntitle: B\nvideo: ../../../etc/passwd\n---\n"),
            ("content/rust/03-c.md", "---\nid: c\ntitle: C\nvideo: https://tube.test/1.mp4\n---\n"),
            ("content/rust/04-d.md", "---\nid: d\ntitle: D\nvideo: gone.mp4\n---\n"),
        ],
        r#"
content/rust/01-hello.md:4:8+9 error[wrong-file]: `intro.mov` is not a video
  | video: intro.mov
  hint: use one of .mp4, .m4v, .webm
content/rust/02-b.md:4:8+19 error[missing-asset]: `../../../etc/passwd` leads out of `content/`
  | video: ../../../etc/passwd
  hint: put the file beside this page and write its name
content/rust/03-c.md:4:8+23 error[missing-asset]: `https://tube.test/1.mp4` is not a file
  | video: https://tube.test/1.mp4
  hint: put the file beside this page and write its name
content/rust/04-d.md:4:8+8 error[missing-asset]: there is no file `content/rust/gone.mp4`
  | video: gone.mp4
  hint: check the name, capitals included, or add the file
content/rust/course.md:4:8+9 error[missing-asset]: there is no file `content/rust/cover.png`
  | cover: cover.png
  hint: did you mean `Cover.png`?
"#,
    );
}

#[test]
fn a_date_needs_a_time_zone() {
    check(
        &[
            (LESSON_PATH, "---\nid: hello\ntitle: Hello\npublish_at: 2026-12-01T09:00:00\n---\n"),
            ("content/rust/02-b.md", "---\nid: b\ntitle: B\npublish_at: tomorrow\n---\n"),
            ("content/rust/03-c.md", "---\nid: c\ntitle: C\npublish_at: 2026-12-01\n---\n"),
        ],
        r#"
content/rust/01-hello.md:4:13+19 error[bad-date]: `publish_at` has no time zone: `2026-12-01T09:00:00`
  | publish_at: 2026-12-01T09:00:00
  hint: write `2026-12-01T09:00:00+08:00`, or `2026-12-01T09:00:00Z` for UTC
content/rust/02-b.md:4:13+8 error[bad-date]: `publish_at` is not a date and time: `tomorrow`
  | publish_at: tomorrow
  hint: write one such as `2026-12-01T09:00:00+08:00`
content/rust/03-c.md:4:13+10 error[bad-date]: `publish_at` has no time zone: `2026-12-01`
  | publish_at: 2026-12-01
  hint: write `2026-12-01T00:00:00+08:00`, or `2026-12-01T00:00:00Z` for UTC
"#,
    );
}

#[test]
fn an_id_used_twice_is_told() {
    check(
        &[
            ("content/rust/02-b.md", "---\nid: hello\ntitle: B\n---\n"),
            ("content/go/course.md", "---\ntitle: Go\ndescription: x\nid: rust\n---\n"),
            ("content/go/a.md", "---\nid: go-a\ntitle: A\n---\n"),
        ],
        r#"
content/rust/02-b.md:2:5+5 error[duplicate-id]: the lesson id `hello` is already used by `content/rust/01-hello.md`
  | id: hello
  hint: an id is never used twice: write `id: rust-b`
content/rust/course.md:1:1+3 error[duplicate-id]: the course id `rust` is already used by `content/go/course.md`
  | ---
  hint: give one of them another `id:`
"#,
    );
}

#[test]
fn two_things_at_one_address_are_told() {
    check(
        &[
            ("content/rust/02-hello.md", "---\nid: b\ntitle: B\n---\n"),
            ("content/rust/03-x/01-hi.md", "---\nid: c\ntitle: C\nslug: hello\n---\n"),
            ("content/02-rust/course.md", "---\nid: other\ntitle: Go\ndescription: x\n---\n"),
            ("content/02-rust/a.md", "---\nid: go-a\ntitle: A\n---\n"),
        ],
        r#"
content/rust/02-hello.md:1:1+3 error[colliding-url]: the address `/courses/rust/hello/` is already taken by `content/rust/01-hello.md`
  | ---
  hint: give one of them another `slug:`
content/rust/03-x/01-hi.md:4:7+5 error[colliding-url]: the address `/courses/rust/hello/` is already taken by `content/rust/02-hello.md`
  | slug: hello
  hint: give one of them another `slug:`
content/rust/course.md:1:1+3 error[colliding-url]: the address `/courses/rust/` is already taken by `content/02-rust/course.md`
  | ---
  hint: give one of them another `slug:`
"#,
    );
}

#[test]
fn a_page_can_not_take_an_address_of_the_site() {
    check(
        &[
            ("content/pages/courses.md", "---\ntitle: X\n---\n"),
            ("content/pages/objects.md", "---\ntitle: X\n---\n"),
            ("content/pages/about.md", "---\ntitle: X\nslug: zh\n---\n"),
            ("content/pages/a.md", "---\ntitle: X\n---\n"),
            ("content/pages/01-a.md", "---\ntitle: X\n---\n"),
        ],
        r#"
content/pages/a.md:1:1+3 error[colliding-url]: the address `/a/` is already taken by `content/pages/01-a.md`
  | ---
  hint: give one of them another `slug:`
content/pages/about.md:3:7+2 error[colliding-url]: the address `/zh/` is taken by the pages in that language
  | slug: zh
  hint: give the page another `slug:`
content/pages/courses.md:1:1+3 error[colliding-url]: the address `/courses/` is taken by Lyceum itself
  | ---
  hint: give the page another `slug:`
content/pages/objects.md:1:1+3 error[colliding-url]: the address `/objects/` is taken by Lyceum itself
  | ---
  hint: give the page another `slug:`
"#,
    );
}

#[test]
fn a_category_is_spelled_in_one_way() {
    check(
        &[
            (COURSE_PATH, "---\ntitle: Rust\ndescription: x\ncategory: Programming\n---\n"),
            (
                "content/go/course.md",
                "---\ntitle: Go\ndescription: x\ncategory: programming\n---\n",
            ),
            ("content/go/a.md", "---\nid: go-a\ntitle: A\n---\n"),
        ],
        r#"
content/rust/course.md:4:11+11 error[colliding-url]: the category `Programming` has the address of `programming` in `content/go/course.md`
  | category: Programming
  hint: write `category: programming`
"#,
    );
}

#[test]
fn a_folder_that_is_no_course_is_told() {
    check(
        &[("content/images/a.png", "")],
        r#"
content/images/course.md error[no-course]: the folder `content/images` has no `course.md`
  hint: each folder of `content/` is a course, but for `instructors`, `pages` and `paths`
"#,
    );
}

#[test]
fn files_that_nobody_reads_are_told() {
    check(
        &[
            ("content/notes.md", "x"),
            ("content/todo.txt", "x"),
            ("content/rust/02-s/01-a/lesson.md", "---\nid: a\ntitle: A\n---\n"),
            ("content/rust/02-s/01-a/extra.md", "x"),
            ("content/rust/lesson.md", "x"),
            ("content/rust/files/data.csv", "1"),
        ],
        r#"
content/notes.md error[stray-lesson]: `content/notes.md` is read by nobody
  hint: a lesson is `content/<course>/<lesson>.md`, in a section `content/<course>/<section>/<lesson>.md`, or `…/<lesson>/lesson.md`
content/rust/02-s/01-a/extra.md error[stray-lesson]: `content/rust/02-s/01-a/extra.md` is read by nobody
  hint: a lesson is `content/<course>/<lesson>.md`, in a section `content/<course>/<section>/<lesson>.md`, or `…/<lesson>/lesson.md`
content/rust/lesson.md error[stray-lesson]: `content/rust/lesson.md` is read by nobody
  hint: a lesson is `content/<course>/<lesson>.md`, in a section `content/<course>/<section>/<lesson>.md`, or `…/<lesson>/lesson.md`
content/todo.txt warning[stray-file]: `content/todo.txt` is read by nobody
  hint: put it into the folder of the course that uses it, or remove it
"#,
    );
}

#[test]
fn a_translation_says_shared_keys_as_its_original() {
    check(
        &[
            (
                "content/rust/01-hello.zh.md",
                "---\nid: hello\ntitle: 你好\naccess: paid\npublish_at: 2026-12-01T09:00:00Z\n---\n",
            ),
            ("content/rust/course.zh.md", "---\ntitle: R\nprices: { USD: \"1\" }\n---\n"),
        ],
        r#"
content/rust/01-hello.zh.md:4:1+6 error[translation-differs]: `access` is not what `01-hello.md` says
  | access: paid
  hint: `access` holds for every language: remove it here
content/rust/01-hello.zh.md:5:1+10 error[translation-differs]: `publish_at` is not what `01-hello.md` says
  | publish_at: 2026-12-01T09:00:00Z
  hint: `publish_at` holds for every language: remove it here
content/rust/course.zh.md:3:1+6 error[translation-differs]: `prices` is not what `course.md` says
  | prices: { USD: "1" }
  hint: `prices` holds for every language: remove it here
"#,
    );
}

#[test]
fn a_translation_with_another_price_is_told() {
    let course =
        "---\ntitle: Rust\ndescription: All.\naccess: paid\nprices: { USD: \"29.00\" }\n---\n";
    let lesson = "---\nid: hello\ntitle: Hello\n---\nHi.\n";
    let translated = |prices: &str| format!("---\ntitle: 锈\nprices: {prices}\n---\n");
    for (prices, place) in [
        ("{ USD: \"9.00\" }", "3:1+6"),
        ("{ USD: \"29.00\", CNY: \"199\" }", "3:1+6"),
        ("{ CNY: \"199\" }", "3:1+6"),
    ] {
        check(
            &[
                ("content/rust/course.md", course),
                ("content/rust/01-hello.md", lesson),
                ("content/rust/course.zh.md", &translated(prices)),
            ],
            &format!(
                "\ncontent/rust/course.zh.md:{place} error[translation-differs]: `prices` is not what \
                 `course.md` says\n  | prices: {prices}\n  hint: `prices` holds for every language: \
                 remove it here\n"
            ),
        );
    }
}

#[test]
fn a_translation_of_an_older_text_and_one_that_nobody_accepted_are_told() {
    let lesson = |id: &str| format!("---\nid: {id}\ntitle: T\n---\nOne.\n\nTwo.\n");
    let translation = "---\ntitle: T\n---\n一。\n";
    check(
        &[
            ("content/rust/02-b.md", &lesson("b")),
            ("content/rust/02-b.zh.md", translation),
            ("content/rust/03-c.md", &lesson("c")),
            ("content/rust/03-c.zh.md", translation),
            ("content/translations.toml", "[lesson.b]\nzh = [\"0\", \"1\", \"2\", \"3\", \"4\"]\n"),
        ],
        r#"
content/rust/02-b.zh.md warning[stale-translation]: `content/rust/02-b.md` has changed since: what begins at lines 1, 5, 7 is new; 2 paragraphs are gone
  hint: translate that too, then type `lyceum translations --accept content/rust/02-b.zh.md`
content/rust/03-c.zh.md warning[stale-translation]: nobody has said which text of `content/rust/03-c.md` this translates
  hint: compare them, then type `lyceum translations --accept content/rust/03-c.zh.md`
"#,
    );
}

#[test]
fn a_translation_without_an_original_is_told() {
    check(
        &[("content/rust/02-b.zh.md", "---\ntitle: B\n---\n")],
        r#"
content/rust/02-b.zh.md error[no-original]: `content/rust/02-b.zh.md` has no original beside it
  hint: add `02-b.md`, the page in `en`
"#,
    );
}

#[test]
fn a_language_that_the_school_does_not_have_is_told() {
    check(
        &[
            ("content/rust/01-hello.fr.md", "---\ntitle: B\n---\n"),
            ("content/rust/02-node.js.md", "---\nid: node\ntitle: Node\n---\n"),
            (COURSE_PATH, "---\ntitle: Rust\ndescription: x\nlanguage: de\n---\n"),
        ],
        r#"
content/rust/01-hello.fr.md error[unknown-language]: `fr` is not a language of the school
  hint: write `languages = ["en", "zh", "fr"]` in `site.toml`
content/rust/course.md:4:11+2 error[unknown-language]: `de` is not a language of the school
  | language: de
  hint: `languages` in `site.toml` has `en`, `zh`
"#,
    );
}

#[test]
fn two_files_in_one_language_are_told() {
    check(
        &[("content/rust/01-hello.en.md", "---\ntitle: B\n---\n")],
        r#"
content/rust/01-hello.en.md error[duplicate-page]: `content/rust/01-hello.en.md` and `01-hello.md` are both in `en`
  hint: files without a language are in `en`: keep one of them
"#,
    );
}

#[test]
fn a_name_without_letters_needs_a_slug() {
    check(
        &[
            ("content/rust/02-!!.md", "---\nid: b\ntitle: B\n---\n"),
            (COURSE_PATH, "---\ntitle: Rust\ndescription: x\ntags: [\"++\"]\n---\n"),
        ],
        r#"
content/rust/02-!!.md:1:1+3 error[no-slug]: the name `02-!!` gives no address: it is empty
  | ---
  hint: add `slug: …` to the front matter
content/rust/course.md:4:8+4 error[no-slug]: `++` gives no address: it is empty
  | tags: ["++"]
"#,
    );
}

#[test]
fn the_text_of_a_section_is_shown_nowhere() {
    check(
        &[
            ("content/rust/02-s/section.md", "---\ntitle: S\n---\nText\n"),
            ("content/rust/02-s/01-a.md", "---\nid: a\ntitle: A\n---\n"),
        ],
        r#"
content/rust/02-s/section.md:4:1+1 warning[unused-text]: the text of `section.md` is shown nowhere
  | Text
  hint: move it into `summary:` or into a lesson
"#,
    );
}

#[test]
fn a_file_that_is_no_text_is_told() {
    check(
        &[(LESSON_PATH, "---\nid: hello\ntitle: He\0llo\n---\n")],
        r#"
content/rust/01-hello.md error[nul-character]: line 3 holds a NUL character
  hint: remove it, or check that the file is a text at all
"#,
    );
}

#[test]
fn mistakes_in_site_toml_are_told_at_once() {
    check(
        &[(
            "site.toml",
            "titel = \"x\"\nbase_url = \"school.test\"\nlanguages = [\"en\", \"EN\", \"en\"]\ntheme = \"lycium\"\ncurrency = \"RMB\"\n[language.fr]\ntitle = \"x\"\n[language.en]\ntitle = \"x\"\n[[navigation]]\ntitle = \"A\"\nurl = \"javascript:alert(1)\"\n[[navigation]]\ntitle = { en = 1, fr = \"x\" }\n[build]\nprecompress = \"yes\"\n[publish]\npublic = \"s3://bucket\"\nprivate = \"s3://bucket/private\"\nendpoint = \"minio\"\n",
        )],
        r#"
site.toml:1:1+1 error[missing-key]: `title` is missing
  | titel = "x"
  hint: add `title = "…"` to `site.toml`
site.toml:1:1+5 error[unknown-key]: unknown key `titel`
  | titel = "x"
  hint: did you mean `title`?
site.toml:2:12+13 error[wrong-value]: `base_url` is not a full URL
  | base_url = "school.test"
  hint: write one such as `https://school.example/`
site.toml:3:20+4 error[wrong-value]: `EN` is not a language tag
  | languages = ["en", "EN", "en"]
  hint: write tags such as `en`, `zh` or `zh-Hant`
site.toml:3:26+4 error[duplicate-key]: `en` is listed twice
  | languages = ["en", "EN", "en"]
  hint: remove one of them
site.toml:4:9+8 error[unknown-theme]: there is no theme `lycium`: `themes/lycium/theme.toml` is missing
  | theme = "lycium"
  hint: did you mean `lyceum`?
site.toml:5:12+5 error[wrong-value]: `currency` is not an ISO 4217 code such as `CNY` or `USD`
  | currency = "RMB"
site.toml:6:11+2 error[unknown-language]: `fr` is not one of `languages`
  | [language.fr]
  hint: the school's languages are `en`
site.toml:8:11+2 error[wrong-value]: `en` is the default language
  | [language.en]
  hint: its `title` and `description` stand at the top of `site.toml`
site.toml:12:7+21 error[wrong-value]: `url` is no link: `javascript:alert(1)`
  | url = "javascript:alert(1)"
  hint: write a path of the site such as `/about/`, or a full URL
site.toml:13:1+14 error[missing-key]: `url` is missing
  | [[navigation]]
  hint: add `url = "/about/"`
site.toml:14:19+2 error[unknown-language]: `fr` is not one of `languages`
  | title = { en = 1, fr = "x" }
  hint: the school's languages are `en`
site.toml:16:15+5 error[wrong-value]: `precompress` must be `true` or `false`, not a text
  | precompress = "yes"
site.toml:19:11+21 error[private-is-public]: `private` lies in the public place
  | private = "s3://bucket/private"
  hint: give paid content a bucket or folder of its own
site.toml:20:12+7 error[wrong-value]: `endpoint` must be a full URL such as `https://s3.example`
  | endpoint = "minio"
"#,
    );
}

#[test]
fn site_toml_needs_title_and_address() {
    check(
        &[("site.toml", "languages = []\n")],
        r#"
site.toml:1:1+1 error[missing-key]: `base_url` is missing
  | languages = []
  hint: add `base_url = "https://school.example/"`, the address of the public site
site.toml:1:1+1 error[missing-key]: `title` is missing
  | languages = []
  hint: add `title = "…"` to `site.toml`
"#,
    );
}

#[test]
fn site_toml_that_can_not_be_read_is_told_where_it_breaks() {
    check(
        &[("site.toml", "title = \"x\nbase_url = 1\n")],
        r#"
site.toml:1:11+1 error[bad-toml]: the file is not valid TOML: invalid basic string, expected `"`
  | title = "x
"#,
    );
}

#[test]
fn one_bucket_alone_is_told() {
    check(
        &[(
            "site.toml",
            "title = \"S\"\nbase_url = \"https://u:p@s.test/\"\n[publish]\npublic = \"s3://a\"\n",
        )],
        r#"
site.toml:2:12+21 error[wrong-value]: `base_url` must not hold a name or a password
  | base_url = "https://u:p@s.test/"
  hint: write one such as `https://school.example/`
site.toml:4:10+8 error[missing-key]: `private` is missing
  | public = "s3://a"
  hint: add `private = "…"`, where paid content goes
"#,
    );
}

#[test]
fn a_bucket_must_be_a_known_url() {
    check(
        &[(
            "site.toml",
            "title = \"S\"\nbase_url = \"https://s.test/?a=1\"\nbuild = 1\nnavigation = \"x\"\n[publish]\nprivate = \"https://a\"\n",
        )],
        r#"
site.toml:2:12+21 error[wrong-value]: `base_url` must not have a query or a fragment
  | base_url = "https://s.test/?a=1"
  hint: write one such as `https://school.example/`
site.toml:3:9+1 error[wrong-value]: `build` must be a table
  | build = 1
  hint: write `[build]` on a line of its own
site.toml:4:14+3 error[wrong-value]: `navigation` must be a list of tables
  | navigation = "x"
  hint: write `[[navigation]]`
site.toml:6:11+11 error[wrong-value]: `private` must be `s3://bucket/prefix` or `file:///folder`
  | private = "https://a"
"#,
    );
}

#[test]
fn a_misspelt_code_in_check_is_told_and_what_must_stay_an_error_stays_one() {
    let site = "[check]\ndeny = [\"mising-alt\", \"quantum\"]\nallow = [\"unknown-key\", \"no-price\"]\nwarn = [\"no-price\"]\nforbid = []\n";
    check(
        &[("site.toml", &format!("{SITE}{site}"))],
        r#"
site.toml:5:9+12 error[unknown-code]: there is no diagnostic `mising-alt`
  | deny = ["mising-alt", "quantum"]
  hint: did you mean `missing-alt`?
site.toml:5:23+9 error[unknown-code]: there is no diagnostic `quantum`
  | deny = ["mising-alt", "quantum"]
  hint: `lyceum explain` lists all codes
site.toml:6:10+13 error[wrong-value]: `unknown-key` is always an error
  | allow = ["unknown-key", "no-price"]
  hint: only what leaves the rest of the site sound can be lowered
site.toml:6:25+10 error[duplicate-key]: `no-price` is given twice
  | allow = ["unknown-key", "no-price"]
  hint: remove one of them
site.toml:8:1+6 error[unknown-key]: unknown key `forbid`
  | forbid = []
  hint: known keys are `deny`, `warn`, `allow`, `external`
"#,
    );
}

#[test]
fn a_template_that_fails_is_told_once_with_the_content_that_it_was_to_show() {
    let theme = "color_light = \"#fff\"\ncolor_dark = \"#000\"\n";
    let site = format!("{SITE}theme = \"mine\"\n[build]\nprecompress = false\n");
    let files = [
        ("site.toml", site.as_str()),
        ("themes/mine/theme.toml", theme),
        ("themes/mine/templates/page.html", "<h1>\n{{ page.quantum | upper }}</h1>\n"),
        ("content/pages/about.md", "---\ntitle: About\n---\nHi.\n"),
        ("content/pages/terms.md", "---\ntitle: Terms\n---\nHi.\n"),
        ("content/rust/course.md", COURSE),
        (LESSON_PATH, LESSON),
    ];
    let compiled = compile(&SourceTree::from_files(files), &Options::default());
    let told: Vec<&Diagnostic> = compiled.diagnostics.iter().collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0].path.as_str(), "themes/mine/templates/page.html");
    assert_eq!(told[0].span.map(|span| span.line), Some(2));
    assert_eq!(
        told[0].hint.as_deref(),
        Some("it was met by the page of `content/pages/about.md` and one more")
    );
}

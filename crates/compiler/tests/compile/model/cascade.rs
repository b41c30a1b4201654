//! What lessons inherit from their section, their course and the school.

use std::fmt::Write as _;

use compiler::parse::{Drafts, Options, parse};
use contracts::access::{Access, Audience};

use super::{COURSE_PATH, LESSON_PATH, build, check, school};

const SITE: &str = "title = \"School\"\nbase_url = \"https://school.test/\"\nlanguages = [\"en\", \"zh\"]\n\
     [build]\nprecompress = false\n";
const SECTION_PATH: &str = "content/rust/02-more/section.md";

/// Each lesson with what it amounts to, and where that is written.
#[track_caller]
fn effective(files: &[(&str, &str)], expect: &str) {
    let options = Options { drafts: Drafts::Include, ..Options::default() };
    let parsed = parse(&school(files), &options);
    assert_eq!(parsed.diagnostics, []);
    let mut told = String::new();
    for lesson in parsed.school.unwrap().courses.iter().flat_map(|course| course.lessons()) {
        let access = if lesson.access == Access::Paid { "paid" } else { "free" };
        let _ = write!(told, "{} {access}", lesson.id);
        for moment in [lesson.publish_at, lesson.expires_at].into_iter().flatten() {
            let _ = write!(told, " {moment}");
        }
        for tag in &lesson.tags {
            let _ = write!(told, " #{}", tag.slug);
        }
        for author in lesson.authors.iter().flatten() {
            let _ = write!(told, " by {author}");
        }
        told += if lesson.draft { " draft\n" } else { "\n" };
        for (key, origin) in &lesson.origins {
            let _ = writeln!(told, "  {key}: {origin}");
        }
    }
    assert_eq!(told.trim_end(), expect.trim(), "\n\ntold:\n{told}");
}

#[test]
fn the_nearest_level_that_says_a_key_wins() {
    effective(
        &[
            (
                "site.toml",
                &format!(
                    "{SITE}[defaults]\naccess = \"paid\"\ntags = [\"school\"]\nauthors = \"Ada\"\n"
                ),
            ),
            (
                COURSE_PATH,
                "---\ntitle: Rust\ndescription: x\nprices: { USD: \"1\" }\ntags: [Rust, Code]\n---\n",
            ),
            (SECTION_PATH, "---\ntitle: More\naccess: free\ndraft: true\nauthors: [Bob]\n---\n"),
            ("content/rust/02-more/01-a.md", "---\nid: a\ntitle: A\n---\n"),
            (
                "content/rust/02-more/02-b.md",
                "---\nid: b\ntitle: B\naccess: paid\ndraft: false\ntags: []\nauthors: [Cy, Di]\n---\n",
            ),
            ("content/rust/03-z.md", "---\nid: z\ntitle: Z\n---\n"),
        ],
        "
hello paid #rust #code by Ada
  access: site.toml:7
  authors: site.toml:9
  tags: content/rust/course.md:5
a free #rust #code by Bob draft
  access: content/rust/02-more/section.md:3
  authors: content/rust/02-more/section.md:5
  draft: content/rust/02-more/section.md:4
  tags: content/rust/course.md:5
b paid by Cy by Di
  access: content/rust/02-more/02-b.md:4
  authors: content/rust/02-more/02-b.md:7
  draft: content/rust/02-more/02-b.md:5
  tags: content/rust/02-more/02-b.md:6
z paid #rust #code by Ada
  access: site.toml:7
  authors: site.toml:9
  tags: content/rust/course.md:5
",
    );
}

#[test]
fn a_moment_is_inherited_and_taken_away_by_none() {
    effective(
        &[
            (
                COURSE_PATH,
                "---\ntitle: Rust\ndescription: x\npublish_at: 2030-01-01T00:00:00Z\n---\n",
            ),
            (SECTION_PATH, "---\ntitle: More\nexpires_at: 2031-01-01T00:00:00Z\n---\n"),
            ("content/rust/02-more/01-a.md", "---\nid: a\ntitle: A\npublish_at: none\n---\n"),
        ],
        "
hello free 2030-01-01T00:00:00Z
  publish_at: content/rust/course.md:4
a free 2031-01-01T00:00:00Z
  expires_at: content/rust/02-more/section.md:3
  publish_at: content/rust/02-more/01-a.md:4
",
    );
}

#[test]
fn a_section_that_is_paid_keeps_its_lessons_from_the_public_side() {
    let site = build(&[
        (COURSE_PATH, "---\ntitle: Rust\ndescription: x\nprices: { USD: \"1\" }\n---\n"),
        (SECTION_PATH, "---\ntitle: More\naccess: paid\n---\n"),
        (
            "content/rust/02-more/01-a.md",
            "---\nid: a\ntitle: A\n---\nOnly learners of the course read these words.\n",
        ),
    ]);
    for file in site.files.iter().filter(|file| file.key.audience() == Audience::Everyone) {
        let text = String::from_utf8_lossy(&file.content.read().unwrap()).into_owned();
        assert!(!text.contains("Only learners of the course"), "{}", file.key);
    }
}

#[test]
fn a_draft_of_the_school_is_left_out_unless_a_course_says_otherwise() {
    let site = format!("{SITE}[defaults]\ndraft = true\nlevel = \"advanced\"\n");
    let shown = "---\ntitle: Shown\ndescription: x\ndraft: false\n---\n";
    let files = [
        ("site.toml", site.as_str()),
        ("content/shown/course.md", shown),
        ("content/shown/a.md", "---\nid: a\ntitle: A\n---\n"),
    ];
    let parsed = parse(&school(&files), &Options::default());
    assert_eq!(parsed.diagnostics, []);
    let courses = parsed.school.unwrap().courses;
    let shown: Vec<_> = courses.iter().map(|course| course.slug.as_str()).collect();
    assert_eq!(shown, ["shown"]);
    assert_eq!(courses[0].level.map(compiler::level::Level::word), Some("advanced"));
}

#[test]
fn a_key_that_makes_no_sense_at_a_level_is_refused() {
    check(
        &[
            (
                "site.toml",
                &format!(
                    "{SITE}[defaults]\ntitle = \"x\"\nacess = \"free\"\ninstructors = \"ada\"\n"
                ),
            ),
            (SECTION_PATH, "---\ntitle: More\nprices: { USD: \"1\" }\naccess: some\n---\n"),
            ("content/rust/02-more/01-a.md", "---\nid: a\ntitle: A\nlanguage: zh\n---\n"),
        ],
        r"
content/rust/02-more/01-a.md:4:1+8 error[unknown-key]: unknown key `language`
  hint: `language` belongs in `course.md`
content/rust/02-more/section.md:3:1+6 error[unknown-key]: unknown key `prices`
  hint: `prices` belongs in `course.md`
content/rust/02-more/section.md:4:9+4 error[wrong-value]: `access` must be `free` or `paid`, not `some`
site.toml:7:1+5 error[unknown-key]: unknown key `title`
  hint: `title` belongs in `course.md`
site.toml:8:1+5 error[unknown-key]: unknown key `acess`
  hint: did you mean `access`?
site.toml:9:15+5 error[unknown-instructor]: there is no instructor `ada`
  hint: add `content/instructors/ada.md`
",
    );
}

#[test]
fn an_inherited_end_before_the_lesson_opens_is_told() {
    check(
        &[
            (
                COURSE_PATH,
                "---\ntitle: Rust\ndescription: x\nexpires_at: 2030-01-01T00:00:00Z\n---\n",
            ),
            (
                LESSON_PATH,
                "---\nid: hello\ntitle: Hello\npublish_at: 2031-01-01T00:00:00Z\n---\nHi.\n",
            ),
        ],
        r"
content/rust/01-hello.md:4:13+20 error[bad-date]: `expires_at` of `content/rust/course.md:4` is not after `publish_at` of `content/rust/01-hello.md:4`: the lesson never opens
  hint: write here a moment that fits, or `none`
",
    );
}

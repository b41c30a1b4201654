//! What has to be known before what, what lessons teach, and paths through courses.

use super::{COURSE, COURSE_PATH, LESSON_PATH, SITE, build, check, page};
use crate::told::without_source;

const GIT: &str = "---\ntitle: Git\ndescription: Keep it.\n---\n";
const CLONE: &str = "---\nid: clone\ntitle: Clone\nduration: 1h 10m\n---\nIt.\n";
const GIT_PATH: &str = "content/git/course.md";
const CLONE_PATH: &str = "content/git/01-clone.md";

fn with(keys: &str, text: &str) -> String {
    text.replacen("title:", &format!("{keys}\ntitle:"), 1)
}

#[test]
fn an_unknown_requirement_is_told_with_the_nearest_name() {
    let course = with("requires: [gti, quantum]", COURSE);
    let lesson = with("requires: rust/helo\nobjectives: []", LESSON_OF);
    check(
        &[
            (COURSE_PATH, &course),
            (GIT_PATH, GIT),
            (CLONE_PATH, CLONE),
            ("content/rust/02-b.md", &lesson),
        ],
        "content/rust/02-b.md:3:11+9 error[unknown-requirement]: there is no lesson `rust/helo`
  hint: did you mean `rust/hello`?
content/rust/course.md:2:12+3 error[unknown-requirement]: there is no course `gti`
  hint: did you mean `git`?
content/rust/course.md:2:17+7 error[unknown-requirement]: there is no course `quantum`
  hint: write a course as `course` and a lesson as `course/lesson`, as in its address",
    );
}

const LESSON_OF: &str = "---\nid: b\ntitle: B\n---\nIt.\n";

#[test]
fn a_circle_is_told_whole_with_its_places() {
    let course = with("requires: [git/clone]", COURSE);
    let git = with("requires: rust/hello", GIT);
    check(
        &[(COURSE_PATH, &course), (GIT_PATH, &git), (CLONE_PATH, CLONE)],
        "content/git/course.md:2:11+10 error[circular-requirement]: the requirements go round in a circle: \
         `git` requires `rust/hello` (content/git/course.md:2), \
         `rust` requires `git/clone` (content/rust/course.md:2)
  hint: take one of them out of its `requires`",
    );
    let own = with("requires: [rust]", LESSON_OF);
    check(
        &[("content/rust/02-b.md", &own)],
        "content/rust/02-b.md:3:12+4 error[circular-requirement]: the requirements go round in a circle: \
         `rust/b` requires `rust` (content/rust/02-b.md:3)
  hint: take one of them out of its `requires`",
    );
}

#[test]
fn a_chain_longer_than_the_stack_and_many_circles_end() {
    let ring: Vec<(String, String)> = (0..3000)
        .map(|n| {
            let next = (n + 1) % 3000;
            let text = format!("---\nid: l{n}\ntitle: L\nrequires: rust/l{next}\n---\n");
            (format!("content/rust/l{n}.md"), text)
        })
        .collect();
    let files: Vec<(&str, &str)> = ring.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    let told = super::parse(&super::school(&files), &super::Options::default()).diagnostics;
    let circles = told.iter().filter(|told| told.code.name() == "circular-requirement");
    assert_eq!(circles.count(), 1);
}

#[test]
fn what_is_free_and_requires_what_is_paid_is_told() {
    let paid = with("access: paid\nprices: { USD: \"29\" }", COURSE);
    let clone = with("requires: rust/hello", CLONE);
    let through = with("requires: git/clone", LESSON_OF);
    check(
        &[(COURSE_PATH, &paid), (GIT_PATH, GIT), (CLONE_PATH, &clone), ("content/git/02-b.md", &through)],
        "content/git/01-clone.md:3:11+10 warning[free-requires-paid]: `git/clone` is free and requires `rust/hello`, which is paid
  hint: make `rust/hello` free, add `access: paid` here, or take it out of `requires`
content/git/02-b.md:3:11+9 warning[free-requires-paid]: `git/b` is free and requires `git/clone`, which leads to `rust/hello`, which is paid
  hint: make `rust/hello` free, add `access: paid` here, or take it out of `requires`",
    );
    let git = with("requires: rust", GIT);
    check(
        &[(COURSE_PATH, &paid), (GIT_PATH, &git), (CLONE_PATH, CLONE)],
        "content/git/course.md:2:11+4 warning[free-requires-paid]: `git` is free and requires `rust`, whose lesson `rust/hello` is paid
  hint: make `rust/hello` free, add `access: paid` here, or take it out of `requires`",
    );
}

#[test]
fn a_free_sample_of_a_course_that_requires_a_paid_one_is_no_mistake() {
    let paid = with("access: paid\nprices: { USD: \"29\" }", COURSE);
    let git = with("requires: rust\naccess: paid\nprices: { USD: \"9\" }", GIT);
    let sample = with("access: free", LESSON_OF);
    check(
        &[
            (COURSE_PATH, &paid),
            (GIT_PATH, &git),
            (CLONE_PATH, CLONE),
            ("content/git/02-b.md", &sample),
        ],
        "",
    );
}

#[test]
fn the_course_page_draws_what_comes_before_what_and_the_lesson_says_it() {
    let git = with("requires: [rust]\nobjectives: [\"say <hello>\"]", GIT);
    let second = with(
        "requires: [git/clone, rust/hello]\nobjectives: [keep it]\nconcepts: [Ownership]\nduration: 25m",
        LESSON_OF,
    );
    let site = build(&[(GIT_PATH, &git), (CLONE_PATH, CLONE), ("content/git/02-b.md", &second)]);
    let course = page(&site, "courses/git/index.html");
    assert!(course.contains("say &lt;hello&gt;"), "{course}");
    let road =
        course.split("class=\"roadmap\"").nth(1).unwrap().split("</section>").next().unwrap();
    let place = |text: &str| road.find(text).unwrap_or_else(|| panic!("{text} in {road}"));
    assert!(place("Before this course") < place("/courses/rust/"));
    assert!(place("/courses/rust/hello/") < place("/courses/git/clone/"));
    assert!(place("/courses/git/clone/") < place("/courses/git/b/"));
    assert!(road.contains("after <bdi>Clone</bdi>, <bdi>Hello</bdi>"), "{road}");
    assert!(course.contains("1 h 35 min"), "lessons add up: {course}");
    assert!(course.contains("\"courseWorkload\":\"PT95M\""), "{course}");
    assert!(course.contains("\"teaches\":[\"say \\u003chello\\u003e\"]"), "{course}");
    assert!(course.contains("\"coursePrerequisites\":[{"), "{course}");
    assert!(page(&site, "courses/rust/index.html").contains("After this course"));
    let lesson = page(&site, "courses/git/b/index.html");
    assert!(
        lesson.contains("Before this lesson: <a href=\"/courses/git/clone/\">Clone</a>"),
        "{lesson}"
    );
    assert!(lesson.contains("<li>keep it</li>"), "{lesson}");
    assert!(
        lesson.contains("<a href=\"/concepts/ownership/\" rel=\"tag\"><bdi>Ownership</bdi></a>"),
        "{lesson}"
    );
    assert!(lesson.contains("\"timeRequired\":\"PT25M\""), "{lesson}");
    assert!(lesson.contains("\"teaches\":[\"keep it\",\"Ownership\"]"), "{lesson}");
}

#[test]
fn a_length_that_is_none_is_refused() {
    let lesson = with("duration: a while", super::LESSON);
    check(
        &[(LESSON_PATH, &lesson)],
        "content/rust/01-hello.md:3:11+7 error[wrong-value]: `duration` is written `25m`, `1h` or `1h 10m`, not `a while`",
    );
}

const GLOSSARY: &str = "[ownership]\nterm = { en = \"Ownership\", zh = \"所有权\" }\n\
                        definition = { en = \"Who \\\"frees\\\" it.\", zh = \"谁来释放。\" }\n";

#[test]
fn a_concept_has_pages_that_show_its_definition_in_each_language() {
    let config = format!("courses_per_page = 1\n{SITE}");
    let first = with("concepts: [所有权, ownership]", super::LESSON);
    let second = with("concepts: OWNERSHIP", LESSON_OF);
    let site = build(&[
        ("site.toml", &config),
        (LESSON_PATH, &first),
        ("content/rust/02-b.md", &second),
        ("content/glossary.toml", GLOSSARY),
    ]);
    let one = page(&site, "concepts/ownership/index.html");
    assert!(one.contains("<h1>Ownership</h1>") && one.contains("/courses/rust/hello/"), "{one}");
    assert!(one.contains("Who &quot;frees&quot; it.") && one.contains("Page 1 of 2"), "{one}");
    let two = page(&site, "zh/concepts/ownership/page/2/index.html");
    assert!(two.contains("<h1>所有权</h1>") && two.contains("/courses/rust/b/"), "{two}");
    assert!(two.contains("谁来释放。"), "{two}");
    let all = page(&site, "zh/concepts/index.html");
    assert!(all.contains("<a href=\"/zh/concepts/ownership/\">所有权</a>"), "{all}");
    let glossary = page(&site, "glossary/index.html");
    assert!(glossary.contains("<dt id=\"ownership\"><dfn>Ownership</dfn>"), "{glossary}");
    assert!(page(&site, "sitemap.xml").contains("https://school.test/zh/glossary/"));
    assert!(page(&site, "index.html").contains("<a href=\"/glossary/\">"));
}

#[test]
fn a_term_says_what_it_means_and_leads_to_the_glossary_without_a_script() {
    let text = format!("{}A :term[*ownership*], :term[owners]{{of=所有权}}.\n", super::LESSON);
    let site = build(&[(LESSON_PATH, &text), ("content/glossary.toml", GLOSSARY)]);
    let lesson = page(&site, "courses/rust/hello/index.html");
    for (number, word) in [(1, "ownership"), (2, "owners")] {
        let term = format!(
            "<button class=\"term\" type=\"button\" popovertarget=\"lyceum-term-{number}\">{word}</button>\
             <span class=\"term-card\" id=\"lyceum-term-{number}\" popover>\
             <span>Who &quot;frees&quot; it.</span> <a href=\"/glossary/#ownership\">Glossary</a></span>"
        );
        assert!(lesson.contains(&term), "{lesson}");
    }
    let index: String = site
        .files
        .iter()
        .filter(|file| file.key.path().ends_with(".json"))
        .map(|file| String::from_utf8_lossy(&file.content.read().unwrap()).into_owned())
        .collect();
    assert!(!index.contains("frees"), "the glossary says it, the lesson does not: {index}");
}

#[test]
fn a_term_that_the_glossary_lacks_is_told_and_one_defined_twice_too() {
    let text = format!("{}A :term[ownrship], :term[it]{{of=quantum}}.\n", super::LESSON);
    let twice = format!("{GLOSSARY}\n[owner]\nterm = \"OWNERSHIP\"\ndefinition = \"It.\"\n");
    let tree = super::school(&[(LESSON_PATH, &text), ("content/glossary.toml", &twice)]);
    let told = compiler::compile(&tree, &super::Options::default()).diagnostics;
    let told: String = told.iter().map(without_source).collect();
    assert_eq!(
        told,
        "content/glossary.toml:5:2+5 error[duplicate-term]: the term `OWNERSHIP` is defined twice, also by `[ownership]`
  hint: keep one of them, or give one another `term`
content/rust/01-hello.md:6:4+4 error[unknown-term]: the glossary has no term `ownrship`
  hint: did you mean `ownership`?
content/rust/01-hello.md:6:20+21 error[unknown-term]: the glossary has no term `quantum`
  hint: add it to `content/glossary.toml`, or name another one with `{of=…}`
"
    );
}

#[test]
fn a_glossary_that_can_not_be_read_is_told() {
    check(
        &[(
            "content/glossary.toml",
            "\"a b\" = 1\nmove = 2\n[copy]\nterm = { fr = \"copie\" }\nmeans = \"x\"\n",
        )],
        "content/glossary.toml:1:1+5 error[wrong-value]: `a b` is no name for a term
  hint: write letters, digits and `-`; the word itself stands in `term`
content/glossary.toml:2:8+1 error[wrong-value]: `move` must be a table
  hint: write `[move]`, and `term` and `definition` below
content/glossary.toml:3:2+4 error[missing-key]: `definition` is missing
  hint: add `definition = \"…\"`, or one text for each language
content/glossary.toml:4:10+2 error[unknown-language]: `fr` is not one of `languages`
  hint: the school's languages are `en`, `zh`
content/glossary.toml:5:1+5 error[unknown-key]: unknown key `means`
  hint: known keys are `term`, `definition`",
    );
}

#[test]
fn a_path_lists_its_courses_in_order_and_what_they_are_together() {
    let rust = with("level: advanced\naccess: paid\nprices: { USD: \"29\", CNY: \"199\" }", COURSE);
    let git = with("level: beginner\naccess: paid\nprices: { USD: \"9.50\" }", GIT);
    let site = build(&[
        (COURSE_PATH, &rust),
        (GIT_PATH, &git),
        (CLONE_PATH, CLONE),
        (
            "content/paths/tools.md",
            "---\ntitle: Tools\ndescription: Both.\ncourses: [git, rust]\n---\nIn this order.\n",
        ),
        ("content/paths/tools.zh.md", "---\ntitle: 工具\n---\n照这个顺序。\n"),
    ]);
    let path = page(&site, "paths/tools/index.html");
    assert!(path.find("/courses/git/") < path.find("/courses/rust/"), "{path}");
    for text in
        ["2 courses", "2 lessons", "1 h 11 min", "Beginner – Advanced", "$38.50", "In this order."]
    {
        assert!(path.contains(text), "{text} in {path}");
    }
    assert!(!path.contains("¥208"), "only what every course has a price in: {path}");
    assert!(path.contains("hreflang=\"zh\""), "{path}");
    assert!(page(&site, "zh/paths/tools/index.html").contains("照这个顺序"));
    assert!(page(&site, "zh/paths/index.html").contains("<a href=\"/zh/paths/tools/\">工具</a>"));
    let home = page(&site, "index.html");
    assert!(home.contains("<a href=\"/paths/tools/\">Tools</a>") && home.contains("\"/paths/\""));
}

#[test]
fn a_path_with_an_unknown_course_or_against_the_order_of_learning_is_told() {
    let git = with("requires: rust/hello", GIT);
    check(
        &[
            (GIT_PATH, &git),
            (CLONE_PATH, CLONE),
            ("content/paths/a.md", "---\ntitle: A\ncourses: [git, rust, gitt]\n---\n"),
            ("content/paths/b.md", "---\ntitle: B\n---\n"),
        ],
        "content/paths/a.md:3:11+3 warning[path-order]: `git` requires `rust`, which comes after it
  hint: put `rust` before `git`
content/paths/a.md:3:22+4 error[unknown-course]: there is no course `gitt`
  hint: did you mean `git`?
content/paths/b.md:1:1+3 error[missing-key]: `courses` is missing
  hint: add `courses: [first, second]`, the courses in order",
    );
}

#[test]
fn a_draft_is_required_by_nothing_and_on_no_path() {
    let draft = with("draft: true", GIT);
    let rust = with("requires: [git]", COURSE);
    let hello = with("requires: [git/clone]", super::LESSON);
    let clone = with("concepts: [Secret]", CLONE);
    let site = build(&[
        (COURSE_PATH, &rust),
        (LESSON_PATH, &hello),
        (GIT_PATH, &draft),
        (CLONE_PATH, &clone),
        ("content/paths/a.md", "---\ntitle: A\ncourses: [git, rust]\n---\n"),
        ("content/paths/b.md", "---\ntitle: B\ncourses: [git]\n---\n"),
    ]);
    for file in &site.files {
        let path = file.key.path();
        assert!(!path.contains("concepts") && !path.contains("paths/b"), "{path}");
        let text = String::from_utf8_lossy(&file.content.read().unwrap()).into_owned();
        assert!(!text.contains("courses/git/") && !text.contains("Secret"), "{path}: {text}");
    }
    assert!(page(&site, "paths/a/index.html").contains("1 course<"));
}

//! The data files of a school.

use compiler::compile;
use compiler::parse::Options;

use super::{COURSE_PATH, LESSON_PATH, build, check, page, school};
use crate::told::without_source;

const HELLO: &str = "courses/rust/hello/index.html";
const TEAM: &str = "size = 2\n[[people]]\nname = \"Ada <b>\"\nroles = [\"a\", \"b\"]\n\
     [[people]]\nname = \"Bob\"\nborn = 1990-01-02\n";

fn lesson(body: &str) -> String {
    format!("---\nid: hello\ntitle: Hello\n---\n{body}\n")
}

/// What an author is told who writes this into a lesson.
#[track_caller]
fn told(body: &str, expect: &str) {
    let lesson = lesson(body);
    let files = [(LESSON_PATH, lesson.as_str()), ("data/team.toml", TEAM)];
    let compilation = compile(&school(&files), &Options::default());
    let told: String = compilation.diagnostics.iter().map(without_source).collect();
    assert_eq!(told.trim_end(), expect.trim(), "\n\ntold:\n{told}");
}

#[test]
fn a_text_shows_values_and_tables_of_every_notation() {
    let text = lesson(
        "We are :data[team.size], the first is :data[team.people.0.name] (:data[team.people.0.roles]).\n\n\
         Open: :data[shop.hours.mon], :data[old.yes].\n\n\
         ::data-table{from=\"team.people\" columns=\"name, born\"}",
    );
    let site = build(&[
        (LESSON_PATH, text.as_str()),
        ("data/team.toml", TEAM),
        ("data/shop/hours.json", "{\"mon\": \"9–5\"}"),
        ("data/old.yaml", "yes: true\n"),
    ]);
    let page = page(&site, HELLO);
    assert!(page.contains("We are 2, the first is Ada &lt;b&gt; (a, b)."), "{page}");
    assert!(page.contains("Open: 9–5, true."), "{page}");
    assert!(page.contains("<th scope=\"col\">name</th><th scope=\"col\">born</th>"), "{page}");
    assert!(page.contains("<td>Ada &lt;b&gt;</td><td></td>"), "{page}");
    assert!(page.contains("<td>Bob</td><td>1990-01-02</td>"), "{page}");
}

#[test]
fn data_that_is_not_there_is_told_with_the_nearest_name() {
    told(
        "We are :data[teem.size].",
        r"
content/rust/01-hello.md:5:9+4 error[unknown-data]: there is no data `teem`
  hint: did you mean `team`?
",
    );
    told(
        "We are :data[team.people.7].",
        r"
content/rust/01-hello.md:5:9+4 error[unknown-data]: `data.team.people` has no `7`
  hint: a path is the name of a file in `data/` and keys in it, as in `team.size`
",
    );
    told(
        "We are :data[team.people].",
        r#"
content/rust/01-hello.md:5:9+4 error[unknown-data]: `data.team.people` is a table and no single value
  hint: name one of its keys, or write `::data-table{from="…"}`
"#,
    );
    told(
        "::data-table{from=\"team.size\"}",
        r"
content/rust/01-hello.md:5:3+10 error[unknown-data]: `data.team.size` is not a list of 1 to 2000 tables
  hint: each row is a table, as `[[team]]` in TOML, `- name: Ada` in YAML or a line of CSV
",
    );
    told(
        "::data-table{from=\"team.people\" columns=\"name, brn\"}",
        r"
content/rust/01-hello.md:5:3+10 error[unknown-data]: no row of `data.team.people` has a column `brn`
  hint: did you mean `born`?
",
    );
}

#[test]
fn a_data_file_that_cannot_be_read_is_told_with_its_place() {
    check(
        &[
            ("data/a.json", "{\n  \"a\": 1,\n}\n"),
            ("data/b.toml", "a = 1\nb = \n"),
            ("data/c.toml", "a = 1\n"),
            ("data/c.json", "{}"),
            ("data/d.txt", "x"),
        ],
        r"
data/a.json:3:1+1 error[bad-data]: the file is not valid JSON: trailing comma
data/b.toml:2:5+1 error[bad-data]: the file is not valid TOML: string values must be quoted, expected literal string
data/c.toml error[bad-data]: `data.c` is already in another file
  hint: rename one of them
data/d.txt warning[stray-file]: `data/d.txt` is read by nobody
  hint: data stands in files of `.toml`, `.yaml`, `.json` or `.csv`, named by letters, digits, `-` and `_`
",
    );
}

#[test]
fn a_table_of_csv_is_a_list_of_rows_under_the_names_of_its_first_line() {
    let table = "\u{feff}name, price\r\nStone,1.50\r\n\"Sieve, fine\",\"2\"\"\"\r\n";
    let body = lesson(":data[tools.1.price]\n\n::data-table{from=\"tools\"}");
    let site = build(&[(LESSON_PATH, body.as_str()), ("data/tools.csv", table)]);
    let page = page(&site, HELLO);
    for piece in ["2&quot;", "<td>Sieve, fine</td>", "<td>1.50</td>"] {
        assert!(page.contains(piece), "{piece}: {page}");
    }
}

#[test]
fn a_table_of_csv_whose_rows_do_not_fit_is_told_with_its_place() {
    check(
        &[
            ("data/a.csv", "name,price\nStone,1\nSieve\n"),
            ("data/b.csv", "name,name\n1,2\n"),
            ("data/c.csv", "name,\n1,2\n"),
        ],
        r"
data/a.csv:3:1+1 error[bad-data]: the file is not valid CSV: a row of 1 values under a first line of 2 names
data/b.csv:1:1+1 error[bad-data]: the file is not valid CSV: the first line names `name` twice
data/c.csv:1:1+1 error[bad-data]: the file is not valid CSV: column 2 of the first line has no name
",
    );
}

#[test]
fn what_a_file_would_hold_that_can_not_be_read_is_told_once_at_the_file() {
    let shown =
        "---\nid: hello\ntitle: Hello\naccess: free\n---\n:data[team.size] :data[other.a]\n";
    for (text, message) in [
        ("{\"size\": 1, \"size\": 2}", "the file is not valid JSON: the key `size` stands twice"),
        (
            "[1, {\"a\": {\"b\": 1, \"b\": 2}}]",
            "the file is not valid JSON: the key `b` stands twice",
        ),
        ("{\"size\":", "the file is not valid JSON: EOF while parsing a value"),
    ] {
        let files =
            [("data/team.json", text), ("data/other.toml", "a = 1\n"), (LESSON_PATH, shown)];
        let told = compile(&school(&files), &Options::default()).diagnostics;
        let told: Vec<_> = told.iter().map(|d| (d.path.as_str(), d.message.as_str())).collect();
        assert_eq!(told, [("data/team.json", message)]);
    }
    let tagged = [("data/team.yaml", "size: !!python/object 1\n"), (LESSON_PATH, shown)];
    let told = compile(&school(&tagged), &Options::default()).diagnostics;
    assert_eq!(told[1].message, "the file is not valid YAML: unsupported tag `!!python/object`");
    assert_eq!(told[0].message, "there is no data `other`");
}

#[test]
fn hostile_data_ends_in_a_diagnostic() {
    let deep = "[".repeat(100_000);
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        bomb += &format!("a{level}: &a{level} [{before}]\n");
    }
    let long = format!("a\n{}", "x\n".repeat(400_000));
    let large = format!("a = \"{}\"\n", "x".repeat(10_000_000));
    for (path, text) in [
        ("data/a.json", &deep),
        ("data/a.yaml", &deep),
        ("data/a.toml", &deep),
        ("data/a.yaml", &bomb),
        ("data/a.toml", &large),
        ("data/a.csv", &long),
    ] {
        let compilation = compile(&school(&[(path, text)]), &Options::default());
        let codes: Vec<_> = compilation.diagnostics.iter().map(|d| d.code.name()).collect();
        assert_eq!(codes, ["bad-data"], "{path}");
    }
}

#[test]
fn what_a_paid_text_shows_of_the_data_is_public_by_definition_and_the_rest_is_not() {
    let said = "The very same long sentence of data that a paid and a free lesson both show here.";
    let paid = "---\ntitle: Rust\ndescription: x\naccess: paid\nprices: { USD: \"1\" }\n---\n";
    let with = |body: &str| {
        let data = format!("said = \"{said}\"\nother = 7\n");
        let lesson = format!("---\nid: b\ntitle: B\n---\n{body}\n");
        build(&[
            (COURSE_PATH, paid),
            (LESSON_PATH, "---\nid: hello\ntitle: Hello\naccess: free\n---\n:data[facts.said]\n"),
            ("content/rust/02-b.md", lesson.as_str()),
            ("data/facts.toml", data.as_str()),
        ])
    };
    let (first, second) = (with(":data[facts.said]"), with(":data[facts.other]"));
    assert!(page(&first, HELLO).contains(said));
    for path in [HELLO, "courses/rust/b/index.html"] {
        assert_eq!(page(&first, path), page(&second, path));
    }
}

//! `lyceum check --declassified` and `--prove`, as someone runs them who wants to know
//! what of a paid lesson is public.

use crate::harness::School;

const PAID: &str = "content/first-course/02-behind-the-door.md";

#[test]
fn what_is_public_of_a_paid_lesson_is_printed_for_review() {
    let school = School::empty();
    school.write("site.toml", "title = \"A\"\nbase_url = \"https://a.test\"\n");
    school.write(
        "content/rust/course.md",
        "---\ntitle: Rust\ndescription: x\naccess: paid\nprices: { USD: \"9\" }\n---\n",
    );
    school.write(
        "content/rust/01-boxes.md",
        "---\nid: boxes\ntitle: Boxes\n---\nOpen *words*.\n\n<!-- more -->\n\nShut words.\n",
    );
    school.write("content/rust/02-free.md", "---\nid: free\ntitle: Free\naccess: free\n---\nHi.\n");
    let run = school.run(&["check", "--declassified"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        run.stdout,
        "\
content/rust/01-boxes.md (paid, en)
  id: boxes
  address: /courses/rust/boxes/
  title: Boxes
  summary: (none)
  minutes to read: 1
  preview:
    <p>Open <em>words</em>.</p>
"
    );
    let run = school.run(&["check", "--declassified", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json[0]["id"], "boxes");
    assert!(!run.stdout.contains("Shut"), "{}", run.stdout);
}

#[test]
fn a_new_school_is_proved_to_keep_its_paid_lesson() {
    let school = School::new();
    let told = school.run(&["check", "--prove"]).done();
    assert!(told.starts_with("proved: "), "{told}");
    assert!(
        told.ends_with(
            " public files stay the same, byte for byte, with other content in 1 gated text\n"
        ),
        "{told}"
    );
}

#[test]
fn a_school_with_errors_is_mended_before_it_is_proved() {
    let school = School::new();
    school.edit(PAID, "summary:", "sumary:");
    let told = school.run(&["check", "--prove"]).has_errors();
    assert!(told.contains("error[unknown-key]"), "{told}");
}

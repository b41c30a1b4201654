//! `lyceum check`: how much is told, at which level, and in which form.

use crate::harness::School;

const LESSON: &str = "content/first-course/01-welcome.md";

/// A school with so many pictures without a description.
fn without_alt(pictures: usize) -> School {
    let school = School::new();
    school.write(
        "content/first-course/dot.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><rect width=\"9\" height=\"9\"/></svg>",
    );
    let text = school.read(LESSON) + &"\n![](dot.svg)\n".repeat(pictures);
    school.write(LESSON, &text);
    school
}

#[test]
fn a_kind_that_occurs_often_is_shown_twenty_times_and_counted() {
    let school = without_alt(30);
    let told = school.run(&["check"]).done();
    assert_eq!(told.matches("warning[missing-alt]").count(), 20);
    assert!(
        told.ends_with(
            "\n\nand 10 more of `missing-alt`\n`lyceum check --all` shows them\n\n\
             30 warnings in 1 file; `lyceum explain missing-alt` tells more\n"
        ),
        "{told}"
    );
    let told = school.run(&["check", "--all"]).done();
    assert_eq!(told.matches("warning[missing-alt]").count(), 30);
    assert!(!told.contains("more of"), "{told}");
}

#[test]
fn a_warning_can_be_denied_or_kept_quiet_for_one_run() {
    let school = without_alt(1);
    school.run(&["check"]).done();
    let told = school.run(&["check", "--deny", "missing-alt"]).has_errors();
    assert!(told.contains("error[missing-alt]"), "{told}");
    school.run(&["check", "--deny", "warnings"]).has_errors();
    let told = school.run(&["check", "--deny", "warnings", "--allow", "missing-alt"]).done();
    assert_eq!(told, "no errors and no warnings\n");
}

#[test]
fn the_school_sets_levels_for_every_command_and_a_run_overrides_them() {
    let school = without_alt(1);
    let site = school.read("site.toml");
    school.write("site.toml", &format!("{site}\n[check]\ndeny = [\"missing-alt\"]\n"));
    school.run(&["build"]).has_errors();
    school.run(&["check"]).has_errors();
    school.run(&["check", "--warn", "missing-alt"]).done();
}

#[test]
fn an_error_after_which_the_site_is_sound_can_be_lowered() {
    let school = School::new();
    let text = school.read(LESSON) + "\n[Nowhere](nowhere.md)\n";
    school.write(LESSON, &text);
    school.run(&["check"]).has_errors();
    let told = school.run(&["check", "--warn", "broken-link"]).done();
    assert!(told.contains("warning[broken-link]"), "{told}");
}

#[test]
fn what_guards_paid_text_can_not_be_lowered() {
    let school = School::new();
    assert_eq!(
        school.run(&["check", "--allow", "leak"]).failed(),
        "\
error: `leak` is always an error
hint: only what leaves the rest of the site sound can be lowered
"
    );
    school.edit(LESSON, "access: free", "acess: free");
    school.run(&["check", "--warn", "unknown-key"]).failed();
}

#[test]
fn a_misspelt_code_is_a_failure_with_a_guess() {
    let told = School::new().run(&["check", "--deny", "mising-alt"]).failed();
    assert!(
        told.contains("there is no diagnostic `mising-alt`, did you mean `missing-alt`?"),
        "{told}"
    );
}

#[test]
fn the_two_ways_to_ask_for_json_give_the_same_document() {
    let school = without_alt(30);
    let (short, long) =
        (school.run(&["check", "--json"]), school.run(&["check", "--format", "json"]));
    assert_eq!(short, long);
    let json: serde_json::Value = serde_json::from_str(&long.stdout).unwrap();
    assert_eq!(json["diagnostics"].as_array().unwrap().len(), 30, "scripts get everything");
}

#[test]
fn a_forge_gets_sarif_with_rules_places_and_levels() {
    let school = without_alt(2);
    school.edit(LESSON, "access: free", "acess: free");
    let run = school.run(&["check", "--format", "sarif"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
    let log: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "lyceum");
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!((rules.len(), results.len()), (2, 3));
    for found in results {
        // What the schema asks of each result, and what forges need to show it.
        let index = usize::try_from(found["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], found["ruleId"]);
        assert!(found["message"]["text"].is_string());
        let place = &found["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], LESSON);
        assert!(place["region"]["startLine"].as_u64().unwrap() > 0);
        assert!(place["region"]["endColumn"].as_u64() > place["region"]["startColumn"].as_u64());
    }
    assert_eq!(
        (&results[0]["ruleId"], &results[0]["level"]),
        (&"unknown-key".into(), &"error".into())
    );
    assert_eq!(results[1]["level"], "warning");
    assert_eq!(results[0]["message"]["text"], "unknown key `acess`\nhint: did you mean `access`?");
}

#[test]
fn the_sarif_holds_nothing_that_its_schema_does_not_name() {
    let school = without_alt(2);
    school.edit(LESSON, "access: free", "acess: free");
    school.write("data/a.txt", "no place in a file");
    let text = school.run(&["check", "--format", "sarif"]).stdout;
    // These types are made from the schema: what it demands must be there, its words
    // are the only ones, and what it doesn't know gets lost on the way back.
    let typed: serde_sarif::sarif::Sarif = serde_json::from_str(&text).unwrap();
    let log: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_value(&typed).unwrap(), log);
}

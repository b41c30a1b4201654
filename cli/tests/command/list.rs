//! `lyceum list`, `lyceum config` and `lyceum man`: what there is to know about a
//! school and the tool.

use crate::harness::School;

const PAID: &str = "content/first-course/02-behind-the-door.md";

#[test]
fn courses_are_listed_with_their_lessons_and_prices() {
    let run = School::new().run(&["list"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        run.stdout,
        "first-course  My first course  2 lessons  1 paid  29.00 USD  en\n1 course\n"
    );
}

#[test]
fn lessons_are_listed_by_what_they_are() {
    let school = School::new();
    let paid = school.run(&["list", "paid"]).stdout;
    assert!(paid.ends_with(&format!("Behind the door  paid  en  {PAID}\n1 lesson\n")), "{paid}");
    assert_eq!(school.run(&["list", "scheduled"]).stdout, "0 lessons\n");
    assert_eq!(school.run(&["list", "drafts"]).stdout, "0 courses, 0 lessons\n");

    school.edit(PAID, "summary:", "draft: true\npublish_at: 2030-01-01T00:00:00Z\nsummary:");
    let later = school.run(&["list", "scheduled", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&later.stdout).unwrap();
    let lesson = &json["lessons"][0];
    assert_eq!(lesson["publish_at"], "2030-01-01T00:00:00Z");
    assert_eq!((&lesson["draft"], &lesson["path"]), (&true.into(), &PAID.into()));
    assert_eq!(lesson["address"], "/courses/first-course/behind-the-door/");
    assert!(school.run(&["list", "drafts"]).stdout.contains("draft"));
    assert!(school.run(&["list", "lessons"]).stdout.ends_with("\n2 lessons\n"));
}

#[test]
fn a_school_with_mistakes_is_listed_as_far_as_it_is_understood() {
    let school = School::new();
    school.edit(PAID, "summary:", "acess: paid\nsummary:");
    let run = school.run(&["list", "lessons"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("unknown key `acess`"), "{}", run.stderr);
    assert!(run.stdout.ends_with("\n2 lessons\n"), "{}", run.stdout);
}

#[test]
fn each_setting_is_shown_with_the_place_it_comes_from() {
    let school = School::empty();
    school.write(
        "site.toml",
        "title = \"A\"\nbase_url = \"https://a.test\"\nlanguages = [\"en\", \"zh\"]\n\n\
         [check]\ndeny = [\"missing-alt\"]\n\n[language.zh]\ntitle = \"甲\"\n",
    );
    let run = school.run(&["config"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        run.stdout,
        "\
title                       = \"A\"   # site.toml:1
description                 = (none)   # default
base_url                    = \"https://a.test/\"   # site.toml:2
languages                   = [\"en\",\"zh\"]   # site.toml:3
theme                       = \"lyceum\"   # default
currency                    = \"USD\"   # default
language.zh.title           = \"甲\"   # site.toml:9
language.zh.description     = (none)   # default
navigation                  = []   # default
courses_per_page            = 24   # default
defaults.access             = (none)   # default
defaults.instructors        = (none)   # default
defaults.level              = (none)   # default
defaults.language           = (none)   # default
defaults.tags               = (none)   # default
defaults.authors            = (none)   # default
defaults.publish_at         = (none)   # default
defaults.expires_at         = (none)   # default
defaults.draft              = (none)   # default
slugs.cjk                   = \"keep\"   # default
build.precompress           = true   # default
build.llms_txt              = true   # default
build.search                = true   # default
images.avif                 = true   # default
images.keep_metadata        = false   # default
markdown.unsafe_html        = false   # default
publish.public              = (none)   # default
publish.private             = (none)   # default
publish.endpoint            = (none)   # default
publish.region              = (none)   # default
check.deny                  = [\"missing-alt\"]   # site.toml:6
check.warn                  = []   # default
check.allow                 = []   # default
check.external.ignore       = []   # default
check.external.local        = []   # default
check.external.fragments    = false   # default
check.external.max_age_days = (none)   # default
check.external.pause_ms     = (none)   # default
"
    );
}

#[test]
fn every_setting_of_the_schema_is_shown_and_what_is_set_too() {
    let school = School::empty();
    school.write(
        "site.toml",
        "title = \"A\"\nbase_url = \"https://a.test\"\ncourses_per_page = 5\n\n\
         [slugs]\ncjk = \"pinyin\"\n\n[defaults]\ntags = [\"bread\"]\n\n\
         [check.external]\nmax_age_days = 3\n",
    );
    let shown = school.run(&["config"]).stdout;
    let says = |key: &str, value: &str, line: usize| {
        let line = format!("= {value}   # site.toml:{line}");
        shown.lines().any(|row| row.starts_with(&format!("{key} ")) && row.ends_with(&line))
    };
    assert!(says("courses_per_page", "5", 3), "{shown}");
    assert!(says("slugs.cjk", "\"pinyin\"", 6), "{shown}");
    assert!(says("defaults.tags", "[\"bread\"]", 9), "{shown}");
    assert!(says("check.external.max_age_days", "3", 12), "{shown}");

    let schema: serde_json::Value =
        serde_json::from_str(&school.run(&["schema", "site"]).stdout).unwrap();
    let mut open = vec![(String::new(), schema)];
    while let Some((place, table)) = open.pop() {
        for (name, inner) in table["properties"].as_object().unwrap() {
            let key = format!("{place}{name}");
            if inner["properties"].is_object() {
                open.push((format!("{key}."), inner.clone()));
            } else if key != "language" {
                assert!(shown.lines().any(|row| row.starts_with(&format!("{key} "))), "{key}");
            }
        }
    }
}

#[test]
fn a_secret_is_named_and_never_shown() {
    let school = School::new();
    let mut command = school.command(&["config", "--json"]);
    let run = school.outcome(command.env("AWS_SECRET_ACCESS_KEY", "hunter2"));
    assert!(!run.stdout.contains("hunter2"), "{}", run.stdout);
    let settings: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let named = settings.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&named["key"], &named["from"]),
        (&"AWS_SECRET_ACCESS_KEY".into(), &"environment".into())
    );
}

#[test]
fn a_new_school_has_the_schema_by_which_an_editor_completes_its_settings() {
    let school = School::new();
    let run = school.run(&["schema", "site"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(run.stdout, school.read("site.schema.json"));
    assert!(school.read("site.toml").starts_with("#:schema ./site.schema.json\n"));
    let schema: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(schema["required"], serde_json::json!(["title", "base_url"]));
    for kind in ["course", "section", "lesson", "page", "instructor"] {
        assert!(school.run(&["schema", kind]).stdout.contains("\"properties\""), "{kind}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let school = School::empty();
    school.run(&["man", "pages"]).done();
    let pages = school.files("pages");
    for command in ["new", "check", "explain", "list", "config", "build", "publish", "rollback"] {
        let name = format!("lyceum-{command}.1");
        assert!(pages.iter().any(|(page, text)| *page == name && text.starts_with(b".")), "{name}");
    }
}

#[test]
fn each_value_of_a_lesson_is_shown_with_the_line_that_says_it() {
    let school = School::empty();
    school.write(
        "site.toml",
        "title = \"A\"\nbase_url = \"https://a.test\"\n\n[defaults]\ntags = [\"bread\"]\n",
    );
    school.write(
        "content/rye/course.md",
        "---\ntitle: Rye\ndescription: All.\naccess: paid\nprices: { USD: \"9\" }\n---\n",
    );
    school.write("content/rye/01-late/section.md", "---\ntitle: Late\nauthors: [Ada]\n---\n");
    school.write(
        "content/rye/01-late/01-oven.md",
        "---\nid: oven\ntitle: Oven\npublish_at: 2030-01-01T00:00:00Z\n---\nHot.\n",
    );
    let run = school.run(&["list", "lessons", "--origins"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        run.stdout,
        "\
oven
  access      paid                  content/rye/course.md:4
  authors     Ada                   content/rye/01-late/section.md:3
  publish_at  2030-01-01T00:00:00Z  content/rye/01-late/01-oven.md:4
  tags        bread                 site.toml:5
1 lesson
"
    );
}

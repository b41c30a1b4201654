//! Themes with mistakes in them, and what their author is told.

use contracts::message::Message;

use super::{BUILT_IN_FILES, Template, Theme, built_in};
use crate::diagnostic::{Code, Diagnostic, Severity, Span};
use crate::render::fixture::{Fixture, language};
use crate::source::SourceTree;

/// Loads the built-in theme with some files replaced, in English and Chinese.
fn load(files: &[(&str, &str)]) -> (Option<Theme>, Vec<Diagnostic>) {
    let config = Fixture::new().school.config;
    let files = files.iter().map(|(path, text)| (format!("themes/lyceum/{path}"), text));
    Theme::load(&SourceTree::from_files(files), &config)
}

fn only(diagnostics: &[Diagnostic]) -> &Diagnostic {
    assert_eq!(diagnostics.len(), 1, "{diagnostics:#?}");
    &diagnostics[0]
}

#[test]
fn the_built_in_theme_loads_without_a_word() {
    let (theme, diagnostics) = load(&[]);
    assert_eq!(diagnostics, []);
    let theme = theme.unwrap();
    assert_eq!(theme.assets().len(), built_in().below("assets").count());
    assert!(BUILT_IN_FILES.get_file("templates/base.html").is_some());
}

#[test]
fn every_text_the_edge_needs_is_there_in_both_languages() {
    let theme = load(&[]).0.unwrap();
    for tag in ["en", "zh"] {
        for message in Message::ALL {
            let key = message.key();
            assert_ne!(theme.text(&language(tag), key), key, "{tag}");
        }
    }
    for placeholder in ["{school}", "{link}", "{code}", "{minutes}"] {
        for tag in ["en", "zh"] {
            let text = theme.text(&language(tag), Message::MailText.key()).to_owned();
            assert!(text.contains(placeholder), "{tag}: {text}");
        }
    }
}

#[test]
fn a_template_that_does_not_parse_is_told_with_its_place() {
    let (theme, diagnostics) = load(&[("templates/page.html", "<p>\n{% if title %}{{ title }}")]);
    assert!(theme.is_none());
    let error = only(&diagnostics);
    assert_eq!(error.path.as_str(), "themes/lyceum/templates/page.html");
    assert_eq!((error.severity, error.code), (Severity::Error, Code::BadTemplate));
    assert_eq!(error.message, "unexpected end of input");
    assert_eq!(error.span.map(|span| span.line), Some(2));
}

#[test]
fn every_template_that_does_not_parse_is_told_at_once() {
    let (_, diagnostics) =
        load(&[("templates/page.html", "{{ 1 + }}"), ("templates/home.html", "{% nope %}")]);
    let paths: Vec<_> = diagnostics.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(
        paths,
        ["themes/lyceum/templates/home.html", "themes/lyceum/templates/page.html"],
        "{diagnostics:#?}"
    );
}

#[test]
fn an_unknown_tag_is_named() {
    let (theme, diagnostics) = load(&[("templates/page.html", "<p>\n{% when title %}x</p>")]);
    assert!(theme.is_none());
    let error = only(&diagnostics);
    assert_eq!(error.message, "unknown tag `when`");
    assert_eq!(error.span.map(|span| span.line), Some(2));
}

#[test]
fn an_unknown_filter_is_told_with_line_and_column() {
    let (theme, diagnostics) = load(&[("templates/page.html", "<p>\n  {{ title | shout }}</p>")]);
    assert!(theme.is_none());
    let error = only(&diagnostics);
    assert_eq!(error.message, "unknown filter `shout`");
    let Some(Span { line, column, .. }) = error.span else { panic!("{error:#?}") };
    assert_eq!(line, 2);
    assert!(column > 3, "{error:#?}");
    assert_eq!(error.source_line.as_deref(), Some("  {{ title | shout }}</p>"));
}

#[test]
fn a_missing_parent_template_is_told() {
    let (_, diagnostics) = load(&[("templates/page.html", "{% extends \"bsae.html\" %}")]);
    let error = only(&diagnostics);
    assert_eq!(error.path.as_str(), "themes/lyceum/templates");
    assert_eq!(
        error.message,
        "template 'page.html' is inheriting from 'bsae.html', which doesn't exist or isn't loaded"
    );
}

/// Renders the 404 page of a theme whose template is `template`.
fn render(template: &str) -> Result<String, Diagnostic> {
    #[derive(serde::Serialize)]
    struct Data {
        title: &'static str,
    }
    let theme = load(&[("templates/404.html", template)]).0.unwrap();
    let data = Data { title: "<b>\"1\"</b>" };
    theme.render(Template::NotFound, &language("zh"), &tera::Context::new(), &data)
}

#[test]
fn text_is_escaped_and_spoken_in_the_language_of_the_page() {
    let html = render("{{ title }} {{ t(key=\"free\") }}").unwrap();
    assert_eq!(html, "&lt;b&gt;&quot;1&quot;&lt;/b&gt; 免费");
}

#[test]
fn a_key_that_no_locale_has_is_told_where_it_stands() {
    let error = render("<p>\n{{ t(key=\"fre\") }}</p>").unwrap_err();
    assert_eq!(error.path.as_str(), "themes/lyceum/templates/404.html");
    assert!(
        error.message.ends_with("no locale has the text `fre`, did you mean `free`?"),
        "{}",
        error.message
    );
    assert_eq!(error.span.map(|span| span.line), Some(2));
}

#[test]
fn an_asset_that_is_not_there_is_told_where_it_stands() {
    let error = render("{{ asset(name=\"icon.svgg\") }}").unwrap_err();
    assert!(
        error.message.ends_with("the theme has no asset `icon.svgg`, did you mean `icon.svg`?"),
        "{}",
        error.message
    );
}

#[test]
fn an_undefined_variable_is_told_where_it_stands() {
    let error = render("\n\n{{ titel }}").unwrap_err();
    assert_eq!(error.span.map(|span| span.line), Some(3), "{error:#?}");
}

#[test]
fn one_is_said_differently_from_many_and_numbers_are_filled_in() {
    let theme = load(&[("templates/404.html", "{{ t(key=\"lesson-count\", n=n) }}")]).0.unwrap();
    let say = |tag: &str, n: usize| {
        let data = std::collections::BTreeMap::from([("n", n)]);
        theme.render(Template::NotFound, &language(tag), &tera::Context::new(), &data).unwrap()
    };
    assert_eq!(say("en", 1), "1 lesson");
    assert_eq!(say("en", 3), "3 lessons");
    assert_eq!(say("zh", 1), "1 课时");
}

#[test]
fn a_school_changes_one_text_and_keeps_the_others() {
    let (theme, diagnostics) = load(&[("locales/en.ftl", "free = On the house\n")]);
    assert_eq!(diagnostics, []);
    let theme = theme.unwrap();
    assert_eq!(theme.text(&language("en"), "free"), "On the house");
    assert_eq!(theme.text(&language("en"), "courses"), "Courses");
}

#[test]
fn a_text_that_a_language_lacks_is_english_with_a_warning() {
    let (theme, diagnostics) = load(&[("locales/en.ftl", "motto = Read on\n")]);
    let warning = only(&diagnostics);
    assert_eq!(warning.severity, Severity::Warning);
    assert_eq!(warning.path.as_str(), "themes/lyceum/locales/zh.ftl");
    assert_eq!(warning.message, "`zh` has no text for `motto`");
    assert_eq!(
        warning.hint.as_deref(),
        Some("add it to `themes/lyceum/locales/zh.ftl`; until then it is shown in English")
    );
    assert_eq!(theme.unwrap().text(&language("zh"), "motto"), "Read on");
}

#[test]
fn a_language_without_a_locale_is_english_with_a_warning() {
    let mut config = Fixture::new().school.config;
    config.languages.push(language("nl"));
    let (theme, diagnostics) = Theme::load(&SourceTree::default(), &config);
    let warning = only(&diagnostics);
    assert_eq!(warning.code, Code::MissingLocale);
    assert_eq!(warning.message, "the theme has no texts in `nl`");
    assert_eq!(
        warning.hint.as_deref(),
        Some("add `themes/lyceum/locales/nl.ftl`; until then they are shown in English")
    );
    let theme = theme.unwrap();
    assert_eq!(theme.text(&language("nl"), "free"), "Free");
    assert_eq!(theme.language_name(&language("nl")), "nl");
    assert_eq!(theme.language_name(&language("zh")), "中文");
}

#[test]
fn a_regional_language_speaks_like_its_language() {
    let mut config = Fixture::new().school.config;
    config.languages.push(language("zh-CN"));
    let (theme, diagnostics) = Theme::load(&SourceTree::default(), &config);
    assert_eq!(diagnostics, []);
    assert_eq!(theme.unwrap().text(&language("zh-CN"), "free"), "免费");
}

#[test]
fn a_regional_locale_changes_single_texts_of_its_language() {
    let mut config = Fixture::new().school.config;
    config.languages.push(language("zh-TW"));
    let tree = SourceTree::from_files([("themes/lyceum/locales/zh-TW.ftl", "free = 免費\n")]);
    let (theme, diagnostics) = Theme::load(&tree, &config);
    assert_eq!(diagnostics, []);
    let theme = theme.unwrap();
    assert_eq!(theme.text(&language("zh-TW"), "free"), "免費");
    assert_eq!(theme.text(&language("zh-TW"), "courses"), "课程");
    assert_eq!(theme.text(&language("zh"), "free"), "免费");
}

/// Each mistake as `line:column message`, and the hint.
fn told(text: &str) -> Vec<(String, Option<String>)> {
    let (_, diagnostics) = load(&[("locales/zh.ftl", text)]);
    diagnostics
        .into_iter()
        .map(|found| {
            assert_eq!(found.path.as_str(), "themes/lyceum/locales/zh.ftl");
            assert_eq!((found.code, found.severity), (Code::BadLocale, Severity::Error));
            let span = found.span.unwrap();
            (format!("{}:{} {}", span.line, span.column, found.message), found.hint)
        })
        .collect()
}

#[test]
fn a_locale_that_is_no_fluent_is_told_with_its_place_and_the_rest_is_read() {
    let (theme, diagnostics) = load(&[("locales/zh.ftl", "free = { 免费\npaid = 收费\n")]);
    let error = only(&diagnostics);
    assert_eq!(error.message, "expected an inline expression");
    assert_eq!(error.span.map(|span| (span.line, span.column)), Some((1, 10)));
    let theme = theme.unwrap();
    assert_eq!(theme.text(&language("zh"), "paid"), "收费");
    assert_eq!(theme.text(&language("zh"), "free"), "免费");
}

#[test]
fn an_unknown_function_is_told_with_its_place() {
    assert_eq!(
        told("free = 免费\npages = { DATETIME($n) }\n")[0],
        (
            "2:11 there is no function `DATETIME`".to_owned(),
            Some("the only function is `NUMBER`".to_owned())
        )
    );
}

#[test]
fn a_variable_that_nobody_gives_is_told_with_its_place() {
    assert_eq!(
        told("lesson-count = { $count } 课\nfree = { $price }\n"),
        [
            (
                "2:10 `free` isn't given a variable `$price`".to_owned(),
                Some("it is said without variables".to_owned())
            ),
            (
                "1:18 `lesson-count` isn't given a variable `$count`".to_owned(),
                Some("it is given `$n`".to_owned())
            ),
        ]
    );
}

#[test]
fn a_text_or_term_that_is_not_there_is_told_with_its_place() {
    assert_eq!(
        told("free = { fre }\npaid = { -shop }\n"),
        [
            (
                "1:10 there is no text `fre` to take in".to_owned(),
                Some("did you mean `free`?".to_owned())
            ),
            ("2:10 there is no term `-shop`".to_owned(), Some("define it: `-shop = …`".to_owned())),
        ]
    );
}

#[test]
fn a_text_written_twice_is_told() {
    assert_eq!(
        told("free = 免费\nfree = 不要钱\n"),
        [("2:1 `free` is written twice".to_owned(), None)]
    );
}

#[test]
fn braces_without_end_are_told_and_not_followed() {
    let deep = format!("free = {}\n", "{".repeat(100_000));
    assert_eq!(
        told(&deep),
        [("1:40 braces stand in one another more than 32 deep".to_owned(), None)]
    );
}

#[test]
fn a_locale_in_another_format_is_told() {
    let (_, diagnostics) = load(&[("locales/zh.toml", "free = \"免费\"\n")]);
    let error = only(&diagnostics);
    assert_eq!(error.path.as_str(), "themes/lyceum/locales/zh.toml");
    assert_eq!(error.message, "a locale is a Fluent file, `<language>.ftl`; this one isn't read");
    assert_eq!(
        error.hint.as_deref(),
        Some("write `key = text`, with variables as `{ $name }`, into a file `.ftl`")
    );
}

#[test]
fn a_variable_that_a_template_forgets_is_told_where_it_stands() {
    let error = render("<p>\n{{ t(key=\"lesson-count\") }}</p>").unwrap_err();
    assert!(
        error.message.ends_with("the text `lesson-count` in `zh` can't be said: it needs `n`"),
        "{}",
        error.message
    );
    assert_eq!(error.span.map(|span| span.line), Some(2));
}

#[test]
fn plurals_follow_the_language() {
    let mut config = Fixture::new().school.config;
    config.languages.push(language("pl"));
    let text = "lesson-count = { $n ->\n    [one] { $n } lekcja\n    [few] { $n } lekcje\n   *[other] { $n } lekcji\n }\n";
    let template = "{{ t(key=\"lesson-count\", n=n) }}";
    let files =
        [("themes/lyceum/locales/pl.ftl", text), ("themes/lyceum/templates/404.html", template)];
    let theme = Theme::load(&SourceTree::from_files(files), &config).0.unwrap();
    let say = |n: usize| {
        let data = std::collections::BTreeMap::from([("n", n)]);
        theme.render(Template::NotFound, &language("pl"), &tera::Context::new(), &data).unwrap()
    };
    assert_eq!([1, 3, 5, 22].map(say), ["1 lekcja", "3 lekcje", "5 lekcji", "22 lekcje"]);
}

#[test]
fn an_unknown_key_in_theme_toml_is_an_error() {
    let text = "color_light = \"#fff\"\ncolor_dark = \"#000\"\ncolour = \"red\"\n";
    let (theme, diagnostics) = load(&[("theme.toml", text)]);
    assert!(theme.is_none());
    let error = only(&diagnostics);
    assert_eq!(error.path.as_str(), "themes/lyceum/theme.toml");
    assert_eq!(error.message, "unknown field `colour`, expected `color_light` or `color_dark`");
    assert_eq!(error.span.map(|span| span.line), Some(3));
}

#[test]
fn an_asset_of_the_school_takes_the_place_of_the_built_in_one() {
    let (theme, _) = load(&[("assets/icon.svg", "<svg/>"), ("assets/photos/sea.jpg", "sea")]);
    let theme = theme.unwrap();
    let icons: Vec<_> =
        theme.assets().iter().filter(|file| file.key.path().contains("/icon.")).collect();
    assert_eq!(icons.len(), 1);
    assert_eq!(icons[0].len(), 6);
    assert!(theme.assets().iter().any(|file| file.key.path().starts_with("assets/sea.")));
}

#[test]
fn an_asset_whose_name_can_not_stand_in_an_address_is_told() {
    let (_, diagnostics) = load(&[("assets/what?.css", "")]);
    let error = only(&diagnostics);
    assert_eq!(error.path.as_str(), "themes/lyceum/assets/what?.css");
    assert_eq!(error.message, "`what?.css` is not a relative path of plain names");
}

#[test]
fn a_component_that_nothing_draws_is_told() {
    let text = "[box]\n[lid]\ninside = \"crate\"\n";
    let (_, diagnostics) = load(&[("components.toml", text)]);
    let told: Vec<_> = diagnostics.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "the component `box` has no template",
            "`lid` is an item of `crate`, which is no component"
        ]
    );
    assert_eq!(diagnostics[0].path.as_str(), "themes/lyceum/components.toml");
    assert_eq!(
        diagnostics[0].hint.as_deref(),
        Some("add `themes/lyceum/templates/components/box.html`")
    );
}

#[test]
fn a_component_declared_in_other_words_is_told_with_its_line() {
    let text = "[note.attributes]\ntitle = { kind = \"words\" }\n";
    let (_, diagnostics) = load(&[("components.toml", text)]);
    let error = only(&diagnostics);
    assert_eq!(error.span.map(|span| span.line), Some(2));
    assert!(error.message.starts_with("unknown variant `words`"), "{}", error.message);
}

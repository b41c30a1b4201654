//! Values of front matter at and past their limits: each is understood as it is
//! written, or told with the way to write it.

use super::school;

/// What is told of a lesson with this line in its front matter.
fn told(line: &str) -> Vec<String> {
    let parsed = school(format!("---\nid: hello\ntitle: Hello\n{line}\n---\n"));
    let shown = |found: &compiler::diagnostic::Diagnostic| {
        let hint = found.hint.as_deref().unwrap_or_default();
        format!("{} {} | {hint}", found.code, found.message)
    };
    parsed.diagnostics.iter().map(shown).collect()
}

/// What is told of a course with these prices.
fn told_of_price(prices: &str) -> Vec<String> {
    let course = format!(
        "---\ntitle: Rust\ndescription: All of it.\naccess: paid\nprices: {{ {prices} }}\n---\n"
    );
    let files = [("site.toml", super::SITE), ("content/rust/course.md", &course)];
    let tree = compiler::source::SourceTree::from_files(files);
    let parsed = compiler::parse::parse(&tree, &compiler::parse::Options::default());
    let kept = |found: &&compiler::diagnostic::Diagnostic| {
        !matches!(found.code.name(), "no-price" | "unused-price")
    };
    let shown = |found: &compiler::diagnostic::Diagnostic| {
        let hint = found.hint.as_deref().unwrap_or_default();
        format!("{} {} | {hint}", found.code, found.message)
    };
    parsed.diagnostics.iter().filter(kept).map(shown).collect()
}

const NONE: [&str; 0] = [];

#[test]
fn moments_that_exist_are_taken() {
    for moment in [
        "2026-12-01T09:00:00+08:00",
        "2024-02-29T00:00:00Z",
        "9999-12-30T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "-009999-01-03T00:00:00Z",
        "2026-12-01T09:00:00+08:00[Asia/Shanghai]",
        // A leap second is the second before it, as on every computer.
        "2016-12-31T23:59:60Z",
    ] {
        assert_eq!(told(&format!("publish_at: {moment}")), NONE, "{moment}");
    }
}

#[test]
fn moments_that_do_not_exist_are_told() {
    for moment in [
        "2026-02-30T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-12-01T25:61:00Z",
        "2026-12-01T24:00:00Z",
        "10000-01-01T00:00:00Z",
        "2026-12-01T00:00:00+99:00",
        "-1",
        "1e309",
        "1764547200",
        "tomorrow",
        "٢٠٢٦-١٢-٠١T00:00:00Z",
    ] {
        let wrong = format!(
            "bad-date `publish_at` is not a date and time: `{moment}` | \
             write one such as `2026-12-01T09:00:00+08:00`"
        );
        assert_eq!(told(&format!("publish_at: \"{moment}\"")), [wrong]);
    }
    for (moment, local) in
        [("2026-12-01", "2026-12-01T00:00:00"), ("0000-01-01T00:00:00", "0000-01-01T00:00:00")]
    {
        let wrong = format!(
            "bad-date `publish_at` has no time zone: `{moment}` | \
             write `{local}+08:00`, or `{local}Z` for UTC"
        );
        assert_eq!(told(&format!("publish_at: {moment}")), [wrong]);
    }
}

#[test]
fn a_lesson_that_never_opens_is_told() {
    let same = "publish_at: 2026-01-02T00:00:00Z\nexpires_at: 2026-01-02T00:00:00Z";
    let before = "publish_at: 2026-01-02T00:00:00Z\nexpires_at: 2026-01-02T00:00:00+01:00";
    for span in [same, before] {
        assert_eq!(
            told(span),
            ["bad-date `expires_at` is not after `publish_at`: the lesson never opens | \
              write a moment after `2026-01-02T00:00:00Z`, or leave it out"]
        );
    }
}

#[test]
fn durations_past_all_measure_are_told() {
    for written in ["-5m", "1e309", "١٥m", "NaN", "inf", "0x10", "+5m", "5m5m", "1h-5m"] {
        let wrong = format!(
            "wrong-value `duration` is written `25m`, `1h` or `1h 10m`, not `{written}` | "
        );
        assert_eq!(told(&format!("duration: \"{written}\"")), [wrong]);
    }
    for written in ["0m", "41h", "4294967295h", "4294967295m"] {
        let wrong = "wrong-value `duration` must be from 1 minute to 40 hours | ";
        assert_eq!(told(&format!("duration: {written}")), [wrong], "{written}");
    }
    let overflow = "99999999999999999999h";
    assert_eq!(
        told(&format!("duration: {overflow}")),
        [format!("wrong-value `duration` is written `25m`, `1h` or `1h 10m`, not `{overflow}` | ")]
    );
}

#[test]
fn prices_that_are_none_are_told() {
    let digits = "write digits only, such as `USD: \"29\"`";
    for (written, message, hint) in [
        ("-29.00", "`-29.00` is not an amount such as `199.00`", digits),
        ("+29", "`+29` is not an amount such as `199.00`", digits),
        ("٢٩", "`٢٩` is not an amount such as `199.00`", digits),
        ("２９", "`２９` is not an amount such as `199.00`", digits),
        ("1e3", "`1e3` is not an amount such as `199.00`", digits),
        ("1,000", "`1,000` is not an amount such as `199.00`", digits),
        ("NaN", "`NaN` is not an amount such as `199.00`", digits),
        ("inf", "`inf` is not an amount such as `199.00`", digits),
        ("29.", "`29.` is not an amount such as `199.00`", digits),
        (".5", "`.5` is not an amount such as `199.00`", digits),
        ("0.00", "a price must be more than zero", "a gift is `access: free`"),
        (
            "29.001",
            "USD has 2 decimal places, `29.001` has 3",
            "round it to 2 places, such as `USD: \"29.00\"`",
        ),
        ("99999999999999999999", "`99999999999999999999` is too large an amount", digits),
        ("92233720368547758.08", "`92233720368547758.08` is too large an amount", digits),
    ] {
        assert_eq!(
            told_of_price(&format!("USD: \"{written}\"")),
            [format!("bad-price {message} | {hint}")]
        );
    }
    assert_eq!(
        told_of_price("USD: 29.00"),
        ["bad-price the price `29.00` is not a text | quote it: `USD: \"29.00\"`"]
    );
    assert_eq!(
        told_of_price("JPY: \"29.5\""),
        [
            "bad-price JPY has 0 decimal places, `29.5` has 1 | write a whole amount, such as `JPY: \"29\"`"
        ]
    );
    assert_eq!(told_of_price("USD: \"0.01\", CNY: \"1\""), NONE);
}

#[test]
fn what_yaml_can_and_front_matter_does_not_is_told() {
    for (line, code) in [
        ("<<: { access: paid }", "bad-front-matter"),
        ("base: &b { access: paid }\n<<: *b", "bad-front-matter"),
        ("title: World", "duplicate-key"),
        ("summary:\n\tx: 1", "bad-front-matter"),
        ("? [a, b]\n: c", "bad-front-matter"),
        ("draft: 1e309", "wrong-value"),
        ("draft: .nan", "wrong-value"),
        ("draft: 99999999999999999999999999999999999999999999", "wrong-value"),
        ("access: !!binary eHl6", "wrong-value"),
        ("summary: \"\\ud800\"", "bad-front-matter"),
        ("...\n%YAML 1.2\n", "bad-front-matter"),
    ] {
        let told = told(line);
        assert!(told.iter().any(|told| told.starts_with(code)), "{line}: {told:#?}");
    }
    // A number is a text where a text is wanted, and keeps its spelling.
    for line in
        ["summary: 99999999999999999999999", "summary: .inf", "summary: 1e309", "summary: 0x1F"]
    {
        assert_eq!(told(line), NONE, "{line}");
    }
}

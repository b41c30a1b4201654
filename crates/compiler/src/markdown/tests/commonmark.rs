//! The 652 examples of the CommonMark specification 0.31, read from the package of
//! another parser, so that none of the specification's text stands here.
//!
//! Two things are tested. Our syntax tree, with every extension on, written by
//! comrak, is what the specification says but for the examples listed with their
//! reasons. And our own writer says the same words for each example that holds no
//! address and no HTML, which are checked and cleaned on purpose.

use std::process::Command;

use comrak::options::Plugins;

use super::*;

/// An example: its source, and the HTML it should be.
struct Example {
    number: usize,
    markdown: String,
    html: String,
}

/// Where an extension means something by what is only text in the specification.
const DEVIATIONS: &[(&str, &[usize])] = &[
    ("`[[name]]` is a link to a page by its name", &[559, 590]),
    ("a bare address is a link, as GitHub has it", &[602, 608, 611, 612]),
];

fn examples() -> Vec<Example> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--offline", "--format-version", "1"])
        .current_dir(std::env::var("CARGO_MANIFEST_DIR").unwrap())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "pulldown-cmark").unwrap();
    let manifest = std::path::Path::new(package["manifest_path"].as_str().unwrap());
    let source = std::fs::read_to_string(manifest.parent().unwrap().join("tests/suite/spec.rs"));
    let source = source.unwrap();
    let literals: Vec<&str> =
        source.split("= r##\"").skip(1).map(|rest| rest.split_once("\"##;").unwrap().0).collect();
    let pairs = literals.chunks(2).zip(1..);
    let example = |(pair, number): (&[&str], usize)| Example {
        number,
        markdown: pair[0].to_owned(),
        html: pair[1].to_owned(),
    };
    pairs.map(example).collect()
}

#[test]
fn the_syntax_tree_is_that_of_the_specification() {
    let options = options();
    let mut plain = options.clone();
    plain.render.tasklist_classes = false;
    let examples = examples();
    assert_eq!(examples.len(), 652);
    let listed: BTreeSet<usize> =
        DEVIATIONS.iter().flat_map(|(_, numbers)| numbers.iter().copied()).collect();
    let mut failed = Vec::new();
    for example in &examples {
        let arena = Arena::new();
        let root = directive::parse(&arena, &example.markdown, &options);
        let mut html = String::new();
        comrak::html::format_document_with_plugins(root, &plain, &mut html, &Plugins::default())
            .unwrap();
        if (same_quotes(&html) == same_quotes(&example.html)) == listed.contains(&example.number) {
            failed.push(example.number);
            if !listed.contains(&example.number) {
                eprintln!(
                    "{}\n{:?}\n{:?}\n{html:?}",
                    example.number, example.markdown, example.html
                );
            }
        }
    }
    assert_eq!(failed, Vec::<usize>::new(), "listed and right, or wrong and not listed");
}

/// The package writes quotes as they are, the specification and we as `&quot;`.
fn same_quotes(html: &str) -> String {
    html.replace("&quot;", "\"")
}

/// Takes away what our writer adds: anchors of headings, the frame of code.
fn bare(html: &str) -> String {
    let mut bare = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        bare.push_str(before);
        let (tag, after) = after.split_once('>').unwrap();
        rest = after;
        let name = tag.split(' ').next().unwrap();
        if tag.starts_with("a class=\"anchor\"") {
            rest = rest.strip_prefix("</a>").unwrap();
        } else if matches!(name, "div" | "/div") {
        } else if matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "code") {
            bare.push_str(&format!("<{name}>"));
        } else if name == "span" || name == "/span" {
        } else {
            bare.push_str(&format!("<{tag}>"));
        }
    }
    same_quotes(&(bare + rest))
}

#[test]
fn our_writer_says_what_the_specification_says() {
    let school = Fixture::new();
    let has_html = |html: &str| html.contains("href=") || html.contains("src=");
    let mut compared = 0;
    let mut failed = Vec::new();
    let listed: BTreeSet<usize> =
        DEVIATIONS.iter().flat_map(|(_, numbers)| numbers.iter().copied()).collect();
    for Example { number, markdown, html } in examples() {
        let ours = school.render(&markdown, Readers::Everyone).document.public.0;
        let arena = Arena::new();
        let root = directive::parse(&arena, &markdown, &options());
        let is_raw = root.descendants().any(|node| {
            matches!(node.data().value, NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_))
        });
        if is_raw || has_html(&html) || listed.contains(&number) {
            continue;
        }
        compared += 1;
        if bare(&ours) != bare(&html) {
            eprintln!("{number}\n{markdown:?}\n{html:?}\n{ours:?}");
            failed.push(number);
        }
    }
    assert!(compared > 400, "{compared}");
    assert_eq!(failed, Vec::<usize>::new());
}

//! The index as a browser reads it, and how it changes with the pages.

use std::collections::BTreeSet;

use contracts::language::Language;
use serde_json::Value;

use super::*;
use crate::document::PublicHtml;

/// A page, owned.
#[derive(Debug, Clone, Default)]
struct Text {
    url: String,
    title: String,
    body: String,
    language: Option<Language>,
}

fn page(url: &str, title: &str, body: &str) -> Text {
    let (url, title, body) = (url.to_owned(), title.to_owned(), body.to_owned());
    Text { url, title, body, language: None }
}

fn entry(text: &Text) -> Entry {
    let Text { url, title, body, language } = text;
    let body = &PublicHtml(body.clone());
    Entry::of(&Page { url, title, description: "", body, language: language.as_ref() })
}

fn made(pages: &[Text]) -> Files {
    files(pages.iter().map(entry).collect(), |digest| format!("/{}.json", digest.short()))
}

fn read(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// The file that the index names.
fn shard(files: &Files, name: &Value) -> Value {
    let index = read(&files.index);
    assert_eq!(index["path"], "/{}.json");
    let shard = files.shards.iter().find(|shard| digest(shard).short() == name.as_str().unwrap());
    read(shard.unwrap())
}

fn numbers(text: &str) -> Vec<u64> {
    let mut numbers = vec![0];
    let mut bits = 0;
    for letter in text.bytes() {
        let digit = DIGITS.iter().position(|digit| *digit == letter).unwrap() as u64;
        *numbers.last_mut().unwrap() |= (digit & 31) << bits;
        bits += 5;
        if digit < 32 {
            numbers.push(0);
            bits = 0;
        }
    }
    assert_eq!(numbers.pop(), Some(0));
    numbers
}

/// The address of each place of a term and its weight, as a browser finds them.
fn found(files: &Files, term: &str) -> Vec<(String, u64)> {
    let index = read(&files.index);
    let stride = index["stride"].as_u64().unwrap();
    let mut found = Vec::new();
    for name in index["terms"].as_array().unwrap() {
        for row in shard(files, &name[1]).as_array().unwrap().iter().filter(|row| row[0] == term) {
            let mut number = 0;
            for pair in numbers(row[1].as_str().unwrap()).chunks(2) {
                number += pair[0];
                let texts = shard(files, &index["texts"][(number / stride) as usize]);
                let row = &texts[(number % stride) as usize];
                let place = pair[1];
                let anchor = row[2][(place / 64) as usize][0].as_str().unwrap();
                let url = row[0].as_str().unwrap();
                let url = if anchor.is_empty() { url.into() } else { format!("{url}#{anchor}") };
                found.push((url, place % 64));
            }
        }
    }
    found
}

fn at(url: &str, weight: u64) -> (String, u64) {
    (url.to_owned(), weight)
}

#[test]
fn a_word_leads_to_the_page_and_to_the_heading_under_which_it_stands() {
    let body = "<p>Boxes</p><h2 id=\"move\">To move</h2><p>A moved box.</p>";
    let files = made(&[page("/a/", "Ownership", body)]);
    assert_eq!(found(&files, "ownership"), [at("/a/", 24)]);
    assert_eq!(found(&files, "moved"), [at("/a/#move", 1)]);
    assert_eq!(found(&files, "move"), [at("/a/#move", 10)]);
    let index = read(&files.index);
    assert_eq!(index["places"], 2);
    assert_eq!(index["terms"][0][0], "a");
    let texts = shard(&files, &index["texts"][0]);
    assert_eq!(texts[0][2][1][2], "A moved box.");
}

#[test]
fn a_text_in_another_language_says_so() {
    let original = Text { language: Language::parse("ar").ok(), ..page("/zh/a/", "A", "") };
    let files = made(&[original, page("/zh/b/", "B", "")]);
    let texts = shard(&files, &read(&files.index)["texts"][0]);
    assert_eq!(texts[0][3], serde_json::json!(["ar", "rtl"]));
    assert_eq!(texts[1].as_array().map(Vec::len), Some(3));
}

#[test]
fn every_part_of_a_chinese_sentence_is_found() {
    let text = "这是我想做的事所以继续";
    let files = made(&[page("/a/", "", &format!("<p>{text}</p>"))]);
    let letters: Vec<char> = text.chars().collect();
    for pair in letters.windows(2) {
        let term: String = pair.iter().collect();
        assert_eq!(found(&files, &term).len(), 1, "{term}");
    }
    let entry = entry(&page("/a/", "", text));
    let known: BTreeSet<&str> = entry.terms().map(|(term, _)| term).collect();
    for letter in letters {
        assert!(known.iter().any(|term| term.starts_with(letter)), "{letter}");
    }
}

/// Pages of forty words each, some of which stand in many.
fn large(count: usize) -> Vec<Text> {
    let word = |number: usize| format!("word{}", number * number % 30_011);
    (0..count)
        .map(|number| {
            let text: Vec<String> = (0..40).map(|at| word(number * 40 + at)).collect();
            page(&format!("/{number}/"), "Page", &format!("<p>{}</p>", text.join(" ")))
        })
        .collect()
}

#[test]
fn a_large_school_is_cut_into_small_files() {
    let files = made(&large(4000));
    assert!((10..120).contains(&files.shards.len()), "{}", files.shards.len());
    let longest = files.shards.iter().map(Vec::len).max().unwrap();
    assert!(longest <= MOST_TERM_BYTES + 10_000, "{longest}");
    assert!(files.index.len() < 4000, "{}", files.index.len());
    let number: usize = 3999 * 40 + 39;
    assert_eq!(found(&files, &format!("word{}", number * number % 30_011))[0].1, 1);
    assert_eq!(found(&files, "page").len(), 4000);
    let index = read(&files.index);
    let terms = index["terms"].as_array().unwrap();
    let first: Vec<&str> = terms.iter().map(|row| row[0].as_str().unwrap()).collect();
    assert!(first.is_sorted(), "{first:?}");
}

/// How many files of the second index are not in the first.
fn new_files(before: &Files, after: &Files) -> usize {
    let before: BTreeSet<&Vec<u8>> = before.shards.iter().collect();
    after.shards.iter().filter(|shard| !before.contains(shard)).count()
}

#[test]
fn an_edit_changes_the_files_of_its_words_and_of_its_page() {
    let pages = large(4000);
    let before = made(&pages);
    let mut edited = pages.clone();
    edited[1234].body = edited[1234].body.replace("</p>", " altogether new</p>");
    let after = made(&edited);
    assert!(new_files(&before, &after) <= 3, "{}", new_files(&before, &after));
    assert_eq!(found(&after, "altogether"), [at("/1234/", 1)]);

    // A page that comes moves those that share its file, and their words.
    let mut grown = pages.clone();
    grown.insert(77, page("/new/", "Page", "<p>word1</p>"));
    let after = made(&grown);
    let changed = new_files(&before, &after);
    assert!(changed < after.shards.len() * 2 / 3, "{changed} of {}", after.shards.len());
}

#[test]
fn the_same_pages_make_the_same_files_in_any_order() {
    let mut pages = large(300);
    let files = made(&pages);
    pages.reverse();
    pages.swap(3, 200);
    assert_eq!(made(&pages), files);
}

#[test]
fn terms_stand_in_the_order_of_javascript() {
    let mut words = ["z", "\u{1d538}", "\u{fb01}x", "é", "中文", "\u{e000}", "a"];
    words.sort_by(|one, other| as_javascript(one, other));
    assert_eq!(words, ["a", "z", "é", "中文", "\u{1d538}", "\u{e000}", "\u{fb01}x"]);
}

#[test]
fn a_school_without_pages_has_an_index_all_the_same() {
    let files = made(&[]);
    assert_eq!(read(&files.index)["places"], 0);
    assert_eq!(files.shards, [b"[]".to_vec()]);
}

#[test]
fn any_number_is_read_as_it_was_written() {
    for number in [0, 1, 31, 32, 1023, 1024, 123_456_789, u32::MAX] {
        let mut text = String::new();
        push_number(&mut text, number);
        assert_eq!(numbers(&text), [u64::from(number)], "{text}");
    }
}

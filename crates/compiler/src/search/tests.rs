//! The index as a browser reads it, and how it changes with the pages.

use std::collections::{BTreeMap, BTreeSet};

use contracts::language::Language;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, proptest};
use proptest::test_runner::Config;
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
    indexed(&entries(pages))
}

fn entries(pages: &[Text]) -> Vec<Entry> {
    pages.par_iter().map(entry).collect()
}

fn indexed(entries: &[Entry]) -> Files {
    whole(entries).0
}

fn whole(entries: &[Entry]) -> (Files, Outline) {
    files(entries, |digest| format!("/{}.json", digest.short()))
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

/// The files that the index names under a key.
fn shards(files: &Files, key: &str) -> Vec<Value> {
    let index = read(&files.index);
    let name = |row: &Value| if row.is_array() { row[1].clone() } else { row.clone() };
    index[key].as_array().unwrap().iter().map(|row| shard(files, &name(row))).collect()
}

/// Every term with the address of each of its places and its weight there, as a browser
/// finds them.
fn all(files: &Files) -> BTreeMap<String, Vec<(String, u32)>> {
    let stride = read(&files.index)["stride"].as_u64().unwrap();
    let pages = shards(files, "pages");
    let url = |number: u32| {
        let of = |row: &Value| u32::try_from(row[0].as_u64().unwrap()).unwrap();
        let at = ((u64::from(number) / stride) as usize).min(pages.len() - 1);
        let rows = pages[..=at].iter().rev().flat_map(|file| file.as_array().unwrap().iter().rev());
        let found = { rows }.find(|row| of(row) <= number).unwrap();
        let own = number - of(found);
        let row = &found[1];
        let place = row[2].as_array().unwrap().iter().find(|place| place[0] == own).unwrap();
        let (url, anchor) = (row[0].as_str().unwrap(), place[1].as_str().unwrap());
        if anchor.is_empty() { url.to_owned() } else { format!("{url}#{anchor}") }
    };
    let mut all = BTreeMap::new();
    for file in shards(files, "terms") {
        for row in file.as_str().unwrap().split(',') {
            let (term, postings) = row.split_once(' ').unwrap();
            let mut places: Vec<(String, u32)> = posting::places(postings)
                .unwrap()
                .into_iter()
                .map(|(number, weight)| (url(number), weight))
                .collect();
            places.sort();
            assert_eq!(all.insert(term.to_owned(), places), None, "{term}");
        }
    }
    all
}

fn found(files: &Files, term: &str) -> Vec<(String, u32)> {
    all(files).remove(term).unwrap_or_default()
}

fn at(url: &str, weight: u32) -> (String, u32) {
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
    let row = &shards(&files, "pages")[0][0][1];
    assert_eq!(row[2][1][1], "move");
    assert_eq!(row[2][1][2], "To move");
    let text = "moved box";
    assert!(!files.shards.iter().any(|shard| String::from_utf8_lossy(shard).contains(text)));
}

#[test]
fn a_text_in_another_language_says_so() {
    let original = Text { language: Language::parse("ar").ok(), ..page("/zh/a/", "A", "") };
    let files = made(&[original, page("/zh/b/", "B", "")]);
    let rows = &shards(&files, "pages")[0];
    let row = |url: &str| {
        let rows = rows.as_array().unwrap();
        rows.iter().map(|row| row[1].clone()).find(|row| row[0] == url).unwrap()
    };
    assert_eq!(row("/zh/a/")[3], serde_json::json!(["ar", "rtl"]));
    assert_eq!(row("/zh/b/").as_array().map(Vec::len), Some(3));
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
    let known: BTreeSet<&str> = entry.terms().map(|(term, ..)| term).collect();
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
            let heading = "<h2 id=\"own\">Heading</h2>";
            page(&format!("/{number}/"), "Page", &format!("{heading}<p>{}</p>", text.join(" ")))
        })
        .collect()
}

#[test]
fn a_large_school_is_cut_into_few_small_files() {
    let files = made(&large(4000));
    assert!((64 + 16..200).contains(&files.shards.len()), "{}", files.shards.len());
    let longest = files.shards.iter().map(Vec::len).max().unwrap();
    assert!(longest <= 32 * 1024, "{longest}");
    assert!(files.index.len() < 8000, "{}", files.index.len());
    let all = all(&files);
    assert_eq!(all["page"].len(), 4000);
    let index = read(&files.index);
    let terms = index["terms"].as_array().unwrap();
    let first: Vec<&str> = terms.iter().map(|row| row[0].as_str().unwrap()).collect();
    assert!(first.is_sorted(), "{first:?}");
}

#[test]
fn every_term_leads_to_all_of_its_places_and_no_other() {
    let pages = large(300);
    let mut expected: BTreeMap<String, Vec<(String, u32)>> = BTreeMap::new();
    for text in &pages {
        for (term, own, weight) in entry(text).terms() {
            let url = if own == 0 { text.url.clone() } else { format!("{}#own", text.url) };
            expected.entry(term.to_owned()).or_default().push((url, weight));
        }
    }
    expected.values_mut().for_each(|places| places.sort());
    assert_eq!(all(&made(&pages)), expected);
}

#[test]
fn a_page_of_many_headings_is_found_across_files() {
    let mut pages = large(200);
    for page in pages.iter_mut().step_by(2) {
        let headings = (0..40).map(|at| format!("<h2 id=\"h{at}\">Heading {at}</h2>"));
        page.body = headings.collect();
    }
    let files = made(&pages);
    assert!(shards(&files, "pages").len() > 1);
    assert_eq!(found(&files, "heading").len(), 100 * 40 + 100);
}

/// How many files of the second index are not in the first.
fn new_files(before: &Files, after: &Files) -> usize {
    let before: BTreeSet<&Vec<u8>> = before.shards.iter().collect();
    after.shards.iter().filter(|shard| !before.contains(shard)).count()
}

#[test]
fn an_edit_changes_the_files_of_its_words() {
    let pages = large(2000);
    let before = made(&pages);
    let mut edited = pages.clone();
    edited[1234].body = edited[1234].body.replace("</p>", " altogether new</p>");
    let after = made(&edited);
    assert!((1..=2).contains(&new_files(&before, &after)));
    assert_eq!(found(&after, "altogether"), [at("/1234/#own", 1)]);

    // A heading that comes changes the row of the page too, and no word but its own.
    let mut headed = pages.clone();
    headed[77].body = format!("<h2 id=\"first\">Altogether</h2>{}", headed[77].body);
    assert!(new_files(&before, &made(&headed)) <= 2);

    // A page that comes may move one or two that stand beside it.
    let mut grown = pages.clone();
    grown.insert(77, page("/new/", "Page", "<p>word1</p>"));
    assert!(new_files(&before, &made(&grown)) <= 3 + 3 * 40);
}

/// What someone does to a school of made-up pages.
#[derive(Debug, Clone)]
enum Edit {
    Word(usize, u16),
    Remove(usize),
    Add(u16),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit =
        (any::<u8>(), any::<u16>(), any::<u16>()).prop_map(|(kind, page, word)| match kind {
            0..20 => Edit::Remove(page.into()),
            20..40 => Edit::Add(word),
            _ => Edit::Word(page.into(), word),
        });
    vec(edit, 1..4)
}

proptest! {
    #![proptest_config(Config { cases: 3, ..Config::default() })]

    #[test]
    fn each_edit_changes_few_files_and_its_way_leaves_no_trace(edits in edits()) {
        let mut pages = large(2000);
        let mut entries = entries(&pages);
        let (mut before, mut outline) = whole(&entries);
        for edit in edits {
            let mut pair = None;
            let count = pages.len();
            let most = match edit {
                Edit::Word(at, word) => {
                    let page = &mut pages[at % count];
                    page.body += &format!("<p>word{word} odd{word}</p>");
                    let old = std::mem::replace(&mut entries[at % count], entry(page));
                    pair = Some((old, entries[at % count].clone()));
                    // Two words, and two borders that may lie beside them.
                    4
                }
                // The forty words of a page, and of one or two that it moves.
                Edit::Remove(at) => {
                    pages.remove(at % count);
                    entries.remove(at % count);
                    130
                }
                Edit::Add(word) => {
                    let page = page(&format!("/new-{count}-{word}/"), "Page", "<p>new</p>");
                    entries.push(entry(&page));
                    pages.push(page);
                    130
                }
            };
            let (after, outlined) = whole(&entries);
            if let Some(pair) = pair {
                assert_patched((&before, &outline), &[pair], (&after, &outlined));
            }
            outline = outlined;
            let changed = new_files(&before, &after);
            assert!(changed <= most, "{changed} of {}: {edit:?}", after.shards.len());
            before = after;
        }
        pages.sort_by(|one, other| one.url.cmp(&other.url));
        assert_eq!(made(&pages), before);
    }
}

/// A patch of the index comes to what all pages make, and adds what is new.
fn assert_patched(
    (before, outline): (&Files, &Outline),
    pairs: &[(Entry, Entry)],
    (after, outlined): (&Files, &Outline),
) {
    let file = |own: &str| before.shards.iter().find(|file| digest(file).short() == own).cloned();
    let (made, patched) = patched(outline, &before.index, pairs, &file).unwrap();
    assert_eq!(String::from_utf8_lossy(&made.index), String::from_utf8_lossy(&after.index));
    assert_eq!(patched, *outlined);
    let stood = |file: &&Vec<u8>| before.shards.contains(file);
    let new: BTreeSet<&Vec<u8>> = after.shards.iter().filter(|file| !stood(file)).collect();
    assert_eq!(made.shards.iter().collect::<BTreeSet<_>>(), new);
}

#[test]
fn words_headings_and_titles_of_several_pages_are_put_into_an_index() {
    let mut pages = large(300);
    let before = entries(&pages);
    pages[7].body = "<p>other words altogether 完全不同</p>".to_owned();
    pages[8].title = "Another page".to_owned();
    pages[9].body += "<h2 id=\"new\">New</h2><p>word7 word8</p>";
    pages[10].body.clear();
    let after = entries(&pages);
    let changed: Vec<(Entry, Entry)> =
        before.iter().cloned().zip(after.iter().cloned()).filter(|(a, b)| a != b).collect();
    assert_eq!(changed.len(), 4);
    let ((old, outline), (new, outlined)) = (whole(&before), whole(&after));
    assert_patched((&old, &outline), &changed, (&new, &outlined));
}

#[test]
fn what_would_give_other_pages_other_numbers_is_not_put_in() {
    let mut pages = large(20);
    let before = entries(&pages);
    let heading = |n| format!("<h2 id=\"h{n}\">H</h2><p>x</p>");
    pages[3].body = (0..20).map(heading).collect();
    let (files, outline) = whole(&before);
    let file = |own: &str| files.shards.iter().find(|file| digest(file).short() == own).cloned();
    let pair = [(before[3].clone(), entry(&pages[3]))];
    assert!(patched(&outline, &files.index, &pair, &file).is_none());
    let pair = [(before[3].clone(), before[4].clone())];
    assert!(patched(&outline, &files.index, &pair, &file).is_none());
    let pair = [(before[3].clone(), entry(&page("/3/", "Another", "")))];
    assert!(patched(&outline, &files.index, &pair, &|_| None).is_none());
    assert!(patched(&outline, b"{}", &pair, &file).is_none());
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

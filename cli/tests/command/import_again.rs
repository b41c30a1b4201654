//! `lyceum import` a second time: what it does to a course that its author has
//! changed, on two machines, and after a run that was stopped.

use crate::harness::School;
use crate::import::tells;

#[track_caller]
fn assert_told(told: &str, lines: &[&str]) {
    for line in lines {
        assert!(tells(told, line), "{line}\n{told}");
    }
}

/// A book of two pages whose text the tests change.
fn book(school: &School, one: &str, two: &str) {
    school.write("book/src/SUMMARY.md", "- [One](one.md)\n- [Two](two.md)\n");
    school.write("book/src/one.md", one);
    school.write("book/src/two.md", two);
}

const IMPORT: [&str; 5] = ["import", "mdbook", "book", "--course", "guide"];

#[test]
fn a_second_import_updates_what_the_author_left_and_keeps_what_they_changed() {
    let school = School::new();
    book(&school, "a\n\nb\n\nc\n", "x\n");
    school.run(&IMPORT).done();
    let untouched = school.files("content");
    assert!(school.run(&IMPORT).done().contains("made `content/guide`"));
    assert_eq!(school.files("content"), untouched);

    school.edit("content/guide/02-two.md", "x", "mine");
    book(&school, "a\n\nB\n\nc\n", "x\n");
    let told = school.run(&IMPORT).done();
    assert_told(
        &told,
        &["01-one.md: updated\n", "02-two.md: kept as you changed it; the book's didn't change\n"],
    );
    assert!(school.read("content/guide/01-one.md").contains("B"));
    assert!(school.read("content/guide/02-two.md").contains("mine"));
}

#[test]
fn changes_of_both_sides_are_merged_or_stand_side_by_side() {
    let school = School::new();
    book(&school, "a\n\nb\n\nc\n", "x\n");
    school.run(&IMPORT).done();
    school.edit("content/guide/01-one.md", "a\n", "mine\n");
    school.edit("content/guide/02-two.md", "x\n", "mine\n");
    book(&school, "a\n\nb\n\ntheirs\n", "theirs\n");
    let before = school.files("content");
    let dry = [&IMPORT[..], &["--dry-run"]].concat();
    let told = school.run(&dry).done();
    let lines = [
        "01-one.md: merged: your changes and the book's\n",
        "02-two.md: kept as you changed it; the book's stands beside it as `.import`\n",
    ];
    assert_told(&told, &lines);
    assert_told(&told, &["would make `content/guide`"]);
    assert_eq!(school.files("content"), before);

    assert_told(&school.run(&IMPORT).done(), &lines);
    let one = school.read("content/guide/01-one.md");
    assert!(one.ends_with("mine\n\nb\n\ntheirs\n"), "{one}");
    assert!(school.read("content/guide/02-two.md").ends_with("mine\n"));
    assert!(school.read("content/guide/02-two.md.import").ends_with("theirs\n"));
}

#[test]
fn without_the_earlier_text_nothing_is_merged_and_nothing_is_lost() {
    let school = School::new();
    book(&school, "a\n\nb\n\nc\n", "x\n");
    school.run(&IMPORT).done();
    std::fs::remove_dir_all(school.path("import.base")).unwrap();
    school.edit("content/guide/01-one.md", "a\n", "mine\n");
    book(&school, "a\n\nb\n\ntheirs\n", "x\n");
    assert_told(
        &school.run(&IMPORT).done(),
        &["01-one.md: kept as you changed it; the book's stands beside it"],
    );
    assert!(school.read("content/guide/01-one.md").contains("mine"));
    assert!(school.read("content/guide/01-one.md.import").contains("theirs"));
}

#[test]
fn a_page_that_moves_keeps_its_id_and_one_that_goes_is_removed_unless_it_was_changed() {
    let school = School::new();
    book(&school, "one\n", "two\n");
    school.run(&IMPORT).done();
    school.edit("content/guide/02-two.md", "\n\ntwo\n", "\n\nmine\n");
    school.write("book/src/new.md", "new\n");
    school.write("book/src/SUMMARY.md", "- [New](new.md)\n- [Renamed](two.md)\n");
    let told = school.run(&IMPORT).done();
    assert_told(&told, &["01-new.md: added\n", "01-one.md: removed: the book has it no more\n"]);
    assert!(!school.path("content/guide/01-one.md").exists());
    assert!(school.read("content/guide/02-two.md").contains("id: guide-two\n"));
    school.edit("content/guide/01-new.md", "\n\nnew\n", "\n\nmine\n");
    school.write("book/src/SUMMARY.md", "- [Two](two.md)\n");
    let told = school.run(&IMPORT).done();
    assert_told(&told, &["01-new.md: kept as you changed it; the book has it no more\n"]);
    assert!(school.read("content/guide/01-two.md").contains("mine"));
    assert!(!school.path("content/guide/02-two.md").exists());
    std::fs::remove_file(school.path("content/guide/01-two.md")).unwrap();
    assert_told(&school.run(&IMPORT).done(), &["01-two.md: left out: you removed or renamed it\n"]);
    assert!(!school.path("content/guide/01-two.md").exists());
}

#[test]
fn an_interrupted_import_is_finished_by_the_next_one() {
    let school = School::new();
    book(&school, "one\n", "two\n");
    school.run(&IMPORT).done();
    let lock = school.read("import.lock");
    // As a run leaves it that was stopped between two files.
    let digest = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
    let (old, own) =
        (school.read("content/guide/01-one.md"), school.read("content/guide/02-two.md"));
    let (new, theirs) = (old.replace("one\n", "ONE\n"), own.replace("two\n", "TWO\n"));
    let lock: serde_json::Value = serde_json::from_str(&lock).unwrap();
    let step = |path: &str, before: &str, after: &str| serde_json::json!({"path": path, "before": digest(before), "after": digest(after)});
    let plan = serde_json::json!({
        "course": "guide",
        "lock": lock["courses"]["guide"],
        "steps": [step("01-one.md", &old, &new), step("02-two.md", &own, &theirs)],
    });
    school.write(&format!(".lyceum/import/pending/{}", digest(&new)), &new);
    school.write(&format!(".lyceum/import/pending/{}", digest(&theirs)), &theirs);
    school.write(".lyceum/import/pending/plan.json", &plan.to_string());
    // Meanwhile the author wrote into one of them.
    school.edit("content/guide/02-two.md", "two\n", "mine\n");
    book(&school, "ONE\n", "TWO\n");
    let told = school.run(&IMPORT).done();
    assert_told(&told, &["01-one.md: put in place: an earlier import was interrupted\n"]);
    assert!(school.read("content/guide/01-one.md").contains("ONE"));
    assert!(school.read("content/guide/02-two.md").contains("mine"));
    assert!(school.read("content/guide/02-two.md.import").contains("TWO"));
    assert!(!school.path(".lyceum/import/pending").exists());
}

#[cfg(unix)]
#[test]
fn an_import_writes_nowhere_but_into_the_school() {
    let school = School::new();
    book(&school, "one\n", "two\n");
    school.run(&IMPORT).done();
    let outside = tempfile::tempdir().unwrap();
    std::fs::rename(school.path("content/guide"), outside.path().join("guide")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("guide"), school.path("content/guide")).unwrap();
    book(&school, "ONE\n", "two\n");
    assert_eq!(
        school.run(&IMPORT).failed(),
        "error: `content/guide` is a link to another place\nhint: an import writes only into folders of the school\n"
    );
    std::fs::remove_file(school.path("content/guide")).unwrap();
    std::fs::rename(outside.path().join("guide"), school.path("content/guide")).unwrap();
    school.edit("import.lock", "\"01-one.md\"", "\"../../site.toml\"");
    assert_eq!(
        school.run(&IMPORT).failed(),
        "error: `../../site.toml` in the record of the import is no path\nhint: restore `import.lock` from git\n"
    );
}

/// Two clones of one school, as two authors have it.
#[test]
fn whoever_clones_the_school_can_merge_as_the_one_who_imported() {
    let school = School::new();
    book(&school, "a\n\nb\n\nc\n", "x\n");
    school.run(&IMPORT).done();
    school.git(&["init", "-q", "-b", "main"]);
    school.git(&["add", "-A", "--", ".", ":!book"]);
    school.git(&["commit", "-qm", "Import the book"]);

    let other = School::clone_of(&school);
    // As git writes it on a machine of another kind.
    let one = other.read("content/guide/02-two.md").replace('\n', "\r\n");
    other.write("content/guide/02-two.md", &one);
    other.edit("content/guide/01-one.md", "a\n", "mine\n");
    book(&other, "a\n\nb\n\ntheirs\n", "theirs\n");
    assert_told(
        &other.run(&IMPORT).done(),
        &["01-one.md: merged: your changes and the book's\n", "02-two.md: updated\n"],
    );
    assert!(other.read("content/guide/01-one.md").ends_with("mine\n\nb\n\ntheirs\n"));
    other.git(&["add", "-A", "--", ".", ":!book"]);
    other.git(&["commit", "-qm", "Bring the book up to date"]);

    // The first one gets it, and imports the next edition.
    school.git(&["pull", "-q", &other.path("").to_string_lossy(), "main"]);
    school.edit("content/guide/02-two.md", "theirs\n", "theirs\n\nours\n");
    book(&school, "a\n\nB\n\ntheirs\n", "theirs\n");
    let told = school.run(&IMPORT).done();
    assert_told(
        &told,
        &[
            "01-one.md: merged: your changes and the book's\n",
            "02-two.md: kept as you changed it; the book's didn't change\n",
        ],
    );
    assert!(!school.path(".lyceum/import/pending").exists());
    let bases = school.files("import.base");
    let lock = school.read("import.lock");
    assert!(bases.iter().all(|(name, _)| lock.contains(name)), "{lock}");
}

/// Stopped wherever it may be, an import loses nothing and leaves no half file:
/// the next one ends where an undisturbed one would.
#[cfg(unix)]
#[test]
fn an_import_that_is_killed_at_any_moment_is_made_good_by_the_next_one() {
    const PAGES: usize = 30;
    const ROUNDS: u32 = 8;
    let page = |number: usize, edition: &str| {
        format!("start\n\n{edition} {number}\n\n{}\nend\n", "filler\n\n".repeat(60))
    };
    let write = |school: &School, edition: &str| {
        let list: String = (0..PAGES).map(|n| format!("- [P{n}](p{n}.md)\n")).collect();
        school.write("book/src/SUMMARY.md", &list);
        for number in 0..PAGES {
            school.write(&format!("book/src/p{number}.md"), &page(number, edition));
        }
    };
    let school = School::new();
    write(&school, "first");
    let began = std::time::Instant::now();
    school.run(&IMPORT).done();
    let whole = began.elapsed();
    let mine = "content/guide/07-p6.md";
    school.edit(mine, "end\n", "mine\n");

    for round in 0..ROUNDS {
        let edition = format!("edition {round}");
        let before: std::collections::BTreeMap<_, _> =
            school.files("content/guide").into_iter().collect();
        write(&school, &edition);
        school.killed_after(&IMPORT, whole * round / ROUNDS);
        for (name, bytes) in school.files("content/guide") {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let is_new = text.contains(&edition) && text.trim_end().ends_with(['d', 'e']);
            let is_old = before.get(&name).is_some_and(|old| *old == bytes);
            assert!(is_new || is_old, "`{name}` is neither the old nor the new one: {text}");
        }
        assert!(school.read(mine).ends_with("mine\n"));
        school.run(&IMPORT).done();
        for (name, bytes) in school.files("content/guide") {
            let text = String::from_utf8(bytes).unwrap();
            assert!(!name.contains(".import"), "{name}");
            assert!(name.ends_with("course.md") || text.contains(&edition), "{name}: {text}");
        }
        assert!(school.read(mine).ends_with("mine\n"));
        assert!(!school.path(".lyceum/import/pending").exists());
    }
    // The first time it is the whole course or none of it.
    std::fs::remove_dir_all(school.path("content/guide")).unwrap();
    std::fs::remove_file(school.path("import.lock")).unwrap();
    for round in 0..ROUNDS {
        school.killed_after(&IMPORT, whole * round / ROUNDS);
        let files = school.files("content");
        let count = files.iter().filter(|(name, _)| name.contains("guide/")).count();
        assert!(count == 0 || count == PAGES + 1, "{count}");
        assert!(!files.iter().any(|(name, _)| name.contains(".import-")));
    }
    school.run(&IMPORT).done();
    assert_eq!(school.files("content/guide").len(), PAGES + 1);
}

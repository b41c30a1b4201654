//! What a record promises: it is believed whole or not at all.

use compiler::diagnostic::Code;
use compiler::source::SourcePath;

use super::*;

fn record() -> Record {
    let path = SourcePath::new("content/a.md");
    let size = Size { pages: 1, gated_lessons: 2, files: 3, bytes: 4 };
    let mut inputs = Listing::default();
    let (folder, name) = inputs.place("content/a.md");
    let entry = listing::Entry {
        stamp: stamp::Stamp::UNKNOWN,
        link: Some(stamp::Stamp::UNKNOWN),
        digest: Digest::from_bytes([7; 32]),
    };
    folder.files.push((name.to_owned(), entry));
    Record {
        diagnostics: vec![Diagnostic::new(&path, Code::NoPrice, "no price")],
        size,
        outputs: inputs.clone(),
        inputs,
        git: Some(Digest::from_bytes([1; 32])),
        history: Digest::from_bytes([2; 32]),
        notes: Some(Digest::from_bytes([3; 32])),
        later: [("a note".to_owned(), vec![1, 2])].into_iter().collect(),
    }
}

fn shelf(root: &Path, options: &str) -> Shelf {
    shelf_of("a secret of enough letters", root, &root.join("dist"), options)
}

fn shelf_of(secret: &str, root: &Path, out: &Path, options: &str) -> Shelf {
    let none = Digest::from_bytes([8; 32]);
    let shelf = Shelf::sealed_by(&Seal::of_secret(secret), root, out, options);
    shelf.unwrap_or(Shelf { root: root.to_owned(), name: none, seal: none })
}

#[test]
fn a_record_is_there_for_the_next_build_with_the_same_options_only() {
    let root = tempfile::tempdir().unwrap();
    let shelf = shelf(root.path(), "drafts");
    assert!(shelf.take().is_none());
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0, "reading writes nothing");
    shelf.put(&record());

    assert_eq!(shelf.take().unwrap().to_bytes().unwrap(), record().to_bytes().unwrap());
    assert!(super::tests::shelf(root.path(), "no drafts").take().is_none());
    let secret = "a secret of enough letters";
    assert!(shelf_of(secret, root.path(), &root.path().join("other"), "drafts").take().is_none());
    let dist = root.path().join("dist");
    let other = shelf_of("another secret altogether", root.path(), &dist, "drafts");
    assert!(other.take().is_none(), "what someone else made came with a clone");
    assert_eq!(fs::read_to_string(root.path().join(".lyceum/.gitignore")).unwrap(), "*\n");
}

#[test]
fn a_record_that_is_not_as_it_was_written_is_not_believed() {
    let root = tempfile::tempdir().unwrap();
    let shelf = shelf(root.path(), "");
    shelf.put(&record());
    let whole = fs::read(shelf.path()).unwrap();
    let mut damaged = vec![b"".to_vec(), b"foreign".to_vec(), [whole.clone(), vec![0]].concat()];
    for place in 0..whole.len() {
        damaged.push(whole[..place].to_vec());
        let mut flipped = whole.clone();
        flipped[place] ^= 0x10;
        damaged.push(flipped);
    }
    for bytes in damaged {
        fs::write(shelf.path(), &bytes).unwrap();
        assert!(shelf.take().is_none());
    }
}

#[test]
fn the_record_of_another_program_or_under_another_name_is_not_believed() {
    let root = tempfile::tempdir().unwrap();
    let shelf = shelf(root.path(), "");
    shelf.put(&record());
    let other = super::tests::shelf(root.path(), "other");
    fs::copy(shelf.path(), other.path()).unwrap();
    assert!(other.take().is_none());
    let newer = Shelf { seal: Digest::from_bytes([9; 32]), ..shelf };
    assert!(newer.take().is_none());
}

#[test]
fn a_folder_that_takes_no_record_hurts_nobody() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join(".lyceum"), "").unwrap();
    let shelf = shelf(root.path(), "");
    shelf.put(&record());
    assert!(shelf.take().is_none());
}

#[test]
fn the_oldest_records_make_room() {
    let root = tempfile::tempdir().unwrap();
    for number in 0..MAX_RECORDS + 3 {
        shelf(root.path(), &number.to_string()).put(&record());
    }
    assert_eq!(fs::read_dir(root.path().join(FOLDER)).unwrap().count(), MAX_RECORDS);
    assert!(shelf(root.path(), &(MAX_RECORDS + 2).to_string()).take().is_some());
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_the_folder_is_not_followed() {
    let root = tempfile::tempdir().unwrap();
    let home = tempfile::tempdir().unwrap();
    for number in 0..MAX_RECORDS + 3 {
        fs::write(home.path().join(number.to_string()), "precious").unwrap();
    }
    fs::create_dir_all(root.path().join(".lyceum/cache")).unwrap();
    std::os::unix::fs::symlink(home.path(), root.path().join(FOLDER)).unwrap();
    let shelf = shelf(root.path(), "");
    shelf.put(&record());
    assert!(shelf.take().is_none());
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), MAX_RECORDS + 3);
}

//! The real watcher, and the ways in which editors and git change files.
//!
//! A tree that reads again only what it is told must come to hold what is there.

use std::fs;
use std::io::Write;
use std::time::Instant;

use compiler::source::{ROOTS, SourceTree};

use super::*;

/// Longer than a slow machine with many tests at once needs.
const DEADLINE: Duration = Duration::from_secs(60);
const LESSON: &str = "content/rust/01-start.md";

/// A school that somebody follows.
struct Followed {
    folder: tempfile::TempDir,
    watch: Watch,
    tree: SourceTree,
    /// How often something was told.
    told: usize,
}

impl Followed {
    fn school() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("content/rust")).unwrap();
        fs::write(folder.path().join("site.toml"), "title = \"School\"").unwrap();
        fs::write(folder.path().join(LESSON), "one").unwrap();
        let tree = SourceTree::read(folder.path()).unwrap();
        let watch = Watch::start(&SchoolFolder::find(folder.path()).unwrap()).unwrap();
        Self { folder, watch, tree, told: 0 }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        fs::write(self.at(path), text).unwrap();
    }

    fn is_as_on_the_disk(&self) -> bool {
        let facts = |tree: &SourceTree| -> Vec<_> {
            tree.iter().map(|(path, file)| (path.clone(), file.digest)).collect()
        };
        facts(&self.tree) == facts(&SourceTree::read(self.folder.path()).unwrap())
    }

    /// Waits for the next word and takes it in.
    async fn hear(&mut self) -> Changes {
        let heard = tokio::time::timeout(DEADLINE, self.watch.changed()).await;
        let changes = heard.expect("nothing was told");
        self.told += 1;
        // A file may go while it is read; that is told too.
        let _ = match &changes {
            Changes::At(paths) => self.tree.read_again(self.folder.path(), paths),
            Changes::Anything => self.tree.read_again(self.folder.path(), ROOTS),
        };
        changes
    }

    /// Takes in what is told until the tree holds what is there.
    async fn catch_up(&mut self) {
        let end = Instant::now() + DEADLINE;
        while !self.is_as_on_the_disk() {
            assert!(Instant::now() < end, "it is not told");
            self.hear().await;
        }
    }
}

/// How an editor brings a text to the disk.
type Save = fn(&Path, &str);

fn in_place(path: &Path, text: &str) {
    let mut file = fs::OpenOptions::new().write(true).truncate(true).open(path).unwrap();
    let (first, second) = text.split_at(1);
    file.write_all(first.as_bytes()).unwrap();
    file.write_all(second.as_bytes()).unwrap();
}

fn over_a_new_one(path: &Path, text: &str) {
    let new = path.with_extension("md.tmp.4711");
    fs::write(&new, text).unwrap();
    fs::rename(new, path).unwrap();
}

fn beside_its_backup(path: &Path, text: &str) {
    let probe = path.with_file_name("4913");
    fs::write(&probe, "").unwrap();
    fs::remove_file(probe).unwrap();
    let backup = path.with_extension("md~");
    fs::rename(path, &backup).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::metadata(&backup).unwrap().permissions()).unwrap();
    fs::remove_file(backup).unwrap();
}

fn in_four_renames(path: &Path, text: &str) {
    let (new, old) = (path.with_extension("md___jb_tmp___"), path.with_extension("md___jb_old___"));
    fs::write(&new, text).unwrap();
    fs::rename(path, &old).unwrap();
    fs::rename(new, path).unwrap();
    fs::remove_file(old).unwrap();
}

#[tokio::test]
async fn every_editors_save_is_told() {
    let editors: [(&str, Save); 4] = [
        ("Visual Studio Code", in_place),
        ("Sublime Text", over_a_new_one),
        ("Vim", beside_its_backup),
        ("JetBrains", in_four_renames),
    ];
    for (editor, save) in editors {
        let mut school = Followed::school();
        save(&school.at(LESSON), "two, as it is whole");
        school.catch_up().await;
        let text = school.tree.get(LESSON).unwrap().read().unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "two, as it is whole", "{editor}");
    }
}

#[tokio::test]
async fn files_and_folders_that_come_move_and_go_are_told() {
    let mut school = Followed::school();
    school.write("content/rust/02-more.md", "more");
    school.catch_up().await;
    fs::rename(school.at("content/rust/02-more.md"), school.at("content/rust/03-most.md")).unwrap();
    school.catch_up().await;
    fs::remove_file(school.at("content/rust/03-most.md")).unwrap();
    school.catch_up().await;
    school.write("content/go/deep/01-start.md", "go");
    school.catch_up().await;
    // What is in a folder that is new is followed too.
    school.write("content/go/deep/01-start.md", "gone on");
    school.catch_up().await;
    fs::rename(school.at("content/go"), school.at("content/going")).unwrap();
    school.catch_up().await;
    school.write("content/going/deep/01-start.md", "going on");
    school.catch_up().await;
    fs::remove_dir_all(school.at("content/going")).unwrap();
    school.catch_up().await;
}

#[tokio::test]
async fn the_configuration_the_theme_and_data_are_told() {
    let mut school = Followed::school();
    for (path, text) in [
        ("site.toml", "title = \"Another\""),
        ("themes/own/templates/base.html", "<html>"),
        ("themes/own/templates/base.html", "<html lang=\"en\">"),
        ("data/people.toml", "a = 1"),
        ("data/people.toml", "a = 2"),
    ] {
        school.write(path, text);
        school.catch_up().await;
    }
}

#[tokio::test]
async fn a_folder_that_was_put_in_the_place_of_another_is_followed() {
    let mut school = Followed::school();
    fs::rename(school.at("content"), school.at("before")).unwrap();
    school.catch_up().await;
    school.write(LESSON, "another");
    school.catch_up().await;
    school.write(LESSON, "and another");
    school.catch_up().await;
}

#[tokio::test]
async fn thousands_of_files_at_once_are_a_few_changes() {
    let mut school = Followed::school();
    for number in 0..3000 {
        school.write(&format!("content/rust/{number}-lesson.md"), "text");
    }
    school.catch_up().await;
    for number in 0..3000 {
        fs::remove_file(school.at(&format!("content/rust/{number}-lesson.md"))).unwrap();
    }
    school.catch_up().await;
    assert!(school.told < 100, "{} times", school.told);
}

#[tokio::test]
async fn what_comes_while_nobody_waits_is_told_next() {
    let mut school = Followed::school();
    school.write(LESSON, "two");
    school.catch_up().await;
    school.write(LESSON, "three");
    school.write("content/rust/02-more.md", "more");
    let end = Instant::now() + DEADLINE;
    while !school.watch.has_news() {
        assert!(Instant::now() < end, "nothing is told");
        tokio::task::yield_now().await;
    }
    let changes = school.watch.changed_within(DEADLINE).await.unwrap();
    assert!(matches!(changes, Changes::At(_)), "{changes:?}");
    assert_eq!(school.watch.changed_within(Duration::ZERO).await, None);
}

#[test]
fn only_what_the_compiler_reads_starts_a_build() {
    let root = Path::new("/school");
    for path in ["site.toml", "content/a/course.md", "themes/lyceum/style.css", "content"] {
        assert_eq!(source(root, &root.join(path)), Some(path.into()), "{path}");
    }
    for path in ["dist/public/index.html", ".git/HEAD", "content/.a.md.swp", "README.md", ""] {
        assert_eq!(source(root, &root.join(path)), None, "{path}");
    }
    assert_eq!(source(root, Path::new("/elsewhere/site.toml")), None);
}

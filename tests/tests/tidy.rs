//! The house itself: what a reviewer would check by eye on every change, from
//! the first line of each file to who may use what.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail where it stands"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use lyceum_edge::config::SETTINGS;
use tests::program::Program;
use tests::repository;

/// The only file of the compiler that waits by a clock: for what others wrote and nothing
/// else can end.
const WAITS: &str = "crates/compiler/src/aside.rs";

/// The rooms, the rooms each may use, and the words that may not stand in it.
const ROOMS: &[Room] = &[
    Room {
        folder: "crates/contracts",
        may_use: &[],
        never: &["tokio", "std::fs", "std::env", "std::net", "std::process", "std::time::System"],
    },
    Room {
        folder: "crates/avif",
        may_use: &[],
        never: &["tokio", "std::fs", "std::env", "std::net", "std::process", "std::time"],
    },
    Room {
        folder: "crates/compiler",
        may_use: &["avif", "contracts"],
        never: &["tokio", "std::env", "std::net", "std::process", "std::time", "Timestamp::now"],
    },
    Room {
        folder: "crates/gate",
        may_use: &["contracts"],
        never: &[
            "tokio",
            "std::fs",
            "std::env",
            "std::net",
            "std::time",
            "Timestamp::now",
            "async ",
        ],
    },
    Room {
        folder: "crates/import",
        may_use: &["compiler", "contracts"],
        never: &["tokio", "std::env", "std::net", "std::process", "std::time", "fs::write"],
    },
    Room { folder: "crates/store", may_use: &["contracts"], never: &["axum", "sqlx", "redis::"] },
    Room {
        folder: "crates/ledger",
        may_use: &["contracts", "gate"],
        never: &["axum", "redis::", "object_store", "std::env"],
    },
    Room {
        folder: "edge",
        may_use: &["contracts", "gate", "ledger", "store"],
        never: &["comrak", "tera::", "sqlx", "object_store::"],
    },
    Room {
        folder: "cli",
        may_use: &["compiler", "contracts", "import", "lyceum-edge", "store"],
        never: &["sqlx", "ledger::", "gate::"],
    },
];

/// A room of HOUSE's table.
struct Room {
    folder: &'static str,
    may_use: &'static [&'static str],
    never: &'static [&'static str],
}

/// A Rust file of the repository, by its path from the root.
struct RustFile {
    path: String,
    text: String,
}

impl RustFile {
    /// The lines before the file's own tests.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.take_while(|(_, line)| line.trim() != "#[cfg(test)]")
    }

    fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.starts_with("tests/")
            || self.path.ends_with("tests.rs")
    }
}

fn rust_files() -> Vec<RustFile> {
    let paths = repository::files().into_iter().filter(|path| path.ends_with(".rs"));
    paths
        .map(|path| {
            let text = fs::read_to_string(repository::path(&path)).unwrap();
            RustFile { path, text }
        })
        .collect()
}

/// Fails with one line for each fault.
fn assert_none(faults: Vec<String>, rule: &str) {
    assert!(faults.is_empty(), "{rule}:\n{}", faults.join("\n"));
}

#[test]
fn every_file_opens_by_saying_what_lives_in_it() {
    let silent = rust_files().into_iter().filter(|file| !file.text.starts_with("//! "));
    assert_none(silent.map(|file| file.path).collect(), "a file opens with `//!`");
}

#[test]
fn no_file_has_a_name_that_says_nothing() {
    let empty = ["mod.rs", "utils.rs", "util.rs", "common.rs", "types.rs", "helpers.rs", "misc.rs"];
    let faults = rust_files().into_iter().map(|file| file.path);
    let faults = faults.filter(|path| empty.contains(&path.rsplit('/').next().unwrap()));
    assert_none(faults.collect(), "a file is named after the main thing in it");
}

#[test]
fn each_room_depends_only_on_the_rooms_below_it() {
    let names: BTreeSet<_> = [
        "cli",
        "compiler",
        "contracts",
        "gate",
        "import",
        "ledger",
        "lyceum",
        "lyceum-edge",
        "store",
    ]
    .into();
    let mut faults = Vec::new();
    for room in ROOMS {
        let manifest = repository::path(&format!("{}/Cargo.toml", room.folder));
        let manifest: toml::Table = fs::read_to_string(manifest).unwrap().parse().unwrap();
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        for name in dependencies.into_iter().flat_map(toml::Table::keys) {
            if names.contains(name.as_str()) && !room.may_use.contains(&name.as_str()) {
                faults.push(format!("{} uses {name}", room.folder));
            }
        }
    }
    assert_none(faults, "the table of rooms in docs/ARCHITECTURE.md");
}

#[test]
fn no_room_names_what_it_must_never_see() {
    let mut faults = Vec::new();
    for file in rust_files().iter().filter(|file| !file.is_test()) {
        let Some(room) = ROOMS.iter().find(|room| in_folder(&file.path, room.folder)) else {
            continue;
        };
        for (number, line) in file.code().filter(|(_, line)| !is_comment(line)) {
            let may_wait = file.path == WAITS;
            let is_never = |word: &&&str| names(line, word) && !(may_wait && **word == "std::time");
            for word in room.never.iter().filter(is_never) {
                faults.push(format!("{}:{number}: `{word}`", file.path));
            }
        }
    }
    assert_none(faults, "a room never sees what its row of the table excludes");
}

#[test]
fn the_compiler_touches_the_disk_in_one_file() {
    let files = rust_files().into_iter().filter(|file| {
        in_folder(&file.path, "crates/compiler/src")
            && !file.is_test()
            && !file.path.starts_with("crates/compiler/src/source")
    });
    let faults = files
        .filter(|file| file.code().any(|(_, line)| !is_comment(line) && line.contains("std::fs")));
    assert_none(faults.map(|file| file.path).collect(), "only `source.rs` reads files");
}

#[test]
fn the_command_line_knows_the_edge_only_where_it_runs_one() {
    let faults = rust_files().into_iter().filter(|file| {
        in_folder(&file.path, "cli/src")
            && !matches!(
                file.path.as_str(),
                "cli/src/command/serve.rs" | "cli/src/command/demo.rs" | "cli/src/preview.rs"
            )
            && !file.path.starts_with("cli/src/command/serve/")
            && file.text.contains("lyceum_edge::")
    });
    assert_none(faults.map(|file| file.path).collect(), "the cli meets the edge in two commands");
}

#[test]
fn errors_without_a_type_stay_in_the_programs() {
    let faults = rust_files().into_iter().filter(|file| {
        let library = in_folder(&file.path, "crates") || in_folder(&file.path, "edge/src");
        let rim = ["edge/src/main.rs", "edge/src/wire.rs"].contains(&file.path.as_str())
            || file.path.starts_with("edge/src/main/");
        let names_it = |(_, line): (usize, &str)| !is_comment(line) && names(line, "anyhow");
        library && !rim && !file.is_test() && file.code().any(names_it)
    });
    assert_none(faults.map(|file| file.path).collect(), "a library's error has a type");
}

#[test]
fn money_is_never_a_floating_point_number() {
    let words = ["price", "amount", "money", "minor", "total", "currency"];
    let mut faults = Vec::new();
    for file in rust_files().iter().filter(|file| !file.path.ends_with("tidy.rs")) {
        for (index, line) in file.text.lines().enumerate().filter(|(_, line)| !is_comment(line)) {
            let floats = names(line, "f32") || names(line, "f64");
            let lower = line.to_lowercase();
            if floats && words.iter().any(|word| lower.contains(word)) {
                faults.push(format!("{}:{}: {}", file.path, index + 1, line.trim()));
            }
        }
    }
    assert_none(faults, "money is integer minor units");
}

#[test]
fn nothing_is_left_unfinished_or_skipped() {
    let words = ["TODO", "FIXME", "todo!", "unimplemented!", "#[ignore", "thread::sleep"];
    let mut faults = Vec::new();
    for file in rust_files().iter().filter(|file| !file.path.ends_with("tidy.rs")) {
        // `cargo xtask` waits for servers, and is no test.
        let may_wait = in_folder(&file.path, "xtask");
        for (index, line) in file.text.lines().enumerate() {
            for word in words.iter().filter(|word| line.contains(**word)) {
                if !(may_wait && *word == "thread::sleep") {
                    faults.push(format!("{}:{}: `{word}`", file.path, index + 1));
                }
            }
        }
    }
    assert_none(faults, "what is here is finished");
}

#[test]
fn every_path_that_the_architecture_names_exists() {
    let text = fs::read_to_string(repository::path("docs/ARCHITECTURE.md")).unwrap();
    let roots =
        ["cli/", "edge/", "crates/", "tests/", "themes/", "deploy/", "docs/", "fuzz/", "xtask/"];
    let faults = backticked(&text)
        .filter(|name| roots.iter().any(|root| name.starts_with(root)))
        .filter(|name| !name.contains(['*', '<', '{', '…', ' ']))
        .filter(|name| !repository::path(name.trim_end_matches('/')).exists());
    assert_none(faults.map(str::to_owned).collect(), "docs/ARCHITECTURE.md names what exists");
}

#[test]
fn the_example_configuration_names_every_setting_and_no_other() {
    let text = fs::read_to_string(repository::path("deploy/.env.example")).unwrap();
    let written: BTreeSet<String> = text
        .lines()
        .filter_map(|line| line.trim_start_matches("# ").split_once('='))
        .map(|(name, _)| name.to_owned())
        .filter(|name| name.starts_with("LYCEUM_"))
        .collect();
    let read: BTreeSet<String> = SETTINGS
        .iter()
        .map(|setting| format!("LYCEUM_{}", setting.key.to_ascii_uppercase()))
        .collect();
    assert_eq!(written, read);
}

#[test]
fn the_example_file_of_the_edge_is_one_it_accepts() {
    let text = fs::read_to_string(repository::path("deploy/edge.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let known: BTreeSet<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
    let faults = table.keys().filter(|key| !known.contains(key.as_str())).cloned();
    assert_none(faults.collect(), "deploy/edge.toml has only keys that the edge knows");
}

#[test]
fn every_command_that_the_documents_name_exists() {
    let mut documents = vec!["README.md".to_owned(), "docs/ARCHITECTURE.md".to_owned()];
    let guide = repository::files().into_iter();
    documents
        .extend(guide.filter(|path| {
            path.starts_with("content/write-with-lyceum/") && path.ends_with(".md")
        }));
    let mut commands = BTreeSet::new();
    for document in documents {
        let text = fs::read_to_string(repository::path(&document)).unwrap();
        commands.extend(commands_in(&text));
    }
    assert!(commands.len() > 8, "the documents name commands: {commands:?}");
    for (program, words) in commands {
        let program = if program == "lyceum" { Program::lyceum() } else { Program::edge() };
        let output = program.command().args(&words).arg("--help").output().unwrap();
        assert!(output.status.success(), "`{program} {}` is unknown", words.join(" "));
    }
}

#[test]
fn the_project_has_its_licences_and_its_changelog() {
    for name in ["LICENSE-MIT", "LICENSE-APACHE", "docs/CHANGELOG.md", "deny.toml", ".ci/run"] {
        assert!(repository::path(name).exists(), "{name}");
    }
}

#[test]
fn no_tracked_file_holds_a_private_key() {
    let mut faults = Vec::new();
    for path in repository::files() {
        let bytes = fs::read(repository::path(&path)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        // In two parts, or this file would find itself.
        let mark = ["-----BEGIN", " PRIVATE KEY"].concat();
        let secret = path.ends_with("release.key") || Path::new(&path).ends_with(".env");
        // Code names the mark to read and write keys, and holds none.
        if secret || (text.contains(&mark) && !path.ends_with(".rs")) {
            faults.push(path);
        }
    }
    assert_none(faults, "keys are made, never kept in git");
}

fn in_folder(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Whether a line has the word with no letter before it: `tera::` is not in
/// `itera::`.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(start, _)| {
        let before = line.get(..start).and_then(|head| head.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// What stands between single backticks in the lines outside of code blocks.
fn backticked(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines()
        .filter(move |line| {
            let fence = line.trim_start().starts_with("```");
            fenced ^= fence;
            !fenced && !fence
        })
        .flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// Commands such as `lyceum new course`, from code blocks and from backticks.
fn commands_in(text: &str) -> Vec<(&'static str, Vec<String>)> {
    let pieces = text.lines().flat_map(|line| line.split('`')).map(str::trim_start);
    let mut commands = Vec::new();
    for piece in pieces {
        let mut words = piece.split_whitespace();
        let program = match words.next() {
            Some("lyceum") => "lyceum",
            Some("lyceum-edge") => "lyceum-edge",
            _ => continue,
        };
        let Some(command) = words.next().filter(|word| is_subcommand(word)) else {
            continue;
        };
        let mut command = vec![command.to_owned()];
        if matches!(command.first().map(String::as_str), Some("new" | "import")) {
            let part = words.next();
            let known = ["course", "lesson", "mdbook", "mkdocs"];
            command.extend(part.filter(|part| known.contains(part)).map(str::to_owned));
        }
        commands.push((program, command));
    }
    commands
}

/// A sentence may go on after the name of the program; a command is one of these.
fn is_subcommand(word: &str) -> bool {
    let known = [
        "new", "check", "build", "serve", "publish", "rollback", "import", "demo", "grant",
        "withdraw",
    ];
    known.contains(&word)
}

#[test]
fn the_rules_see_what_they_look_for() {
    assert!(names("use tokio::fs;", "tokio"));
    assert!(!names("use my_tokio::fs;", "tokio"));
    assert_eq!(backticked("a `b` c\n```\n`d`\n```\n`e`").collect::<Vec<_>>(), ["b", "e"]);
    let commands = commands_in("type `lyceum new lesson a/b` or\nlyceum check   # so\nlyceum is");
    let words: Vec<_> = commands.iter().map(|(_, words)| words.join(" ")).collect();
    assert_eq!(words, ["new lesson", "check"]);
    let _: PathBuf = repository::path("README.md");
}

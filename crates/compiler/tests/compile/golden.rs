//! A small school and all that is made of it, kept as files to be read in a diff.
//!
//! The school has a theme of its own without any chrome, so that a change of the
//! built-in theme changes nothing here. `UPDATE_EXPECT=1 cargo test -p compiler
//! --test compile golden` writes the files anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use compiler::compile;
use compiler::diagnostic::Diagnostic;
use compiler::parse::Options;
use compiler::site::Site;
use compiler::source::SourceTree;
use contracts::access::Audience;
use contracts::object_key::ObjectKey;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn school() -> (Site, Vec<Diagnostic>) {
    let tree = SourceTree::read(&folder("school")).unwrap();
    let compilation = compile(&tree, &Options::default());
    (compilation.site.unwrap(), compilation.diagnostics)
}

/// Everything that is kept, by path. The built-in theme's own assets and texts
/// are left out.
fn made(site: &Site) -> BTreeMap<String, String> {
    let names: BTreeSet<&str> =
        BTreeSet::from(["cover.svg", "giving.svg", "giving.mp4", "giving.en.vtt"]);
    let mut made = BTreeMap::new();
    let mut objects = String::new();
    for file in &site.files {
        let is_theme =
            matches!(&file.key, ObjectKey::Asset { name, .. } if !names.contains(name.as_str()));
        if is_theme {
            continue;
        }
        let side = match file.key.audience() {
            Audience::Everyone => "public",
            Audience::Entitled => "entitled",
            Audience::Internal => "internal",
        };
        objects.push_str(&format!("{side} {} {}\n", file.key.path(), file.key.content_type()));
        if !matches!(&file.key, ObjectKey::Asset { .. } | ObjectKey::LessonAsset { .. }) {
            // Digests of bodies change with each word; the list of objects has them.
            let path = file
                .key
                .path()
                .split('.')
                .filter(|part| !is_digest(part))
                .collect::<Vec<_>>()
                .join(".");
            let text = String::from_utf8(file.content.read().unwrap()).unwrap();
            made.insert(format!("{side}/{path}"), text);
        }
    }
    made.insert("objects.txt".to_owned(), objects);
    made.insert("catalog.json".to_owned(), catalog(site));
    made
}

/// The manifest without its inventory and the texts of the built-in theme.
fn catalog(site: &Site) -> String {
    let mut manifest = site.manifest.clone();
    manifest.objects.clear();
    manifest.messages.clear();
    serde_json::to_string_pretty(&manifest).unwrap() + "\n"
}

fn is_digest(part: &str) -> bool {
    part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit())
}

fn kept(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            kept(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn a_small_school_becomes_what_it_always_became() {
    let (site, diagnostics) = school();
    assert_eq!(diagnostics, []);
    let made = made(&site);
    let root = folder("expected");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let _ = fs::remove_dir_all(&root);
        for (path, text) in &made {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    let mut expected = BTreeMap::new();
    kept(&root, &root, &mut expected);
    let paths = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(paths(&made), paths(&expected), "missing or left over");
    for (path, text) in &made {
        let differing = text.lines().zip(expected[path].lines()).find(|(made, kept)| made != kept);
        assert_eq!(differing, None, "{path}; UPDATE_EXPECT=1 takes the change over");
        assert_eq!(text, &expected[path], "{path}; UPDATE_EXPECT=1 takes the change over");
    }
}

#[test]
fn building_twice_from_the_disk_gives_the_same_bytes() {
    let ((first, _), (second, _)) = (school(), school());
    assert_eq!(first.manifest, second.manifest);
    for (one, other) in first.files.iter().zip(&second.files) {
        assert_eq!(one.content.read().unwrap(), other.content.read().unwrap(), "{}", one.key);
    }
}

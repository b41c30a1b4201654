//! What the cache of a school gives back, what it refuses and what it removes.

use std::fs;

use compiler::cache::{Recipe, Worth};
use compiler::site::digest;

use super::*;

const RECIPE: Recipe = Recipe { tool: "tool 1", parameters: "fast", worth: Worth::Keeping };

/// Too long for a pack.
const DERIVED: &[u8] = &[7; MAX_PACKED_BYTES + 1];

fn key(input: &str) -> Key {
    RECIPE.key(&digest(input.as_bytes()))
}

fn of(root: &Path) -> FolderCache {
    FolderCache::sealed(root, Seal::of_secret("ada"))
}

fn place(cache: &FolderCache, key: &Key) -> PathBuf {
    cache.open.as_ref().unwrap().file(key)
}

fn cache() -> (tempfile::TempDir, FolderCache) {
    let root = tempfile::tempdir().unwrap();
    let cache = of(root.path());
    (root, cache)
}

#[test]
fn what_was_kept_is_there_for_the_next_build_and_not_for_git() {
    let (root, cache) = cache();
    assert_eq!(cache.get(&key("a")), None);
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0, "reading writes nothing");
    cache.put(&key("a"), DERIVED);
    cache.put(&key("small"), b"packed");
    cache.finish();
    let next = of(root.path());
    assert_eq!(next.get(&key("a")).as_deref(), Some(DERIVED));
    assert_eq!(next.get(&key("small")).as_deref(), Some(b"packed".as_slice()));
    assert_eq!(next.get(&key("b")), None);
    assert_eq!(fs::read_to_string(root.path().join(".lyceum/.gitignore")).unwrap(), "*\n");
    assert_eq!(next.trouble(), None);
}

#[test]
fn a_file_that_is_not_as_it_was_written_is_removed_and_made_anew() {
    let (_root, cache) = cache();
    let key = key("a");
    cache.put(&key, DERIVED);
    let path = place(&cache, &key);
    let whole = fs::read(&path).unwrap();
    let mut damaged = vec![b"".to_vec(), b"foreign".to_vec(), [whole.clone(), vec![0]].concat()];
    for place in (0..100).chain([whole.len() / 2, whole.len() - 1]) {
        damaged.push(whole.get(..place).unwrap().to_vec());
        let mut flipped = whole.clone();
        *flipped.get_mut(place).unwrap() ^= 0x10;
        damaged.push(flipped);
    }
    for bytes in damaged {
        fs::write(&path, &bytes).unwrap();
        assert_eq!(cache.get(&key), None);
        assert!(!path.exists());
        cache.put(&key, DERIVED);
        assert_eq!(cache.get(&key).as_deref(), Some(DERIVED));
    }
}

#[test]
fn a_file_under_the_name_of_another_is_not_believed() {
    let (_root, cache) = cache();
    cache.put(&key("a"), DERIVED);
    fs::create_dir_all(place(&cache, &key("b")).parent().unwrap()).unwrap();
    fs::copy(place(&cache, &key("a")), place(&cache, &key("b"))).unwrap();
    assert_eq!(cache.get(&key("b")), None);
}

#[test]
fn a_folder_that_takes_nothing_is_told_once_and_hurts_nobody() {
    let (root, cache) = cache();
    // A file stands where the folder should be, which stops even the superuser.
    fs::write(root.path().join(".lyceum"), "").unwrap();
    cache.put(&key("a"), DERIVED);
    cache.put(&key("b"), DERIVED);
    assert_eq!(cache.get(&key("a")), None);
    assert!(cache.trouble().is_some());
    assert_eq!(cache.trouble(), None);
}

#[test]
fn two_builds_at_once_do_not_hurt_each_other() {
    let (root, _) = cache();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let cache = of(root.path());
                for number in 0..40 {
                    let (key, bytes) =
                        (key(&number.to_string()), vec![number; MAX_PACKED_BYTES * 2]);
                    match cache.get(&key) {
                        Some(kept) => assert_eq!(kept, bytes),
                        None => cache.put(&key, &bytes),
                    }
                }
                assert_eq!(cache.trouble(), None);
            });
        }
    });
}

#[test]
fn what_was_not_used_for_longest_goes_first() {
    let (root, cache) = cache();
    let now = SystemTime::now();
    for (input, days) in [("a", 3), ("b", 9), ("c", 5)] {
        cache.put(&key(input), &[0; MAX_PACKED_BYTES + 1]);
        let file = File::options().write(true).open(place(&cache, &key(input))).unwrap();
        file.set_modified(now - Duration::from_secs(days * 86_400)).unwrap();
    }
    let abandoned = place(&cache, &key("a")).with_file_name(".tmpold");
    let file = File::create(&abandoned).unwrap();
    file.set_modified(now - Duration::from_secs(2 * 86_400)).unwrap();
    // A use is as good as being made.
    assert!(cache.get(&key("b")).is_some());

    sweep(&root.path().join(FOLDER), 2 * MAX_PACKED_BYTES as u64 + 1000);

    let kept = ["a", "b", "c"].map(|input| place(&cache, &key(input)).exists());
    assert_eq!(kept, [true, true, false]);
    assert!(!abandoned.exists());
}

#[test]
fn what_another_person_made_is_not_believed() {
    let (root, cache) = cache();
    cache.put(&key("a"), DERIVED);
    let other = FolderCache::sealed(root.path(), Seal::of_secret("bob"));
    assert_eq!(other.get(&key("a")), None);
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_the_folder_or_of_a_file_is_not_followed() {
    use std::os::unix::fs::symlink;
    let (root, cache) = cache();
    cache.put(&key("a"), DERIVED);
    fs::remove_file(place(&cache, &key("a"))).unwrap();
    symlink("/dev/zero", place(&cache, &key("a"))).unwrap();
    assert_eq!(cache.get(&key("a")), None);

    let home = tempfile::tempdir().unwrap();
    let precious = home.path().join(".env");
    let file = File::create(&precious).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(9 * 86_400)).unwrap();
    fs::remove_dir_all(root.path().join(FOLDER)).unwrap();
    symlink(home.path(), root.path().join(FOLDER)).unwrap();
    let cache = of(root.path());
    cache.put(&key("a"), DERIVED);
    cache.finish();
    assert!(cache.trouble().unwrap().ends_with("derived` is a link to another place"));
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    // Even of a folder of its own only what a cache makes is removed.
    sweep(home.path(), 0);
    assert!(precious.exists());
}

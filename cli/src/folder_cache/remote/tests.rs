//! What a shared cache is believed, what is sent to it, and how long anybody waits for it.

use std::fs;
use std::path::Path;

use compiler::cache::Recipe;
use compiler::site::digest;

use super::*;

const PICTURE: Recipe = Recipe { tool: "tool 1", parameters: "fast", worth: Worth::Sharing };

fn key(input: &str) -> Key {
    PICTURE.key(&digest(input.as_bytes()))
}

fn of(folder: &Path, secret: &str) -> Remote {
    let url = format!("file://{}", folder.display());
    let seal = Seal::of_secret(secret);
    Remote::open(&url, S3Access::default(), seal, Patience::default()).unwrap()
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let files = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    files.filter(|entry| entry.file_type().is_file()).map(|e| e.into_path()).collect()
}

#[test]
fn another_machine_takes_over_what_is_dear_and_never_what_is_cheap() {
    let folder = tempfile::tempdir().unwrap();
    let one = of(folder.path(), "the team");
    let cheap = Recipe { worth: Worth::Keeping, ..PICTURE }.key(&digest(b"b"));
    one.put(&key("a"), b"derived");
    one.put(&cheap, b"cheap");
    drop(one);
    assert_eq!(files(folder.path()).len(), 1);
    let other = of(folder.path(), "the team");
    assert_eq!(other.get(&key("a")).as_deref(), Some(b"derived".as_slice()));
    assert_eq!(other.get(&key("b")), None);
    assert_eq!(other.get(&cheap), None);
    assert_eq!(other.trouble(), None);
}

#[test]
fn what_a_stranger_put_or_changed_is_refused_told_once_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    of(folder.path(), "a stranger").put(&key("a"), b"poisoned");
    let own = of(folder.path(), "the team");
    assert_eq!(own.get(&key("a")), None);
    let trouble = own.trouble().unwrap();
    assert!(trouble.contains("was not sealed with this `LYCEUM_CACHE_KEY`"), "{trouble}");
    own.put(&key("a"), b"derived");
    drop(own);
    let path = files(folder.path()).remove(0);
    let whole = fs::read(&path).unwrap();
    assert!(of(folder.path(), "the team").get(&key("a")).is_some());
    for place in 0..whole.len() {
        let mut flipped = whole.clone();
        *flipped.get_mut(place).unwrap() ^= 0x10;
        for bytes in [&flipped, whole.get(..place).unwrap()] {
            fs::write(&path, bytes).unwrap();
            assert_eq!(of(folder.path(), "the team").get(&key("a")), None, "{place}");
        }
    }
    fs::write(&path, whole).unwrap();
    fs::create_dir_all(folder.path().join(&key("b").digest().to_string()[..2])).unwrap();
    let name = key("b").digest().to_string();
    fs::copy(&path, folder.path().join(&name[..2]).join(&name)).unwrap();
    assert_eq!(of(folder.path(), "the team").get(&key("b")), None, "under another name");
}

fn patience(milliseconds: u64) -> Patience {
    Patience { request: Duration::from_millis(milliseconds), ..Patience::default() }
}

fn access_to(endpoint: &str) -> S3Access {
    S3Access {
        endpoint: Some(endpoint.parse().unwrap()),
        credentials: Some(store::config::Credentials {
            access_key_id: "id".to_owned(),
            secret_access_key: "secret".to_owned(),
            session_token: None,
        }),
        ..S3Access::default()
    }
}

#[test]
fn a_server_that_is_down_is_given_up_and_told() {
    // Nobody listens there, or what listens is no such server.
    let s3 = access_to("http://127.0.0.1:9");
    let seal = Seal::of_secret("the team");
    let remote = Remote::open("s3://bucket", s3, seal, patience(500)).unwrap();
    assert_eq!(remote.get(&key("a")), None);
    assert!(remote.trouble().is_some());
    assert!(remote.state.is_given_up());
    remote.put(&key("a"), b"derived");
    assert_eq!(remote.get(&key("a")), None);
}

#[test]
fn a_server_that_says_nothing_is_given_up_after_its_time() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let s3 = access_to(&url);
    let seal = Seal::of_secret("the team");
    let remote = Remote::open("s3://bucket", s3, seal, patience(300)).unwrap();
    assert_eq!(remote.get(&key("a")), None);
    assert!(remote.trouble().is_some());
}

#[test]
fn a_build_that_has_ended_waits_no_longer_however_much_is_on_its_way() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let s3 = access_to(&format!("http://{}", listener.local_addr().unwrap()));
    let seal = Seal::of_secret("the team");
    let patience = Patience { flush: Duration::from_millis(200), ..Patience::default() };
    let remote = Remote::open("s3://bucket", s3, seal, patience).unwrap();
    for number in 0..3 * MAX_REQUESTS {
        remote.put(&key(&number.to_string()), b"derived");
    }
    let trouble = remote.end().unwrap();
    assert_eq!(trouble, "it took too long to send everything");
}

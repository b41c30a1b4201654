//! What a reader finds of releases that were handed over.

use std::collections::BTreeMap;

use contracts::manifest::{Manifest, Removed, SchoolEntry, Version};
use futures::TryStreamExt;
use url::Url;

use super::*;
use crate::store::ByteRange;

fn page(path: &str) -> ObjectKey {
    ObjectKey::Page { path: SitePath::parse(path).unwrap() }
}

fn asset(bytes: &[u8]) -> ObjectKey {
    let digest = Digest::from_bytes(*blake3::hash(bytes).as_bytes());
    ObjectKey::Asset { digest, name: SitePath::parse("a.css").unwrap() }
}

fn give(handover: &Handover, files: &[(ObjectKey, Payload)]) {
    let mut files = files.to_vec();
    files.sort_by_cached_key(|(key, _)| (key.audience(), key.path()));
    let entry = |(key, payload): &(ObjectKey, Payload)| {
        let bytes = match payload {
            Payload::Bytes(bytes) => bytes.to_vec(),
            Payload::File(file) => std::fs::read(file).unwrap(),
        };
        let digest = Digest::from_bytes(*blake3::hash(&bytes).as_bytes());
        ObjectEntry { key: key.clone(), digest, bytes: bytes.len() as u64 }
    };
    let manifest = Manifest {
        version: Version,
        school: SchoolEntry {
            title: "School".to_owned(),
            base_url: Url::parse("http://localhost").unwrap(),
            languages: Vec::new(),
        },
        courses: BTreeMap::new(),
        lessons: BTreeMap::new(),
        products: BTreeMap::new(),
        frames: BTreeMap::new(),
        messages: BTreeMap::new(),
        redirects: BTreeMap::new(),
        removed: Removed::default(),
        objects: files.iter().map(entry).collect(),
    };
    let contents = move |place: usize, entry: &ObjectEntry| {
        let (key, payload) = files.get(place)?;
        (*key == entry.key).then(|| payload.clone())
    };
    handover.give(manifest, Arc::new(contents)).unwrap();
}

fn bytes(text: &'static str) -> Payload {
    Payload::Bytes(text.into())
}

#[tokio::test]
async fn what_was_handed_over_last_is_read() {
    let handover = Handover::default();
    let store = handover.store();
    assert!(matches!(store.get(&page("index.html")).await, Err(StoreError::NotFound { .. })));

    give(&handover, &[(page("index.html"), bytes("one")), (page("b.html"), bytes("b"))]);
    assert_eq!(store.get(&page("index.html")).await.unwrap(), "one");
    let before = store.head(&page("index.html")).await.unwrap();

    give(&handover, &[(page("index.html"), bytes("three"))]);
    assert_eq!(store.get(&page("index.html")).await.unwrap(), "three");
    let now = store.head(&page("index.html")).await.unwrap();
    assert_eq!((before.bytes, now.bytes), (3, 5));
    assert_ne!(before.etag, now.etag);
    let read = store.read(&page("index.html"), Some(ByteRange::Last(2))).await.unwrap();
    let pieces: Vec<Bytes> = read.stream.try_collect().await.unwrap();
    assert_eq!(pieces.concat(), b"ee");
    assert!(matches!(store.get(&page("b.html")).await, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn of_the_release_before_only_hashed_objects_are_left() {
    let handover = Handover::default();
    let old = asset(b"old");
    give(&handover, &[(old.clone(), bytes("old")), (page("gone.html"), bytes("gone"))]);
    let before = Arc::clone(handover.now().unwrap().live());
    give(&handover, &[(asset(b"new"), bytes("new"))]);

    let handed = handover.now().unwrap();
    assert_eq!(handed.public(&old.path()), Some(&old));
    assert_eq!(handed.public("gone.html"), None);
    assert_eq!(handover.store().get(&old).await.unwrap(), "old");
    // Whoever still holds that release reads its own pages.
    let path = SitePath::parse("gone.html").unwrap();
    assert_eq!(handover.page(&before, &path).await.unwrap(), "gone");
    let not_listed = handover.page(handed.live(), &path).await;
    assert!(matches!(not_listed, Err(ReadError::NotListed { .. })), "{not_listed:?}");

    give(&handover, &[(page("index.html"), bytes("home"))]);
    assert_eq!(handover.now().unwrap().public(&old.path()), None);
    assert!(handover.page(&before, &path).await.is_err());
}

#[tokio::test]
async fn a_file_is_read_from_the_disk_and_refused_once_it_is_another() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("film.mp4");
    std::fs::write(&file, "film").unwrap();
    let handover = Handover::default();
    let key = asset(b"film");
    give(&handover, &[(key.clone(), Payload::File(file.clone()))]);
    assert_eq!(handover.store().get(&key).await.unwrap(), "film");
    let release = Arc::clone(handover.now().unwrap().live());
    assert_eq!(handover.object(&release, &key).await.unwrap(), "film");

    std::fs::write(&file, "another").unwrap();
    let answer = handover.object(&release, &key).await;
    assert!(matches!(answer, Err(ReadError::Store(StoreError::Differs { .. }))), "{answer:?}");
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(handover.store().get(&key).await, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn nothing_can_be_put_there() {
    let store = Handover::default().store();
    assert!(store.put(&page("index.html"), bytes("mine")).await.is_err());
    assert!(store.delete(&page("index.html")).await.is_err());
    assert!(store.list(Audience::Everyone, "").await.is_err());
}

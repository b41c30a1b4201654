//! Promises to the edge: only what can be trusted is served, and the last good
//! release outlives everything else.

use contracts::frame::FrameName;
use contracts::object_key::ObjectKey;
use contracts::release::Current;
use store::catalog::{Catalog, Refreshed};
use store::error::StoreError;
use store::release::key::ReleaseKey;
use store::release::{ReadError, manifest_bytes, release_ref};
use store::store::Store;

use crate::door::{Ground, at, grounds, s3_access, s3_ground};
use crate::school::{body, digest, english, first, page, path, second, third};

async fn open(ground: &Ground) -> Catalog {
    Catalog::open(ground.store.clone(), vec![ground.key.public()]).await.unwrap()
}

fn live(catalog: &Catalog) -> String {
    catalog.snapshot().unwrap().live.id().to_string()
}

async fn current(ground: &Ground) -> Current {
    let bytes = ground.store.get(&ObjectKey::Current).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn before_the_first_publication_there_is_nothing() {
    for ground in grounds().await {
        let keys = vec![ground.key.public()];
        let refused = Catalog::open(ground.store.clone(), keys.clone()).await.unwrap_err();
        assert!(matches!(refused, ReadError::NothingPublished));
        let catalog = Catalog::new(ground.store.clone(), keys);
        assert!(catalog.snapshot().is_none());
        ground.publish(&first(), 1).await.unwrap();
        assert!(matches!(catalog.refresh().await, Ok(Refreshed::Replaced { .. })));
        assert!(catalog.snapshot().unwrap().previous.is_none());
    }
}

#[tokio::test]
async fn a_refresh_follows_the_pointer_and_keeps_the_release_before() {
    for ground in grounds().await {
        let one = ground.publish(&first(), 1).await.unwrap().release;
        let catalog = open(&ground).await;
        assert_eq!(catalog.refresh().await.unwrap(), Refreshed::Unchanged);
        let two = ground.publish(&second(), 2).await.unwrap().release;
        let refreshed = catalog.refresh().await.unwrap();
        assert_eq!(refreshed, Refreshed::Replaced { live: two.clone() });
        let snapshot = catalog.snapshot().unwrap();
        assert_eq!(snapshot.live.id(), &two);
        assert_eq!(snapshot.previous.as_ref().unwrap().id(), &one);
        assert!(snapshot.release(&one).is_some() && snapshot.release(&two).is_some());
        assert_eq!(snapshot.live.manifest, second().manifest());
    }
}

#[tokio::test]
async fn pages_frames_and_bodies_come_from_the_release_they_belong_to() {
    for ground in grounds().await {
        ground.publish(&first(), 1).await.unwrap();
        ground.publish(&second(), 2).await.unwrap();
        let catalog = open(&ground).await;
        let snapshot = catalog.snapshot().unwrap();
        let previous = snapshot.previous.as_ref().unwrap();
        let home = path("index.html");
        assert_eq!(catalog.page(&snapshot.live, &home).await.unwrap(), "WELCOME");
        assert_eq!(catalog.page(previous, &home).await.unwrap(), "welcome");
        let frame = catalog.frame(&snapshot.live, FrameName::Account, &english()).await;
        assert_eq!(frame.unwrap(), "<main>account</main>");
        let paid = body("ownership", "the second paid text");
        let text = catalog.object(&snapshot.live, &paid).await.unwrap();
        assert_eq!(text, "the second paid text");
        // Another release's body and an unknown page are not of this release.
        assert!(matches!(catalog.object(previous, &paid).await, Err(ReadError::NotListed { .. })));
        assert!(matches!(
            catalog.page(previous, &path("news/index.html")).await,
            Err(ReadError::NotListed { .. })
        ));
        assert!(matches!(
            catalog.frame(previous, FrameName::SignIn, &english()).await,
            Err(ReadError::NotListed { .. })
        ));
    }
}

#[tokio::test]
async fn an_object_with_other_bytes_than_the_manifest_names_is_refused() {
    for ground in grounds().await {
        ground.publish(&first(), 1).await.unwrap();
        let copy = ObjectKey::PageCopy { digest: digest(b"welcome") };
        ground.overwrite(&copy, "forged").await;
        let catalog = open(&ground).await;
        let snapshot = catalog.snapshot().unwrap();
        let refused = catalog.page(&snapshot.live, &path("index.html")).await;
        assert!(matches!(refused, Err(ReadError::Store(StoreError::Differs { .. }))));
    }
}

#[tokio::test]
async fn a_pointer_by_a_stranger_is_refused_and_the_last_good_stays() {
    for ground in grounds().await {
        let one = ground.publish(&first(), 1).await.unwrap().release;
        let catalog = open(&ground).await;
        let mut forged = current(&ground).await;
        let stranger = ReleaseKey::generate().unwrap();
        let by_stranger = stranger.sign(forged.live.clone(), None, at(5));
        forged.published_at = at(5);
        for pointer in [by_stranger, forged] {
            let bytes = serde_json::to_vec(&pointer).unwrap();
            ground.overwrite(&ObjectKey::Current, bytes).await;
            assert!(matches!(catalog.refresh().await, Err(ReadError::NotSigned)));
            assert_eq!(live(&catalog), one.as_str());
        }
        let trusting_none = Catalog::open(ground.store.clone(), vec![]).await;
        assert!(matches!(trusting_none, Err(ReadError::NotSigned)));
    }
}

#[tokio::test]
async fn a_pointer_that_can_not_be_read_is_refused_and_the_last_good_stays() {
    for ground in grounds().await {
        let one = ground.publish(&first(), 1).await.unwrap().release;
        let catalog = open(&ground).await;
        let good = ground.store.get(&ObjectKey::Current).await.unwrap();
        let half = good[..good.len() / 2].to_vec();
        let unknown = String::from_utf8(good.to_vec()).unwrap().replacen('{', r#"{"a":1,"#, 1);
        for bytes in [half, unknown.into_bytes(), vec![], b"\xff\xfe".to_vec()] {
            ground.overwrite(&ObjectKey::Current, bytes).await;
            let refused = catalog.refresh().await;
            assert!(matches!(refused, Err(ReadError::Malformed { .. })), "{refused:?}");
            assert_eq!(live(&catalog), one.as_str());
        }
        ground.overwrite(&ObjectKey::Current, vec![b' '; 65 * 1024]).await;
        let refused = catalog.refresh().await;
        assert!(matches!(refused, Err(ReadError::Store(StoreError::TooLarge { .. }))));
        ground.store.delete(&ObjectKey::Current).await.unwrap();
        assert!(matches!(catalog.refresh().await, Err(ReadError::NothingPublished)));
        assert_eq!(live(&catalog), one.as_str());
    }
}

#[tokio::test]
async fn an_old_pointer_put_back_is_refused() {
    for ground in grounds().await {
        ground.publish(&first(), 1).await.unwrap();
        let old = ground.store.get(&ObjectKey::Current).await.unwrap();
        let two = ground.publish(&second(), 2).await.unwrap().release;
        let catalog = open(&ground).await;
        ground.overwrite(&ObjectKey::Current, old.to_vec()).await;
        assert!(matches!(catalog.refresh().await, Err(ReadError::Replayed { .. })));
        assert_eq!(live(&catalog), two.as_str());
    }
}

#[tokio::test]
async fn a_manifest_with_another_digest_is_refused_and_the_last_good_stays() {
    for ground in grounds().await {
        let one = ground.publish(&first(), 1).await.unwrap().release;
        let catalog = open(&ground).await;
        let two = ground.publish(&second(), 2).await.unwrap().release;
        let key = ObjectKey::Manifest { release: two };
        let forged = manifest_bytes(&third().manifest()).unwrap();
        for bytes in [forged, b"{".to_vec()] {
            ground.overwrite(&key, bytes).await;
            let refused = catalog.refresh().await;
            assert!(matches!(refused, Err(ReadError::ManifestDiffers { .. })), "{refused:?}");
            assert_eq!(live(&catalog), one.as_str());
        }
        ground.store.delete(&key).await.unwrap();
        let refused = catalog.refresh().await;
        assert!(matches!(refused, Err(ReadError::Store(StoreError::NotFound { .. }))));
        assert_eq!(live(&catalog), one.as_str());
        // The right manifest heals it without another publication.
        ground.overwrite(&key, manifest_bytes(&second().manifest()).unwrap()).await;
        assert!(matches!(catalog.refresh().await, Ok(Refreshed::Replaced { .. })));
    }
}

/// Signs and stores a manifest that no publication of ours would write.
async fn plant(ground: &Ground, manifest: &[u8]) {
    let reference = release_ref(manifest).unwrap();
    let key = ObjectKey::Manifest { release: reference.release.clone() };
    ground.overwrite(&key, manifest).await;
    let pointer = ground.key.sign(reference, None, at(9));
    ground.overwrite(&ObjectKey::Current, serde_json::to_vec(&pointer).unwrap()).await;
}

#[tokio::test]
async fn a_manifest_that_is_not_understood_is_refused_and_the_last_good_stays() {
    for ground in grounds().await {
        let one = ground.publish(&first(), 1).await.unwrap().release;
        let catalog = open(&ground).await;
        let good = String::from_utf8(manifest_bytes(&second().manifest()).unwrap()).unwrap();
        let later = good.replacen(r#"{"version":1"#, r#"{"version":2,"novelty":true"#, 1);
        plant(&ground, later.as_bytes()).await;
        let refused = catalog.refresh().await;
        assert!(matches!(refused, Err(ReadError::UnknownVersion { version: 2, .. })));
        let half = &good[..good.len() / 2];
        let unknown_field = good.replacen('{', r#"{"novelty":true,"#, 1);
        let unknown_kind = good.replacen(r#""kind":"asset""#, r#""kind":"gift""#, 1);
        let climbing = good.replacen("news/index.html", "../index.html", 1);
        for bad in [half, &unknown_field, &unknown_kind, &climbing, "", "[]"] {
            plant(&ground, bad.as_bytes()).await;
            let refused = catalog.refresh().await;
            assert!(matches!(refused, Err(ReadError::Malformed { .. })), "{bad}: {refused:?}");
            assert_eq!(live(&catalog), one.as_str());
        }
    }
}

#[tokio::test]
async fn a_release_under_another_name_is_refused() {
    for ground in grounds().await {
        let one = ground.publish(&first(), 1).await.unwrap().release;
        let catalog = open(&ground).await;
        let mut reference = current(&ground).await.live;
        reference.release = contracts::id::ReleaseId::parse("0123456789abcdef").unwrap();
        let pointer = ground.key.sign(reference, None, at(9));
        ground.overwrite(&ObjectKey::Current, serde_json::to_vec(&pointer).unwrap()).await;
        assert!(matches!(catalog.refresh().await, Err(ReadError::Misnamed { .. })));
        assert_eq!(live(&catalog), one.as_str());
    }
}

#[tokio::test]
async fn on_s3_an_edge_needs_no_more_than_to_read_the_private_side() {
    let Some(ground) = s3_ground().await else { return };
    let reader = s3_access("LYCEUM_TEST_S3_READER_ACCESS_KEY", "LYCEUM_TEST_S3_READER_SECRET_KEY");
    let Some(reader) = reader else {
        eprintln!("left out: a reader of S3 (LYCEUM_TEST_S3_READER_ACCESS_KEY is not set)");
        return;
    };
    ground.publish(&first(), 1).await.unwrap();
    let mut config = ground.config.clone();
    config.s3 = reader;
    let store = Store::open(&config).unwrap();
    let catalog = Catalog::open(store.clone(), vec![ground.key.public()]).await.unwrap();
    let snapshot = catalog.snapshot().unwrap();
    assert_eq!(catalog.page(&snapshot.live, &path("index.html")).await.unwrap(), "welcome");
    let refused = store.delete(&ObjectKey::Current).await;
    assert!(matches!(refused, Err(StoreError::Forbidden { .. })), "{refused:?}");
    let refused = store.head(&page("index.html")).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn an_old_pointer_put_back_is_refused_after_a_restart_too() {
    for ground in grounds().await {
        let folder = tempfile::tempdir().unwrap();
        let started = || {
            let keys = vec![ground.key.public()];
            Catalog::new(ground.store.clone(), keys)
                .remembering(folder.path(), &ground.config.private)
        };
        ground.publish(&first(), 1).await.unwrap();
        let old = ground.store.get(&ObjectKey::Current).await.unwrap();
        ground.publish(&second(), 2).await.unwrap();
        let new = ground.store.get(&ObjectKey::Current).await.unwrap();
        started().refresh().await.unwrap();

        ground.overwrite(&ObjectKey::Current, old.to_vec()).await;
        let catalog = started();
        assert!(matches!(catalog.refresh().await, Err(ReadError::Replayed { .. })));
        assert!(catalog.snapshot().is_none());

        ground.overwrite(&ObjectKey::Current, new.to_vec()).await;
        started().refresh().await.unwrap();
        // A rollback is a new pointer, and newer than all before it.
        ground.publish(&first(), 3).await.unwrap();
        started().refresh().await.unwrap();

        let note = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
        std::fs::write(note, "yesterday").unwrap();
        assert!(matches!(started().refresh().await, Err(ReadError::Memory { .. })));
    }
}

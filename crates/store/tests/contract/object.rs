//! Promises about single objects.

use std::time::Duration;

use contracts::access::Audience;
use contracts::object_key::{Encoding, ObjectKey};
use store::config::{Credentials, S3Access, StoreConfig};
use store::error::StoreError;
use store::store::{ByteRange, Payload, Store};

use crate::door::{Ground, Kind, folder_ground, grounds};
use crate::school::{asset, body, digest, page};

/// Over one part, and not a whole number of parts.
const LARGE: usize = 20 * 1024 * 1024 + 7;

fn large_file() -> (tempfile::NamedTempFile, Vec<u8>) {
    let bytes: Vec<u8> = (0..LARGE).map(|at| (at / 1021 % 251) as u8).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &bytes).unwrap();
    (file, bytes)
}

#[tokio::test]
async fn an_object_comes_back_under_its_key() {
    let names = ["plain.txt", "所有权 图 1.png", "a~b[1]+c&d=e%20f'(g)!.svg", "no-extension"];
    for ground in grounds().await {
        for name in names {
            for key in [page(&format!("deep/{name}/index.html")), asset(name, name)] {
                ground.overwrite(&key, name).await;
                assert_eq!(ground.store.get(&key).await.unwrap(), name, "{key}");
                let info = ground.store.head(&key).await.unwrap();
                assert_eq!(info.bytes, name.len() as u64, "{key}");
                assert!(!info.etag.is_empty() && !info.etag.contains('"'), "{}", info.etag);
                let listed = ground.store.list(Audience::Everyone, "").await.unwrap();
                assert!(listed.iter().any(|listed| listed.path == key.path()), "{key}");
            }
        }
    }
}

#[tokio::test]
async fn overwriting_changes_the_entity_tag() {
    for ground in grounds().await {
        let key = page("index.html");
        ground.overwrite(&key, "one").await;
        let before = ground.store.head(&key).await.unwrap();
        ground.overwrite(&key, "two").await;
        let after = ground.store.head(&key).await.unwrap();
        assert_ne!(before.etag, after.etag);
        assert_eq!(ground.store.get(&key).await.unwrap(), "two");
    }
}

#[tokio::test]
async fn a_paid_object_never_shows_on_the_public_side() {
    for ground in grounds().await {
        let key = body("ownership", "paid");
        ground.overwrite(&key, "paid").await;
        assert_eq!(ground.store.list(Audience::Everyone, "").await.unwrap(), []);
        let private = ground.store.list(Audience::Entitled, "lessons").await.unwrap();
        assert_eq!(private.len(), 1);
        let as_page = page(&key.path());
        assert!(matches!(ground.store.get(&as_page).await, Err(StoreError::NotFound { .. })));
    }
}

#[tokio::test]
async fn a_large_file_is_sent_in_parts_and_comes_back_whole() {
    let (file, bytes) = large_file();
    for ground in grounds().await {
        let key = asset("film.mp4", "film");
        let payload = Payload::File(file.path().to_owned());
        ground.store.put_as(&key, payload, &digest(&bytes)).await.unwrap();
        assert_eq!(ground.store.get(&key).await.unwrap(), bytes);
        let middle = 9_000_000..9_000_100;
        let range = ByteRange::Between(middle.start as u64..middle.end as u64);
        assert_eq!(ground.store.get_range(&key, range).await.unwrap(), bytes[middle]);
    }
}

#[tokio::test]
async fn bytes_with_another_digest_are_refused_and_nothing_shows() {
    let (large, _) = large_file();
    let small = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(small.path(), "changed meanwhile").unwrap();
    for ground in grounds().await {
        for payload in [
            Payload::File(large.path().to_owned()),
            Payload::File(small.path().to_owned()),
            Payload::Bytes("changed meanwhile".into()),
        ] {
            let key = asset("film.mp4", "film");
            let refused = ground.store.put_as(&key, payload, &digest(b"film")).await;
            assert!(matches!(refused, Err(StoreError::Differs { .. })), "{refused:?}");
            assert_eq!(ground.store.list(Audience::Everyone, "").await.unwrap(), []);
        }
    }
}

#[tokio::test]
async fn a_file_that_is_gone_is_named_in_the_error() {
    for ground in grounds().await {
        let payload = Payload::File("/no/such/film.mp4".into());
        let refused = ground.store.put(&page("film.mp4"), payload).await.unwrap_err();
        assert_eq!(refused.to_string(), "failed to read `/no/such/film.mp4` for `film.mp4`");
    }
}

#[tokio::test]
async fn each_form_of_range_is_answered_and_an_impossible_one_refused() {
    for ground in grounds().await {
        let key = page("digits.txt");
        ground.overwrite(&key, "0123456789").await;
        for (range, expected) in [
            (ByteRange::Between(2..5), "234"),
            (ByteRange::Between(8..100), "89"),
            (ByteRange::From(7), "789"),
            (ByteRange::Last(3), "789"),
            (ByteRange::Last(100), "0123456789"),
        ] {
            let read = ground.store.get_range(&key, range.clone()).await.unwrap();
            assert_eq!(read, expected, "{range:?}");
        }
        for range in [ByteRange::Between(10..12), ByteRange::From(10), ByteRange::Last(0)] {
            let refused = ground.store.get_range(&key, range.clone()).await;
            let is_refused =
                matches!(refused, Err(StoreError::RangeNotSatisfiable { bytes: 10, .. }));
            assert!(is_refused, "{range:?}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_may_be_deleted() {
    for ground in grounds().await {
        let key = page("nowhere/index.html");
        assert!(matches!(ground.store.get(&key).await, Err(StoreError::NotFound { .. })));
        assert!(matches!(ground.store.head(&key).await, Err(StoreError::NotFound { .. })));
        assert!(matches!(ground.store.read(&key, None).await, Err(StoreError::NotFound { .. })));
        ground.store.delete(&key).await.unwrap();
        // A folder is no object either.
        let folder = page("nowhere");
        ground.overwrite(&key, "here now").await;
        assert!(matches!(ground.store.get(&folder).await, Err(StoreError::NotFound { .. })));
        ground.store.delete(&key).await.unwrap();
        assert!(matches!(ground.store.get(&key).await, Err(StoreError::NotFound { .. })));
    }
}

#[tokio::test]
async fn a_listing_is_in_order_and_below_its_prefix() {
    for ground in grounds().await {
        for at in ["b/2.html", "a.html", "b/1.html", "bc/3.html"] {
            ground.overwrite(&page(at), at).await;
        }
        let paths = |listed: Vec<store::store::Listed>| {
            listed.into_iter().map(|listed| listed.path).collect::<Vec<_>>()
        };
        let all = paths(ground.store.list(Audience::Everyone, "").await.unwrap());
        assert_eq!(all, ["a.html", "b/1.html", "b/2.html", "bc/3.html"]);
        let below = paths(ground.store.list(Audience::Everyone, "b/").await.unwrap());
        assert_eq!(below, ["b/1.html", "b/2.html"]);
        assert_eq!(paths(ground.store.list(Audience::Everyone, "none").await.unwrap()), [""; 0]);
    }
}

#[tokio::test]
async fn dot_files_in_the_folder_are_not_listed() {
    for ground in grounds().await {
        let Ground { kind: Kind::Folder(folder), store, .. } = &ground else { continue };
        let public = folder.path().join("public");
        std::fs::create_dir_all(public.join(".git")).unwrap();
        std::fs::write(public.join(".git/HEAD"), "secret").unwrap();
        std::fs::write(public.join(".env"), "secret").unwrap();
        std::fs::write(public.join("index.html"), "welcome").unwrap();
        let listed = store.list(Audience::Everyone, "").await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].path, "index.html");
        let refused = store.list(Audience::Everyone, ".git").await;
        assert!(matches!(refused, Err(StoreError::BadPath { .. })));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_private_folder_is_for_its_owner_alone() {
    for ground in grounds().await {
        let Kind::Folder(folder) = &ground.kind else { continue };
        let private = std::fs::metadata(folder.path().join("private")).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::mode(&private.permissions());
        assert_eq!(mode & 0o077, 0);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_symbolic_link_does_not_lead_out_of_the_folder() {
    let ground = folder_ground();
    let Kind::Folder(folder) = &ground.kind else { panic!("it is a folder") };
    let secret = folder.path().join("secret.html");
    std::fs::write(&secret, "secret").unwrap();
    std::os::unix::fs::symlink(&secret, folder.path().join("public/link.html")).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("public/up")).unwrap();
    for at in ["link.html", "up/secret.html", "up/public/up/secret.html"] {
        let refused = ground.store.get(&page(at)).await;
        assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{at}: {refused:?}");
        let refused = ground.store.head(&page(at)).await;
        assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{at}: {refused:?}");
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up_and_no_secret_is_told() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let s3 = S3Access {
        endpoint: Some(format!("http://{}", silent.local_addr().unwrap()).parse().unwrap()),
        browser_endpoint: None,
        region: None,
        credentials: Some(Credentials {
            access_key_id: "id".to_owned(),
            secret_access_key: "very-secret".to_owned(),
            session_token: None,
        }),
    };
    let mut config = StoreConfig::parse("s3://school-public", "s3://school-private", s3).unwrap();
    config.request_timeout = Duration::from_millis(50);
    let store = Store::open(&config).unwrap();
    let refused = store.get(&page("index.html")).await.unwrap_err();
    assert!(matches!(refused, StoreError::Failed { act: "get", .. }), "{refused:?}");
    let told = format!("{refused:?} {store:?} {config:?}");
    assert!(!told.contains("very-secret"), "{told}");
}

#[tokio::test]
async fn a_compressed_copy_is_another_object() {
    for ground in grounds().await {
        let of = Box::new(page("index.html"));
        let copy = ObjectKey::Precompressed { of, encoding: Encoding::Br };
        ground.overwrite(&page("index.html"), "welcome").await;
        ground.overwrite(&copy, "brotli").await;
        assert_eq!(ground.store.get(&page("index.html")).await.unwrap(), "welcome");
        assert_eq!(ground.store.get(&copy).await.unwrap(), "brotli");
    }
}

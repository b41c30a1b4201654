//! Promises about signed URLs: opened by the server itself on S3, by the
//! signer and the store on a folder.

use contracts::object_key::{Encoding, ObjectKey};
use futures::TryStreamExt;
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use reqwest::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use store::sign::{SignError, Signer};

use crate::door::{Ground, LINK_SECRET, folder_ground, grounds, s3_ground};
use crate::school::{body, page};

const TEXT: &str = "a paid text";

fn paid() -> ObjectKey {
    body("ownership", TEXT)
}

/// S3 with a paid body in it, and its signer.
async fn s3() -> Option<(Ground, Signer)> {
    let ground = s3_ground().await?;
    ground.overwrite(&paid(), TEXT).await;
    let signer = Signer::open(&ground.config, None).unwrap();
    Some((ground, signer))
}

async fn get(url: &str) -> reqwest::Response {
    reqwest::get(url).await.unwrap()
}

#[tokio::test]
async fn an_internal_object_is_never_signed() {
    for ground in grounds().await {
        let signer = Signer::open(&ground.config, Some(LINK_SECRET)).unwrap();
        let refused = signer.sign(&ObjectKey::Current, Timestamp::now());
        assert!(matches!(refused, Err(SignError::Internal { .. })));
    }
}

#[tokio::test]
async fn a_link_of_the_folder_opens_the_object_it_names() {
    let ground = folder_ground();
    ground.overwrite(&paid(), TEXT).await;
    let signer = Signer::open(&ground.config, Some(LINK_SECRET)).unwrap();
    let now = Timestamp::now();
    let signed = signer.sign(&paid(), now).unwrap();
    let Signer::Link(links) = signer else { panic!("a folder signs links") };
    let (path, query) = signed.url.split_once('?').unwrap();
    let path = path.strip_prefix("/objects/").unwrap();
    let (expires, signature) = query.split_once('&').unwrap();
    let expires = expires.strip_prefix("expires=").unwrap();
    let signature = signature.strip_prefix("signature=").unwrap();
    let object = links.verify(path, expires, signature, now).unwrap();
    let reader = ground.store.read_signed(&object, None).await.unwrap();
    let pieces: Vec<_> = reader.stream.try_collect().await.unwrap();
    assert_eq!(pieces.concat(), TEXT.as_bytes());
    let info = ground.store.head_signed(&object).await.unwrap();
    assert_eq!(info.bytes, TEXT.len() as u64);
}

#[tokio::test]
async fn a_folder_needs_a_link_secret() {
    let ground = folder_ground();
    let refused = Signer::open(&ground.config, None).unwrap_err();
    assert_eq!(refused.to_string(), "a folder store signs its own links and needs a link secret");
    let refused = Signer::open(&ground.config, Some(b"short")).unwrap_err();
    assert_eq!(refused.to_string(), "the link secret has 5 bytes, at least 32 are needed");
}

#[tokio::test]
async fn s3_opens_a_signed_url_whole_and_in_ranges() {
    let Some((_ground, signer)) = s3().await else { return };
    let signed = signer.sign(&paid(), Timestamp::now()).unwrap();
    let whole = get(&signed.url).await;
    assert_eq!(whole.status(), StatusCode::OK);
    assert_eq!(whole.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(whole.headers()[CACHE_CONTROL], "private, max-age=300");
    assert_eq!(whole.text().await.unwrap(), TEXT);
    let part = reqwest::Client::new().get(&signed.url).header(RANGE, "bytes=2-5").send();
    let part = part.await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()[CONTENT_RANGE], "bytes 2-5/11");
    assert_eq!(part.text().await.unwrap(), "paid");
}

#[tokio::test]
async fn s3_keeps_the_headers_of_the_key() {
    let Some((ground, signer)) = s3().await else { return };
    let copy =
        ObjectKey::Precompressed { of: Box::new(page("feed.xml")), encoding: Encoding::Gzip };
    ground.overwrite(&copy, "gzip").await;
    let answer = get(&signer.sign(&copy, Timestamp::now()).unwrap().url).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/xml; charset=utf-8");
    assert_eq!(answer.headers()[CONTENT_ENCODING], "gzip");
    assert_eq!(answer.headers()[CACHE_CONTROL], "public, max-age=0, must-revalidate");
}

#[tokio::test]
async fn s3_opens_keys_of_any_script_and_sign() {
    let Some((ground, signer)) = s3().await else { return };
    for name in ["所有权/index.html", "a~b[1]+c&d=e%20f'(g)!.svg", "two  spaces.txt"] {
        ground.overwrite(&page(name), name).await;
        let answer = get(&signer.sign(&page(name), Timestamp::now()).unwrap().url).await;
        assert_eq!(answer.status(), StatusCode::OK, "{name}");
        assert_eq!(answer.text().await.unwrap(), name);
    }
}

#[tokio::test]
async fn s3_refuses_a_changed_signed_url() {
    let Some((ground, signer)) = s3().await else { return };
    let other = body("lifetimes", "another paid text");
    ground.overwrite(&other, "another paid text").await;
    let url = signer.sign(&paid(), Timestamp::now()).unwrap().url;
    let (front, signature) = url.split_once("X-Amz-Signature=").unwrap();
    let flipped = if signature.starts_with('0') { "1" } else { "0" };
    for changed in [
        format!("{front}X-Amz-Signature={flipped}{}", &signature[1..]),
        url.replace(&paid().path(), &other.path()),
        url.replace("X-Amz-Expires=1200", "X-Amz-Expires=86400"),
        url.replace("response-content-type=text%2Fhtml", "response-content-type=text%2Fplain"),
        url.replace("private%2C%20max-age%3D300", "public"),
    ] {
        assert_ne!(changed, url);
        assert_eq!(get(&changed).await.status(), StatusCode::FORBIDDEN, "{changed}");
    }
}

#[tokio::test]
async fn s3_refuses_an_expired_signed_url() {
    let Some((_ground, signer)) = s3().await else { return };
    let yesterday = Timestamp::now() - SignedDuration::from_hours(24);
    let url = signer.sign(&paid(), yesterday).unwrap().url;
    assert_eq!(get(&url).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn s3_refuses_a_reader_without_a_signature() {
    let Some((_ground, signer)) = s3().await else { return };
    let url = signer.sign(&paid(), Timestamp::now()).unwrap().url;
    let (bare, _) = url.split_once('?').unwrap();
    assert_eq!(get(bare).await.status(), StatusCode::FORBIDDEN);
}

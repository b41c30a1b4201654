//! `/objects/{path}`: links that expire, for a folder store.

use contracts::object_key::ObjectKey;
use jiff::{SignedDuration, Timestamp};

use crate::fixture::VIDEO;
use crate::test_edge::TestEdge;

fn video(edge: &TestEdge) -> ObjectKey {
    let mut keys = edge.manifest.objects.iter().map(|entry| entry.key.clone());
    keys.find(|key| key.path().ends_with(".mp4")).unwrap()
}

fn link(edge: &TestEdge, at: Timestamp) -> String {
    edge.app.signer.sign(&video(edge), at).unwrap().url
}

#[tokio::test]
async fn a_video_is_served_whole_and_in_parts() {
    let edge = TestEdge::new().await;
    let link = link(&edge, Timestamp::now());
    let whole = edge.get(&link).send().await;
    assert_eq!((whole.status.as_u16(), &whole.bytes[..]), (200, VIDEO));
    assert_eq!(whole.header("content-type"), "video/mp4");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("cache-control"), "private, max-age=300");

    for (range, content_range, length) in [
        ("bytes=0-99", "bytes 0-99/5000", 100),
        ("bytes=4990-", "bytes 4990-4999/5000", 10),
        ("bytes=-1", "bytes 4999-4999/5000", 1),
        ("bytes=4000-9999", "bytes 4000-4999/5000", 1000),
        // Safari asks so for a whole film and gives up at a 200.
        ("bytes=0-4999", "bytes 0-4999/5000", 5000),
    ] {
        let part = edge.get(&link).header("range", range).send().await;
        assert_eq!(part.status, 206, "{range}");
        assert_eq!(part.header("content-range"), content_range);
        assert_eq!(part.bytes.len(), length);
        assert_eq!(part.header("content-length"), length.to_string());
    }
    let beyond = edge.get(&link).header("range", "bytes=5000-").send().await;
    assert_eq!(beyond.problem(), (416, "range_not_satisfiable".to_owned()));
    assert_eq!(beyond.header("content-range"), "bytes */5000");
    let unreadable = edge.get(&link).header("range", "bytes=b-a").send().await;
    assert_eq!(unreadable.status, 200);
}

#[tokio::test]
async fn a_browser_that_has_it_is_told_so() {
    let edge = TestEdge::new().await;
    let link = link(&edge, Timestamp::now());
    let etag = edge.get(&link).send().await.header("etag").to_owned();
    let again = edge.get(&link).header("if-none-match", &etag).send().await;
    assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
    let other = edge.get(&link).header("range", "bytes=0-1").header("if-range", "\"other\"");
    assert_eq!(other.send().await.status, 200);
}

#[tokio::test]
async fn an_attached_page_behind_a_link_runs_nothing_and_a_video_plays() {
    let edge = TestEdge::new().await;
    let token = edge.owner("ada@example.org").await;
    let policy = async |file: &str| {
        let path = format!("/learn/rust/ownership/{file}");
        let sent = edge.get(&path).token(&token).send().await;
        let answer = edge.get(sent.header("location")).send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("x-content-type-options")),
            (200, "nosniff")
        );
        answer.header("content-security-policy").to_owned()
    };
    for file in ["notes.html", "figure.png", "talk.en.vtt"] {
        assert!(policy(file).await.starts_with("sandbox; default-src 'none'; "), "{file}");
    }
    // A browser's own player does not work inside a sandbox.
    assert!(policy("talk.mp4").await.starts_with("default-src 'self'; "));
}

#[tokio::test]
async fn an_expired_link_is_refused() {
    let edge = TestEdge::new().await;
    let old = link(&edge, Timestamp::now() - SignedDuration::from_hours(1));
    assert_eq!(edge.get(&old).send().await.problem(), (403, "link_expired".to_owned()));
}

#[tokio::test]
async fn a_tampered_link_is_refused() {
    let edge = TestEdge::new().await;
    let good = link(&edge, Timestamp::now());
    let (path, query) = good.split_once('?').unwrap();
    let (expires, signature) = query.split_once('&').unwrap();
    let later: i64 = expires.strip_prefix("expires=").unwrap().parse().unwrap();
    let later = later + 1;
    for bad in [
        format!("{path}?expires={later}&{signature}"),
        format!("{path}?{expires}&signature=AAAA"),
        format!("{path}?{expires}&signature="),
        format!("{}?{query}", path.replace("talk", "walk")),
        format!("{}?{query}", path.replace("own-1", "own-2")),
        format!("{}?{query}", path.replace("/assets/", "/assets/../assets/")),
        format!("{}?{query}", path.replace("/objects/", "/objects//")),
    ] {
        assert_eq!(
            edge.get(&bad).send().await.problem(),
            (403, "invalid_link".to_owned()),
            "{bad}"
        );
    }
    for bad in [path.to_owned(), format!("{path}?{expires}"), format!("{good}&signature=x")] {
        assert_eq!(edge.get(&bad).send().await.problem().0, 400, "{bad}");
    }
}

#[tokio::test]
async fn a_link_to_an_object_for_the_edge_alone_is_never_made() {
    let edge = TestEdge::new().await;
    assert!(edge.app.signer.sign(&ObjectKey::Current, Timestamp::now()).is_err());
}

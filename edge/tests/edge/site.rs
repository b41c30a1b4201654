//! Role `site`: the public store, and only what the manifest names as public.

use std::sync::Arc;

use http::Method;
use lyceum_edge::config::Role;
use lyceum_edge::entitlement_cache::memory::MemoryCache;
use store::catalog::Refreshed;

use crate::test_edge::TestEdge;

#[tokio::test]
async fn pages_and_files_are_served_with_their_own_cache_rules() {
    let edge = TestEdge::new().await;
    let home = edge.get("/").send().await;
    assert_eq!((home.status.as_u16(), home.text()), (200, "<p>home</p>"));
    assert_eq!(home.header("cache-control"), "public, max-age=0, must-revalidate");
    assert_eq!(home.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(home.header("cross-origin-resource-policy"), "cross-origin");
    let all = edge.get("/%E6%89%80%E6%9C%89/").send().await;
    assert_eq!(all.text(), "<p>all</p>");

    let mut paths = edge.manifest.objects.iter().map(|entry| entry.key.path());
    let style = paths.find(|path| path.ends_with(".css")).unwrap();
    let style = edge.get(&format!("/{style}")).send().await;
    assert_eq!(style.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
}

/// The address of the public file of this name, without its digest.
fn address(edge: &TestEdge, stem: &str, extension: &str) -> String {
    let mut paths = edge.manifest.objects.iter().map(|entry| entry.key.path());
    let start = format!("assets/{stem}.");
    let path = paths.find(|path| path.starts_with(&start) && path.ends_with(extension));
    format!("/{}", path.unwrap())
}

#[tokio::test]
async fn what_an_author_attached_runs_nothing_on_the_schools_origin() {
    let edge = TestEdge::new().await;
    for (stem, extension) in
        [("widget", ".html"), ("drawing", ".svg"), ("data", ".xml"), ("photo", ".png")]
    {
        let path = address(&edge, stem, extension);
        let answer = edge.get(&path).send().await;
        assert_eq!(answer.status, 200);
        let policy = answer.header("content-security-policy").to_owned();
        assert!(policy.starts_with("sandbox; default-src 'none'; "), "{path}: {policy}");
        assert!(!policy.contains("allow-") && !policy.contains("'self'"), "{path}: {policy}");
        // The copy in a browser's cache takes its headers from here.
        let etag = answer.header("etag").to_owned();
        let again = edge.get(&path).header("if-none-match", &etag).send().await;
        assert_eq!(again.status, 304);
        assert_eq!(again.header("content-security-policy"), policy);
    }
}

#[tokio::test]
async fn our_own_pages_and_what_has_a_viewer_of_its_own_are_not_shut_in() {
    let edge = TestEdge::new().await;
    let paper = address(&edge, "paper", ".pdf");
    for path in ["/", "/courses/rust/", "/feed.xml", "/nothing/", &paper] {
        let answer = edge.get(path).send().await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self'; "), "{path}: {policy}");
    }
}

#[tokio::test]
async fn a_file_that_the_store_has_lost_is_not_found() {
    let edge = TestEdge::new().await;
    let style = address(&edge, "style", ".css");
    let public = edge.folder.path().join("public");
    std::fs::remove_file(public.join(&style[1..])).unwrap();
    std::fs::remove_file(public.join("courses/rust/index.html")).unwrap();
    for path in [style.as_str(), "/courses/rust/"] {
        let answer = edge.get(path).send().await;
        assert_eq!((answer.status.as_u16(), answer.text()), (404, "<p>nothing here</p>"), "{path}");
        let part = edge.get(path).header("range", "bytes=0-1").send().await;
        assert_eq!(part.status, 404, "{path}");
    }
    // A lost copy is made up for by the next best form.
    std::fs::remove_file(public.join("index.html.br")).unwrap();
    let home = edge.get("/").header("accept-encoding", "br, gzip").send().await;
    assert_eq!((home.header("content-encoding"), home.text()), ("gzip", "gz bytes"));
    std::fs::remove_file(public.join("index.html.gz")).unwrap();
    let home = edge.get("/").header("accept-encoding", "br, gzip").send().await;
    assert_eq!((home.header("content-encoding"), home.text()), ("", "<p>home</p>"));
    // Without even a page to say so, the plain words remain.
    std::fs::remove_file(public.join("404.html")).unwrap();
    let answer = edge.get(&style).send().await;
    assert_eq!(answer.problem(), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn a_picture_that_was_retired_at_once_is_not_found_by_an_old_page() {
    let edge = TestEdge::new().await;
    let old = address(&edge, "style", ".css");
    edge.publish("main{}", &edge.key).await;
    edge.app.published.refresh().await.unwrap();
    // As a publication does when the file belongs to a paid lesson from now on.
    std::fs::remove_file(edge.folder.path().join("public").join(&old[1..])).unwrap();
    assert_eq!(edge.get(&old).send().await.status, 404);
}

#[tokio::test]
async fn a_folder_has_one_address() {
    let edge = TestEdge::new().await;
    for (path, to) in [
        ("/courses/rust", "/courses/rust/"),
        ("/courses/rust?a=b", "/courses/rust/?a=b"),
        ("/courses/rust/index.html", "/courses/rust/"),
        ("/index.html", "/"),
        ("/%E6%89%80%E6%9C%89", "/%E6%89%80%E6%9C%89/"),
    ] {
        let answer = edge.get(path).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (308, to), "{path}");
    }
}

#[tokio::test]
async fn a_compressed_copy_goes_to_whoever_takes_it() {
    let edge = TestEdge::new().await;
    for (accept, encoding, body) in [
        ("gzip, br", "br", "br bytes"),
        ("gzip", "gzip", "gz bytes"),
        ("br;q=0, gzip;q=0.5", "gzip", "gz bytes"),
        ("identity", "", "<p>home</p>"),
    ] {
        let answer = edge.get("/").header("accept-encoding", accept).send().await;
        assert_eq!((answer.header("content-encoding"), answer.text()), (encoding, body));
        assert_eq!(answer.header("vary"), "accept-encoding");
        let etag = answer.header("etag").to_owned();
        let again = edge.get("/").header("accept-encoding", accept).header("if-none-match", &etag);
        let again = again.send().await;
        assert_eq!(again.status, 304);
        assert_eq!(again.header("vary"), "accept-encoding");
    }
    let part = edge.get("/").header("accept-encoding", "br").header("range", "bytes=0-2");
    let part = part.send().await;
    assert_eq!((part.status.as_u16(), part.text()), (206, "<p>"));
}

#[tokio::test]
async fn head_answers_like_get_without_the_bytes() {
    let edge = TestEdge::new().await;
    let head = edge.ask(Method::HEAD, "/").send().await;
    assert_eq!((head.status.as_u16(), head.header("content-length")), (200, "11"));
    assert!(head.bytes.is_empty());
}

#[tokio::test]
async fn a_page_loaded_before_a_publication_still_finds_its_files() {
    let edge = TestEdge::new().await;
    let mut paths = edge.manifest.objects.iter().map(|entry| entry.key.path());
    let old = format!("/{}", paths.find(|path| path.ends_with(".css")).unwrap());
    edge.publish("main{}", &edge.key).await;
    let refreshed = edge.app.published.refresh().await.unwrap();
    assert!(matches!(refreshed, Refreshed::Replaced { .. }));
    assert_eq!(edge.get(&old).send().await.text(), "body{}");
    assert_eq!(edge.get("/").send().await.status, 200);
    edge.publish("p{}", &edge.key).await;
    edge.app.published.refresh().await.unwrap();
    assert_eq!(edge.get(&old).send().await.status, 404);
}

#[tokio::test]
async fn a_release_that_can_not_be_trusted_leaves_the_last_good_one() {
    let edge = TestEdge::new().await;
    let pointer = edge.folder.path().join("private/current.json");
    let text = std::fs::read_to_string(&pointer).unwrap();
    for broken in ["", "{", &text.replace("live", "dead"), &text.replace("20", "21")] {
        std::fs::write(&pointer, broken).unwrap();
        assert!(edge.app.published.refresh().await.is_err(), "{broken}");
        assert_eq!(edge.get("/").send().await.text(), "<p>home</p>");
        assert_eq!(edge.operators("/readyz").await.0, 200);
    }
}

#[tokio::test]
async fn what_the_manifest_does_not_name_is_not_there() {
    let edge = TestEdge::new().await;
    let public = edge.folder.path().join("public");
    std::fs::write(public.join("stale.html"), "old").unwrap();
    std::fs::create_dir(public.join(".git")).unwrap();
    std::fs::write(public.join(".git/HEAD"), "ref").unwrap();
    let body = edge.manifest.objects.iter().map(|entry| entry.key.path());
    let body = body.into_iter().find(|path| path.starts_with("lessons/")).unwrap();
    for path in [
        "/stale.html",
        "/.git/HEAD",
        "/.git",
        "/current.json",
        "/index.html.br",
        "/nothing/",
        "/../private/current.json",
        "/%2e%2e/private/current.json",
        "/..%2fprivate%2fcurrent.json",
        "/%252e%252e/private/current.json",
        "/..%5cprivate",
        "//etc/passwd",
        "/%00",
        "/%ff",
        "/courses/rust/%2e/",
        "/courses//rust/",
        "/INDEX.HTML",
        "/courses/rust/;a",
        "/assets/",
        &format!("/{body}"),
        &format!("/../private/{body}"),
    ] {
        let answer = edge.get(path).send().await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.text(), "<p>nothing here</p>", "{path}");
        assert_eq!(answer.header("cache-control"), "private, no-store");
    }
}

#[tokio::test]
async fn a_missing_page_is_told_in_the_language_of_its_address() {
    let edge = TestEdge::new().await;
    for path in ["/zh/nothing/", "/zh/courses/nothing", "/zh/nothing.css"] {
        let answer = edge.get(path).send().await;
        assert_eq!((answer.status.as_u16(), answer.text()), (404, "<p>这里没有</p>"), "{path}");
    }
    for path in ["/en/nothing/", "/zhe/", "/courses/zh/", "//zh/"] {
        let answer = edge.get(path).send().await;
        assert_eq!((answer.status.as_u16(), answer.text()), (404, "<p>nothing here</p>"), "{path}");
    }
}

#[tokio::test]
async fn other_methods_are_refused() {
    let edge = TestEdge::new().await;
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS, Method::TRACE] {
        let ask = edge.ask(method.clone(), "/").header("origin", "https://school.test");
        let answer = ask.send().await;
        assert_eq!(answer.problem(), (405, "method_not_allowed".to_owned()), "{method}");
        assert_eq!(answer.header("allow"), "GET, HEAD");
    }
}

#[tokio::test]
async fn a_role_that_is_not_played_has_no_routes() {
    let cache = || Arc::new(MemoryCache::new());
    let gate = TestEdge::with(cache(), &[Role::Gate]).await;
    assert_eq!(gate.get("/api/lessons/rust/intro").send().await.status, 200);
    for path in ["/", "/api/me", "/sign-in/", "/zz/learn/rust/intro/"] {
        assert_eq!(gate.get(path).send().await.status, 404, "{path}");
    }
    let campus = TestEdge::with(cache(), &[Role::Campus]).await;
    assert_eq!(campus.get("/api/me").send().await.status, 200);
    for path in ["/", "/api/auth", "/api/lessons/rust/intro", "/learn/rust/intro/"] {
        assert_eq!(campus.get(path).send().await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_course_may_be_called_like_a_page_of_the_edge() {
    let edge = TestEdge::new().await;
    for path in ["/courses/sign-in/", "/courses/account/", "/courses/learn/a/b/"] {
        let answer = edge.get(path).send().await;
        assert_eq!((answer.status.as_u16(), answer.text()), (404, "<p>nothing here</p>"), "{path}");
    }
}

#[tokio::test]
async fn an_old_address_leads_to_the_new_one_for_good() {
    let edge = TestEdge::new().await;
    for (old, new) in [
        ("/courses/rust/%E6%89%80%E6%9C%89/", "/courses/rust/ownership/"),
        ("/courses/rust/%E6%89%80%E6%9C%89", "/courses/rust/ownership/"),
        ("/courses/rust/%E6%89%80%E6%9C%89/index.html", "/courses/rust/ownership/"),
        ("/zh/courses/rust/%E6%89%80%E6%9C%89/?a=b", "/zh/courses/rust/ownership/?a=b"),
        ("/old.html", "/courses/rust/ownership/"),
        ("/learn/rust/%E6%89%80%E6%9C%89/", "/courses/rust/ownership/"),
        ("/zh/learn/rust/%E6%89%80%E6%9C%89/", "/zh/courses/rust/ownership/"),
    ] {
        let answer = edge.get(old).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (301, new), "{old}");
    }
}

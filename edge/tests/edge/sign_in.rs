//! Signing in and out.

use http::Method;
use lyceum_edge::cookie::{REFRESH, SESSION, SIGN_IN};
use lyceum_edge::mail::Letter;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::test_edge::{Answer, TestEdge};

const START: &str = "/api/sign-in";
const CONFIRM: &str = "/api/sign-in/confirm";

/// Path with query of the link, and the code.
fn read(letter: &Letter) -> (String, String) {
    let text = letter.text.expose_secret();
    let mut words = text.split(' ').skip_while(|word| !word.starts_with("https://"));
    let link = words.next().unwrap().strip_prefix("https://school.test").unwrap();
    (link.to_owned(), words.next().unwrap().to_owned())
}

fn token_of(link: &str) -> &str {
    link.split("token=").nth(1).unwrap().split('&').next().unwrap()
}

async fn start(edge: &TestEdge, email: &str) -> (Answer, String, String) {
    let answer = edge.post(START).json(&json!({ "email": email })).send().await;
    assert_eq!(answer.status, 202);
    let (link, code) = read(&edge.letter().await);
    (answer, link, code)
}

fn opens(answer: &Answer) {
    assert!(answer.cookie(SESSION).is_some_and(|value| !value.is_empty()), "{answer:?}");
    assert!(answer.cookie(REFRESH).is_some_and(|value| !value.is_empty()));
    assert_eq!(answer.cookie(SIGN_IN).as_deref(), Some(""));
}

#[tokio::test]
async fn a_link_signs_in_once_and_a_get_never_consumes_it() {
    let edge = TestEdge::new().await;
    let (_, link, _) = start(&edge, "ada@example.org").await;
    assert!(link.starts_with("/sign-in/confirm/?token="));
    for method in [Method::GET, Method::GET, Method::HEAD, Method::GET] {
        let page = edge.ask(method, &link).send().await;
        assert_eq!(page.status, 200);
        assert!(page.cookies().is_empty());
    }
    let page = edge.get(&link).send().await;
    assert!(page.text().contains("en edge-link-ready"));
    let token = token_of(&link);
    assert!(page.text().contains(&format!("name=\"token\" value=\"{token}\"")));

    let form = format!("token={token}&return_to=%2Flearn%2Frust%2Fownership%2F&language=en");
    let answer = edge.post(CONFIRM).form(&form).send().await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), "/learn/rust/ownership/");
    opens(&answer);
    let me = edge.get("/api/me").cookies(&answer).send().await.json();
    assert_eq!(me["person"]["email"], "ada@example.org");

    let again = edge.post(CONFIRM).json(&json!({ "token": token })).send().await;
    assert_eq!(again.problem(), (403, "invalid_sign_in".to_owned()));
}

#[tokio::test]
async fn a_code_signs_in_the_browser_that_asked_and_no_other() {
    let edge = TestEdge::new().await;
    let (asked, _, code) = start(&edge, "ada@example.org").await;
    let answer = edge.post(CONFIRM).json(&json!({ "code": code })).send().await;
    assert_eq!(answer.problem(), (403, "invalid_sign_in".to_owned()));
    let other = edge.post(START).json(&json!({ "email": "eve@example.org" })).send().await;
    let stolen = json!({ "code": code, "email": "ada@example.org" });
    let answer = edge.post(CONFIRM).json(&stolen).cookies(&other).send().await;
    assert_eq!(answer.problem(), (403, "invalid_sign_in".to_owned()));

    let answer = edge.post(CONFIRM).json(&json!({ "code": code })).cookies(&asked).send().await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["return_to"], "/account/");
    opens(&answer);
}

#[tokio::test]
async fn five_wrong_codes_burn_the_code() {
    let edge = TestEdge::new().await;
    let (asked, _, code) = start(&edge, "ada@example.org").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let answer =
            edge.post(CONFIRM).json(&json!({ "code": wrong })).cookies(&asked).send().await;
        assert_eq!(answer.problem(), (403, "invalid_sign_in".to_owned()));
    }
    let answer = edge.post(CONFIRM).json(&json!({ "code": code })).cookies(&asked).send().await;
    assert_eq!(answer.problem(), (403, "invalid_sign_in".to_owned()));
}

#[tokio::test]
async fn without_a_script_forms_lead_from_page_to_page() {
    let edge = TestEdge::new().await;
    let page = edge.get("/zh/sign-in/?return_to=/zh/learn/rust/ownership/").send().await;
    assert_eq!(page.status, 200);
    let hidden = r#"<input type="hidden" name="return_to" value="/zh/learn/rust/ownership/">"#;
    assert!(page.text().contains(hidden), "{}", page.text());
    assert!(page.text().contains(r#"name="language" value="zh""#));

    let form = "email=ada%40example.org&return_to=%2Fzh%2Flearn%2Frust%2Fownership%2F&language=zh";
    let sent = edge.post(START).form(form).send().await;
    assert_eq!((sent.status.as_u16(), sent.header("location")), (303, "/zh/sign-in/confirm/"));
    let letter = edge.letter().await;
    assert_eq!(letter.subject, "zh sign in to Test School");
    let (_, code) = read(&letter);

    let page = edge.get("/zh/sign-in/confirm/").cookies(&sent).send().await;
    assert!(page.text().contains("zh edge-check-mail") && page.text().contains("name=\"code\""));
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let again = edge.post(CONFIRM).form(&format!("code={wrong}&language=zh")).cookies(&sent);
    let again = again.send().await;
    assert_eq!(again.status, 403);
    assert!(again.text().contains("zh edge-code-wrong") && again.text().contains("name=\"code\""));

    let form = format!("code={code}&language=zh&email=ada%40example.org");
    let done = edge.post(CONFIRM).form(&form).cookies(&sent).send().await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/zh/learn/rust/ownership/"));
    opens(&done);
}

#[tokio::test]
async fn an_unknown_address_and_a_known_one_get_the_same_answer() {
    let edge = TestEdge::new().await;
    edge.owner("ada@example.org").await;
    let known = edge.post(START).json(&json!({ "email": "ada@example.org" })).send().await;
    let unknown = edge.post(START).json(&json!({ "email": "new@example.org" })).send().await;
    assert_eq!((known.status, &known.bytes), (unknown.status, &unknown.bytes));
    let names = |answer: &Answer| answer.headers.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&known), names(&unknown));
}

#[tokio::test]
async fn what_is_no_address_is_refused_in_the_form_it_came_in() {
    let edge = TestEdge::new().await;
    let page = edge.post(START).form("email=nonsense&return_to=%2Fa").send().await;
    assert_eq!(page.status, 400);
    assert!(page.text().contains("en edge-email-invalid") && page.text().contains("value=\"/a\""));
    let answer = edge.post(START).json(&json!({ "email": "a\r\nbcc: b@c.d" })).send().await;
    assert_eq!(answer.problem(), (400, "malformed_request".to_owned()));
}

#[tokio::test]
async fn too_many_letters_are_refused() {
    let edge = TestEdge::new().await;
    for _ in 0..5 {
        start(&edge, "ada@example.org").await;
    }
    let answer = edge.post(START).json(&json!({ "email": "Ada@Example.org " })).send().await;
    assert_eq!(answer.problem(), (429, "too_many_requests".to_owned()));
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
    let page = edge.post(START).form("email=ada%40example.org").send().await;
    assert_eq!(page.status, 429);
    assert!(page.text().contains("en edge-too-many-tries"));
    start(&edge, "bob@example.org").await;
}

#[tokio::test]
async fn nothing_changes_at_the_wish_of_another_site() {
    let edge = TestEdge::new().await;
    let token = edge.signed_in("ada@example.org").await;
    for path in [START, CONFIRM, "/api/sign-out"] {
        for headers in [
            &[][..],
            &[("origin", "https://evil.test")],
            &[("origin", "null")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://school.test"), ("sec-fetch-site", "cross-site")],
        ] {
            let mut ask = edge.ask(Method::POST, path).token(&token);
            for (name, value) in headers {
                ask = ask.header(name, value);
            }
            let answer = ask.json(&json!({ "email": "ada@example.org" })).send().await;
            assert_eq!(answer.problem(), (403, "cross_site_request".to_owned()), "{headers:?}");
        }
    }
}

#[tokio::test]
async fn a_sign_in_never_leads_off_the_site() {
    let edge = TestEdge::new().await;
    for path in
        ["//evil.test", "https://evil.test/", "/\\evil.test", "/%09/evil.test", "javascript:1"]
    {
        let sent = edge.post(START).json(&json!({ "email": "ada@example.org", "return_to": path }));
        let sent = sent.send().await;
        if sent.status != 202 {
            break;
        }
        let (link, _) = read(&edge.letter().await);
        let token = json!({ "token": token_of(&link), "return_to": path });
        let answer = edge.post(CONFIRM).json(&token).send().await;
        let to = answer.json()["return_to"].as_str().unwrap().to_owned();
        assert!(to.starts_with('/') && !to.starts_with("//") && !to.contains('\\'), "{path}: {to}");
    }
    let token = edge.signed_in("ada@example.org").await;
    let answer = edge.get("/sign-in/?return_to=//evil.test").token(&token).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/account/"));
}

#[tokio::test]
async fn a_planted_session_dies_with_the_sign_in() {
    let edge = TestEdge::new().await;
    let person = edge.person("mallory@example.org").await;
    let planted = edge.app.ledger.start_session(&person, "", jiff::Timestamp::now()).await.unwrap();
    let (_, link, _) = start(&edge, "ada@example.org").await;
    let ask = edge.post(CONFIRM).json(&json!({ "token": token_of(&link) }));
    let answer = ask.cookie(REFRESH, planted.expose()).send().await;
    opens(&answer);
    assert_ne!(answer.cookie(REFRESH).unwrap(), planted.expose());
    let old = edge.get("/api/me").cookie(REFRESH, planted.expose()).send().await;
    assert_eq!(old.problem().0, 401);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_takes_the_cookies_back() {
    let edge = TestEdge::new().await;
    let (_, link, _) = start(&edge, "ada@example.org").await;
    let signed_in = edge.post(CONFIRM).json(&json!({ "token": token_of(&link) })).send().await;
    let out = edge.post("/api/sign-out").form("").cookies(&signed_in).send().await;
    assert_eq!((out.status.as_u16(), out.header("location")), (303, "/sign-in/?signed_out=yes"));
    assert_eq!(out.cookie(SESSION).as_deref(), Some(""));
    assert_eq!(out.cookie(REFRESH).as_deref(), Some(""));
    let refresh = signed_in.cookie(REFRESH).unwrap();
    assert_eq!(edge.get("/api/me").cookie(REFRESH, &refresh).send().await.problem().0, 401);
    let page = edge.get("/sign-in/?signed_out=yes").send().await;
    assert!(page.text().contains("en edge-signed-out"));
    assert_eq!(edge.post("/api/sign-out").send().await.status, 204);
}

#[tokio::test]
async fn a_session_that_can_not_be_used_does_not_stand_in_the_way_of_a_new_one() {
    let edge = TestEdge::new().await;
    let page = edge.get("/sign-in/").token("a.b.c").send().await;
    assert_eq!(page.status, 200);
    assert_eq!(page.cookie(SESSION).as_deref(), Some(""));
    let sent = edge.post(START).json(&json!({ "email": "ada@example.org" })).token("a.b.c");
    assert_eq!(sent.send().await.status, 202);
}

#[tokio::test]
async fn the_confirm_page_without_a_sign_in_leads_to_the_sign_in_page() {
    let edge = TestEdge::new().await;
    let answer = edge.get("/sign-in/confirm/").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/sign-in/"));
}

#[tokio::test]
async fn host_and_forwarded_headers_never_reach_a_letter() {
    let edge = TestEdge::new().await;
    let ask = edge.post(START).json(&json!({ "email": "ada@example.org" }));
    let ask = ask.header("host", "evil.test").header("x-forwarded-host", "evil.test");
    let ask = ask.header("forwarded", "host=evil.test").header("x-forwarded-proto", "http");
    assert_eq!(ask.send().await.status, 202);
    let letter = edge.letter().await;
    assert!(!letter.text.expose_secret().contains("evil.test"));
}

//! What the edge and the object store must refuse: tokens that are not what
//! they say, links that are over or were changed, and rights that have ended.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail where it stands"
)]

use std::time::Duration;

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::lab::Lab;
use tests::learner::Learner;
use tests::school::School;
use tests::services::Services;

const COURSE: &str = "first-course";
const API: &str = "/api/lessons/first-course/behind-the-door";
const EMAIL: &str = "ada@school.test";

/// A token taken apart, to be put together as an attacker would.
struct Token {
    header: Value,
    payload: Value,
}

impl Token {
    fn read(text: &str) -> Self {
        let mut parts = text.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
        let mut part = || serde_json::from_slice(&parts.next().unwrap()).unwrap();
        Self { header: part(), payload: part() }
    }

    fn with(&self, key: &str, value: impl Into<Value>) -> Self {
        let mut payload = self.payload.clone();
        payload[key] = value.into();
        Self { header: self.header.clone(), payload }
    }

    fn with_header(&self, key: &str, value: &str) -> Self {
        let mut header = self.header.clone();
        header[key] = value.into();
        Self { header, payload: self.payload.clone() }
    }

    fn moved_by(&self, seconds: i64) -> Self {
        let shifted = |key: &str| json!(self.payload[key].as_i64().unwrap() + seconds);
        self.with("iat", shifted("iat")).with("nbf", shifted("nbf")).with("exp", shifted("exp"))
    }

    /// Signed by whoever has these thirty-two bytes.
    fn signed(&self, seed: &[u8; 32]) -> String {
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(&self.header), encode(&self.payload));
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).unwrap();
        let signature = URL_SAFE_NO_PAD.encode(pair.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }
}

/// An owner of the course, and the token that proves it.
async fn owner(lab: &Lab) -> Learner {
    // The person has to be known before anything can be granted.
    Learner::sign_in(&lab.edge, EMAIL).await.unwrap();
    lab.edge.grant(EMAIL, COURSE).unwrap();
    let mut owner = Learner::sign_in(&lab.edge, EMAIL).await.unwrap();
    assert_eq!(owner.get(API).await.unwrap().status, StatusCode::OK);
    owner
}

#[tokio::test]
async fn a_token_that_is_not_what_it_says_is_refused_by_name() {
    let lab = Lab::embedded(School::new).await.unwrap();
    let owner = owner(&lab).await;
    let good = Token::read(owner.token());
    let key = &lab.shared.session_key;
    let stranger = [7; 32];
    let unsigned = |token: &Token| {
        let text = token.signed(key);
        format!("{}.", text.rsplit_once('.').unwrap().0)
    };
    let cases = [
        ("expired", good.moved_by(-1200).signed(key)),
        ("not yet valid", good.moved_by(1200).signed(key)),
        ("for ever", good.with("exp", 9_999_999_999_i64).signed(key)),
        ("by a stranger", good.signed(&stranger)),
        ("for another audience", good.with("aud", "another-service").signed(key)),
        ("by another issuer", good.with("iss", "https://evil.test").signed(key)),
        ("of another type", good.with_header("typ", "lyceum-sign-in+jwt").signed(key)),
        ("without a signature", unsigned(&good)),
        ("of no algorithm", unsigned(&good.with_header("alg", "none"))),
        ("of another algorithm", good.with_header("alg", "HS256").signed(key)),
        ("by an unknown key", good.with_header("kid", "unknown").signed(key)),
        ("with a key of its own", good.with_header("jku", "https://evil.test/").signed(key)),
        ("with an unknown claim", good.with("admin", true).signed(key)),
        ("no token at all", "owner".to_owned()),
        ("cut off", owner.token().split_at(owner.token().len() - 8).0.to_owned()),
    ];
    for (name, token) in cases {
        let mut forger = owner.with_token(&token);
        let answer = forger.get(API).await.unwrap();
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
        assert_eq!(answer.code(), "invalid_session", "{name}");
        let page = owner.with_token(&token).get("/api/me").await.unwrap();
        assert!(!page.text().contains(EMAIL), "{name}");
    }
    // The same hand makes a token that is good, so the cases fail for their reason.
    let mut same = owner.with_token(&good.signed(key));
    assert_eq!(same.get(API).await.unwrap().status, StatusCode::OK);
}

#[tokio::test]
async fn a_forged_token_is_refused_even_where_nothing_is_paid() {
    let lab = Lab::embedded(School::new).await.unwrap();
    let mut guest = Learner::guest(&lab.edge.origin()).unwrap();
    let free = "/api/lessons/first-course/welcome";
    assert_eq!(guest.get(free).await.unwrap().status, StatusCode::OK);
    let mut forger = guest.with_token("eyJhbGciOiJub25lIn0.e30.");
    let answer = forger.get(free).await.unwrap();
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::UNAUTHORIZED, "invalid_session")
    );
}

#[tokio::test]
async fn a_link_to_a_folder_dies_with_its_time_and_with_any_change() {
    let lab = Lab::embedded(School::new).await.unwrap();
    let mut owner = owner(&lab).await;
    let link = body_link(&mut owner).await;
    assert!(link.starts_with("/objects/"), "{link}");
    assert_eq!(owner.get(&link).await.unwrap().status, StatusCode::OK);
    let (path, query) = link.split_once('?').unwrap();
    let expires: i64 = value_of(query, "expires").parse().unwrap();
    let signature = value_of(query, "signature");
    let changed = [
        format!("{path}?expires={}&signature={signature}", expires + 60),
        format!("{path}?expires={expires}&signature={}", flipped(signature)),
        format!("{path}?expires={expires}&signature="),
        format!("{path}?expires={expires}"),
        path.to_owned(),
        format!("/objects/releases/{}/manifest.json?{query}", lab.publication.release),
        format!("/objects/current.json?{query}"),
        format!("/objects/../current.json?{query}"),
    ];
    for link in changed {
        let answer = owner.get(&link).await.unwrap();
        assert!(answer.status.is_client_error(), "{link}: {}", answer.status);
        assert!(!answer.text().contains("This part is never written"), "{link}");
    }
    let secret = lab.shared.link_key;
    let signer = store::sign::LinkSigner::new(&secret, Duration::from_secs(300)).unwrap();
    let yesterday = Timestamp::now() - jiff::SignedDuration::from_hours(24);
    let over = signer.sign(&body_key(&lab).await, yesterday).unwrap();
    let answer = owner.get(&over.url).await.unwrap();
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "link_expired"));
}

#[tokio::test]
async fn a_signed_url_of_s3_dies_with_its_time_and_with_any_change() {
    let test = "a_signed_url_of_s3_dies_with_its_time_and_with_any_change";
    let Some(services) = Services::or_leave_out(test) else { return };
    let lab = Lab::distributed(&services, School::new).await.unwrap();
    let mut owner = owner(&lab).await;
    let link = body_link(&mut owner).await;
    assert!(link.starts_with(&services.s3.endpoint), "{link}");
    assert_eq!(owner.get(&link).await.unwrap().status, StatusCode::OK);

    let (path, query) = link.split_once('?').unwrap();
    let signature = value_of(query, "X-Amz-Signature");
    let expires = value_of(query, "X-Amz-Expires");
    let date = value_of(query, "X-Amz-Date");
    let body = path.rsplit_once("/lessons/").unwrap().0;
    let changed = [
        link.replace(signature, &flipped(signature)),
        link.replace(&format!("X-Amz-Expires={expires}"), "X-Amz-Expires=604800"),
        link.replace(date, "20300101T000000Z"),
        format!("{body}/current.json?{query}"),
        path.to_owned(),
    ];
    for link in changed {
        let answer = owner.get(&link).await.unwrap();
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{link}");
    }
    // A link that was signed yesterday by the edge's own keys.
    let over = signed_by_the_edge_yesterday(&lab, &services).await;
    let answer = owner.get(&over).await.unwrap();
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text().contains("expired"), "{}", answer.text());
}

async fn signed_by_the_edge_yesterday(lab: &Lab, services: &Services) -> String {
    use store::config::{Credentials, S3Access, StoreConfig};
    use tests::place::Side;

    let access = S3Access {
        endpoint: Some(services.s3.endpoint.parse().unwrap()),
        browser_endpoint: None,
        region: Some("us-east-1".to_owned()),
        credentials: Some(Credentials {
            access_key_id: services.s3.reader.access.clone(),
            secret_access_key: services.s3.reader.secret.clone(),
            session_token: None,
        }),
    };
    let (public, private) = (lab.place.url(Side::Public), lab.place.url(Side::Private));
    let config = StoreConfig::parse(&public, &private, access).unwrap();
    let signer = store::sign::Signer::open(&config, None).unwrap();
    let key = body_key(lab).await;
    assert_eq!(
        Learner::guest(&lab.edge.origin())
            .unwrap()
            .get(&signer.sign(&key, Timestamp::now()).unwrap().url)
            .await
            .unwrap()
            .status,
        StatusCode::OK
    );
    let yesterday = Timestamp::now() - jiff::SignedDuration::from_hours(24);
    signer.sign(&key, yesterday).unwrap().url
}

/// The key of the paid lesson's body, from the published manifest.
async fn body_key(lab: &Lab) -> contracts::object_key::ObjectKey {
    let private = lab.place.objects(tests::place::Side::Private).await.unwrap();
    let manifest = &private[&format!("releases/{}/manifest.json", lab.publication.release)];
    let manifest: contracts::manifest::Manifest = serde_json::from_slice(manifest).unwrap();
    let (_, lesson) = manifest.lesson_by_slug(COURSE, "behind-the-door").unwrap();
    lesson.editions.values().next().unwrap().body.clone().unwrap()
}

#[tokio::test]
async fn a_withdrawal_reaches_every_edge_within_two_seconds_through_redis() {
    let test = "a_withdrawal_reaches_every_edge_within_two_seconds_through_redis";
    let Some(services) = Services::or_leave_out(test) else { return };
    let lab = Lab::distributed(&services, School::new).await.unwrap();
    let owner = owner(&lab).await;
    let other = lab.second_edge(&lab.shared).await.unwrap();
    let mut there = owner.at(&other);
    assert_eq!(there.get(API).await.unwrap().status, StatusCode::OK);

    lab.edge.withdraw(EMAIL, COURSE).unwrap();
    let refused = tests::wait::until("the no", Duration::from_secs(2), async || {
        let answer = there.get(API).await.unwrap();
        (answer.status == StatusCode::FORBIDDEN).then(|| answer.code())
    });
    assert_eq!(refused.await.unwrap(), "entitlement_expired");
    let mut here = owner.clone();
    assert_eq!(here.get(API).await.unwrap().status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn without_redis_a_withdrawn_right_is_gone_at_the_latest_with_its_token() {
    let test = "without_redis_a_withdrawn_right_is_gone_at_the_latest_with_its_token";
    let Some(services) = Services::or_leave_out(test) else { return };
    let lab = Lab::distributed(&services, School::new).await.unwrap();
    let owner = owner(&lab).await;
    let alone = lab.shared.clone().without_redis();
    let other = lab.second_edge(&alone).await.unwrap();
    let mut there = owner.at(&other);
    assert_eq!(there.get(API).await.unwrap().status, StatusCode::OK);
    lab.edge.withdraw(EMAIL, COURSE).unwrap();

    // Ten minutes and the leeway of clocks later the token is refused; its
    // successor is made from the ledger and knows of the withdrawal.
    let later = Token::read(owner.token()).moved_by(-631).signed(&lab.shared.session_key);
    let mut late = owner.at(&other).with_token(&later);
    let answer = late.get(API).await.unwrap();
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::UNAUTHORIZED, "invalid_session")
    );
    let mut renewed = owner.at(&other);
    renewed.cookies.remove(tests::learner::SESSION);
    let answer = renewed.get(API).await.unwrap();
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.code(), "entitlement_expired");
}

async fn body_link(learner: &mut Learner) -> String {
    let answer = learner.get(API).await.unwrap().json();
    answer["body"]["url"].as_str().unwrap().to_owned()
}

fn value_of<'a>(query: &'a str, name: &str) -> &'a str {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).unwrap().1
}

/// Another signature of the same length.
fn flipped(signature: &str) -> String {
    let (first, rest) = signature.split_at(1);
    format!("{}{rest}", if first == "a" { "b" } else { "a" })
}

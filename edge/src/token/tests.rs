//! What a session token must be, told by tokens that are not.

use contracts::claims::Entitlement;
use contracts::id::ProductId;
use serde_json::{Value, json};

use super::*;

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn tokens() -> Tokens {
    Tokens::new("https://school.test", &secret(1), &[]).unwrap()
}

fn secret(byte: u8) -> Secret {
    Secret::parse(&format!("{byte:02x}").repeat(32)).unwrap()
}

fn session() -> Session {
    Session {
        person: PersonId::parse("p1").unwrap(),
        entitlements: Some(Entitlements {
            version: 3,
            products: vec![Entitlement { product: ProductId::parse("rust").unwrap(), until: None }],
        }),
    }
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "typ": TYPE, "kid": tokens().kid })
}

fn payload() -> Value {
    let iat = now().as_second();
    json!({
        "iss": "https://school.test", "aud": AUDIENCE, "sub": "p1",
        "iat": iat, "nbf": iat, "exp": iat + 600,
        "ent": { "version": 3, "products": [] },
    })
}

/// Signs any header and payload with the key of `byte`.
fn forge(header: &str, payload: &str, byte: u8) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let pair = Ed25519KeyPair::from_seed_unchecked(secret(byte).expose()).unwrap();
    let signature = pair.sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

async fn verify(header: &Value, payload: &Value) -> Result<Session, TokenError> {
    tokens().verify(&forge(&header.to_string(), &payload.to_string(), 1), now()).await
}

fn with(mut value: Value, key: &str, field: Value) -> Value {
    value[key] = field;
    value
}

#[tokio::test]
async fn a_token_of_ours_is_read_back() {
    let token = tokens().issue(&session(), now()).unwrap();
    assert_eq!(tokens().verify(&token, now()).await, Ok(session()));
    assert!(verify(&header(), &payload()).await.is_ok());
}

#[tokio::test]
async fn an_expired_token_is_refused_even_when_it_is_remembered() {
    let tokens = tokens();
    let token = tokens.issue(&session(), now()).unwrap();
    assert!(tokens.verify(&token, now()).await.is_ok());
    let late = now() + LIFETIME + SignedDuration::from_secs(LEEWAY_SECONDS);
    assert_eq!(tokens.verify(&token, late).await, Err(TokenError::Expired));
    let early = now() - SignedDuration::from_secs(LEEWAY_SECONDS + 1);
    assert_eq!(tokens.verify(&token, early).await, Err(TokenError::NotYet));
}

#[tokio::test]
async fn two_tokens_with_the_same_beginning_are_two_tokens() {
    let tokens = tokens();
    let other = Session { person: PersonId::parse("p2").unwrap(), ..session() };
    let (a, b) = (tokens.issue(&session(), now()).unwrap(), tokens.issue(&other, now()).unwrap());
    assert_eq!(a[..40], b[..40]);
    assert_eq!(tokens.verify(&a, now()).await.unwrap().person.as_str(), "p1");
    assert_eq!(tokens.verify(&b, now()).await.unwrap().person.as_str(), "p2");
}

#[tokio::test]
async fn the_header_can_not_choose_algorithm_type_or_key() {
    for (field, value) in [
        ("alg", json!("none")),
        ("alg", json!("None")),
        ("alg", json!("HS256")),
        ("alg", json!("RS256")),
        ("alg", json!("ES256")),
        ("typ", json!("JWT")),
        ("typ", json!("lyceum-playback+jwt")),
        ("kid", json!("other")),
        ("kid", json!("../../dev/null")),
        ("kid", json!("' or 1=1 --")),
    ] {
        let answer = verify(&with(header(), field, value.clone()), &payload()).await;
        assert_eq!(answer, Err(TokenError::Foreign), "{field}: {value}");
    }
    for field in ["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "cty", "anything"] {
        let answer = verify(&with(header(), field, json!("https://evil.test/")), &payload()).await;
        assert_eq!(answer, Err(TokenError::Malformed), "{field}");
    }
    for field in ["alg", "typ", "kid"] {
        let mut header = header();
        header.as_object_mut().unwrap().remove(field);
        assert_eq!(verify(&header, &payload()).await, Err(TokenError::Malformed), "{field}");
    }
}

#[tokio::test]
async fn a_token_without_a_signature_or_signed_by_the_public_key_as_hmac_is_refused() {
    let tokens = tokens();
    let none = json!({ "alg": "none", "typ": TYPE, "kid": tokens.kid }).to_string();
    let unsigned = format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(none),
        URL_SAFE_NO_PAD.encode(payload().to_string())
    );
    assert_eq!(tokens.verify(&unsigned, now()).await, Err(TokenError::Foreign));

    let x = tokens.trusted[&tokens.kid].x.clone();
    let public = URL_SAFE_NO_PAD.decode(&x).unwrap();
    for key in [public.as_slice(), x.as_bytes()] {
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(tokens.kid.clone()),
            ..Header::new(Algorithm::HS256)
        };
        let forged =
            jsonwebtoken::encode(&header, &payload(), &EncodingKey::from_secret(key)).unwrap();
        assert_eq!(tokens.verify(&forged, now()).await, Err(TokenError::Foreign));
    }
}

#[tokio::test]
async fn a_key_that_is_not_trusted_forges() {
    let token = forge(&header().to_string(), &payload().to_string(), 2);
    assert_eq!(tokens().verify(&token, now()).await, Err(TokenError::Forged));
}

#[tokio::test]
async fn a_token_for_or_by_somebody_else_is_misused() {
    let iat = now().as_second();
    for (field, value) in [
        ("aud", json!("lyceum-objects")),
        ("iss", json!("https://evil.test")),
        ("exp", json!(iat + 601)),
        ("exp", json!(iat - 1)),
        ("iat", json!(i64::MIN)),
    ] {
        let answer = verify(&header(), &with(payload(), field, value.clone())).await;
        assert_eq!(answer, Err(TokenError::Misused), "{field}: {value}");
    }
}

#[tokio::test]
async fn claims_of_the_wrong_type_are_never_taken_for_absent() {
    for field in ["exp", "nbf", "iat", "sub", "iss", "aud"] {
        for value in [json!("never"), json!(null), json!(-1.5), json!(1e308), json!([]), json!({})]
        {
            let text = value.is_string() && !matches!(field, "exp" | "nbf" | "iat");
            let answer = verify(&header(), &with(payload(), field, value.clone())).await;
            assert!(answer.is_err() || text, "{field}: {value}");
        }
    }
    let text = payload().to_string();
    let twice = text.replacen('{', r#"{"exp":9999999999,"#, 1);
    let token = forge(&header().to_string(), &twice, 1);
    assert_eq!(tokens().verify(&token, now()).await, Err(TokenError::Malformed));
}

#[tokio::test]
async fn each_claim_is_required_and_no_other_is_known() {
    for field in ["iss", "aud", "sub", "iat", "nbf", "exp", "ent"] {
        let mut payload = payload();
        payload.as_object_mut().unwrap().remove(field);
        assert_eq!(verify(&header(), &payload).await, Err(TokenError::Malformed), "{field}");
    }
    let answer = verify(&header(), &with(payload(), "admin", json!(true))).await;
    assert_eq!(answer, Err(TokenError::Malformed));
}

#[tokio::test]
async fn no_flipped_character_survives() {
    let tokens = tokens();
    let token = tokens.issue(&session(), now()).unwrap();
    for index in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        let flipped = String::from_utf8(bytes).unwrap();
        assert!(tokens.verify(&flipped, now()).await.is_err(), "{index}: {flipped}");
    }
    for text in ["", ".", "..", "...", "a.b.c", "é.é.é", &"a".repeat(1 << 20)] {
        assert!(tokens.verify(text, now()).await.is_err());
    }
}

#[tokio::test]
async fn a_retired_key_still_verifies_and_a_dropped_one_does_not() {
    let token = tokens().issue(&session(), now()).unwrap();
    let rotated = Tokens::new("https://school.test", &secret(2), &[secret(1)]).unwrap();
    assert!(rotated.verify(&token, now()).await.is_ok());
    assert_eq!(rotated.jwks()["keys"].as_array().unwrap().len(), 2);
    let later = Tokens::new("https://school.test", &secret(2), &[]).unwrap();
    assert_eq!(later.verify(&token, now()).await, Err(TokenError::Foreign));
}

#[tokio::test]
async fn a_person_with_very_many_products_gets_a_token_that_fits_and_names_none() {
    let products = (0..500)
        .map(|n| Entitlement { product: ProductId::parse(&format!("p{n}")).unwrap(), until: None })
        .collect();
    let rich = Session { entitlements: Some(Entitlements { version: 1, products }), ..session() };
    let token = tokens().issue(&rich, now()).unwrap();
    assert!(token.len() <= MAX_TOKEN_BYTES);
    assert_eq!(tokens().verify(&token, now()).await.unwrap().entitlements, None);
}

#[test]
fn the_newer_of_token_and_cache_counts() {
    let at = |version| Entitlements { version, products: vec![] };
    let session = Session { entitlements: Some(at(3)), ..session() };
    for (known, wins) in [(None, 3), (Some(2), 3), (Some(3), 3), (Some(4), 4)] {
        let claims = session.claims(known.map(at)).unwrap();
        assert_eq!(claims.entitlements.version, wins);
    }
    let bare = Session { entitlements: None, ..session };
    assert_eq!(bare.claims(None), None);
}

#[test]
fn the_public_keys_show_no_private_part() {
    let jwks = tokens().jwks();
    let key = jwks["keys"][0].as_object().unwrap();
    assert_eq!(key.keys().collect::<Vec<_>>(), ["kty", "crv", "use", "alg", "kid", "x"]);
}

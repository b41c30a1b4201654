//! How much a publication asks of a real S3 server, counted outside of both: nothing
//! is sent that is there, whatever interrupted the last attempt.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail where it stands"
)]

use jiff::Timestamp;
use store::config::{Credentials, S3Access, StoreConfig};
use store::release::key::ReleaseKey;
use store::release::{Published, ReleaseError, Upload, publish, undisturbed};
use store::store::{Payload, Store};
use tests::place::{Place, Side};
use tests::school::School;
use tests::services::S3;
use tests::traffic::Traffic;

#[allow(dead_code, reason = "another suite needs more of it")]
#[path = "../../crates/store/tests/contract/school.rs"]
mod school;

const ORIGIN: &str = "http://localhost:4000";

const PAGES: usize = 2_000;
const BODIES: usize = 8_000;

/// A school of ten thousand objects.
fn large(first_page: &str) -> school::School {
    let start = school::School::default().page("courses/0/index.html", first_page);
    let pages = (1..PAGES).fold(start, |school, number| {
        school.page(&format!("courses/{number}/index.html"), &format!("page {number}"))
    });
    (0..BODIES).fold(pages, |school, number| {
        school.body(&format!("lesson-{number}"), &format!("text {number}"))
    })
}

/// Buckets behind a relay, and the key that publishes to them.
struct Line {
    traffic: Traffic,
    place: Place,
    store: Store,
    key: ReleaseKey,
}

impl Line {
    async fn to(s3: &S3) -> Self {
        let traffic = Traffic::before(&s3.endpoint).await.unwrap();
        let mut place = Place::buckets(s3, ORIGIN).await.unwrap();
        if let Place::Buckets { public, .. } = &mut place {
            traffic.endpoint().clone_into(&mut public.endpoint);
        }
        let access = S3Access {
            endpoint: Some(traffic.endpoint().parse().unwrap()),
            browser_endpoint: None,
            region: None,
            credentials: Some(Credentials {
                access_key_id: s3.writer.access.clone(),
                secret_access_key: s3.writer.secret.clone(),
                session_token: None,
            }),
        };
        let (public, private) = (place.url(Side::Public), place.url(Side::Private));
        let config = StoreConfig::parse(&public, &private, access).unwrap();
        let store = Store::open(&config).unwrap();
        Self { traffic, place, store, key: ReleaseKey::generate().unwrap() }
    }

    async fn publish(&self, school: &school::School) -> Result<Published, ReleaseError> {
        let (files, manifest, now) = (school.uploads(), school.manifest(), Timestamp::now());
        publish(&self.store, files, &manifest, &self.key, now, |_| ()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_objects_are_sent_once_though_the_line_breaks_and_then_never_again() {
    let test = "ten_thousand_objects_are_sent_once";
    let Some(s3) = S3::or_leave_out(test) else { return };
    let line = Line::to(&s3).await;
    let school = large("page 0");
    // The bodies and half of the copies, then the pointer and half of the pages.
    let mut sent = 0;
    for puts in [BODIES + PAGES / 2, PAGES / 2 + PAGES / 2] {
        line.traffic.lose_after(Some(puts));
        line.publish(&school).await.unwrap_err();
        sent += line.traffic.take().of("PUT");
    }
    line.traffic.lose_after(None);
    assert!(line.publish(&school).await.unwrap().uploaded < PAGES);
    sent += line.traffic.take().of("PUT");
    let needed = PAGES + PAGES + BODIES;
    // What was on its way when the line broke, the pages since the last note of how far
    // they came, the notes themselves, the manifest and the pointer.
    assert!((needed..needed + 300).contains(&sent), "{sent} objects were sent");

    // The note, the pointer, the manifest; 2,000 paths in pages of a thousand, with an
    // empty one at the end where the server likes it; and two questions.
    assert_eq!(line.publish(&school).await.unwrap().uploaded, 0);
    let asked = line.traffic.take();
    assert_eq!((asked.of("PUT"), asked.of("POST"), asked.of("DELETE")), (0, 0, 0), "{asked:?}");
    assert!(asked.all() <= 8, "{asked:?}");

    assert!(undisturbed(&line.store, &[line.key.public()]).await.unwrap().is_some());
    assert_eq!(line.traffic.take().all(), 2);

    assert_eq!(line.publish(&large("another text")).await.unwrap().uploaded, 1);
    let asked = line.traffic.take();
    // The page, its copy, the manifest, the pointer, and a note before and after.
    assert!(asked.of("PUT") <= 7, "{asked:?}");
    assert!(asked.all() <= 20, "{asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lyceum_publish_asks_twice_where_nothing_changed() {
    let Some(s3) = S3::or_leave_out("lyceum_publish_asks_twice_where_nothing_changed") else {
        return;
    };
    let line = Line::to(&s3).await;
    let school = School::new(ORIGIN).unwrap();
    let first = school.publish(&line.place).unwrap();
    assert!(line.traffic.take().of("PUT") > 20);
    // A file may have been written too shortly before for its stamp to be believed.
    let second = school.publish(&line.place).unwrap();
    assert_eq!((second.uploaded, &second.release), (0, &first.release));
    assert_eq!(line.traffic.take().of("PUT"), 0);
    let third = school.publish(&line.place).unwrap();
    assert_eq!((third.uploaded, &third.release), (0, &first.release));
    let asked = line.traffic.take();
    assert_eq!((asked.of("GET"), asked.all()), (2, 2), "{asked:?}");
}

//! The policy as a table: every access × claims × time, readable by someone
//! who doesn't read Rust, and the laws that hold for all of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a broken fixture has to stop the test")]

use std::collections::{BTreeMap, BTreeSet};

use contracts::access::Access;
use contracts::claims::{Claims, Entitlement, Entitlements};
use contracts::grant::{Cause, CauseKind, Grant};
use contracts::id::{CourseId, LessonId, PersonId, ProductId, Slug};
use contracts::language::Language;
use contracts::manifest::{CourseEntry, LessonEntry, Manifest, SchoolEntry, Version};
use contracts::product::Product;
use gate::grant::{Act, NeverLive};
use gate::{Refusal, entitlements, grant, open};
use jiff::Timestamp;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::{prop_assert, prop_assert_eq, proptest};

/// What the release says about the lesson.
#[derive(Debug, Clone, Copy)]
enum Lesson {
    Free,
    /// Free, opens on day 5.
    FreeLater,
    Paid,
    /// Paid, opens on day 5.
    PaidLater,
    /// Free, over on day 8.
    FreeUntil8,
    /// Paid, opens on day 5, over on day 8.
    PaidFrom5Until8,
    /// Paid, in a course that names no product.
    PaidWithoutProduct,
    /// Paid, in a course that names a product which the release doesn't hold.
    PaidUnknownProduct,
    /// Paid, in a course that names a product which doesn't name the course.
    PaidForeignProduct,
    /// In no release.
    Missing,
}

/// What the token says about the reader.
#[derive(Debug, Clone, Copy)]
enum Reader {
    Guest,
    /// Signed in, owns nothing.
    Learner,
    /// Owns another course for good.
    OwnsOther,
    /// Owns the course for good.
    Owns,
    /// Owns the course until day 3.
    OwnsUntil3,
    /// Owns a bundle with the course for good.
    OwnsBundle,
    /// The course ended on day 3, the bundle ends on day 7.
    CourseUntil3BundleUntil7,
}

#[derive(Debug, Clone, Copy)]
enum Answer {
    Opens,
    SignIn,
    NotEntitled,
    /// Over since that day; the last product to end is named.
    Over(&'static str, i64),
    /// Opens on that day.
    NotYet(i64),
    /// Closed for everyone since that day.
    Closed(i64),
    NotForSale,
    Unknown,
}

#[rustfmt::skip]
const POLICY: &[(Lesson, Reader, i64, Answer)] = {
    use Answer::{Closed, NotEntitled, NotForSale, NotYet, Opens, Over, SignIn, Unknown};
    use Lesson::{Free, FreeLater, FreeUntil8, Missing, Paid, PaidFrom5Until8, PaidForeignProduct, PaidLater, PaidUnknownProduct, PaidWithoutProduct};
    use Reader::{CourseUntil3BundleUntil7, Guest, Learner, Owns, OwnsBundle, OwnsOther, OwnsUntil3};
    &[
        // lesson             reader                    day  answer
        (Free,                Guest,                    1,   Opens),
        (Free,                Learner,                  1,   Opens),
        (Free,                OwnsOther,                1,   Opens),
        (Free,                Owns,                     1,   Opens),
        (Free,                OwnsUntil3,               9,   Opens),
        (Free,                OwnsBundle,               1,   Opens),
        (Free,                CourseUntil3BundleUntil7, 9,   Opens),

        (FreeLater,           Guest,                    4,   NotYet(5)),
        (FreeLater,           Guest,                    5,   Opens),
        (FreeLater,           Guest,                    6,   Opens),
        (FreeLater,           Learner,                  4,   NotYet(5)),
        (FreeLater,           Learner,                  5,   Opens),
        (FreeLater,           Owns,                     4,   NotYet(5)),
        (FreeLater,           Owns,                     5,   Opens),
        (FreeLater,           OwnsUntil3,               4,   NotYet(5)),
        (FreeLater,           OwnsUntil3,               5,   Opens),

        (Paid,                Guest,                    1,   SignIn),
        (Paid,                Learner,                  1,   NotEntitled),
        (Paid,                OwnsOther,                1,   NotEntitled),
        (Paid,                Owns,                     1,   Opens),
        (Paid,                Owns,                     9999, Opens),
        (Paid,                OwnsUntil3,               2,   Opens),
        (Paid,                OwnsUntil3,               3,   Over("rust", 3)),
        (Paid,                OwnsUntil3,               4,   Over("rust", 3)),
        (Paid,                OwnsBundle,               1,   Opens),
        (Paid,                CourseUntil3BundleUntil7, 2,   Opens),
        (Paid,                CourseUntil3BundleUntil7, 4,   Opens),
        (Paid,                CourseUntil3BundleUntil7, 7,   Over("all", 7)),

        (PaidLater,           Guest,                    4,   SignIn),
        (PaidLater,           Guest,                    5,   SignIn),
        (PaidLater,           Learner,                  4,   NotEntitled),
        (PaidLater,           Learner,                  5,   NotEntitled),
        (PaidLater,           OwnsOther,                5,   NotEntitled),
        (PaidLater,           Owns,                     4,   NotYet(5)),
        (PaidLater,           Owns,                     5,   Opens),
        (PaidLater,           OwnsUntil3,               2,   NotYet(5)),
        (PaidLater,           OwnsUntil3,               4,   Over("rust", 3)),
        (PaidLater,           OwnsUntil3,               5,   Over("rust", 3)),
        (PaidLater,           OwnsBundle,               4,   NotYet(5)),
        (PaidLater,           OwnsBundle,               5,   Opens),
        (PaidLater,           CourseUntil3BundleUntil7, 6,   Opens),
        (PaidLater,           CourseUntil3BundleUntil7, 8,   Over("all", 7)),

        (FreeUntil8,          Guest,                    1,   Opens),
        (FreeUntil8,          Guest,                    7,   Opens),
        (FreeUntil8,          Guest,                    8,   Closed(8)),
        (FreeUntil8,          Learner,                  9,   Closed(8)),
        (FreeUntil8,          Owns,                     7,   Opens),
        (FreeUntil8,          Owns,                     8,   Closed(8)),

        (PaidFrom5Until8,     Guest,                    4,   SignIn),
        (PaidFrom5Until8,     Guest,                    7,   SignIn),
        (PaidFrom5Until8,     Guest,                    8,   Closed(8)),
        (PaidFrom5Until8,     Learner,                  7,   NotEntitled),
        (PaidFrom5Until8,     Learner,                  8,   Closed(8)),
        (PaidFrom5Until8,     Owns,                     4,   NotYet(5)),
        (PaidFrom5Until8,     Owns,                     5,   Opens),
        (PaidFrom5Until8,     Owns,                     7,   Opens),
        (PaidFrom5Until8,     Owns,                     8,   Closed(8)),
        (PaidFrom5Until8,     OwnsUntil3,               7,   Over("rust", 3)),
        (PaidFrom5Until8,     OwnsUntil3,               9,   Closed(8)),
        (PaidFrom5Until8,     OwnsBundle,               9,   Closed(8)),

        (PaidWithoutProduct,  Guest,                    1,   NotForSale),
        (PaidWithoutProduct,  Learner,                  1,   NotForSale),
        (PaidWithoutProduct,  Owns,                     1,   NotForSale),
        (PaidWithoutProduct,  OwnsBundle,               1,   NotForSale),
        (PaidUnknownProduct,  Guest,                    1,   NotForSale),
        (PaidUnknownProduct,  Owns,                     1,   NotForSale),
        (PaidForeignProduct,  Guest,                    1,   NotForSale),
        (PaidForeignProduct,  OwnsOther,                1,   NotForSale),
        (PaidForeignProduct,  Owns,                     1,   NotForSale),

        (Missing,             Guest,                    1,   Unknown),
        (Missing,             Learner,                  1,   Unknown),
        (Missing,             Owns,                     1,   Unknown),
    ]
};

#[test]
fn the_gate_answers_as_the_table_says() {
    for (lesson, reader, today, answer) in POLICY {
        let manifest = manifest(*lesson);
        let answered =
            open(&manifest, &lesson_id(), claims(*reader).as_ref(), day(*today)).map(|_| ());
        let expected = match *answer {
            Answer::Opens => Ok(()),
            Answer::SignIn => Err(Refusal::SignInRequired),
            Answer::NotEntitled => Err(Refusal::NotEntitled { product: product("rust") }),
            Answer::Over(id, since) => {
                Err(Refusal::Expired { product: product(id), since: day(since) })
            }
            Answer::NotYet(opens) => Err(Refusal::NotYet { opens_at: day(opens) }),
            Answer::Closed(since) => Err(Refusal::Closed { since: day(since) }),
            Answer::NotForSale => Err(Refusal::NotForSale),
            Answer::Unknown => Err(Refusal::UnknownLesson),
        };
        assert_eq!(answered, expected, "{lesson:?}, {reader:?}, day {today}");
    }
}

#[test]
fn a_lesson_whose_course_is_missing_is_unknown() {
    let mut manifest = manifest(Lesson::Paid);
    manifest.courses.clear();
    let answer = open(&manifest, &lesson_id(), claims(Reader::Owns).as_ref(), day(1));
    assert_eq!(answer, Err(Refusal::UnknownLesson));
}

#[test]
fn every_refusal_has_a_stable_code() {
    let codes = [
        (Refusal::UnknownLesson, "unknown-lesson"),
        (Refusal::SignInRequired, "sign-in-required"),
        (Refusal::NotEntitled { product: product("rust") }, "not-entitled"),
        (Refusal::Expired { product: product("rust"), since: day(1) }, "expired"),
        (Refusal::NotYet { opens_at: day(1) }, "not-yet"),
        (Refusal::Closed { since: day(1) }, "closed"),
        (Refusal::NotForSale, "not-for-sale"),
    ];
    for (refusal, code) in codes {
        assert_eq!(refusal.code(), code);
    }
}

#[test]
fn a_moment_before_the_end_opens_and_the_end_itself_does_not() {
    let manifest = manifest(Lesson::Paid);
    let claims = claims(Reader::OwnsUntil3);
    let just_before = Timestamp::from_nanosecond(day(3).as_nanosecond() - 1).unwrap();
    assert!(open(&manifest, &lesson_id(), claims.as_ref(), just_before).is_ok());
    assert!(open(&manifest, &lesson_id(), claims.as_ref(), day(3)).is_err());
}

#[test]
fn a_moment_before_a_lesson_ends_opens_and_the_end_itself_does_not() {
    let manifest = manifest(Lesson::FreeUntil8);
    let just_before = Timestamp::from_nanosecond(day(8).as_nanosecond() - 1).unwrap();
    assert!(open(&manifest, &lesson_id(), None, just_before).is_ok());
    assert_eq!(
        open(&manifest, &lesson_id(), None, day(8)).unwrap_err(),
        Refusal::Closed { since: day(8) }
    );
}

#[test]
fn the_union_of_grants_reads_as_a_table() {
    // grants as (cause, starts, ends), the day, and what the union says
    type Row = (&'static [(&'static str, i64, Option<i64>)], i64, Option<Option<i64>>);
    #[rustfmt::skip]
    let rows: &[Row] = &[
        (&[],                                        1, None),
        (&[("a", 0, None)],                          1, Some(None)),
        (&[("a", 2, None)],                          1, None),
        (&[("a", 1, None)],                          1, Some(None)),
        (&[("a", 0, Some(3))],                       1, Some(Some(3))),
        (&[("a", 0, Some(3))],                       5, Some(Some(3))),
        (&[("a", 0, Some(3)), ("b", 0, Some(7))],    1, Some(Some(7))),
        (&[("a", 0, Some(3)), ("b", 0, None)],       1, Some(None)),
        (&[("a", 0, Some(3)), ("b", 4, None)],       1, Some(Some(3))),
        (&[("a", 4, Some(2))],                       5, None),
        (&[("a", 2, Some(2))],                       5, None),
    ];
    for (grants, today, expected) in rows {
        let grants: Vec<Grant> =
            grants.iter().map(|(cause, starts, ends)| given(cause, *starts, *ends)).collect();
        let answer = entitlements(7, &grants, day(*today));
        assert_eq!(answer.version, 7);
        let until: Vec<_> = answer.products.iter().map(|entitlement| entitlement.until).collect();
        let expected: Vec<_> = expected.iter().map(|until| until.map(day)).collect();
        assert_eq!(until, expected, "{grants:?} on day {today}");
    }
}

#[test]
fn a_manual_act_causes_one_grant_and_the_same_one_again() {
    let act = |ends_at| Act::Manual {
        id: "a".to_owned(),
        person: person(),
        product: product("rust"),
        starts_at: day(1),
        ends_at,
    };
    let expected = Grant { starts_at: day(1), ..given("a", 1, Some(2)) };
    assert_eq!(grant(&act(Some(day(2)))), Ok(vec![expected.clone()]));
    assert_eq!(grant(&act(Some(day(2)))), Ok(vec![expected]));
    assert_eq!(grant(&act(Some(day(1)))), Err(NeverLive { starts_at: day(1), ends_at: day(1) }));
}

proptest! {
    #[test]
    fn ending_one_cause_never_changes_access_through_another(
        mut grants in some_grants(), which in any::<usize>(), today in 0..12_i64,
    ) {
        if grants.is_empty() {
            return Ok(());
        }
        let ended = which % grants.len();
        let others: Vec<Grant> = grants
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != ended)
            .map(|(_, grant)| grant.clone())
            .collect();
        grants[ended].ends_at = Some(day(today));
        for id in ["rust", "all", "other"] {
            prop_assert_eq!(
                is_live(&grants, id, day(today)),
                is_live(&others, id, day(today)),
            );
        }
    }

    #[test]
    fn the_order_of_grants_does_not_matter(
        (grants, shuffled) in some_grants().prop_flat_map(|grants| {
            (Just(grants.clone()), Just(grants).prop_shuffle())
        }),
        today in 0..12_i64,
    ) {
        prop_assert_eq!(
            entitlements(1, &grants, day(today)),
            entitlements(1, &shuffled, day(today))
        );
    }

    #[test]
    fn the_union_is_live_exactly_when_some_grant_is(
        grants in some_grants(), today in 0..12_i64,
    ) {
        for id in ["rust", "all", "other"] {
            let any_live = grants.iter().any(|grant| {
                grant.product == product(id)
                    && grant.starts_at <= day(today)
                    && grant.ends_at.is_none_or(|end| day(today) < end)
            });
            prop_assert_eq!(is_live(&grants, id, day(today)), any_live);
        }
    }

    #[test]
    fn a_product_that_the_release_does_not_hold_never_opens(
        grants in some_grants(), today in 0..12_i64,
    ) {
        let claims = Claims {
            person: person(),
            entitlements: entitlements(1, &grants, day(today)),
        };
        for lesson in [
            Lesson::PaidUnknownProduct,
            Lesson::PaidForeignProduct,
            Lesson::PaidWithoutProduct,
        ] {
            let manifest = manifest(lesson);
            prop_assert!(open(&manifest, &lesson_id(), Some(&claims), day(today)).is_err());
        }
    }
}

fn is_live(grants: &[Grant], id: &str, now: Timestamp) -> bool {
    entitlements(1, grants, now)
        .products
        .iter()
        .any(|e| e.product == product(id) && e.until.is_none_or(|until| now < until))
}

fn some_grants() -> impl Strategy<Value = Vec<Grant>> {
    let one = (
        prop_oneof![Just("rust"), Just("all"), Just("other")],
        0..10_i64,
        proptest::option::of(0..10_i64),
    );
    proptest::collection::vec(one, 0..8).prop_map(|rows| {
        rows.into_iter()
            .enumerate()
            .map(|(index, (id, starts, ends))| Grant {
                product: product(id),
                ..given(&index.to_string(), starts, ends)
            })
            .collect()
    })
}

fn given(cause: &str, starts: i64, ends: Option<i64>) -> Grant {
    Grant {
        person: person(),
        product: product("rust"),
        cause: Cause { kind: CauseKind::Manual, id: cause.to_owned() },
        starts_at: day(starts),
        ends_at: ends.map(day),
    }
}

fn claims(reader: Reader) -> Option<Claims> {
    let products: &[(&str, Option<i64>)] = match reader {
        Reader::Guest => return None,
        Reader::Learner => &[],
        Reader::OwnsOther => &[("other", None)],
        Reader::Owns => &[("rust", None)],
        Reader::OwnsUntil3 => &[("rust", Some(3))],
        Reader::OwnsBundle => &[("all", None)],
        Reader::CourseUntil3BundleUntil7 => &[("rust", Some(3)), ("all", Some(7))],
    };
    let products = products
        .iter()
        .map(|(id, until)| Entitlement { product: product(id), until: until.map(day) })
        .collect();
    Some(Claims { person: person(), entitlements: Entitlements { version: 1, products } })
}

fn manifest(lesson: Lesson) -> Manifest {
    let rust = CourseId::parse("rust").unwrap();
    let other = CourseId::parse("other").unwrap();
    let (access, publish_at) = match lesson {
        Lesson::Free => (Access::Free, None),
        Lesson::FreeLater => (Access::Free, Some(day(5))),
        Lesson::FreeUntil8 => (Access::Free, None),
        Lesson::PaidLater | Lesson::PaidFrom5Until8 => (Access::Paid, Some(day(5))),
        _ => (Access::Paid, None),
    };
    let expires_at = match lesson {
        Lesson::FreeUntil8 | Lesson::PaidFrom5Until8 => Some(day(8)),
        _ => None,
    };
    let products: &[&str] = match lesson {
        Lesson::PaidWithoutProduct => &[],
        Lesson::PaidUnknownProduct => &["gone"],
        Lesson::PaidForeignProduct => &["other"],
        _ => &["rust", "all", "gone", "other"],
    };
    let entry = LessonEntry {
        course: rust.clone(),
        slug: Slug::parse("ownership").unwrap(),
        access,
        publish_at,
        expires_at,
        editions: BTreeMap::new(),
    };
    let course = CourseEntry {
        slug: Slug::parse("rust").unwrap(),
        title: BTreeMap::new(),
        pages: BTreeMap::new(),
        products: products.iter().map(|id| product(id)).collect(),
        lessons: vec![lesson_id()],
    };
    let lessons = match lesson {
        Lesson::Missing => BTreeMap::new(),
        _ => BTreeMap::from([(lesson_id(), entry)]),
    };
    Manifest {
        version: Version,
        school: SchoolEntry {
            title: "School".to_owned(),
            base_url: "https://school.test/".parse().unwrap(),
            languages: vec![Language::parse("en").unwrap()],
        },
        courses: BTreeMap::from([(rust.clone(), course)]),
        lessons,
        products: [("rust", &[&rust][..]), ("all", &[&rust, &other]), ("other", &[&other])]
            .into_iter()
            .map(|(id, courses)| (product(id), sold(id, courses)))
            .collect(),
        frames: BTreeMap::new(),
        messages: BTreeMap::new(),
        redirects: BTreeMap::new(),
        removed: Default::default(),
        objects: Vec::new(),
    }
}

fn sold(id: &str, courses: &[&CourseId]) -> Product {
    Product {
        id: product(id),
        title: BTreeMap::new(),
        prices: Vec::new(),
        courses: courses.iter().map(|id| (*id).clone()).collect::<BTreeSet<_>>(),
    }
}

fn day(number: i64) -> Timestamp {
    Timestamp::from_second(number * 86_400).unwrap()
}

fn lesson_id() -> LessonId {
    LessonId::parse("ownership").unwrap()
}

fn product(id: &str) -> ProductId {
    ProductId::parse(id).unwrap()
}

fn person() -> PersonId {
    PersonId::parse("ada").unwrap()
}

//! How much a publication asks and sends: nothing that the store is known to have,
//! and after an interruption nothing that was sent before it.

use std::collections::BTreeSet;

use contracts::object_key::ObjectKey;

use super::school::{School, first, second};
use super::{Buckets, IMMORTAL, Life, MUCH_LATER, at};
use crate::release::act::{AT_ONCE, BATCH};
use crate::release::{Premise, ReleaseError, Trust, live, publish_on, rollback, undisturbed};

/// More pages than two batches, half as many bodies, and an edition's text on each page.
const PAGES: usize = 500;

fn large(edition: &str) -> School {
    let school = School::default().asset("style.css", edition);
    let school = (0..PAGES).fold(school, |school, number| {
        school.page(&format!("courses/{number}/index.html"), &format!("{edition} {number}"))
    });
    (0..PAGES / 2).fold(school, |school, number| {
        school.body(&format!("lesson-{number}"), &format!("{edition} paid {number}"))
    })
}

/// The large school with other words on one of its pages.
fn edited() -> School {
    let files = large("first").uploads().into_iter();
    let one = super::page("courses/7/index.html");
    let rest = files.filter(|file| file.key != one);
    let school = rest.fold(School::default(), |school, file| match file.payload {
        crate::store::Payload::Bytes(bytes) => school.file(file.key, bytes),
        crate::store::Payload::File(_) => school,
    });
    school.page("courses/7/index.html", "seven")
}

/// What a machine did.
struct Effort {
    changes: Vec<String>,
    questions: Vec<String>,
}

impl Effort {
    fn of(life: &Life) -> Self {
        let taken = |log: &std::sync::Mutex<Vec<String>>| std::mem::take(&mut *log.lock().unwrap());
        Self { changes: taken(&life.log), questions: taken(&life.questions) }
    }

    /// What was sent of the site, without the note that is renewed and the pointer.
    fn sent(&self) -> BTreeSet<&str> {
        let all = self.changes.iter().filter_map(|line| line.strip_prefix("put "));
        all.filter(|path| !["publication.json", "current.json"].contains(path)).collect()
    }
}

async fn go(
    buckets: &Buckets,
    school: &School,
    second: i64,
    changes: usize,
    trust: Trust,
) -> (Effort, Result<usize, ReleaseError>) {
    let (store, life) = buckets.machine(changes);
    let (files, manifest) = (school.uploads(), school.manifest());
    let premise = Premise { trust, ..Premise::default() };
    let done =
        publish_on(premise, &store, files, &manifest, &buckets.key, at(second), |_| ()).await;
    (Effort::of(&life), done.map(|done| done.uploaded))
}

async fn publish(buckets: &Buckets, school: &School, second: i64) -> Effort {
    let (effort, done) = go(buckets, school, second, IMMORTAL, Trust::Manifest).await;
    done.unwrap();
    effort
}

#[tokio::test]
async fn one_changed_page_is_two_objects_and_few_questions() {
    let buckets = Buckets::new();
    publish(&buckets, &large("first"), 1).await;
    let effort = publish(&buckets, &edited(), 2).await;
    let copy = ObjectKey::PageCopy { digest: super::school::digest(b"seven") }.path();
    let sent = effort.sent();
    assert!(sent.contains("courses/7/index.html") && sent.contains(copy.as_str()), "{sent:?}");
    assert_eq!(sent.len(), 3, "the manifest is the third: {sent:?}");
    // The note, the pointer twice, the manifest; both lists of the public side; the
    // copy, the manifest to come, and one of those that are believed in.
    assert_eq!(effort.questions.len(), 9, "{:?}", effort.questions);
}

#[tokio::test]
async fn so_many_objects_are_on_their_way_at_once_and_no_more() {
    let buckets = Buckets::new();
    let (store, life) = buckets.machine(IMMORTAL);
    let (school, key) = (large("first"), &buckets.key);
    crate::release::publish(&store, school.uploads(), &school.manifest(), key, at(1), |_| ())
        .await
        .unwrap();
    assert_eq!(life.crowd.load(std::sync::atomic::Ordering::Relaxed), AT_ONCE);
}

#[tokio::test]
async fn an_unchanged_site_is_few_questions_and_whether_it_is_live_two() {
    let buckets = Buckets::new();
    publish(&buckets, &large("first"), 1).await;
    let effort = publish(&buckets, &large("first"), 2).await;
    assert_eq!(effort.changes, Vec::<String>::new());
    assert!(effort.questions.len() <= 6, "{:?}", effort.questions);

    let (store, life) = buckets.machine(IMMORTAL);
    let live = undisturbed(&store, &[buckets.key.public()]).await.unwrap().unwrap();
    let bytes = crate::release::manifest_bytes(&large("first").manifest()).unwrap();
    assert_eq!(Some(live), crate::release::release_ref(&bytes));
    assert_eq!(Effort::of(&life).questions, ["get publication.json", "get current.json"]);
}

#[tokio::test]
async fn a_live_release_that_is_known_is_read_again_only_if_another_took_its_place() {
    let buckets = Buckets::new();
    publish(&buckets, &large("first"), 1).await;
    let (store, life) = buckets.machine(IMMORTAL);
    let known = live(&store, &[buckets.key.public()]).await.unwrap().unwrap();
    let manifests = || {
        let asked = Effort::of(&life).questions.into_iter();
        asked.filter(|line| line.starts_with("get releases/")).count()
    };
    assert_eq!(manifests(), 1);
    let go = async |school: &School, second| {
        let premise = Premise { live: Some(&known), ..Premise::default() };
        let (files, manifest) = (school.uploads(), school.manifest());
        publish_on(premise, &store, files, &manifest, &buckets.key, at(second), |_| ())
            .await
            .unwrap()
    };
    assert_eq!(go(&edited(), 2).await.uploaded, 1);
    assert_eq!(manifests(), 0);
    // What the caller knows is out of date now.
    assert_eq!(go(&large("first"), 3).await.uploaded, 1);
    assert_eq!(manifests(), 1);
}

#[tokio::test]
async fn nothing_is_undisturbed_before_the_first_release_nor_within_a_publication() {
    let buckets = Buckets::new();
    let ask = async || {
        let (store, _) = buckets.machine(IMMORTAL);
        undisturbed(&store, &[buckets.key.public()]).await
    };
    assert_eq!(ask().await.unwrap(), None);
    buckets.publish(&first(), 1, IMMORTAL).await.unwrap();
    let live = ask().await.unwrap();
    assert!(live.is_some());
    for changes in 1.. {
        let cut = buckets.publish(&second(), 2, changes).await;
        if cut.is_ok() {
            assert!(ask().await.unwrap().is_some_and(|now| Some(now) != live));
            return;
        }
        let (store, _) = buckets.machine(IMMORTAL);
        let is_noted = store.head(&ObjectKey::Publication).await.is_ok();
        assert_eq!(ask().await.unwrap(), live.clone().filter(|_| !is_noted), "{changes}");
    }
}

#[tokio::test]
async fn what_was_sent_before_an_interruption_is_not_sent_again() {
    let whole = Buckets::new();
    publish(&whole, &large("first"), 1).await;
    let all = publish(&whole, &large("second"), 2).await.changes.len();
    // Within the hashed files, the copies, and the first, second and third batch of pages.
    for cut in [50, 300, 600, all - PAGES, all - PAGES / 2, all - 20] {
        for is_first in [true, false] {
            let buckets = Buckets::new();
            if !is_first {
                publish(&buckets, &large("first"), 1).await;
            }
            let (lost, done) = go(&buckets, &large("second"), 2, cut, Trust::Manifest).await;
            assert!(done.is_err());
            let resumed = publish(&buckets, &large("second"), 3).await;
            let (lost, resumed) = (lost.sent(), resumed.sent());
            let twice: Vec<_> = lost.intersection(&resumed).collect();
            // How far pages came is noted once in a batch.
            assert!(twice.iter().all(|path| path.starts_with("courses/")), "{cut}: {twice:?}");
            assert!(twice.len() <= BATCH, "{cut}: {}", twice.len());
            assert!(lost.len() + resumed.len() <= all + BATCH + AT_ONCE, "{cut}");
            buckets.assert_an_edge_reads_one_of(&[&large("second")]).await;
            if !is_first {
                assert_eq!(buckets.public_side().await, whole.public_side().await, "{cut}");
            }
        }
    }
}

#[tokio::test]
async fn a_publication_that_is_cut_off_twice_leaves_no_page_of_another_release() {
    let all = {
        let buckets = Buckets::new();
        publish(&buckets, &large("first"), 1).await;
        publish(&buckets, &large("second"), 2).await.changes.len()
    };
    for (cut, again) in [(all - 300, 30), (all - 300, 250), (all - 30, 10)] {
        let buckets = Buckets::new();
        publish(&buckets, &large("first"), 1).await;
        let (_, done) = go(&buckets, &large("second"), 2, cut, Trust::Manifest).await;
        assert!(done.is_err());
        // The next attempt is of another site, and of the first again.
        let (_, done) = go(&buckets, &edited(), MUCH_LATER, again, Trust::Manifest).await;
        assert!(done.is_err(), "{cut}, {again}");
        publish(&buckets, &large("third"), 2 * MUCH_LATER).await;
        let pages = buckets.public_side().await.into_iter();
        let pages: Vec<_> = pages.filter(|(path, _)| path.starts_with("courses/")).collect();
        assert_eq!(pages.len(), PAGES);
        assert!(pages.iter().all(|(_, text)| text.starts_with(b"third ")), "{cut}, {again}");
    }
}

#[tokio::test]
async fn what_was_lost_on_the_private_side_is_sent_again_when_nothing_is_believed() {
    let buckets = Buckets::new();
    publish(&buckets, &large("first"), 1).await;
    let lost = super::school::body("lesson-3", "first paid 3");
    let (store, _) = buckets.machine(IMMORTAL);
    store.delete(&lost).await.unwrap();
    assert!(publish(&buckets, &large("first"), 2).await.sent().is_empty());
    let (effort, done) = go(&buckets, &large("first"), 3, IMMORTAL, Trust::Listing).await;
    assert_eq!(done.unwrap(), 1);
    assert_eq!(Vec::from_iter(effort.sent()), [lost.path()]);
}

#[tokio::test]
async fn copies_that_are_gone_altogether_are_noticed_at_once() {
    let buckets = Buckets::new();
    publish(&buckets, &large("first"), 1).await;
    let (store, _) = buckets.machine(IMMORTAL);
    for entry in large("first").manifest().objects {
        store.delete(&ObjectKey::PageCopy { digest: entry.digest }).await.unwrap();
    }
    assert_eq!(publish(&buckets, &large("first"), 2).await.sent().len(), PAGES);
    buckets.assert_an_edge_reads_one_of(&[&large("first")]).await;
}

#[tokio::test]
async fn a_rollback_sends_only_the_pages_that_differ() {
    let buckets = Buckets::new();
    publish(&buckets, &large("first"), 1).await;
    publish(&buckets, &edited(), 2).await;
    let (store, life) = buckets.machine(IMMORTAL);
    rollback(&store, None, &buckets.key, at(3)).await.unwrap();
    assert_eq!(Vec::from_iter(Effort::of(&life).sent()), ["courses/7/index.html"]);
}

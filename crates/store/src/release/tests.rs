//! Publications that are cut off after every single step, on a store in memory
//! that dies when told to: whatever was the last thing done, an edge still
//! reads a whole release, and the next run completes the work.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use contracts::access::Audience;
use contracts::object_key::ObjectKey;

use super::key::ReleaseKey;
use super::{Published, ReleaseError, Upload, publish, rollback};
use crate::adapter::Side;
use crate::catalog::Catalog;
use crate::config::Location;
use crate::store::{Payload, Store};

use school::{School, first, page, path, second, third};

mod effort;
#[path = "../../tests/contract/school.rs"]
pub(crate) mod school;

/// A machine with one life: after so many changes nothing works any more.
#[derive(Debug, Default)]
struct Life {
    changes_left: AtomicUsize,
    log: Mutex<Vec<String>>,
    /// Reads and lists.
    questions: Mutex<Vec<String>>,
    /// Objects on their way, and the most that were at once.
    under_way: AtomicUsize,
    crowd: AtomicUsize,
    net: Net,
}

/// Whether the answer to a conditional write arrives at once, or only that to
/// its repetition.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Net {
    #[default]
    Good,
    LosesAnswers,
}

impl Life {
    fn change(&self, act: &str, path: &Path) -> Result<()> {
        self.alive()?;
        self.changes_left.fetch_sub(1, Ordering::Relaxed);
        self.log.lock().unwrap().push(format!("{act} {path}"));
        Ok(())
    }

    /// The time on the line, in which others get their turn.
    async fn travel(&self) {
        let crowd = self.under_way.fetch_add(1, Ordering::Relaxed) + 1;
        self.crowd.fetch_max(crowd, Ordering::Relaxed);
        tokio::task::yield_now().await;
        self.under_way.fetch_sub(1, Ordering::Relaxed);
    }

    fn question(&self, act: &str, about: &str) -> Result<()> {
        self.alive()?;
        self.questions.lock().unwrap().push(format!("{act} {about}"));
        Ok(())
    }

    fn alive(&self) -> Result<()> {
        if self.changes_left.load(Ordering::Relaxed) > 0 {
            return Ok(());
        }
        Err(Error::Generic { store: "mortal", source: "the machine is dead".into() })
    }
}

/// One side of the store of a mortal machine.
#[derive(Debug)]
struct Mortal {
    objects: Arc<InMemory>,
    life: Arc<Life>,
}

impl std::fmt::Display for Mortal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("mortal")
    }
}

#[async_trait]
impl ObjectStore for Mortal {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.life.travel().await;
        self.life.change("put", location)?;
        if self.life.net == Net::LosesAnswers && options.mode != PutMode::Overwrite {
            self.objects.put_opts(location, payload.clone(), options.clone()).await?;
        }
        self.objects.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.life.change("put", location)?;
        self.objects.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.life.question(if options.head { "head" } else { "get" }, location.as_ref())?;
        self.objects.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.life.alive()?;
        self.objects.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let life = Arc::clone(&self.life);
        let checked = locations.and_then(move |location| {
            std::future::ready(life.change("delete", &location).map(|()| location))
        });
        self.objects.delete_stream(checked.boxed())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.life.question("list", prefix.map(Path::as_ref).unwrap_or_default()) {
            Ok(()) => self.objects.list(prefix),
            Err(error) => futures::stream::once(std::future::ready(Err(error))).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.objects.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.life.change("copy", to)?;
        self.objects.copy_opts(from, to, options).await
    }
}

/// A bucket pair that outlives the machines that use it.
struct Buckets {
    public: Arc<InMemory>,
    private: Arc<InMemory>,
    key: ReleaseKey,
}

const IMMORTAL: usize = usize::MAX;

impl Buckets {
    fn new() -> Self {
        Self {
            public: Arc::default(),
            private: Arc::default(),
            key: ReleaseKey::generate().unwrap(),
        }
    }

    /// The store as seen from a machine that dies after so many changes.
    fn machine(&self, changes: usize) -> (Store, Arc<Life>) {
        self.machine_on(Net::Good, changes)
    }

    fn machine_on(&self, net: Net, changes: usize) -> (Store, Arc<Life>) {
        let life = Arc::new(Life { changes_left: changes.into(), net, ..Life::default() });
        let side = |objects: &Arc<InMemory>, bucket: &str| {
            let mortal = Mortal { objects: Arc::clone(objects), life: Arc::clone(&life) };
            let place = Location::Bucket { bucket: bucket.to_owned(), prefix: String::new() };
            Side::on(Arc::new(mortal), place)
        };
        let store = Store::of_sides(side(&self.public, "public"), side(&self.private, "private"));
        (store, life)
    }

    async fn publish(
        &self,
        school: &School,
        second: i64,
        changes: usize,
    ) -> std::result::Result<Published, ReleaseError> {
        let (store, _) = self.machine(changes);
        let manifest = school.manifest();
        publish(&store, school.uploads(), &manifest, &self.key, at(second), |_| ()).await
    }

    async fn roll_back(
        &self,
        second: i64,
        changes: usize,
    ) -> std::result::Result<Published, ReleaseError> {
        rollback(&self.machine(changes).0, None, &self.key, at(second)).await
    }

    /// Every public file by path and text.
    async fn public_side(&self) -> Vec<(String, Bytes)> {
        let (store, _) = self.machine(IMMORTAL);
        let mut files = Vec::new();
        for listed in store.list(Audience::Everyone, "").await.unwrap() {
            let bytes = store.get(&page(&listed.path)).await.unwrap();
            files.push((listed.path, bytes));
        }
        files
    }

    /// Fails unless an edge that starts now reads a whole release: every page
    /// of it, every body, and every hashed public file that its pages may name.
    async fn assert_an_edge_reads_one_of(&self, schools: &[&School]) {
        let (store, _) = self.machine(IMMORTAL);
        let catalog = Catalog::open(store.clone(), vec![self.key.public()]).await.unwrap();
        let snapshot = catalog.snapshot().unwrap();
        let is_one = schools.iter().any(|school| school.manifest() == snapshot.live.manifest);
        assert!(is_one, "an unknown release is live");
        for release in std::iter::once(&snapshot.live).chain(&snapshot.previous) {
            for entry in &release.manifest.objects {
                match &entry.key {
                    ObjectKey::Page { path } => drop(catalog.page(release, path).await.unwrap()),
                    key if key.is_content_addressed() => {
                        drop(catalog.object(release, key).await.unwrap());
                    }
                    _ => (),
                }
            }
        }
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// Longer than a publication is waited for.
const MUCH_LATER: i64 = 1_000;

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_not_taken_for_that_of_another() {
    let buckets = Buckets::new();
    for (school, second) in [(first(), 1), (second(), 2)] {
        let (store, _) = buckets.machine_on(Net::LosesAnswers, IMMORTAL);
        let manifest = school.manifest();
        publish(&store, school.uploads(), &manifest, &buckets.key, at(second), |_| ())
            .await
            .unwrap();
        buckets.assert_an_edge_reads_one_of(&[&school, &first()]).await;
    }
}

#[tokio::test]
async fn a_publication_goes_in_the_promised_order() {
    let buckets = Buckets::new();
    buckets.publish(&first(), 1, IMMORTAL).await.unwrap();
    let (store, life) = buckets.machine(IMMORTAL);
    let (files, manifest) = (second().uploads(), second().manifest());
    publish(&store, files, &manifest, &buckets.key, at(2), |_| ()).await.unwrap();
    let log = life.log.lock().unwrap();
    let stage = |line: &String| match line.as_str() {
        line if line.starts_with("put assets/") || line.starts_with("put lessons/") => 0,
        line if line.starts_with("put pages/") => 1,
        line if line.starts_with("put releases/") => 2,
        "put publication.json" => 3,
        "put current.json" => 4,
        line if line.starts_with("put ") => 5,
        line if line.starts_with("delete ") => 6,
        other => panic!("an unexpected step: {other}"),
    };
    // The note is renewed in between.
    let stages: Vec<_> = log.iter().map(stage).filter(|stage| *stage != 3).collect();
    assert!(stages.is_sorted(), "{log:#?}");
    let first_note = log.iter().position(|line| line == "put publication.json").unwrap();
    let pointer = log.iter().position(|line| line == "put current.json").unwrap();
    assert!(first_note < pointer);
    assert_eq!(log.last().unwrap(), "delete publication.json");
}

#[tokio::test]
async fn a_publication_cut_off_anywhere_is_completed_by_running_it_again() {
    let whole = Buckets::new();
    whole.publish(&first(), 1, IMMORTAL).await.unwrap();
    whole.publish(&second(), 2, IMMORTAL).await.unwrap();
    let expected = whole.public_side().await;
    for changes in 1.. {
        let buckets = Buckets::new();
        buckets.publish(&first(), 1, IMMORTAL).await.unwrap();
        let is_done = buckets.publish(&second(), 2, changes).await.is_ok();
        buckets.assert_an_edge_reads_one_of(&[&first(), &second()]).await;
        buckets.publish(&second(), 3, IMMORTAL).await.unwrap();
        assert_eq!(buckets.public_side().await, expected, "cut off after {changes} changes");
        assert_eq!(buckets.publish(&second(), 4, IMMORTAL).await.unwrap().uploaded, 0);
        if is_done {
            assert!(changes > 15, "only {changes} steps were cut");
            return;
        }
    }
}

#[tokio::test]
async fn a_first_publication_cut_off_anywhere_is_completed_by_another_site() {
    for changes in 1.. {
        let buckets = Buckets::new();
        let is_done = buckets.publish(&first(), 1, changes).await.is_ok();
        buckets.publish(&second(), MUCH_LATER, IMMORTAL).await.unwrap();
        buckets.publish(&third(), 2 * MUCH_LATER, IMMORTAL).await.unwrap();
        buckets.assert_an_edge_reads_one_of(&[&third()]).await;
        let shown: Vec<_> = buckets.public_side().await.into_iter().map(|(path, _)| path).collect();
        assert_eq!(shown.len(), 3, "cut off after {changes} changes: {shown:?}");
        if is_done {
            return;
        }
    }
}

#[tokio::test]
async fn after_a_cut_another_site_or_a_rollback_leaves_no_page_of_the_lost_one() {
    for changes in 1.. {
        let buckets = Buckets::new();
        buckets.publish(&first(), 1, IMMORTAL).await.unwrap();
        let is_done = buckets.publish(&second(), 2, changes).await.is_ok();
        buckets.publish(&third(), MUCH_LATER, IMMORTAL).await.unwrap();
        buckets.assert_an_edge_reads_one_of(&[&third()]).await;
        let home = buckets.public_side().await.into_iter().find(|(path, _)| path == "index.html");
        assert_eq!(home.unwrap().1, "farewell", "cut off after {changes} changes");
        let back = buckets.roll_back(2 * MUCH_LATER, IMMORTAL).await.unwrap();
        let expected = if back.uploaded == 0 { third() } else { restored(&buckets).await };
        buckets.assert_an_edge_reads_one_of(&[&expected]).await;
        if is_done {
            return;
        }
    }
}

/// Which of the schools is live, after a check that its pages are those shown.
async fn restored(buckets: &Buckets) -> School {
    let (store, _) = buckets.machine(IMMORTAL);
    let catalog = Catalog::open(store, vec![buckets.key.public()]).await.unwrap();
    let live = catalog.snapshot().unwrap();
    let home = catalog.page(&live.live, &path("index.html")).await.unwrap();
    let shown = buckets.public_side().await;
    assert!(shown.contains(&("index.html".to_owned(), home)), "{shown:?}");
    [first(), second()]
        .into_iter()
        .find(|school| school.manifest() == live.live.manifest)
        .expect("one of both is live")
}

#[tokio::test]
async fn a_rollback_cut_off_anywhere_is_completed_by_running_it_again() {
    for changes in 1.. {
        let buckets = Buckets::new();
        buckets.publish(&first(), 1, IMMORTAL).await.unwrap();
        let expected = buckets.public_side().await;
        buckets.publish(&second(), 2, IMMORTAL).await.unwrap();
        let (store, _) = buckets.machine(changes);
        let target = super::release_ref(&super::manifest_bytes(&first().manifest()).unwrap());
        let target = Some(target.unwrap().release);
        let cut = rollback(&store, target.clone(), &buckets.key, at(3)).await;
        buckets.assert_an_edge_reads_one_of(&[&first(), &second()]).await;
        let (store, _) = buckets.machine(IMMORTAL);
        match rollback(&store, target, &buckets.key, at(4)).await {
            // Cut off behind the flip: what is left to do is a publication.
            Err(ReleaseError::AlreadyLive(_)) => {
                buckets.publish(&first(), 5, IMMORTAL).await.unwrap();
            }
            done => drop(done.unwrap()),
        }
        let shown = buckets.public_side().await;
        let stays = |file: &&(String, Bytes)| !file.0.starts_with("assets/");
        assert!(
            shown.iter().filter(stays).eq(expected.iter().filter(stays)),
            "cut off after {changes} changes: {shown:?}"
        );
        if cut.is_ok() {
            return;
        }
    }
}

#[tokio::test]
async fn a_publication_that_died_keeps_others_out_for_five_minutes() {
    let buckets = Buckets::new();
    buckets.publish(&first(), 1, IMMORTAL).await.unwrap();
    let (store, life) = buckets.machine(IMMORTAL);
    let (files, manifest) = (second().uploads(), second().manifest());
    publish(&store, files, &manifest, &buckets.key, at(0), |_| ()).await.unwrap();
    let steps = life.log.lock().unwrap().len();

    let buckets = Buckets::new();
    buckets.publish(&first(), 1, IMMORTAL).await.unwrap();
    assert!(buckets.publish(&second(), 100, steps - 1).await.is_err());
    let refused = buckets.publish(&third(), 101, IMMORTAL).await.unwrap_err();
    let told = refused.to_string();
    assert!(told.contains("`, last heard of at 1970-01-01T00:01:40"), "{told}");
    let ReleaseError::Running { other: Some((release, since)) } = refused else {
        panic!("{refused}")
    };
    assert_eq!(
        super::release_ref(&super::manifest_bytes(&second().manifest()).unwrap()).unwrap().release,
        release
    );
    assert_eq!(since.as_second(), 100);
    let refused = buckets.roll_back(101, IMMORTAL).await;
    assert!(matches!(refused, Err(ReleaseError::Running { .. })));
    buckets.publish(&third(), 100 + 301, IMMORTAL).await.unwrap();
}

#[tokio::test]
async fn the_time_of_the_pointer_goes_forward_even_if_a_clock_goes_back() {
    let buckets = Buckets::new();
    buckets.publish(&first(), 1_000, IMMORTAL).await.unwrap();
    let (store, _) = buckets.machine(IMMORTAL);
    let catalog = Catalog::open(store, vec![buckets.key.public()]).await.unwrap();
    buckets.publish(&second(), 1, IMMORTAL).await.unwrap();
    catalog.refresh().await.unwrap();
    assert_eq!(catalog.snapshot().unwrap().live.manifest, second().manifest());
}

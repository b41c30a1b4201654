//! The cache that a team shares, in a bucket of a real S3 server: the program takes over
//! what another machine made, believes nothing else, and builds without it where it can't.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail where it stands"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;
use tests::bucket::{Bucket, Strangers};
use tests::program::Program;
use tests::services::{Keys, S3};
use tests::traffic::Traffic;
use walkdir::WalkDir;

const KEY: &str = "a secret of the whole team";

/// A bucket behind a relay that counts.
struct Shared {
    s3: S3,
    traffic: Traffic,
    bucket: Bucket,
    /// Holds the name of the bucket, and stands for a home.
    home: TempDir,
}

/// A machine of the team with a checkout of its own and an empty cache.
struct Machine {
    folder: TempDir,
}

impl Shared {
    async fn begin(s3: S3) -> Self {
        let traffic = Traffic::before(&s3.endpoint).await.unwrap();
        let home = TempDir::new().unwrap();
        let chance = home.path().file_name().unwrap().to_str().unwrap();
        let name = format!("private-{}", chance.trim_start_matches('.').to_ascii_lowercase());
        let origin = "http://localhost:4000";
        let bucket = Bucket::create(&s3, &name, Strangers::Nothing, origin).await.unwrap();
        Self { s3, traffic, bucket, home }
    }

    /// Builds, and answers with what was told on stderr.
    fn build(&self, machine: &Machine, team: &str, keys: &Keys) -> String {
        let mut command = Program::lyceum().command();
        command.arg("build").current_dir(machine.folder.path());
        command.env("XDG_CACHE_HOME", self.home.path().join("cache"));
        command.env("LYCEUM_REMOTE_CACHE", format!("s3://{}/team", self.bucket.name));
        command.env("LYCEUM_CACHE_KEY", team);
        command.env("AWS_ENDPOINT_URL", self.traffic.endpoint());
        command.env("AWS_ACCESS_KEY_ID", &keys.access);
        command.env("AWS_SECRET_ACCESS_KEY", &keys.secret);
        let output = command.output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{told}");
        told
    }

    async fn pieces(&self) -> BTreeMap<String, Vec<u8>> {
        let mut pieces = BTreeMap::new();
        for path in self.bucket.paths().await.unwrap() {
            let bytes = self.bucket.bytes(&path).await.unwrap();
            pieces.insert(path, bytes);
        }
        pieces
    }
}

impl Machine {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(
            "site.toml",
            "title = \"School\"\nbase_url = \"https://school.test/\"\nlanguages = [\"en\"]\n\
             theme = \"lyceum\"\ncurrency = \"USD\"\n",
        );
        write(
            "content/one/course.md",
            "---\ntitle: One\ndescription: One.\naccess: free\n---\n\nWords.\n",
        );
        write(
            "content/one/01-a.md",
            "---\nid: a000000001\ntitle: A\nsummary: A.\n---\n\n![A picture](picture.png)\n",
        );
        let pixel = |x: u32, y: u32| {
            let [a, b, c, _] = (x * 7919 + y * 104_729).wrapping_mul(2_654_435_761).to_le_bytes();
            image::Rgb([a, b, c])
        };
        let picture = image::RgbImage::from_fn(840, 160, pixel);
        picture.save(folder.path().join("content/one/picture.png")).unwrap();
        Self { folder }
    }

    fn site(&self) -> BTreeMap<String, Vec<u8>> {
        let root = self.folder.path().join("dist");
        let files = WalkDir::new(&root).into_iter().map(Result::unwrap);
        let files = files.filter(|entry| entry.file_type().is_file());
        let name = |path: &Path| path.strip_prefix(&root).unwrap().display().to_string();
        files.map(|entry| (name(entry.path()), fs::read(entry.path()).unwrap())).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_takes_over_from_a_bucket_what_another_made_and_believes_nothing_else() {
    let test = "a_machine_takes_over_from_a_bucket_what_another_made";
    let Some(s3) = S3::or_leave_out(test) else { return };
    let shared = Shared::begin(s3).await;
    let writer = shared.s3.writer.clone();

    let here = Machine::new();
    let told = shared.build(&here, KEY, &writer);
    assert!(!told.contains("warning"), "{told}");
    let made = shared.pieces().await;
    assert!(!made.is_empty() && made.keys().all(|path| path.starts_with("team/")), "{made:?}");
    assert_eq!(shared.traffic.take().of("PUT"), made.len());

    let there = Machine::new();
    let told = shared.build(&there, KEY, &writer);
    assert!(!told.contains("warning"), "{told}");
    assert!(there.site() == here.site());
    let asked = shared.traffic.take();
    assert_eq!((asked.of("PUT"), asked.of("GET")), (0, made.len()), "{asked:?}");

    // The keys of the edge may read and no more: what is there is taken over.
    let reading = Machine::new();
    shared.build(&reading, KEY, &shared.s3.reader);
    assert!(reading.site() == here.site());

    // Another key of the team: nothing of it is believed, and all of it replaced.
    let stranger = Machine::new();
    let told = shared.build(&stranger, "the key of a stranger", &writer);
    assert_eq!(told.matches("was not sealed with this `LYCEUM_CACHE_KEY`").count(), 1, "{told}");
    assert!(stranger.site() == here.site());
    let replaced = shared.pieces().await;
    assert!(replaced.keys().eq(made.keys()));
    assert!(replaced.iter().all(|(path, bytes)| made[path] != *bytes));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_piece_that_is_damaged_in_the_bucket_is_not_believed_and_is_replaced() {
    let test = "a_piece_that_is_damaged_in_the_bucket_is_not_believed";
    let Some(s3) = S3::or_leave_out(test) else { return };
    let shared = Shared::begin(s3).await;
    let writer = shared.s3.writer.clone();
    let here = Machine::new();
    shared.build(&here, KEY, &writer);
    let made = shared.pieces().await;
    for (path, bytes) in &made {
        let mut damaged = bytes.clone();
        *damaged.last_mut().unwrap() ^= 1;
        shared.bucket.put(path, damaged).await.unwrap();
    }
    let there = Machine::new();
    let told = shared.build(&there, KEY, &writer);
    assert_eq!(told.matches("was not sealed with this `LYCEUM_CACHE_KEY`").count(), 1, "{told}");
    assert!(there.site() == here.site());
    assert!(shared.pieces().await == made);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_the_server_refuses_are_told_once_and_the_build_does_without() {
    let test = "keys_that_the_server_refuses_are_told_once";
    let Some(s3) = S3::or_leave_out(test) else { return };
    let shared = Shared::begin(s3).await;
    let writer = shared.s3.writer.clone();
    let wrong = Keys { secret: "not the secret".to_owned(), ..writer.clone() };
    let (here, there) = (Machine::new(), Machine::new());
    let told = shared.build(&here, KEY, &wrong);
    assert_eq!(told.matches("warning: ").count(), 1, "{told}");
    assert!(told.contains("was not used for everything: "), "{told}");
    assert!(!told.contains("not the secret"), "{told}");
    assert!(shared.pieces().await.is_empty());
    shared.build(&there, KEY, &writer);
    assert!(here.site() == there.site());
}

//! Builds that are killed, and builds at once: nothing is ever half-written, and the
//! next build makes what a clean one makes.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use crate::full_school::{LESSON, full_school};
use crate::harness::School;

/// Fixed, so that a failure can be seen again.
const SEED: u64 = 20_261_123;

fn files(school: &School, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let mut files: BTreeMap<_, _> = school.files(folder).into_iter().collect();
    // What a killed build has staged is in nobody's way; the next one removes it.
    files.retain(|name, _| !name.starts_with(".staging-"));
    files
}

fn edit(school: &School, round: usize) {
    for lesson in 0..25 {
        let path = format!("content/first-course/{:02}-more-{lesson}.md", lesson + 3);
        let text = format!(
            "---\nid: more{lesson:06}\ntitle: More {lesson}\nsummary: More of it.\n\
             access: free\n---\n\nRound {round} of lesson {lesson}.\n"
        );
        school.write(&path, &text);
    }
}

#[test]
fn a_build_that_is_killed_at_any_moment_leaves_whole_files_and_the_next_is_as_clean() {
    let school = full_school();
    edit(&school, 0);
    let began = Instant::now();
    school.run(&["build"]).done();
    edit(&school, 1);
    school.run(&["build"]).done();
    let whole = began.elapsed() / 2;
    let mut random = SEED;
    let mut before = files(&school, "dist");
    for round in 2..24 {
        edit(&school, round);
        school.run(&["build", "--out", "clean"]).done();
        let after = files(&school, "clean");
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let part = u32::try_from((random >> 33) % 1000).unwrap();
        school.killed_after(&["build"], whole * part / 1000);
        let now = files(&school, "dist");
        for (name, bytes) in &now {
            let is_whole = before.get(name) == Some(bytes) || after.get(name) == Some(bytes);
            assert!(is_whole, "round {round}: `{name}` is neither old nor new");
        }
        // The manifest comes last: with a new one, all that it names is there.
        if now.get("manifest.json") != before.get("manifest.json") {
            assert!(now == after, "round {round}: a new manifest beside old files");
        }
        school.run(&["build"]).done();
        assert!(files(&school, "dist") == after, "round {round}: not as a clean build");
        assert!(!school.has_staging("dist"));
        before = after;
    }
}

#[test]
fn two_builds_at_once_share_a_cache_and_come_out_as_clean() {
    let school = full_school();
    for round in 0..2 {
        edit(&school, round);
        let folders = ["one", "two", "three"];
        let builds: Vec<_> = folders
            .iter()
            .map(|out| {
                let mut command = school.command(&["build", "--out", out]);
                command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
                command.spawn().unwrap()
            })
            .collect();
        for build in builds {
            let output = build.wait_with_output().unwrap();
            let told = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success() && !told.contains("warning"), "{told}");
        }
        fs::rename(school.path(".lyceum"), school.path("aside")).unwrap();
        school.run(&["build", "--out", "clean"]).done();
        fs::remove_dir_all(school.path(".lyceum")).unwrap();
        fs::rename(school.path("aside"), school.path(".lyceum")).unwrap();
        let clean = files(&school, "clean");
        for folder in folders {
            assert!(files(&school, folder) == clean, "round {round}: {folder}");
        }
    }
}

#[test]
fn two_builds_into_one_folder_do_not_mix() {
    let school = full_school();
    edit(&school, 0);
    school.run(&["build"]).done();
    school.edit(LESSON, "How a lesson is written.", "Another summary.");
    let spawn = || {
        let mut command = school.command(&["build"]);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
        command.spawn().unwrap()
    };
    let (began, builds) = (Instant::now(), [spawn(), spawn(), spawn()]);
    let mut done = 0;
    for build in builds {
        let output = build.wait_with_output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        let is_refused = told.contains("error: another build is writing to `dist`");
        assert!(output.status.success() || is_refused, "{told}");
        done += usize::from(output.status.success());
    }
    assert!(done >= 1 && began.elapsed() < Duration::from_secs(60));
    school.run(&["build", "--out", "clean"]).done();
    assert!(files(&school, "dist") == files(&school, "clean"));
}

//! Full disks, folders that take nothing, and files that change while they are read:
//! a clear error, and the old output stays as it was.

use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::full_school::{LESSON, full_school};
use crate::harness::School;

/// Adds more to a lesson than a small disk takes.
fn grow(school: &School) {
    let text = school.read(LESSON);
    school.write(LESSON, &format!("{text}\n{}\n", "More than there is room for. ".repeat(20_000)));
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_grow_any_more_is_a_clear_failure_and_the_old_output_stays() {
    let school = School::new();
    school.run(&["build"]).done();
    let (times, files) = (school.times("dist"), school.files("dist"));
    grow(&school);
    // As on a disk with a quota: no file gets longer than 256 blocks of 512 bytes.
    let mut limited = school.command(&[]);
    let binary = limited.get_program().to_owned();
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 256; exec \"$0\" build"]).arg(binary);
    command.current_dir(school.path(""));
    for (name, value) in limited.env("LC_ALL", "C").get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let told = school.outcome(&mut command).failed();
    assert!(
        told.contains("error: can't write to `dist`\n  caused by: failed to write `")
            && told.contains("File too large (os error 27)")
            && told.contains("hint: make room for it, or choose another folder with `--out`"),
        "{told}"
    );
    assert_eq!(school.files("dist"), files);
    assert_eq!(school.times("dist"), times);
    school.run(&["build"]).done();
    assert_ne!(school.files("dist"), files);
}

/// A disk of so many bytes is mounted at `dist`, if this system lets us: a namespace of
/// one's own needs no rights on most, and ends with the command.
#[cfg(target_os = "linux")]
fn on_a_small_disk(school: &School, script: &str) -> Option<crate::harness::Run> {
    let probe = "mount -t tmpfs -o size=64k none \"$0\"";
    let can = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-ec", script]).arg(school.path("dist"));
        command.output().is_ok_and(|output| output.status.success())
    };
    fs::create_dir_all(school.path("dist")).unwrap();
    if !can(probe) {
        eprintln!("left out: a disk that is full (this system lets nobody mount one)");
        return None;
    }
    let base = school.command(&[]);
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script]).arg(base.get_program());
    command.current_dir(school.path(""));
    for (name, value) in base.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    Some(school.outcome(&mut command))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_clear_failure_and_the_old_output_stays() {
    let school = School::new();
    let script = "
        mount -t tmpfs -o size=2m none dist
        \"$0\" build || exit 90
        cp -a dist before
        cp content/first-course/01-welcome.md lesson
        head -c 2200000 /dev/zero | tr '\\0' 'a' | fold -w 60 >> content/first-course/01-welcome.md
        \"$0\" build
        code=$?
        diff -r dist before >&2 || exit 91
        cp lesson content/first-course/01-welcome.md
        echo 'A little more.' >> content/first-course/01-welcome.md
        \"$0\" build || exit 92
        exit $code";
    let Some(run) = on_a_small_disk(&school, script) else { return };
    assert_eq!(run.code, Some(2), "{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.contains("error: can't write to `dist`")
            && run.stderr.contains("No space left on device (os error 28)")
            && run.stderr.contains("hint: make room for it, or choose another folder"),
        "{}",
        run.stderr
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_may_only_be_read_is_a_clear_failure_and_the_old_output_stays() {
    let school = School::new();
    school.run(&["build"]).done();
    let files = school.files("dist");
    school.edit(LESSON, "How a lesson is written.", "Another summary.");
    let script = "
        mount --bind dist dist && mount -o remount,bind,ro dist || exit 90
        exec \"$0\" build";
    let Some(run) = on_a_small_disk(&school, script) else { return };
    assert_eq!(run.code, Some(2), "{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.contains(
            "error: can't write to `dist`\n  caused by: Read-only file system (os error 30)\n\
             hint: make it writable, or choose another folder with `--out`\n"
        ),
        "{}",
        run.stderr
    );
    assert_eq!(school.files("dist"), files);
}

#[cfg(unix)]
#[test]
fn a_cache_that_takes_nothing_is_a_warning_and_the_site_is_the_same() {
    use std::os::unix::fs::PermissionsExt;

    let school = full_school();
    let home = school.owned_by_somebody();
    school.run_as_owner(&["build"], &home).done();
    let files = school.files("dist");
    fs::remove_dir_all(school.path("dist")).unwrap();
    fs::remove_dir_all(school.path(".lyceum/cache")).unwrap();
    let allow = |mode| {
        fs::set_permissions(school.path(".lyceum"), fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(0o555);
    let told = school.run_as_owner(&["build"], &home).done();
    allow(0o755);
    assert!(
        told.starts_with("warning: failed to keep derived files in `.lyceum/cache`: "),
        "{told}"
    );
    assert!(school.files("dist") == files);
}

#[test]
fn a_text_that_changes_while_it_is_read_is_one_or_the_other() {
    let school = School::new();
    let text = school.read(LESSON);
    let texts = ["one ", "other "].map(|word| format!("{text}\n{}end.\n", word.repeat(30_000)));
    let pages: Vec<Vec<(String, Vec<u8>)>> = texts
        .iter()
        .map(|text| {
            school.write(LESSON, text);
            school.run(&["build"]).done();
            school.files("dist")
        })
        .collect();
    let (is_over, at) = (AtomicBool::new(false), school.path(LESSON));
    let beside = school.path("beside.md");
    let mut seen = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut turn = 0;
            while !is_over.load(Ordering::Relaxed) {
                turn += 1;
                // As editors save.
                fs::write(&beside, &texts[turn % 2]).unwrap();
                fs::rename(&beside, &at).unwrap();
            }
        });
        for _ in 0..8 {
            let run = school.run(&["build"]);
            if run.code == Some(0) {
                seen += usize::from(pages.contains(&school.files("dist")));
            } else {
                assert!(run.stderr.contains("it changes while it is read"), "{}", run.stderr);
                seen += 1;
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert_eq!(seen, 8, "a page was neither of the two");
}

//! How each thing is done that a step may do.
//!
//! Each finds what it acts on by itself, and does nothing where there is nothing.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::full_school::noise;
use crate::harness::School;
use crate::script::{desk, secret};

/// Pairs of which the one becomes the other.
const KEYS: [(&str, &str); 13] = [
    ("title = \"School\"", "title = \"The school\""),
    ("\"Courses.\"", "\"Other courses.\""),
    ("https://school.test/", "https://other.test/"),
    ("[\"en\", \"zh\"]", "[\"en\"]"),
    ("courses_per_page = 24", "courses_per_page = 1"),
    ("title = \"学校\"", "title = \"另一所学校\""),
    ("tags = []", "tags = [\"all\"]"),
    ("cjk = \"keep\"", "cjk = \"pinyin\""),
    ("precompress = true", "precompress = false"),
    ("llms_txt = true", "llms_txt = false"),
    ("search = true", "search = false"),
    ("keep_metadata = false", "keep_metadata = true"),
    ("title = \"About\"", "title = \"About us\""),
];

const TEMPLATES: [&str; 6] =
    ["lesson.html", "base.html", "locked.html", "course.html", "404.html", "components/term.html"];

pub(super) fn one(all: Vec<String>, at: u64) -> Option<String> {
    let count = u64::try_from(all.len()).unwrap();
    let choice = at.checked_rem(count)?;
    all.into_iter().nth(usize::try_from(choice).unwrap())
}

pub(super) fn words(at: u64) -> String {
    format!("Word{} and word{} stand here.", at % 97, at % 89)
}

pub(super) fn append(school: &School, path: Option<String>, words: &str) {
    let Some(path) = path else { return };
    let text = school.read(&path);
    school.write(&path, &format!("{text}\n{words}\n"));
}

/// The one becomes the other, or the other way round.
pub(super) fn exchange(school: &School, path: Option<String>, one: &str, other: &str) {
    let Some(path) = path else { return };
    let text = school.read(&path);
    let (from, to) = if text.contains(other) { (other, one) } else { (one, other) };
    school.write(&path, &text.replacen(from, to, 1));
}

/// Gives another value to what a line says.
pub(super) fn line(school: &School, path: Option<String>, key: &str, at: u64) {
    let Some(path) = path else { return };
    let value = if key.ends_with("= ") {
        format!("\"A box {}.\" }}", at % 10)
    } else {
        format!("It is {}", at % 50)
    };
    let lines = school.read(&path);
    let lines = lines.split_inclusive('\n').map(|line| match line.find(key) {
        Some(place) => format!("{}{key}{value}\n", &line[..place]),
        None => line.to_owned(),
    });
    let text: String = lines.collect();
    school.write(&path, &text);
}

pub(super) fn unsay(school: &School, at: u64) {
    let Some(path) = one(desk::lessons(school), at) else { return };
    let text = school.read(&path);
    let Some((before, last)) =
        text.trim_end().rsplit_once("\n\n").or(text.trim_end().rsplit_once('\n'))
    else {
        return;
    };
    let is_body = before.contains(desk::MARK) && !last.contains("```");
    if is_body {
        school.write(&path, &format!("{before}\n"));
    }
}

/// With the old time of writing, as some tools leave it.
pub(super) fn say_of_the_same_length(school: &School, at: u64) {
    let Some(path) = one(desk::lessons(school), at) else { return };
    let place = school.path(&path);
    let time = fs::metadata(&place).unwrap().modified().unwrap();
    let text = school.read(&path);
    let digit = |n: u64| char::from(b'0' + u8::try_from(n % 10).unwrap());
    let (head, body) = text.split_once(desk::MARK).unwrap_or((&text, ""));
    let body = body.replace(digit(at), &digit(at / 10).to_string());
    let body = body.replacen("Plain", if at.is_multiple_of(2) { "Plane" } else { "Place" }, 1);
    school.write(
        &path,
        &format!("{head}{}{body}", if text.contains(desk::MARK) { desk::MARK } else { "" }),
    );
    fs::File::options().write(true).open(place).unwrap().set_modified(time).unwrap();
}

pub(super) fn link(school: &School, at: u64) {
    let (Some(from), Some(to)) =
        (one(desk::lessons(school), at), one(desk::lessons(school), at / 5))
    else {
        return;
    };
    let to = to.trim_start_matches("content/");
    let anchor = if at.is_multiple_of(3) { "#a-part" } else { "" };
    append(school, Some(from), &format!("[See there](../{to}{anchor})."));
}

/// What is to be paid for in a text that is free.
pub(super) fn paste(school: &School, at: u64) {
    let Some(word) = one(secret::hidden(school).into_iter().collect(), at) else { return };
    let texts = desk::texts(school).into_iter();
    let holding = texts.filter(|path| desk::is_paid(school, path)).map(|path| school.read(&path));
    let mut lines = holding.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
    let Some(line) = lines.find(|line| line.contains(&word)) else { return };
    let free = desk::lessons(school).into_iter().filter(|path| !desk::is_paid(school, path));
    append(school, one(free.collect(), at / 11), &line);
}

/// No free text says what is to be paid for.
pub(super) fn take_back(school: &School) {
    for path in desk::lessons(school).into_iter().filter(|path| !desk::is_paid(school, path)) {
        let text = school.read(&path);
        let lines =
            text.split_inclusive('\n').filter(|line| !line.contains("Under the seventh bridge"));
        let kept: String = lines.collect();
        if kept != text {
            school.write(&path, &kept);
        }
    }
}

/// A download that is to be paid for where its lesson is.
pub(super) fn attach(school: &School, at: u64) {
    let Some(lesson) = one(desk::lessons(school), at) else { return };
    let folder = lesson.rsplit_once('/').unwrap().0;
    let name = format!("file-{}.txt", at % 1000);
    school.write(&format!("{folder}/{name}"), &secret::sentence(at));
    append(school, Some(lesson), &format!("[A file]({name})"));
}

/// Where a lesson goes.
#[derive(Clone, Copy)]
pub(super) enum Where {
    SameCourse,
    OtherCourse,
}

pub(super) fn relocate(school: &School, at: u64, to: Where) {
    let Some(from) = one(desk::lessons(school), at) else { return };
    let (folder, name) = from.rsplit_once('/').unwrap();
    let new = match to {
        Where::SameCourse => format!("{folder}/{:02}-moved-{}.md", at % 90, at % 100),
        Where::OtherCourse => {
            let Some(other) = one(desk::courses(school), at / 13) else { return };
            format!("{other}/{name}")
        }
    };
    if school.path(&new).exists() {
        return;
    }
    let translated = |path: &str| school.path(&path.replace(".md", ".zh.md"));
    if translated(&from).exists() {
        fs::rename(translated(&from), translated(&new)).unwrap();
    }
    fs::rename(school.path(&from), school.path(&new)).unwrap();
}

pub(super) fn delete(school: &School, at: u64) {
    let lessons = desk::lessons(school);
    if lessons.len() < 4 {
        return;
    }
    let Some(path) = one(lessons, at) else { return };
    let translation = school.path(&path.replace(".md", ".zh.md"));
    if translation.exists() {
        fs::remove_file(translation).unwrap();
    }
    fs::remove_file(school.path(&path)).unwrap();
}

pub(super) fn translate(school: &School, at: u64) {
    let Some(path) = one(desk::lessons(school), at) else { return };
    let path = path.replace(".md", ".zh.md");
    if school.path(&path).exists() && at.is_multiple_of(3) {
        fs::remove_file(school.path(&path)).unwrap();
        return;
    }
    let said = if desk::is_paid(school, &path) { secret::sentence(at) } else { words(at) };
    let mark = desk::MARK;
    school.write(
        &path,
        &format!("---\ntitle: 第 {at} 课\nsummary: 说一说。\n---\n\n前面。\n\n{mark}\n\n{said}\n"),
    );
}

pub(super) fn template(school: &School, at: u64) {
    let name = TEMPLATES[usize::try_from(at % TEMPLATES.len() as u64).unwrap()];
    theme(school, &format!("templates/{name}"), at, |text| {
        let added = format!("<i hidden>{at}</i>");
        let with = text.replacen("</body>", &format!("{added}</body>"), 1);
        if with == text { text.replacen("</", &format!("{added}</"), 1) } else { with }
    });
}

/// Puts a file of the built-in theme into the school, a bit otherwise, or takes it away.
pub(super) fn theme(school: &School, name: &str, at: u64, other: impl Fn(&str) -> String) {
    let own = format!("themes/lyceum/{name}");
    if school.path(&own).exists() && at.is_multiple_of(3) {
        fs::remove_file(school.path(&own)).unwrap();
        return;
    }
    let built_in = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../themes/lyceum").join(name);
    school.write(&own, &other(&fs::read_to_string(built_in).unwrap()));
}

pub(super) fn checkout(school: &School, at: u64) {
    let tag = format!("s{}", at % 3);
    if school.path(&format!(".git/refs/tags/{tag}")).exists() {
        school.git(&["checkout", "-q", "-f", "--detach", &tag]);
        if at.is_multiple_of(2) {
            school.git(&["clean", "-q", "-f", "-d"]);
        }
    }
}

/// Everything is saved again as an editor does, with nothing changed.
pub(super) fn touch(school: &School) {
    for path in desk::texts(school) {
        let aside = school.path("content/.saving");
        fs::write(&aside, school.read(&path)).unwrap();
        fs::rename(aside, school.path(&path)).unwrap();
    }
}

/// What a disk, a person or another program may do to a folder of ours.
pub(super) fn damage(school: &School, folder: &str, at: u64) {
    if !school.path(folder).exists() {
        return;
    }
    let files = school.files(folder).into_iter().map(|(name, _)| name);
    let files: Vec<String> = files.filter(|name| name != ".lyceum-output").collect();
    let Some(name) = one(files, at / 8) else { return };
    let path = school.path(&format!("{folder}/{name}"));
    let mut bytes = fs::read(&path).unwrap();
    match at % 8 {
        0 => fs::remove_file(path).unwrap(),
        1 => fs::write(path, &bytes[..bytes.len() / 2]).unwrap(),
        2 => fs::write(path, "").unwrap(),
        3 => fs::write(path.with_extension("foreign"), secret::sentence(at)).unwrap(),
        4 => {
            fs::remove_file(&path).unwrap();
            fs::create_dir(path).unwrap();
        }
        5 => fs::remove_dir_all(school.path(folder)).unwrap(),
        _ => {
            let place = usize::try_from(at).unwrap() % bytes.len().max(1);
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= 1;
            }
            fs::write(path, bytes).unwrap();
        }
    }
}

pub(super) fn say_twice(school: &School, at: u64) {
    append(school, one(desk::lessons(school), at), &words(at));
    append(school, one(desk::lessons(school), at / 3), &words(at / 3));
}

pub(super) fn tag(school: &School, path: Option<String>, at: u64) {
    let Some(path) = path else { return };
    let text = school.read(&path);
    if !text.contains("\ntags:") {
        school.write(
            &path,
            &text.replacen("\nsummary:", &format!("\ntags: [t{}]\nsummary:", at % 4), 1),
        );
    }
}

pub(super) fn heading(school: &School, path: Option<String>, at: u64) {
    append(school, path, &format!("## Part {}\n\n{}", at % 9, words(at)));
}

/// Another secret.
pub(super) fn plant(school: &School, at: u64) {
    let paid = desk::texts(school).into_iter().filter(|path| desk::is_paid(school, path));
    append(school, one(paid.collect(), at), &secret::sentence(at));
}

pub(super) fn rename_course(school: &School, at: u64) {
    let Some(course) = one(desk::courses(school), at) else { return };
    let new = school.path(&format!("content/course-{}", at % 50));
    if !new.exists() {
        fs::rename(school.path(&course), new).unwrap();
    }
}

pub(super) fn title_course(school: &School, at: u64) {
    let courses = desk::courses(school).into_iter().map(|course| course + "/course.md");
    line(school, one(courses.collect(), at), "title: ", at);
}

pub(super) fn create(school: &School, at: u64) {
    let Some(course) = one(desk::courses(school), at) else { return };
    let path = format!("{course}/{:02}-new-{}.md", at % 90, at % 1000);
    school.write(&path, &desk::lesson(at % 100_000_000));
}

pub(super) fn style(school: &School, at: u64) {
    let other = |text: &str| format!("{text}\n.x{at} {{ color: red }}\n");
    theme(school, "assets/prose.css", at, other);
}

pub(super) fn locale(school: &School, at: u64) {
    let (other, count) = (format!(" = {} ", at % 9), usize::try_from(at % 40).unwrap());
    theme(school, "locales/en.ftl", at, |text| text.replacen(" = ", &other, count));
}

pub(super) fn configure(school: &School, at: u64) {
    let (from, to) = KEYS[usize::try_from(at % KEYS.len() as u64).unwrap()];
    exchange(school, Some("site.toml".to_owned()), from, to);
}

pub(super) fn commit(school: &School, at: u64) {
    school.git(&["add", "-A", "."]);
    school.git(&["commit", "-q", "--allow-empty", "-m", "An edit"]);
    school.git(&["tag", "-f", &format!("s{}", at % 3)]);
}

pub(super) fn picture(school: &School, at: u64) {
    let Some(course) = one(desk::courses(school), at) else { return };
    fs::write(school.path(&format!("{course}/pic.png")), noise(at, 48, 24)).unwrap();
}

pub(super) fn code(school: &School, at: u64) {
    let Some(course) = one(desk::courses(school), at) else { return };
    school.write(&format!("{course}/code.rs"), &format!("fn f{at}() {{}}\n"));
}

pub(super) fn define(school: &School, at: u64) {
    line(school, Some("content/glossary.toml".to_owned()), "definition = { en = ", at);
}

/// Edits, and a build that does not come to its end.
pub(super) fn kill(school: &School, at: u64) {
    say_twice(school, at);
    if at.is_multiple_of(3) {
        line(school, one(desk::texts(school), at / 7), "title: ", at);
    }
    school.killed_after(&["build"], Duration::from_millis(at % 900));
}

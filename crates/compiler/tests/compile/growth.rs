//! The site grows with its lessons and not with their square: twice as many distinct
//! lessons make twice as many files and bytes, with navigation on every page, search
//! and compressed copies, in many courses and in one.

use std::fmt::Write as _;

use compiler::compile;
use compiler::parse::Options;
use compiler::source::SourceTree;

/// What a school is like, but for its size.
#[derive(Debug, Clone, Copy)]
struct Shape {
    course_lessons: usize,
    section_lessons: usize,
    access: &'static str,
    precompress: bool,
}

/// Bytes and files of a site.
#[derive(Debug, Clone, Copy)]
struct Size {
    bytes: u64,
    files: usize,
}

/// Words that hardly repeat, so that nothing is saved by having been there before.
struct Words(u64);

impl Words {
    fn next(&mut self) -> u64 {
        // Knuth's generator, <https://en.wikipedia.org/wiki/Linear_congruential_generator>.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        self.0 >> 33
    }

    fn word(&mut self) -> String {
        let (consonants, vowels) = (b"bcdfghklmnprstvw", b"aeiou");
        let mut word = String::new();
        for _ in 0..2 + self.next() % 3 {
            word.push(char::from(consonants[self.next() as usize % consonants.len()]));
            word.push(char::from(vowels[self.next() as usize % vowels.len()]));
        }
        word
    }

    fn sentence(&mut self) -> String {
        let words: Vec<String> = (0..12).map(|_| self.word()).collect();
        format!("{}.", words.join(" "))
    }
}

fn lesson(number: usize, access: &str) -> String {
    let mut words = Words(number as u64 + 1);
    let mut text = format!(
        "---\nid: l{number}\ntitle: {} {}\nsummary: {}\naccess: {access}\n---\n{}\n\n<!-- more -->\n",
        words.word(),
        words.word(),
        words.sentence(),
        words.sentence(),
    );
    let _ = write!(text, "\n![{}](l{number}.svg)\n", words.word());
    for _ in 0..3 {
        let _ = write!(text, "\n## {} {}\n", words.word(), words.word());
        let _ = write!(text, "\n{} {}\n", words.sentence(), words.sentence());
        let (name, value) = (words.word(), words.next());
        let _ =
            write!(text, "\n```rust\nfn {name}() -> u64 {{\n    {value} // {value:x}\n}}\n```\n");
    }
    let _ = write!(text, "\n| {} | {} |\n|---|---|\n", words.word(), words.word());
    let _ = writeln!(text, "| {} | {} |", words.word(), words.next());
    if number.is_multiple_of(3) {
        let _ = write!(text, "\n$$\nx^{{{}}} + y\n$$\n", words.next() % 1000);
    }
    text
}

fn size(shape: Shape, lessons: usize) -> Size {
    let mut files = vec![(
        "site.toml".to_owned(),
        format!(
            "title = \"School\"\nbase_url = \"https://school.test/\"\n[build]\nprecompress = {}\n",
            shape.precompress
        ),
    )];
    for number in 0..lessons {
        let course = number / shape.course_lessons;
        let within = number % shape.course_lessons;
        let folder = format!("content/c{course}");
        if within == 0 {
            let head = format!(
                "---\ntitle: Course {course}\ndescription: All of it.\nprices: {{ USD: \"29\" }}\n---\n"
            );
            files.push((format!("{folder}/course.md"), head));
        }
        let section = within / shape.section_lessons;
        let folder = format!("{folder}/{section:04}-part");
        if within.is_multiple_of(shape.section_lessons) {
            let head = format!("---\ntitle: Part {section} of {course}\n---\n");
            files.push((format!("{folder}/section.md"), head));
        }
        files.push((format!("{folder}/{within:05}-l{number}.md"), lesson(number, shape.access)));
        let drawing = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"9\"/>\n",
            number + 1
        );
        files.push((format!("{folder}/l{number}.svg"), drawing));
    }
    let tree = SourceTree::from_files(files);
    let site = compile(&tree, &Options::default()).site.unwrap();
    Size {
        bytes: site.files.iter().map(compiler::site::SiteFile::len).sum(),
        files: site.files.len(),
    }
}

/// Without what a school of a single lesson has, which would hide how the rest grows.
#[track_caller]
fn check(shape: Shape, lessons: usize) {
    let least = size(shape, 1);
    let (once, twice) = (size(shape, lessons), size(shape, 2 * lessons));
    let bytes = (twice.bytes - least.bytes) as f64 / (once.bytes - least.bytes) as f64;
    let files = (twice.files - least.files) as f64 / (once.files - least.files) as f64;
    assert!(bytes < 2.1, "{bytes:.3} times the bytes: {once:?}, {twice:?}");
    assert!(files < 2.1, "{files:.3} times the files: {once:?}, {twice:?}");
}

#[test]
fn twice_as_many_courses_are_twice_as_many_bytes_with_compressed_copies() {
    check(Shape { course_lessons: 40, section_lessons: 10, access: "paid", precompress: true }, 80);
}

#[test]
fn twice_as_many_lessons_in_one_course_are_twice_as_many_bytes() {
    check(
        Shape {
            course_lessons: usize::MAX,
            section_lessons: usize::MAX,
            access: "free",
            precompress: false,
        },
        400,
    );
}

/// Up to 150 lessons each page has the whole syllabus beside it, which is what its
/// readers are served best by; beyond, the rule holds for sections of any size.
#[test]
fn twice_as_many_sections_of_any_size_in_one_course_are_twice_as_many_bytes() {
    let section = |section_lessons| Shape {
        course_lessons: usize::MAX,
        section_lessons,
        access: "paid",
        precompress: false,
    };
    for section_lessons in [1, 2, 20, 100] {
        check(section(section_lessons), 200);
    }
    check(section(20), 400);
}

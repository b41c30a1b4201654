//! What may be done to a school between two builds.
//!
//! Any step can be taken at any moment, whatever stands there; one that finds nothing to
//! act on does nothing. So a script stays one when steps are taken out of it.

use crate::harness::School;
use crate::script::act::{self, Where};
use crate::script::{Random, desk};

/// One thing that is done, and a number that chooses where and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    what: What,
    at: u64,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Say,
    SayTwice,
    Unsay,
    SayOfTheSameLength,
    Title,
    Summary,
    Tags,
    Heading,
    Link,
    BreakLink,
    Secret,
    Paste,
    TakeBack,
    Attach,
    ExchangeAccess,
    Move,
    Rename,
    RenameCourse,
    CourseTitle,
    Delete,
    Create,
    Translate,
    Template,
    Style,
    Locale,
    Config,
    Commit,
    Checkout,
    Picture,
    Code,
    Datum,
    Definition,
    Touch,
    Kill,
    Tamper,
    DamageCache,
}

/// How often each is done among all: edits of words are what authors do.
const FREQUENCIES: [(What, u64); 36] = [
    (What::Say, 9),
    (What::SayTwice, 5),
    (What::Unsay, 3),
    (What::SayOfTheSameLength, 3),
    (What::Title, 1),
    (What::Summary, 1),
    (What::Tags, 1),
    (What::Heading, 3),
    (What::Link, 2),
    (What::BreakLink, 1),
    (What::Secret, 3),
    (What::Paste, 3),
    (What::TakeBack, 2),
    (What::Attach, 1),
    (What::ExchangeAccess, 1),
    (What::Move, 1),
    (What::Rename, 1),
    (What::RenameCourse, 1),
    (What::CourseTitle, 1),
    (What::Delete, 1),
    (What::Create, 1),
    (What::Translate, 1),
    (What::Template, 1),
    (What::Style, 1),
    (What::Locale, 1),
    (What::Config, 2),
    (What::Commit, 1),
    (What::Checkout, 1),
    (What::Picture, 1),
    (What::Code, 1),
    (What::Datum, 1),
    (What::Definition, 1),
    (What::Touch, 1),
    (What::Kill, 2),
    (What::Tamper, 1),
    (What::DamageCache, 2),
];

impl Step {
    pub(super) fn random(random: &mut Random) -> Self {
        let all: u64 = FREQUENCIES.iter().map(|(_, often)| often).sum();
        let mut left = random.next() % all;
        let is_it = |(_, often): &&(What, u64)| {
            let is_it = left < *often;
            left = left.saturating_sub(*often);
            is_it
        };
        let (what, _) = FREQUENCIES.iter().find(is_it).unwrap();
        Self { what: *what, at: random.next() >> 32 }
    }

    /// Does it.
    pub(super) fn take(self, school: &School) {
        let at = self.at;
        let lesson = || act::one(desk::lessons(school), at);
        match self.what {
            What::Say => act::append(school, lesson(), &act::words(at)),
            What::SayTwice => act::say_twice(school, at),
            What::Unsay => act::unsay(school, at),
            What::SayOfTheSameLength => act::say_of_the_same_length(school, at),
            What::Title => act::line(school, act::one(desk::texts(school), at), "title: ", at),
            What::Summary => act::line(school, lesson(), "summary: ", at),
            What::Tags => act::tag(school, lesson(), at),
            What::Heading => act::heading(school, lesson(), at),
            What::Link => act::link(school, at),
            What::BreakLink => act::append(school, lesson(), "[nowhere](nowhere.md)"),
            What::Secret => act::plant(school, at),
            What::Paste => act::paste(school, at),
            What::TakeBack => act::take_back(school),
            What::Attach => act::attach(school, at),
            What::ExchangeAccess => {
                act::exchange(school, lesson(), "access: free", "access: paid");
            }
            What::Move => act::relocate(school, at, Where::OtherCourse),
            What::Rename => act::relocate(school, at, Where::SameCourse),
            What::RenameCourse => act::rename_course(school, at),
            What::CourseTitle => act::title_course(school, at),
            What::Delete => act::delete(school, at),
            What::Create => act::create(school, at),
            What::Translate => act::translate(school, at),
            What::Template => act::template(school, at),
            What::Style => act::style(school, at),
            What::Locale => act::locale(school, at),
            What::Config => act::configure(school, at),
            What::Commit => act::commit(school, at),
            What::Checkout => act::checkout(school, at),
            What::Picture => act::picture(school, at),
            What::Code => act::code(school, at),
            What::Datum => school.write("data/team.toml", &format!("size = {}\n", at % 10)),
            What::Definition => act::define(school, at),
            What::Touch => act::touch(school),
            What::Kill => act::kill(school, at),
            What::Tamper => act::damage(school, "dist", at),
            What::DamageCache => act::damage(school, ".lyceum/cache", at),
        }
    }
}

//! The keys of each kind of page.

use crate::field::key::{Key, Presence, Shape, key, required};

/// Where a key belongs that another kind of page does not know.
pub(crate) fn elsewhere(name: &str) -> Option<&'static str> {
    let has = |keys: &[Key]| keys.iter().any(|key| key.name == name);
    match () {
        () if has(&COURSE) => Some("`course.md`"),
        () if has(&LESSON) => Some("a lesson"),
        () => None,
    }
}

pub(crate) const PUBLISH_AT: Key = key(
    "publish_at",
    Shape::Moment,
    "The moment at which lessons open, with its time zone, or `none`.",
);

pub(crate) const EXPIRES_AT: Key = key(
    "expires_at",
    Shape::Moment,
    "The moment at which lessons close, with its time zone, or `none`.",
);

pub(crate) const AUTHORS: Key = key(
    "authors",
    Shape::Texts,
    "Who wrote it, by name or as a file of `content/instructors/`; without it, what git says.",
);

/// `course.md`
pub(crate) const COURSE: [Key; 19] = [
    key(
        "id",
        Shape::Slug,
        "The stable id, by which purchases find the course; without it, the slug. Never change it.",
    ),
    required("title", Shape::Text, "The title of the course."),
    key(
        "description",
        Shape::Text,
        "One or two sentences for the list of courses and for search engines.",
    ),
    key("instructors", Shape::Texts, "Who teaches: names of files in `content/instructors/`."),
    key(
        "category",
        Shape::Text,
        "The category under which the course is listed; a translation may name it in its language.",
    ),
    key("tags", Shape::Texts, "Free words; its lessons have them too unless they say otherwise."),
    AUTHORS,
    key(
        "level",
        Shape::Words(&["beginner", "intermediate", "advanced"]),
        "For whom the course is.",
    ),
    key(
        "language",
        Shape::Text,
        "The language the course was written in first; without it, the school's first.",
    ),
    key("cover", Shape::Text, "A picture beside this file."),
    key("prices", Shape::Prices, "One price for each currency, as text: `{ USD: \"29.00\" }`."),
    key(
        "access",
        Shape::Words(&["free", "paid"]),
        "What the lessons are unless they say otherwise.",
    ),
    key(
        "requires",
        Shape::Texts,
        "What has to be known first: courses such as `rust`, lessons such as `rust/ownership`.",
    ),
    key(
        "objectives",
        Shape::Texts,
        "What a learner will be able to do afterwards; everyone may read it.",
    ),
    PUBLISH_AT,
    EXPIRES_AT,
    key("draft", Shape::Flag, "Whether the course is left out of the site."),
    key("slug", Shape::Slug, "The part of the address; without it, the name of the folder."),
    key(
        "aliases",
        Shape::Addresses,
        "Addresses at which it stood before, such as `old-name` or `/blog/old.html`.",
    ),
];

/// A lesson.
pub(crate) const LESSON: [Key; 16] = [
    Key {
        name: "id",
        shape: Shape::Id,
        presence: Presence::Original,
        about: "The stable id, by which progress finds the lesson. Needed in the original, and never changed.",
    },
    required("title", Shape::Text, "The title of the lesson; everyone may read it."),
    key("summary", Shape::Text, "One or two sentences; everyone may read them."),
    key(
        "access",
        Shape::Words(&["free", "paid"]),
        "Whether the lesson is sold; without it, what the section or the course says.",
    ),
    key(
        "requires",
        Shape::Texts,
        "What has to be known first: courses such as `rust`, lessons such as `rust/ownership`.",
    ),
    key(
        "objectives",
        Shape::Texts,
        "What a learner will be able to do afterwards; everyone may read it.",
    ),
    key("concepts", Shape::Texts, "The ideas that the lesson teaches; each has a page."),
    key(
        "duration",
        Shape::Duration,
        "How long it takes, as `25m` or `1h 10m`; without it, the time to read.",
    ),
    key("tags", Shape::Texts, "Free words by which related lessons are found."),
    AUTHORS,
    key("video", Shape::Text, "A video beside this file."),
    key("draft", Shape::Flag, "Whether the lesson is left out of the site."),
    PUBLISH_AT,
    EXPIRES_AT,
    key("slug", Shape::Slug, "The part of the address; without it, the name of the file."),
    key(
        "aliases",
        Shape::Addresses,
        "Addresses at which it stood before, such as `old-name` or `/blog/old.html`.",
    ),
];

/// `section.md`
pub(crate) const SECTION: [Key; 8] = [
    required("title", Shape::Text, "The title of the section."),
    key("summary", Shape::Text, "One or two sentences."),
    key(
        "access",
        Shape::Words(&["free", "paid"]),
        "What the lessons of the section are unless they say otherwise.",
    ),
    key("tags", Shape::Texts, "Free words for the lessons of the section."),
    AUTHORS,
    PUBLISH_AT,
    EXPIRES_AT,
    key("draft", Shape::Flag, "Whether the lessons of the section are left out of the site."),
];

/// An instructor's page.
pub(crate) const INSTRUCTOR: [Key; 4] = [
    required("name", Shape::Text, "The name."),
    key("headline", Shape::Text, "What they do, in a few words."),
    key("avatar", Shape::Text, "A picture beside this file."),
    key("git", Shape::Texts, "The names under which they commit, if they differ from `name`."),
];

/// A page outside courses.
pub(crate) const PAGE: [Key; 4] = [
    required("title", Shape::Text, "The title of the page."),
    key("description", Shape::Text, "One or two sentences for search engines."),
    key("slug", Shape::Slug, "The part of the address; without it, the name of the file."),
    key(
        "aliases",
        Shape::Addresses,
        "Addresses at which it stood before, such as `old-name` or `/blog/old.html`.",
    ),
];

/// A learning path.
pub(crate) const PATH: [Key; 5] = [
    required("title", Shape::Text, "The title of the path."),
    key("description", Shape::Text, "One or two sentences for the list of paths."),
    Key {
        name: "courses",
        shape: Shape::Texts,
        presence: Presence::Original,
        about: "The courses in order, each by the name in its address. Needed in the original.",
    },
    key("draft", Shape::Flag, "Whether the path is left out of the site."),
    key("slug", Shape::Slug, "The part of the address; without it, the name of the file."),
];

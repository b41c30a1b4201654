//! The keys of each kind of page.

use crate::field::key::{Key, Presence, Shape, key, required};

/// `course.md`
pub(crate) const COURSE: [Key; 16] = [
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
    key("category", Shape::Text, "The category under which the course is listed."),
    key("tags", Shape::Texts, "Free words."),
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
    key("draft", Shape::Flag, "Whether the course is left out of the site."),
    key("slug", Shape::Slug, "The part of the address; without it, the name of the folder."),
    key(
        "aliases",
        Shape::Addresses,
        "Addresses at which it stood before, such as `old-name` or `/blog/old.html`.",
    ),
];

/// A lesson.
pub(crate) const LESSON: [Key; 14] = [
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
        "Whether the lesson is sold; without it, what the course says.",
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
    key("video", Shape::Text, "A video beside this file."),
    key("draft", Shape::Flag, "Whether the lesson is left out of the site."),
    key("publish_at", Shape::Moment, "The moment at which the lesson opens, with its time zone."),
    key("expires_at", Shape::Moment, "The moment at which the lesson closes, with its time zone."),
    key("slug", Shape::Slug, "The part of the address; without it, the name of the file."),
    key(
        "aliases",
        Shape::Addresses,
        "Addresses at which it stood before, such as `old-name` or `/blog/old.html`.",
    ),
];

/// `section.md`
pub(crate) const SECTION: [Key; 2] = [
    required("title", Shape::Text, "The title of the section."),
    key("summary", Shape::Text, "One or two sentences."),
];

/// An instructor's page.
pub(crate) const INSTRUCTOR: [Key; 3] = [
    required("name", Shape::Text, "The name."),
    key("headline", Shape::Text, "What they do, in a few words."),
    key("avatar", Shape::Text, "A picture beside this file."),
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

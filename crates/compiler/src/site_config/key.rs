//! The keys of `site.toml`.

use crate::field::key::{Key, Shape, key, required};
use crate::front_matter::key as page;

/// The whole file.
pub(crate) const SITE: [Key; 16] = [
    required("title", Shape::Text, "The name of the school, in its first language."),
    key("description", Shape::Text, "One or two sentences for search engines and feeds."),
    required(
        "base_url",
        Shape::Starts(&["https://", "http://"]),
        "Where the public site stands, such as `https://school.example/`.",
    ),
    key(
        "languages",
        Shape::Texts,
        "The languages of the school as tags such as `en` or `zh`; the first is the default.",
    ),
    key("theme", Shape::Slug, "The look: the built-in `lyceum`, or a folder of `themes/`."),
    key("currency", Shape::Currency, "The currency that is shown first."),
    key(
        "language",
        Shape::TableByLanguage(&TRANSLATION),
        "Title and description in the other languages.",
    ),
    key("navigation", Shape::Tables(&LINK), "Links in the header."),
    key(
        "courses_per_page",
        Shape::Count { most: 1000 },
        "How many courses a page of a list has; 24 unless it is said.",
    ),
    key(
        "defaults",
        Shape::Table(&DEFAULTS),
        "What courses and lessons are unless they say otherwise.",
    ),
    key("slugs", Shape::Table(&SLUGS), "How addresses are made of names."),
    key("build", Shape::Table(&BUILD), "How the site is written."),
    key("images", Shape::Table(&IMAGES), "How pictures are published."),
    key("markdown", Shape::Table(&MARKDOWN), "How texts are read."),
    key("publish", Shape::Table(&PUBLISH), "Where `lyceum publish` puts the school."),
    key("check", Shape::Table(&CHECK), "Which diagnostics are errors, warnings or not told."),
];

/// `[language.zh]`
pub(crate) const TRANSLATION: [Key; 2] = [
    key("title", Shape::Text, "The name of the school in this language."),
    key("description", Shape::Text, "One or two sentences in this language."),
];

/// `[[navigation]]`
pub(crate) const LINK: [Key; 2] = [
    required("title", Shape::TextOrByLanguage, "The text of the link, or one for each language."),
    required(
        "url",
        Shape::Starts(&["/", "https://", "http://", "mailto:"]),
        "A path of the site such as `/about/`, or a full URL.",
    ),
];

/// `[defaults]`
pub(crate) const DEFAULTS: [Key; 9] = [
    key(
        "access",
        Shape::Words(&["free", "paid"]),
        "What lessons are unless they or their course say otherwise.",
    ),
    key("instructors", Shape::Texts, "Who teaches: names of files in `content/instructors/`."),
    key("level", Shape::Words(&["beginner", "intermediate", "advanced"]), "For whom courses are."),
    key("language", Shape::Text, "The language that courses were written in first."),
    key("tags", Shape::Texts, "Free words for every course and lesson."),
    page::AUTHORS,
    page::PUBLISH_AT,
    page::EXPIRES_AT,
    key("draft", Shape::Flag, "Whether courses are left out until they say `draft: false`."),
];

/// `[slugs]`
pub(crate) const SLUGS: [Key; 1] = [key(
    "cjk",
    Shape::Words(&["keep", "pinyin"]),
    "Whether Chinese stands in addresses as it is, or as pinyin.",
)];

/// `[build]`
pub(crate) const BUILD: [Key; 3] = [
    key(
        "precompress",
        Shape::Flag,
        "Whether compressed copies are written beside public text files.",
    ),
    key(
        "llms_txt",
        Shape::Flag,
        "Whether `llms.txt` lists courses and lessons for machines that read.",
    ),
    key("search", Shape::Flag, "Whether the school has a search page and its index."),
];

/// `[markdown]`
pub(crate) const MARKDOWN: [Key; 1] = [key(
    "unsafe_html",
    Shape::Flag,
    "Whether HTML in texts is published as it is written, scripts too; only for authors you trust.",
)];

/// `[images]`
pub(crate) const IMAGES: [Key; 2] = [
    key("avif", Shape::Flag, "Whether pictures are offered as AVIF, which takes seconds each."),
    key(
        "keep_metadata",
        Shape::Flag,
        "Whether pictures are published with what they say of place, time and camera.",
    ),
];

/// `[publish]`
pub(crate) const PUBLISH: [Key; 4] = [
    key("public", Shape::Starts(&["s3://", "file:"]), "Holds what everyone may read."),
    key(
        "private",
        Shape::Starts(&["s3://", "file:"]),
        "Holds everything else; never inside `public`.",
    ),
    key("endpoint", Shape::Starts(&["https://", "http://"]), "The S3 endpoint, unless it is AWS."),
    key("region", Shape::Text, "The S3 region."),
];

/// `[check]`
pub(crate) const CHECK: [Key; 4] = [
    key("deny", Shape::Codes, "Diagnostics that are errors."),
    key("warn", Shape::Codes, "Diagnostics that are warnings."),
    key("allow", Shape::Codes, "Diagnostics that are not told."),
    key("external", Shape::Table(&EXTERNAL), "How `lyceum check --external` asks other sites."),
];

/// `[check.external]`
pub(crate) const EXTERNAL: [Key; 5] = [
    key("ignore", Shape::Texts, "Addresses that are not asked about; `*` stands for anything."),
    key("local", Shape::Texts, "Hosts of a private network that may be asked."),
    key("fragments", Shape::Flag, "Whether headings are looked for in the pages of other sites."),
    key(
        "max_age_days",
        Shape::Count { most: 365 },
        "For how many days an answer is good; 7 unless it is said.",
    ),
    key(
        "pause_ms",
        Shape::Count { most: 60_000 },
        "Milliseconds between two requests to one host; 250 unless it is said.",
    ),
];

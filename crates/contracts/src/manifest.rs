//! The one file in which a release describes itself: catalog and inventory.
//!
//! Both travel together, so they can't disagree. The compiler writes it, the
//! edge reads it; the edge refuses a version it doesn't know.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use crate::access::Access;
use crate::digest::Digest;
use crate::frame::FrameName;
use crate::id::{CourseId, LessonId, ProductId, Slug};
use crate::language::Language;
use crate::object_key::ObjectKey;
use crate::product::Product;
use crate::site_path::SitePath;

/// The version this program writes and the only one it reads.
pub const MANIFEST_VERSION: u32 = 1;

/// Everything the edge knows about a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always [`MANIFEST_VERSION`]; anything else fails to parse.
    pub version: Version,
    /// The school as a whole.
    pub school: SchoolEntry,
    /// Courses by id.
    pub courses: BTreeMap<CourseId, CourseEntry>,
    /// Lessons by stable id.
    pub lessons: BTreeMap<LessonId, LessonEntry>,
    /// What can be bought.
    pub products: BTreeMap<ProductId, Product>,
    /// The frames of the theme: every name in every language of the school.
    pub frames: BTreeMap<FrameName, BTreeMap<Language, ObjectKey>>,
    /// Every [`crate::message::Message`] by language and key.
    pub messages: BTreeMap<Language, BTreeMap<String, String>>,
    /// Old addresses: the redirect page that stands there, and the page that it
    /// leads to. Both are public.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub redirects: BTreeMap<SitePath, SitePath>,
    /// Ids that are used up.
    #[serde(default, skip_serializing_if = "Removed::is_empty")]
    pub removed: Removed,
    /// Every object of the release by its path in its bucket, in order of
    /// audience and path.
    pub objects: Vec<ObjectEntry>,
}

/// Ids of what existed and is gone, as the author wrote them down: they never
/// name anything again, since purchases and progress hang on them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removed {
    /// Courses that are gone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub courses: BTreeSet<CourseId>,
    /// Lessons that are gone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lessons: BTreeSet<LessonId>,
}

/// The version number of a manifest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Version;

/// The school as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolEntry {
    /// Its name.
    pub title: String,
    /// Where the public site stands; pages link under it.
    pub base_url: Url,
    /// The languages it has pages in; the first is the default, whose pages
    /// carry no language in their URL.
    pub languages: Vec<Language>,
}

/// A course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CourseEntry {
    /// Its URL part.
    pub slug: Slug,
    /// Its title in each language it has one in.
    pub title: BTreeMap<Language, String>,
    /// Its public page in each language.
    pub pages: BTreeMap<Language, SitePath>,
    /// Products that open its paid lessons, the preferred one first. Empty for
    /// a course that is wholly free.
    pub products: Vec<ProductId>,
    /// Its lessons, in reading order.
    pub lessons: Vec<LessonId>,
}

/// A lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LessonEntry {
    /// The course it belongs to.
    pub course: CourseId,
    /// Its URL part inside the course.
    pub slug: Slug,
    /// The rule its author wrote.
    pub access: Access,
    /// The first moment at which anyone may open it. A lesson with this date
    /// is gated even if it is free, since no rebuild opens it.
    pub publish_at: Option<Timestamp>,
    /// The first moment at which nobody may open it any more. It gates a free
    /// lesson too, since no rebuild closes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The lesson in each language it has a page in. Where a translation is missing,
    /// it holds what the original does.
    pub editions: BTreeMap<Language, Edition>,
}

/// A lesson in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Its title.
    pub title: String,
    /// Its public page; for a gated lesson also its frame.
    pub page: SitePath,
    /// The gated body. `None` when the public page holds all of it.
    pub body: Option<ObjectKey>,
    /// The video, public or gated.
    pub video: Option<ObjectKey>,
    /// Captions of the video by language.
    pub captions: BTreeMap<Language, ObjectKey>,
    /// Files that the gated body refers to by plain name, such as images.
    pub assets: BTreeMap<SitePath, ObjectKey>,
}

/// A stored object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectEntry {
    /// Its name.
    pub key: ObjectKey,
    /// Digest of its bytes.
    pub digest: Digest,
    /// Its length.
    pub bytes: u64,
}

impl Removed {
    /// Whether nothing was ever removed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.courses.is_empty() && self.lessons.is_empty()
    }
}

impl Manifest {
    /// The course with this URL part.
    #[must_use]
    pub fn course_by_slug(&self, slug: &str) -> Option<(&CourseId, &CourseEntry)> {
        self.courses.iter().find(|(_, course)| course.slug.as_str() == slug)
    }

    /// The lesson with these URL parts.
    #[must_use]
    pub fn lesson_by_slug(&self, course: &str, lesson: &str) -> Option<(&LessonId, &LessonEntry)> {
        let (_, course) = self.course_by_slug(course)?;
        course
            .lessons
            .iter()
            .filter_map(|id| self.lessons.get_key_value(id))
            .find(|(_, entry)| entry.slug.as_str() == lesson)
    }

    /// The school's first language.
    #[must_use]
    pub fn default_language(&self) -> Option<&Language> {
        self.school.languages.first()
    }
}

impl LessonEntry {
    /// The edition in `wanted`, else in the first of `order` that exists.
    #[must_use]
    pub fn edition(&self, wanted: &Language, order: &[Language]) -> Option<(&Language, &Edition)> {
        std::iter::once(wanted)
            .chain(order)
            .find_map(|language| self.editions.get_key_value(language))
            .or_else(|| self.editions.iter().next())
    }

    /// Whether the gate has to be asked before the body is handed out.
    #[must_use]
    pub fn is_gated(&self) -> bool {
        self.access == Access::Paid || self.publish_at.is_some() || self.expires_at.is_some()
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(MANIFEST_VERSION)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            MANIFEST_VERSION => Ok(Self),
            other => Err(serde::de::Error::custom(format!(
                "manifest version {other} is not known, only {MANIFEST_VERSION}"
            ))),
        }
    }
}

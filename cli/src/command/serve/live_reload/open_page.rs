//! A page that stands open in a browser: whether it would come out the same now.
//!
//! The edge is asked for it as the browser would ask, so locks, sign-in and the
//! learner's view are the edge's own. A page names its styles, scripts and pictures
//! by their digests, so whatever it uses changes the page itself; only what a gated
//! lesson fetches for itself is looked at apart.

use axum::body::Bytes;
use axum::http::{StatusCode, Uri};
use lyceum_edge::{Visit, Visitor};
use serde::{Deserialize, Serialize};
use store::handover::Handover;

use crate::command::serve::live_reload::stylesheet::{Swap, swaps};

/// What a page tells of itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Followed {
    /// Its address, path and query.
    #[serde(default)]
    page: String,
    /// What it was without the script; empty if it can't tell.
    #[serde(default)]
    shown: String,
    /// Where it asks for the gated part of its lesson, if there is one.
    lesson: Option<String>,
}

/// What a page is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "act", rename_all = "lowercase")]
pub(crate) enum Act {
    /// Nothing that it shows has changed.
    Stay,
    /// Ask for itself again.
    Reload,
    /// Take other stylesheets in the place of some.
    Restyle {
        /// Which, and for which.
        sheets: Vec<Swap>,
    },
}

/// A page that stands open.
pub(crate) struct OpenPage {
    visit: Visit,
    handover: Handover,
    visitor: Visitor,
    followed: Followed,
    /// The build that was looked at last, and what was seen.
    seen: Option<(u64, State)>,
}

/// What a browser shows of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    page: Option<Bytes>,
    /// The gated part, if it is open to whoever looks.
    lesson: Option<String>,
}

impl OpenPage {
    /// A page that tells this of itself.
    pub(crate) fn new(
        visit: Visit,
        handover: Handover,
        visitor: Visitor,
        followed: Followed,
    ) -> Self {
        Self { visit, handover, visitor, followed, seen: None }
    }

    /// What it is to do now that this build is shown.
    pub(crate) async fn look(&mut self, build: u64) -> Act {
        if self.seen.as_ref().is_some_and(|(seen, _)| *seen == build) {
            return Act::Stay;
        }
        let now = State { page: self.page().await, lesson: self.lesson().await };
        let act = match &self.seen {
            Some((_, before)) => difference(before, &now),
            // It may have been loaded before the build that is shown by now.
            None if now.page.as_deref().map(fingerprint).is_none_or(|now| self.is_shown(&now)) => {
                Act::Stay
            }
            None => Act::Reload,
        };
        self.seen = Some((build, now));
        act
    }

    /// What the page is by now, without the script.
    pub(crate) fn shown(&self) -> Option<String> {
        let (_, state) = self.seen.as_ref()?;
        state.page.as_deref().map(fingerprint)
    }

    fn is_shown(&self, fingerprint: &str) -> bool {
        self.followed.shown.is_empty() || self.followed.shown == fingerprint
    }

    async fn page(&self) -> Option<Bytes> {
        Some(self.visit.see(&self.visitor, &self.followed.page).await?.body)
    }

    /// What stands in the manifest of the lesson's gated part: its body, its film and
    /// its pictures, each with its digest.
    async fn lesson(&self) -> Option<String> {
        let address = self.followed.lesson.as_deref()?;
        let seen = self.visit.see(&self.visitor, address).await?;
        if seen.status != StatusCode::OK {
            return None;
        }
        let uri: Uri = address.parse().ok()?;
        let (course, lesson) = uri.path().strip_prefix("/api/lessons/")?.split_once('/')?;
        let text = |text| percent_encoding::percent_decode_str(text).decode_utf8().ok();
        let handed = self.handover.now()?;
        let manifest = &handed.live().manifest;
        let (_, entry) = manifest.lesson_by_slug(&text(course)?, &text(lesson)?)?;
        serde_json::to_string(&entry.editions).ok()
    }
}

fn difference(before: &State, now: &State) -> Act {
    if before == now {
        return Act::Stay;
    }
    if before.lesson != now.lesson {
        return Act::Reload;
    }
    let (Some(before), Some(now)) = (&before.page, &now.page) else { return Act::Reload };
    match swaps(before, now) {
        Some(sheets) => Act::Restyle { sheets },
        None => Act::Reload,
    }
}

/// Tells a page from every other one.
pub(crate) fn fingerprint(page: &[u8]) -> String {
    let hash = blake3::hash(page).to_hex();
    hash.chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(page: &str, lesson: Option<&str>) -> State {
        let page = Some(Bytes::copy_from_slice(page.as_bytes()));
        State { page, lesson: lesson.map(str::to_owned) }
    }

    #[test]
    fn only_what_is_shown_makes_a_page_load_again() {
        let sheet = |digest: &str| {
            format!(r#"<link rel="stylesheet" href="/assets/a.{digest}.css"><p>text</p>"#)
        };
        for (before, now, act) in [
            (state("a", None), state("a", None), "stay"),
            (state("a", None), state("b", None), "reload"),
            (state("a", Some("x")), state("a", Some("y")), "reload"),
            (state("a", None), state("a", Some("y")), "reload"),
            (state("a", None), State { page: None, lesson: None }, "reload"),
            (state(&sheet("1"), None), state(&sheet("2"), None), "restyle"),
            (state(&sheet("1"), Some("x")), state(&sheet("2"), Some("y")), "reload"),
        ] {
            let told = serde_json::to_value(difference(&before, &now)).unwrap();
            assert_eq!(told["act"], act, "{before:?} {now:?}");
        }
    }
}

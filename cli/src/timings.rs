//! `lyceum build --timings`: where the time of one build went.
//!
//! Here is the clock that the compiler must not have. It measures whether or not
//! anyone asks, so that a build is the same either way.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use compiler::stopwatch::{Stopwatch, Work};
use serde::{Serialize, Serializer};

use crate::report::{counted, plain};

/// So many pages are named; whoever mends these looks again.
const SLOWEST: usize = 10;

/// Measures one build, from when it is made.
#[derive(Debug)]
pub(crate) struct Timings {
    began: Instant,
    found: Mutex<Found>,
}

#[derive(Debug, Default)]
struct Found {
    /// In the order in which they ended.
    stages: Vec<(&'static str, Duration)>,
    templates: BTreeMap<&'static str, (usize, Duration)>,
    /// The slowest first.
    pages: Vec<(Duration, &'static str, String)>,
}

/// What `--json` prints of it. All times are seconds.
#[derive(Debug, Serialize)]
pub(crate) struct Document {
    stages: Vec<Stage>,
    templates: Vec<Template>,
    slowest: Vec<Page>,
}

#[derive(Debug, Serialize)]
struct Stage {
    stage: &'static str,
    #[serde(serialize_with = "as_seconds")]
    seconds: Duration,
}

#[derive(Debug, Serialize)]
struct Template {
    template: &'static str,
    pages: usize,
    #[serde(serialize_with = "as_seconds")]
    seconds: Duration,
}

#[derive(Debug, Serialize)]
struct Page {
    page: String,
    template: &'static str,
    #[serde(serialize_with = "as_seconds")]
    seconds: Duration,
}

impl Timings {
    /// Begins to measure.
    pub(crate) fn begin() -> Self {
        Self { began: Instant::now(), found: Mutex::default() }
    }

    /// Does a part of the build that is not the compiler's.
    pub(crate) fn stage<T>(&self, name: &'static str, run: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let made = run();
        self.note(|found| found.stages.push((name, began.elapsed())));
        made
    }

    /// All that was measured.
    pub(crate) fn document(&self) -> Document {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let stages = found.stages.iter().map(|(stage, seconds)| Stage { stage, seconds: *seconds });
        let mut templates: Vec<Template> = found
            .templates
            .iter()
            .map(|(template, (pages, seconds))| Template {
                template,
                pages: *pages,
                seconds: *seconds,
            })
            .collect();
        templates.sort_by_key(|template| std::cmp::Reverse(template.seconds));
        let slowest = found.pages.iter().map(|(seconds, template, page)| Page {
            page: page.clone(),
            template,
            seconds: *seconds,
        });
        Document { stages: stages.collect(), templates, slowest: slowest.collect() }
    }

    fn note(&self, note: impl FnOnce(&mut Found)) {
        note(&mut self.found.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Document {
    /// For people. The times of pages are those of single cores, so that together
    /// they are more than their stage took.
    pub(crate) fn text(&self) -> String {
        let mut text = "where the time went:".to_owned();
        for Stage { stage, seconds } in &self.stages {
            text += &format!("\n{} {stage}", shown(*seconds));
        }
        if !self.templates.is_empty() {
            text += "\npages by template, added up over all cores:";
        }
        for Template { template, pages, seconds } in &self.templates {
            text += &format!("\n{} {template} ({})", shown(*seconds), counted(*pages, "page"));
        }
        if !self.slowest.is_empty() {
            text += "\nslowest pages:";
        }
        for Page { page, template, seconds } in &self.slowest {
            text += &format!("\n{} {} ({template})", shown(*seconds), plain(page));
        }
        text
    }
}

impl Stopwatch for Timings {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn took(&self, work: Work<'_>, time: Duration) {
        let name = match work {
            Work::Parsing => "parsing",
            Work::Markdown => "Markdown",
            Work::Pages => "pages",
            Work::Search => "search",
            Work::Compressing => "compressing",
            Work::Proof => "proof",
            Work::Page { template, about } => {
                return self.note(|found| found.page(template, about, time));
            }
        };
        self.note(|found| found.stages.push((name, time)));
    }
}

impl Found {
    fn page(&mut self, template: &'static str, about: &str, time: Duration) {
        let (pages, all) = self.templates.entry(template).or_default();
        *pages += 1;
        *all += time;
        let at = self.pages.partition_point(|(other, ..)| *other >= time);
        if at < SLOWEST {
            self.pages.insert(at, (time, template, about.to_owned()));
            self.pages.truncate(SLOWEST);
        }
    }
}

fn shown(time: Duration) -> String {
    format!("{:>9.1} ms", time.as_secs_f64() * 1000.0)
}

fn as_seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_templates_and_the_slowest_pages_are_told() {
        let timings = Timings::begin();
        timings.took(Work::Parsing, Duration::from_millis(5));
        for number in 0..20 {
            let about = format!("content/{number}.md");
            let page = Work::Page { template: "lesson", about: &about };
            timings.took(page, Duration::from_millis(number));
        }
        timings.took(Work::Page { template: "home", about: "home" }, Duration::from_millis(1));
        let document = timings.document();

        let text = document.text();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(lines.len(), 6 + SLOWEST, "{text}");
        assert_eq!(lines[1], "5.0 ms parsing");
        assert_eq!(lines[3], "190.0 ms lesson (20 pages)");
        assert_eq!(lines[4], "1.0 ms home (1 page)");
        assert_eq!(lines[6], "19.0 ms content/19.md (lesson)");
        let json = serde_json::to_value(&document).unwrap();
        assert_eq!(json["stages"][0], serde_json::json!({"stage": "parsing", "seconds": 0.005}));
        assert_eq!(json["slowest"][0]["page"], "content/19.md");
    }
}

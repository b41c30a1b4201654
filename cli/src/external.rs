//! `lyceum check --external`: asks other sites whether what lessons link to is
//! still there.
//!
//! The only part of the tool that calls on foreign servers, and never during a
//! build. It asks politely: one request at a time for each host, a pause between
//! two of them, and what was fine lately is not asked again.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use compiler::diagnostic::shown::shown;
use compiler::diagnostic::{Code, Diagnostic, Span};
use compiler::parse::{Options, parse};
use compiler::site_config::External;
use compiler::source::SourceTree;
use futures::StreamExt;
use tokio::time::Instant;

use crate::report::counted;

mod answer;
mod cache;
mod client;
mod link;

use answer::Answer;
use cache::Cache;
use client::Client;
use link::Link;

/// Hosts that are asked at the same time.
const HOSTS: usize = 16;
/// A check that lasts longer helps nobody; what is left is counted.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// How long an answer is good for, unless the school says otherwise.
const MAX_AGE_DAYS: usize = 7;
/// Between two requests to one host, unless the school says otherwise.
const PAUSE_MS: usize = 250;

/// What came of asking.
pub(crate) struct Asked {
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// A line about what was asked.
    pub(crate) summary: String,
}

/// Asks about every outside link of the school, in public and in gated text.
pub(crate) fn check(tree: &SourceTree, root: &Path, options: &Options) -> anyhow::Result<Asked> {
    let Some(school) = parse(tree, options).school else {
        return Ok(Asked {
            diagnostics: Vec::new(),
            summary: "no link was asked about".to_owned(),
        });
    };
    let rules = school.config.external.clone();
    let mut links: BTreeMap<String, Vec<Link>> = BTreeMap::new();
    for link in link::all(&school) {
        if !rules.ignore.iter().any(|pattern| matches(pattern, &link.url)) {
            links.entry(asked_url(&link, &rules)).or_default().push(link);
        }
    }
    let mut cache = Cache::read(root, max_age(&rules));
    let unknown: Vec<String> =
        links.keys().filter(|url| cache.get(url).is_none()).cloned().collect();
    let known = links.len() - unknown.len();
    let runtime = tokio::runtime::Runtime::new()?;
    let (answers, left) = runtime.block_on(ask_all(unknown, &rules))?;
    let asked = answers.len();
    for (url, answer) in answers {
        cache.put(url, answer);
    }
    let mut diagnostics = Vec::new();
    for (url, links) in &links {
        let Some(answer) = cache.get(url) else { continue };
        diagnostics.extend(links.iter().filter_map(|link| diagnostic(link, answer)));
    }
    cache.write(root)?;
    let mut summary =
        format!("asked about {}, {} known from before", counted(asked, "outside link"), known);
    if left > 0 {
        summary += &format!(", {left} left for another time");
    }
    Ok(Asked { diagnostics, summary })
}

/// What is asked about: with its heading only if headings are looked for.
fn asked_url(link: &Link, rules: &External) -> String {
    match link.fragment.as_deref().filter(|_| rules.fragments) {
        Some(fragment) => format!("{}#{fragment}", link.url),
        None => link.url.clone(),
    }
}

fn max_age(rules: &External) -> Duration {
    let days = rules.max_age_days.unwrap_or(MAX_AGE_DAYS);
    Duration::from_secs(days as u64 * 24 * 60 * 60)
}

/// Asks hosts side by side, and each host one thing after another. Answers how
/// many links nobody came to.
async fn ask_all(
    urls: Vec<String>,
    rules: &External,
) -> anyhow::Result<(Vec<(String, Answer)>, usize)> {
    let client = Client::new(&rules.local)?;
    let pause = Duration::from_millis(rules.pause_ms.unwrap_or(PAUSE_MS) as u64);
    let end = Instant::now() + LONGEST;
    let total = urls.len();
    let mut hosts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for url in urls {
        hosts.entry(client::host(&url)).or_default().push(url);
    }
    let client = &client;
    let ask_host = |urls: Vec<String>| async move {
        let mut answers = Vec::new();
        for (index, url) in urls.into_iter().enumerate() {
            if index > 0 {
                tokio::time::sleep(pause).await;
            }
            match tokio::time::timeout_at(end, client.ask(&url, pause)).await {
                Ok(answer) => answers.push((url, answer)),
                Err(_) => break,
            }
        }
        answers
    };
    let answers: Vec<Vec<(String, Answer)>> =
        futures::stream::iter(hosts.into_values().map(ask_host))
            .buffer_unordered(HOSTS)
            .collect()
            .await;
    let answers: Vec<(String, Answer)> = answers.into_iter().flatten().collect();
    let left = total - answers.len();
    Ok((answers, left))
}

fn diagnostic(link: &Link, answer: &Answer) -> Option<Diagnostic> {
    let url = shown(&link.url);
    let (code, message, hint) = match answer {
        Answer::Fine | Answer::Unsure => return None,
        Answer::Moved(to) => (
            Code::MovedExternalLink,
            format!("`{url}` has moved for good"),
            format!("write `{}`", shown(to)),
        ),
        Answer::Broken(why) => (
            Code::BrokenExternalLink,
            format!("`{url}` leads nowhere: {why}"),
            "mend it, take it out, or list it under `ignore` in `[check.external]`".to_owned(),
        ),
        Answer::NoHeading => (
            Code::BrokenExternalLink,
            format!(
                "`{url}` has no heading `{}`",
                shown(link.fragment.as_deref().unwrap_or_default())
            ),
            "look at the page, and name a heading that it has".to_owned(),
        ),
        Answer::Inside => (
            Code::BrokenExternalLink,
            format!("`{url}` leads into a private network, where no learner can follow"),
            "if they can, list the host under `local` in `[check.external]`".to_owned(),
        ),
    };
    let span = Span::of_bytes(&link.file, link.start, link.end);
    Some(Diagnostic::new(&link.path, code, message).at(&link.file, span).hint(hint))
}

/// Whether a pattern of `ignore` means an address: `*` stands for anything.
fn matches(pattern: &str, url: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| url.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        last = Some(part);
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    match last {
        None => rest.is_empty(),
        Some(last) => rest.is_empty() || last.is_empty() || url.ends_with(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_what_its_stars_leave_open() {
        assert!(matches("https://a.test/*", "https://a.test/x/y"));
        assert!(matches("https://*.test/x", "https://a.b.test/x"));
        assert!(matches("https://a.test/", "https://a.test/"));
        assert!(!matches("https://a.test/", "https://a.test/x"));
        assert!(!matches("https://a.test/*/z", "https://a.test/x/y"));
        assert!(!matches("a.test", "https://a.test/"));
    }
}

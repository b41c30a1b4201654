//! What operators count, in Prometheus' text format.
//!
//! A label is a route's template or a word of ours, never anything that a
//! request brought, so the number of series is bounded.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper ends of the duration buckets, in seconds.
const BUCKETS: [f64; 8] = [0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0];

/// The counters of one edge.
#[derive(Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<Labels, Count>>,
    events: Mutex<BTreeMap<&'static str, u64>>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Labels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Default)]
struct Count {
    total: u64,
    seconds: f64,
    buckets: [u64; BUCKETS.len()],
}

impl Metrics {
    /// Counts an answered request. `route` is the template of the route.
    pub fn count_request(&self, method: &http::Method, route: &str, status: u16, took: Duration) {
        let method = match method.as_str() {
            "GET" => "GET",
            "HEAD" => "HEAD",
            "POST" => "POST",
            _ => "other",
        };
        let labels = Labels { method, route: route.to_owned(), status };
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let count = requests.entry(labels).or_default();
        let seconds = took.as_secs_f64();
        count.total += 1;
        count.seconds += seconds;
        for (bucket, end) in count.buckets.iter_mut().zip(BUCKETS) {
            *bucket += u64::from(seconds <= end);
        }
    }

    /// Counts something that happened, such as `entitlement_cache_failed`.
    pub fn count_event(&self, event: &'static str) {
        *self.events.lock().unwrap_or_else(PoisonError::into_inner).entry(event).or_default() += 1;
    }

    /// The text that Prometheus scrapes.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::from(
            "# TYPE lyceum_edge_request_seconds histogram\n\
             # HELP lyceum_edge_request_seconds Time from the request's head to the answer's head.\n",
        );
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for (Labels { method, route, status }, count) in requests.iter() {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            let name = "lyceum_edge_request_seconds";
            // Writing into a string can't fail.
            for (end, bucket) in BUCKETS.iter().zip(count.buckets) {
                let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{end}\"}} {bucket}");
            }
            let _ = writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {}", count.total);
            let _ = writeln!(text, "{name}_sum{{{labels}}} {}", count.seconds);
            let _ = writeln!(text, "{name}_count{{{labels}}} {}", count.total);
        }
        text.push_str("# TYPE lyceum_edge_events_total counter\n");
        for (event, count) in self.events.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let _ = writeln!(text, "lyceum_edge_events_total{{event=\"{event}\"}} {count}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_events_are_counted_by_bounded_labels() {
        let metrics = Metrics::default();
        let took = Duration::from_millis(3);
        for method in [http::Method::GET, http::Method::from_bytes(b"X-MADE-UP").unwrap()] {
            metrics.count_request(&method, "/api/me", 200, took);
        }
        metrics.count_event("sign_in");
        let text = metrics.render();
        let series = "lyceum_edge_request_seconds_bucket{method=\"GET\",route=\"/api/me\",status=\"200\",le=";
        assert!(text.contains(&format!("{series}\"0.001\"}} 0")), "{text}");
        assert!(text.contains(&format!("{series}\"0.005\"}} 1")), "{text}");
        assert!(text.contains("method=\"other\""), "{text}");
        assert!(text.contains("lyceum_edge_events_total{event=\"sign_in\"} 1"), "{text}");
    }
}

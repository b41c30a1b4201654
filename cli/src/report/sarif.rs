//! Diagnostics as SARIF 2.1.0, the form in which forges show them beside the lines
//! of a pull request.
//!
//! Only the shape is decided here; see
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use compiler::diagnostic::{Code, Diagnostic, Severity};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

use crate::report::sorted;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What a path can hold and a relative address can't.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b':')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A whole log.
#[derive(Debug, Serialize)]
pub(crate) struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Found>,
}

#[derive(Debug, Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: Code,
    short_description: Text,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Debug, Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Debug, Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Debug, Serialize)]
struct Text {
    text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    rule_id: Code,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_column: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Text>,
}

/// The diagnostics as one run of Lyceum, with the kinds that occur as rules.
pub(crate) fn log(diagnostics: &[Diagnostic]) -> Log {
    let mut codes: Vec<Code> = diagnostics.iter().map(|found| found.code).collect();
    codes.sort();
    codes.dedup();
    let results = sorted(diagnostics.iter().collect());
    let results = results.into_iter().map(|diagnostic| found(diagnostic, &codes)).collect();
    let driver = Driver {
        name: "lyceum",
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: codes.iter().map(|code| rule(*code)).collect(),
    };
    let run = Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results };
    Log { schema: SCHEMA, version: "2.1.0", runs: [run] }
}

fn rule(code: Code) -> Rule {
    Rule {
        id: code,
        short_description: Text { text: code.summary().to_owned() },
        help: Help { text: code.explanation(), markdown: code.explanation() },
        default_configuration: Configuration { level: level(code.severity()) },
    }
}

fn found(diagnostic: &Diagnostic, codes: &[Code]) -> Found {
    let hint = diagnostic.hint.as_ref().map(|hint| format!("\nhint: {hint}"));
    let region = diagnostic.span.map(|span| Region {
        start_line: span.line,
        start_column: span.column,
        end_column: span.column.saturating_add(span.length),
        snippet: diagnostic.source_line.clone().map(|text| Text { text }),
    });
    let uri = utf8_percent_encode(diagnostic.path.as_str(), UNSAFE).to_string();
    Found {
        rule_id: diagnostic.code,
        rule_index: codes.binary_search(&diagnostic.code).unwrap_or_default(),
        level: level(diagnostic.severity),
        message: Text { text: format!("{}{}", diagnostic.message, hint.unwrap_or_default()) },
        locations: [Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri, uri_base_id: "%SRCROOT%" },
                region,
            },
        }],
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

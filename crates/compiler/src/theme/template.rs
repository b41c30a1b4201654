//! Templates: parsed once, given their language, and their errors told to the
//! author with file, line and column.

use std::collections::BTreeMap;
use std::sync::Arc;

use tera::{ErrorKind, Kwargs, ReportError, State, Tera};

use crate::diagnostic::shown::shown_at_most;
use crate::diagnostic::{Code, Diagnostic, Span, did_you_mean};
use crate::source::{SourcePath, SourceTree};
use crate::theme::locale::Locale;

/// Parses every template of a theme; `None` comes with an error.
pub(super) fn parse(
    files: &SourceTree,
    folder: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Tera> {
    let mut found = Vec::new();
    let mut templates = Vec::new();
    for (path, _) in files.below("templates") {
        let name = path.as_str().trim_start_matches("templates/").to_owned();
        match files.text(path) {
            Ok(text) => templates.push((name, text)),
            Err(error) => {
                let path = SourcePath::new(&format!("{folder}/{path}"));
                found.push(Diagnostic { path, ..error });
            }
        }
    }
    let mut tera = environment();
    let all = templates.iter().map(|(name, text)| (name.as_str(), *text));
    let together = found.is_empty().then(|| tera.add_raw_templates(all));
    if !matches!(together, Some(Ok(()))) {
        // Together, the parser stops at the first bad file; one by one, each is found.
        for (name, text) in &templates {
            if let Err(error) = environment().add_raw_template(name, text)
                && matches!(error.kind(), ErrorKind::SyntaxError(_))
            {
                found.extend(self::diagnostics(&error, files, folder));
            }
        }
    }
    if let Some(Err(error)) = together
        && found.is_empty()
    {
        found = self::diagnostics(&error, files, folder);
    }
    let fits = found.is_empty();
    diagnostics.extend(found);
    fits.then_some(tera)
}

/// Templates may call `t` and `asset`; which texts and files those mean is
/// known only when a language is chosen.
fn environment() -> Tera {
    let mut tera = Tera::new();
    tera.autoescape_on([".html"]);
    for name in ["t", "asset"] {
        tera.register_function(name, |_: Kwargs, _: &State<'_>| String::new());
    }
    tera
}

/// The parsed templates, speaking one language.
pub(super) fn in_language(
    templates: &Tera,
    locale: &Arc<Locale>,
    assets: &Arc<BTreeMap<String, String>>,
) -> Tera {
    let mut tera = templates.clone();
    let locale = Arc::clone(locale);
    tera.register_function("t", move |arguments: Kwargs, state: &State<'_>| {
        locale.translate(&arguments, state)
    });
    let assets = Arc::clone(assets);
    tera.register_function("asset", move |arguments: Kwargs, _: &State<'_>| {
        let name = arguments.must_get::<&str>("name")?;
        assets.get(name).cloned().ok_or_else(|| {
            let near = did_you_mean(name, assets.keys().map(String::as_str));
            let hint = near.map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
            tera::Error::message(format!("the theme has no asset `{name}`{hint}"))
        })
    });
    tera
}

/// What the template engine found, for the author; at least one entry.
pub(super) fn diagnostics(
    error: &tera::Error,
    files: &SourceTree,
    folder: &str,
) -> Vec<Diagnostic> {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            vec![located(report, files, folder)]
        }
        // Unknown filters, functions and the like are found for all templates at
        // once and come as one text of reports.
        ErrorKind::Msg(text) if text.contains("--> ") => {
            text.split("\n\n").map(|report| from_report(report, files, folder)).collect()
        }
        _ => {
            let path = SourcePath::new(&format!("{folder}/templates"));
            vec![Diagnostic::new(&path, Code::BadTemplate, lower_first(&error.to_string()))]
        }
    }
}

fn located(report: &ReportError, files: &SourceTree, folder: &str) -> Diagnostic {
    let range = report.span().range.clone();
    let name = report.filename();
    let mut message = report.message().to_owned();
    if message == "Unknown tag" {
        let text = files.text(&SourcePath::new(&format!("templates/{name}")));
        if let Some(tag) = text.ok().and_then(|text| text.get(range.clone())) {
            message = format!("unknown tag `{}`", shown_at_most(tag, 80));
        }
    }
    template_error(name, &message, files, folder, |text| {
        Span::of_bytes(text, range.start, range.end)
    })
}

/// Reads `error: Unknown filter …` and `--> course.html:3:9` back.
fn from_report(report: &str, files: &SourceTree, folder: &str) -> Diagnostic {
    let first = report.lines().next().unwrap_or_default();
    let message = first.trim_start_matches("error: ");
    let place = report.lines().find_map(|line| line.trim_start().strip_prefix("--> "));
    let mut parts = place.unwrap_or_default().rsplitn(3, ':');
    let column = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
    let line = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
    template_error(parts.next().unwrap_or_default(), message, files, folder, |_| Span {
        line,
        column,
        length: 1,
    })
}

fn template_error(
    name: &str,
    message: &str,
    files: &SourceTree,
    folder: &str,
    span: impl FnOnce(&str) -> Span,
) -> Diagnostic {
    let path = SourcePath::new(&format!("{folder}/templates/{name}"));
    let error = Diagnostic::new(&path, Code::BadTemplate, lower_first(message));
    match files.text(&SourcePath::new(&format!("templates/{name}"))) {
        Ok(text) => error.at(text, span(text)),
        Err(_) => error,
    }
}

/// Diagnostics begin with a lower-case letter and are one sentence.
fn lower_first(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut chars = message.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

//! `[check]` in `site.toml`: which diagnostics are errors, warnings or not told.

use crate::diagnostic::code::named;
use crate::diagnostic::policy::{Level, Policy};
use crate::diagnostic::shown::shown;
use crate::diagnostic::{Code, Diagnostic};
use crate::field::key::names;
use crate::field::{Entry, Fields, Placed, SourceText};
use crate::site_config::{External, key};

const LEVELS: [(&str, Level); 3] =
    [("deny", Level::Deny), ("warn", Level::Warn), ("allow", Level::Allow)];

/// Reads the entries of the table.
pub(super) fn policy(
    source: SourceText<'_>,
    entries: &[Entry],
    diagnostics: &mut Vec<Diagnostic>,
) -> Policy {
    let mut fields = Fields::open(source, entries, 0..0, &names(&key::CHECK), diagnostics);
    let mut words: Vec<(Placed<String>, Level)> = Vec::new();
    for (key, level) in LEVELS {
        words.extend(fields.texts(key).into_iter().map(|word| (word, level)));
    }
    // `warnings` first, so that a kind can be set apart from the rest.
    words.sort_by_key(|(word, _)| word.value != "warnings");
    let mut policy = Policy::default();
    for (index, (word, level)) in words.iter().enumerate() {
        let earlier = words.iter().take(index);
        if earlier.clone().any(|(earlier, _)| earlier.value == word.value) {
            let message = format!("`{}` is given twice", shown(&word.value));
            fields.tell(Code::DuplicateKey, &word.span, message, "remove one of them");
            continue;
        }
        set(&mut policy, &mut fields, word, *level);
    }
    policy
}

/// Reads the entries of the table inside of it.
pub(super) fn external(
    source: SourceText<'_>,
    entries: &[Entry],
    diagnostics: &mut Vec<Diagnostic>,
) -> External {
    let mut fields = Fields::open(source, entries, 0..0, &names(&key::EXTERNAL), diagnostics);
    let texts = |placed: Vec<Placed<String>>| placed.into_iter().map(|text| text.value).collect();
    External {
        ignore: texts(fields.texts("ignore")),
        local: texts(fields.texts("local")),
        fragments: fields.flag("fragments").is_some_and(|flag| flag.value),
        max_age_days: fields.count("max_age_days", 1..=365),
        pause_ms: fields.count("pause_ms", 1..=60_000),
    }
}

fn set(policy: &mut Policy, fields: &mut Fields<'_>, word: &Placed<String>, level: Level) {
    match named(&word.value) {
        Ok(codes) => {
            for code in codes {
                if let Err(always) = policy.set(code, level) {
                    let hint = "only what leaves the rest of the site sound can be lowered";
                    fields.tell(Code::WrongValue, &word.span, always.to_string(), hint);
                }
            }
        }
        Err(unknown) => {
            let hint = unknown.near.map_or_else(
                || "`lyceum explain` lists all codes".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let wrong = fields.diagnostic(Code::UnknownCode, &word.span, unknown.to_string());
            let wrong = wrong.hint(hint);
            fields.push(match unknown.near {
                Some(near) => {
                    wrong.fixed_by(&word.span, format!("\"{near}\""), format!("write `{near}`"))
                }
                None => wrong,
            });
        }
    }
}

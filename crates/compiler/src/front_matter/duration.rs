//! `duration:`, an author's own figure for how long a lesson takes.

use crate::diagnostic::shown::shown;

/// No lesson takes longer than a week of working days.
const MOST_MINUTES: u32 = 40 * 60;

const FORM: &str = "is written `25m`, `1h` or `1h 10m`";

/// The minutes that a text such as `25m`, `1h 10m` or `90` means.
pub(super) fn minutes(text: &str) -> Result<u32, String> {
    let wrong = || format!("{FORM}, not `{}`", shown(text));
    // A number may have a sign for Rust, and a length of time has none.
    let is_count = |text: &&str| text.bytes().all(|b| b.is_ascii_digit());
    let number = |text: &str| {
        Some(text.trim()).filter(is_count).and_then(|text| text.parse().ok()).ok_or_else(wrong)
    };
    let (hours, rest): (u32, &str) = match text.split_once('h') {
        Some((hours, rest)) => (number(hours)?, rest.trim()),
        None => (0, text.trim()),
    };
    let bare = rest.strip_suffix("min").or_else(|| rest.strip_suffix('m'));
    let minutes = match bare {
        Some(bare) => number(bare)?,
        None if rest.is_empty() && text.contains('h') => 0,
        // `1h 10` leaves open what the ten are.
        None if text.contains('h') => return Err(wrong()),
        None => number(rest)?,
    };
    let total = hours.saturating_mul(60).saturating_add(minutes);
    if (1..=MOST_MINUTES).contains(&total) {
        Ok(total)
    } else {
        Err(format!("must be from 1 minute to {} hours", MOST_MINUTES / 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_and_minutes_add_up() {
        for (text, expect) in
            [("25m", 25), ("1h", 60), ("1h 10m", 70), ("1h10min", 70), ("90", 90), ("2 h 5 m", 125)]
        {
            assert_eq!(minutes(text), Ok(expect), "{text}");
        }
    }

    #[test]
    fn what_is_no_length_of_time_is_refused() {
        for text in ["", "soon", "-5m", "1h 10", "1.5h", "+5m", "5s", "h", "1h1h"] {
            assert!(minutes(text).unwrap_err().starts_with(FORM), "{text}");
        }
        for text in ["0m", "99h", "4294967295h"] {
            assert_eq!(minutes(text), Err("must be from 1 minute to 40 hours".to_owned()));
        }
    }
}

//! The words of captions without what stands between them: numbers, times, settings.
//!
//! A sentence goes on in the next cue, and a page that quotes it has no times in it.

/// Whether a text is WebVTT or SubRip.
pub(super) fn is_captions(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    text.starts_with("WEBVTT") || text.lines().take(3).any(is_timing)
}

/// What is said. The tags of a cue are left to whoever reads markup.
pub(super) fn spoken(text: &str) -> String {
    let is_word = |line: &&str| {
        !is_timing(line)
            && !line.starts_with("WEBVTT")
            && (line.is_empty() || !line.bytes().all(|byte| byte.is_ascii_digit()))
    };
    text.lines().map(str::trim).filter(is_word).collect::<Vec<_>>().join("\n")
}

fn is_timing(line: &str) -> bool {
    line.split_once("-->").is_some_and(|(start, _)| {
        let start = start.trim();
        start.contains(':') && start.bytes().all(|b| b.is_ascii_digit() || b":.,".contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_is_left() {
        let vtt = "WEBVTT\n\n1\n00:00.000 --> 00:02.000 align:start\nThe box is\n\n2\n00:02.000 --> 00:04.000\nhanded over.\n";
        assert!(is_captions(vtt));
        assert_eq!(
            spoken(vtt).split_whitespace().collect::<Vec<_>>(),
            ["The", "box", "is", "handed", "over."]
        );
        let srt = "1\n00:00:00,000 --> 00:00:02,000\nHello.\n";
        assert!(is_captions(srt));
        assert_eq!(spoken(srt), "Hello.");
        assert!(!is_captions("An arrow --> here\n<!-- a -->"));
    }
}

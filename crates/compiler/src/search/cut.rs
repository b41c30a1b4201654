//! Where the files of terms begin and end: at terms that stand out by their names, so
//! that an edit moves no border but, very seldom, one next to it.

use std::ops::Range;

/// A part this large of a stretch stays whole on either side of a cut: files are of
/// about one size.
const KEPT: usize = 3;

/// Cuts rows into stretches of at most `most` bytes, or one row. Of a longer stretch the
/// term in its middle third whose [`sum`] is greatest begins the second part; and so on
/// with both parts.
pub(super) fn stretches(rows: &[(&str, usize)], most: usize) -> Vec<Range<usize>> {
    let mut bytes = 0;
    let mut starts = Vec::with_capacity(rows.len());
    for (_, length) in rows {
        starts.push(bytes);
        bytes += length;
    }
    let start = |at: usize| starts.get(at).copied().unwrap_or(bytes);
    let mut done = Vec::new();
    let mut rest = Vec::new();
    if !rows.is_empty() {
        rest.push(0..rows.len());
    }
    while let Some(range) = rest.pop() {
        let (from, length) = (start(range.start), start(range.end) - start(range.start));
        if length <= most || range.len() < 2 {
            done.push(range);
            continue;
        }
        let third = length / KEPT;
        let first = starts.partition_point(|start| *start < from + third);
        let end = starts.partition_point(|start| *start <= from + length - third);
        let term = |at: &usize| rows.get(*at).map_or(0, |(term, _)| sum(term));
        let cut = (first..end).max_by_key(|at| (term(at), *at)).unwrap_or(first);
        // No part is empty, however long one row is.
        let cut = cut.clamp(range.start + 1, range.end - 1);
        rest.push(cut..range.end);
        rest.push(range.start..cut);
    }
    done
}

/// A number that looks like chance and follows from a term: FNV-1a, its bits stirred.
pub(super) fn sum(term: &str) -> u64 {
    let sum = term.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let sum = (sum ^ (sum >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    sum ^ (sum >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("word{number:06}")).collect()
    }

    fn rows(words: &[String], length: usize) -> Vec<(&str, usize)> {
        words.iter().map(|word| (word.as_str(), length)).collect()
    }

    #[test]
    fn all_rows_stand_in_stretches_of_about_one_size() {
        let words = words(10_000);
        let stretches = stretches(&rows(&words, 10), 1000);
        let ends: Vec<usize> = stretches.iter().map(|range| range.end).collect();
        let starts: Vec<usize> = stretches.iter().map(|range| range.start).collect();
        assert_eq!(starts[0], 0);
        assert_eq!(starts[1..], ends[..ends.len() - 1]);
        assert_eq!(ends.last(), Some(&10_000));
        assert!(stretches.iter().all(|range| (33..=100).contains(&range.len())), "{stretches:?}");
    }

    #[test]
    fn a_term_that_comes_moves_no_other_border() {
        let mut words = words(10_000);
        let before = stretches(&rows(&words, 10), 1000);
        words.insert(5000, "word004999x".to_owned());
        let after = stretches(&rows(&words, 10), 1000);
        let first = |ranges: &[Range<usize>], added: usize| -> Vec<usize> {
            ranges
                .iter()
                .map(|range| range.start - usize::from(range.start > 5000) * added)
                .collect()
        };
        let (before, after) = (first(&before, 0), first(&after, 1));
        let same = before.iter().filter(|start| after.contains(start)).count();
        assert!(same + 2 >= before.len(), "{same} of {}", before.len());
    }

    #[test]
    fn rows_that_are_too_long_stand_alone() {
        let words = words(5);
        assert_eq!(stretches(&rows(&words, 5000), 1000).len(), 5);
        assert_eq!(stretches(&[], 1000), []);
    }
}

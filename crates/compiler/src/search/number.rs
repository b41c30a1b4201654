//! Which number a page and a place in it have. Numbers follow from addresses alone, so
//! that an edit gives no other page and no other heading a new one, and a page that
//! comes or goes at most the few that stand close to it.

use std::collections::BTreeSet;

use super::page::Entry;
use crate::site::digest;

/// A page takes so many numbers at once.
const SPAN: u32 = 16;

/// At most so many of them are used, so that a new heading mostly finds its own free.
const USED: usize = 12;

/// The numbers of the places of a page, given their anchors, and how many numbers the
/// page takes. The first place is the page itself.
pub(super) fn of_places<'a>(anchors: impl ExactSizeIterator<Item = &'a str>) -> (Vec<u32>, u32) {
    let spans = u32::try_from(anchors.len().div_ceil(USED).max(1)).unwrap_or(u32::MAX);
    let width = spans.saturating_mul(SPAN);
    // A text may repeat one anchor without end: the next free number is looked up.
    let mut free: BTreeSet<u32> = (0..width).collect();
    let number = |(at, anchor): (usize, &str)| {
        let wanted = if at == 0 { 0 } else { sum(anchor) % u64::from(width) };
        let wanted = u32::try_from(wanted).unwrap_or(0);
        let number = free.range(wanted..).next().or_else(|| free.first()).copied();
        let number = number.unwrap_or(width);
        free.remove(&number);
        number
    };
    (anchors.enumerate().map(number).collect(), width)
}

/// The pages of a school with their first numbers, in order.
#[derive(Debug)]
pub(super) struct Numbered<'p> {
    /// Each page and its first number.
    pub(super) pages: Vec<(u32, &'p Entry)>,
    /// All numbers there are; a few pages may stand behind them.
    pub(super) numbers: u32,
}

/// Numbers the pages of a school.
pub(super) fn of_pages(pages: &[Entry]) -> Numbered<'_> {
    let spans = |page: &Entry| page.width / SPAN;
    let taken: u64 = pages.iter().map(|page| u64::from(spans(page))).sum();
    // Half of them stay free, so that a page that comes mostly finds its own.
    let bits = (taken * 2).next_power_of_two().trailing_zeros().min(u32::BITS - SPAN.ilog2() - 1);
    let mut sorted: Vec<(u64, &Entry)> = pages.iter().map(|page| (sum(&page.url), page)).collect();
    sorted.sort_unstable_by(|(one, a), (other, b)| (one, &a.url).cmp(&(other, &b.url)));
    let mut end = 0_u32;
    let mut number = |sum: u64, page: &Entry| {
        let wanted = sum.checked_shr(u64::BITS - bits).unwrap_or(0);
        let start = end.max(u32::try_from(wanted).unwrap_or(u32::MAX));
        end = start.saturating_add(spans(page));
        start.saturating_mul(SPAN)
    };
    let pages = sorted.into_iter().map(|(sum, page)| (number(sum, page), page)).collect();
    Numbered { pages, numbers: SPAN << bits }
}

fn sum(address: &str) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *digest(address.as_bytes()).as_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_keeps_its_number_when_another_comes() {
        let before = ["", "one", "two", "three"];
        let after = ["", "zero", "one", "two", "three"];
        let (before, width) = of_places(before.into_iter());
        let (after, same) = of_places(after.into_iter());
        assert_eq!((before[0], width, same), (0, SPAN, SPAN));
        let moved = before.iter().zip(after[..1].iter().chain(&after[2..])).filter(|(a, b)| a != b);
        assert!(moved.count() <= 1, "{before:?} {after:?}");
    }

    #[test]
    fn no_two_places_of_a_page_have_the_same_number() {
        let anchors = vec!["same"; 20_000];
        let (numbers, width) = of_places(anchors.iter().copied());
        assert!(numbers.iter().all(|number| *number < width));
        assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), 20_000);
    }
}

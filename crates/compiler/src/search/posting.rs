//! Where a term stands, written in few letters.
//!
//! A place is twice its distance from the one before, plus one if a weight other than 1
//! follows. A number is written in digits of five bits, the lowest first, each but the
//! last with a sixth bit set; the letters are those of base64url, so that a row needs no
//! marks of JSON and no escapes.

/// The letter of each digit, as the theme's `search.js` has them.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A term, a space, and its places: numbers in ascending order, and weights.
pub(super) fn row(term: &str, places: &[(u32, u32)]) -> String {
    let mut row = String::with_capacity(term.len() + 1 + 4 * places.len());
    row.push_str(term);
    row.push(' ');
    let mut before = 0;
    for (place, weight) in places {
        let distance = u64::from(place.saturating_sub(before)) << 1;
        before = *place;
        if *weight == 1 {
            push(&mut row, distance);
        } else {
            push(&mut row, distance | 1);
            push(&mut row, u64::from(*weight));
        }
    }
    row
}

fn push(row: &mut String, mut number: u64) {
    while number >= 32 {
        row.push(digit(32 | (number & 31)));
        number >>= 5;
    }
    row.push(digit(number));
}

fn digit(value: u64) -> char {
    let letter = usize::try_from(value).ok().and_then(|value| DIGITS.get(value));
    letter.copied().map_or('A', char::from)
}

/// The places of a row, as a browser reads them; `None` if it is none.
pub(super) fn places(postings: &str) -> Option<Vec<(u32, u32)>> {
    let mut numbers = Vec::new();
    let (mut number, mut shift) = (0_u64, 0_u32);
    for letter in postings.bytes() {
        let value = DIGITS.iter().position(|digit| *digit == letter)? as u64;
        number |= (value & 31).checked_shl(shift)?;
        shift += 5;
        if value < 32 {
            numbers.push(number);
            (number, shift) = (0, 0);
        }
    }
    let mut numbers = numbers.into_iter();
    let mut places = Vec::new();
    let mut place = 0_u32;
    while let Some(number) = numbers.next() {
        place = place.checked_add(u32::try_from(number >> 1).ok()?)?;
        let weight = if number & 1 == 0 { 1 } else { u32::try_from(numbers.next()?).ok()? };
        places.push((place, weight));
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_can_be_read_again() {
        let all = [(0, 1), (1, 24), (33, 1), (70_000, 2), (u32::MAX / 2, 63)];
        let row = row("所有", &all);
        let (term, postings) = row.split_once(' ').unwrap();
        assert_eq!(term, "所有");
        assert_eq!(places(postings).unwrap(), all);
        assert_eq!(super::row("a", &[(3, 1), (20, 5)]), "a GjBF");
    }
}

//! `Range` and the conditional headers, for what the edge serves itself.

use contracts::object_key::Encoding;
use http::header::{ACCEPT_ENCODING, IF_NONE_MATCH, IF_RANGE, RANGE};
use http::{HeaderMap, HeaderName, StatusCode};
use store::store::ByteRange;

/// The one range that is asked for.
///
/// Several ranges, another unit and a condition that doesn't hold are no error:
/// the whole file is a right answer to them.
#[must_use]
pub fn requested(headers: &HeaderMap, etag: &str) -> Option<ByteRange> {
    let holds = single(headers, IF_RANGE).is_none_or(|tag| tag == format!("\"{etag}\""));
    if !holds || (headers.contains_key(IF_RANGE) && single(headers, IF_RANGE).is_none()) {
        return None;
    }
    parse(single(headers, RANGE)?)
}

/// The status of an answer to a request for `range`, or to one for everything.
#[must_use]
pub fn status(range: Option<&ByteRange>, whole: StatusCode) -> StatusCode {
    range.map_or(whole, |_| StatusCode::PARTIAL_CONTENT)
}

fn parse(value: &str) -> Option<ByteRange> {
    let (first, last) = value.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u64>().ok()).flatten()
    };
    match (first, last) {
        ("", last) => number(last).map(ByteRange::Last),
        (first, "") => number(first).map(ByteRange::From),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then(|| ByteRange::Between(first..last.saturating_add(1)))
        }
    }
}

/// Whether the client has this entity tag already.
#[must_use]
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let tags = headers.get_all(IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    let mut tags = tags.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == format!("\"{etag}\""))
}

/// Whether the client takes an encoding; without a word it takes none.
#[must_use]
pub fn accepts(headers: &HeaderMap, encoding: Encoding) -> bool {
    let values =
        headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    let mut offers = values.flat_map(|value| value.split(','));
    offers.any(|offer| {
        let (token, weight) = offer.split_once(';').unwrap_or((offer, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f64>);
        token.trim().eq_ignore_ascii_case(encoding.token()) && weight.is_ok_and(|q| q > 0.0)
    })
}

fn single(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).into_iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let pairs =
            pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        pairs.collect()
    }

    #[test]
    fn the_three_forms_of_a_range_are_read() {
        for (text, range) in [
            ("bytes=0-0", Some(ByteRange::Between(0..1))),
            ("bytes=5-", Some(ByteRange::From(5))),
            ("bytes=-5", Some(ByteRange::Last(5))),
            ("bytes=5-4", None),
            ("bytes=0-0,2-3", None),
            ("bytes=", None),
            ("bytes=-", None),
            ("bytes=+1-2", None),
            ("items=0-1", None),
            ("bytes=99999999999999999999-", None),
            ("bytes=0-18446744073709551615", Some(ByteRange::Between(0..u64::MAX))),
        ] {
            assert_eq!(requested(&headers(&[(RANGE, text)]), "a"), range, "{text}");
        }
    }

    #[test]
    fn a_range_of_another_file_is_the_whole_file() {
        let same = headers(&[(RANGE, "bytes=0-1"), (IF_RANGE, "\"a\"")]);
        assert!(requested(&same, "a").is_some());
        assert!(requested(&same, "b").is_none());
    }

    #[test]
    fn a_known_tag_is_found_in_a_list() {
        let list = headers(&[(IF_NONE_MATCH, "\"x\", W/\"a\"")]);
        assert!(is_known(&list, "a"));
        assert!(!is_known(&list, "b"));
        assert!(is_known(&headers(&[(IF_NONE_MATCH, "*")]), "b"));
        assert!(!is_known(&HeaderMap::new(), "a"));
    }

    #[test]
    fn an_encoding_is_taken_only_when_it_is_offered() {
        let offer = headers(&[(ACCEPT_ENCODING, "gzip;q=0, BR;q=0.5")]);
        assert!(accepts(&offer, Encoding::Br));
        assert!(!accepts(&offer, Encoding::Gzip));
        assert!(!accepts(&HeaderMap::new(), Encoding::Br));
    }
}

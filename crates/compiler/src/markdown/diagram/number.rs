//! Numbers of a drawing with two decimals: nobody sees more, and they are half of
//! its bytes.

/// Rounds every number in an attribute.
pub(super) fn rounded(value: &str) -> String {
    let mut short = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(c) = rest.chars().next() {
        let length = number(rest);
        if length == 0 {
            short.push(if c.is_whitespace() { ' ' } else { c });
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            continue;
        }
        let (number, after) = rest.split_at(length);
        // `1.234.5` are two numbers, which would run together.
        let is_joined = after.starts_with('.') || number.trim_start_matches('-').starts_with('.');
        match number.parse::<f64>() {
            Ok(exact) if !is_joined && exact.abs() < 1e9 => short.push_str(&two_decimals(exact)),
            _ => short.push_str(number),
        }
        rest = after;
    }
    short
}

/// A number with at most two decimals.
pub(super) fn two_decimals(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// How many bytes of a text are the number that it begins with.
fn number(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        bytes.get(from..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count()
    };
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(sign);
    let mut end = sign + whole;
    let mut decimals = 0;
    if bytes.get(end) == Some(&b'.') {
        decimals = digits(end + 1);
        end += 1 + decimals;
    }
    if whole + decimals == 0 {
        return 0;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        let exponent = digits(end + 1 + sign);
        // `2em` is a length.
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_two_decimals_and_everything_else() {
        for (exact, short) in [
            ("M402.71875,-12.000001L1e-7,3 Z", "M402.72,-12L0,3 Z"),
            (
                "translate(402.71875, 62.3984375) rotate(-45, 0, -2)",
                "translate(402.72, 62.4) rotate(-45, 0, -2)",
            ),
            ("-0.1em", "-0.1em"),
            ("1.0666em 2em", "1.07em 2em"),
            ("1.2345.6789", "1.2345.6789"),
            ("-0.001", "0"),
            ("M0 62.8 v-57.8 q0,-5 5,-5", "M0 62.8 v-57.8 q0,-5 5,-5"),
            ("M1-2\n  h68.719", "M1-2   h68.72"),
            (". - e", ". - e"),
            ("", ""),
        ] {
            assert_eq!(rounded(exact), short);
        }
    }
}

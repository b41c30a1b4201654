//! Prices as people read them: sign or code, grouped digits, no needless places.

use contracts::money::{Currency, Money};

use crate::render::convention::{Convention, Sign};

/// Signs that people know. Others, such as `kr`
/// or `₣`, say less than the code does.
const FAMILIAR_SIGNS: &str = "¥$€£₹₩₫₺₴₦₱₽฿₪";

/// Every price of a course, the preferred currency first, then the author's order.
pub(super) fn format_all(prices: &[Money], preferred: Currency, style: Convention) -> Vec<String> {
    let (first, rest): (Vec<Money>, Vec<Money>) =
        prices.iter().partition(|price| price.currency == preferred);
    let symbols: Vec<_> = prices.iter().map(|price| price.currency.symbol()).collect();
    first
        .into_iter()
        .chain(rest)
        .map(|price| {
            let symbol = price.currency.symbol();
            let is_shared = symbols.iter().filter(|other| **other == symbol).count() > 1;
            format(price, &symbol, is_shared, style)
        })
        .collect()
}

/// `¥199`, `29,50 €`, `199 CHF`; a sign that two of the prices share gets its
/// code added, since `¥` alone is both yuan and yen.
fn format(price: Money, symbol: &str, is_shared: bool, style: Convention) -> String {
    let amount = amount(&price.decimal(), style);
    let code = price.currency.code();
    if !FAMILIAR_SIGNS.contains(symbol) {
        return format!("{amount}\u{a0}{code}");
    }
    let price = match style.sign {
        Sign::Before => format!("{symbol}{amount}"),
        Sign::BeforeApart => format!("{symbol}\u{a0}{amount}"),
        Sign::After => format!("{amount}\u{a0}{symbol}"),
    };
    if is_shared { format!("{price}\u{a0}{code}") } else { price }
}

/// Groups the digits and drops a fraction of zeros.
fn amount(decimal: &str, style: Convention) -> String {
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let mut text = String::new();
    for (index, digit) in whole.chars().enumerate() {
        // Four digits are read at a glance and stay together.
        if index > 0 && whole.len() > 4 && (whole.len() - index).is_multiple_of(3) {
            text.push_str(style.group);
        }
        text.push(digit);
    }
    if fraction.bytes().any(|digit| digit != b'0') {
        text.push_str(style.decimal);
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use contracts::language::Language;

    use super::*;
    use crate::render::convention;

    fn style(tag: &str) -> Convention {
        convention::of(&Language::parse(tag).unwrap())
    }

    fn formatted(prices: &[(&str, &str)], preferred: &str) -> Vec<String> {
        let currency = |code: &str| Currency::parse(code).unwrap();
        let prices: Vec<_> = prices
            .iter()
            .map(|(amount, code)| Money::parse(amount, currency(code)).unwrap())
            .collect();
        format_all(&prices, currency(preferred), style("en"))
    }

    #[test]
    fn a_whole_price_has_no_decimal_places_and_the_schools_currency_comes_first() {
        assert_eq!(formatted(&[("29", "USD"), ("199.00", "CNY")], "CNY"), ["¥199", "$29"]);
    }

    #[test]
    fn fractions_groups_and_currencies_without_a_fraction_are_written_out() {
        assert_eq!(formatted(&[("9.5", "USD")], "USD"), ["$9.50"]);
        assert_eq!(formatted(&[("1234567.80", "EUR")], "EUR"), ["€1,234,567.80"]);
        assert_eq!(formatted(&[("4800", "JPY")], "JPY"), ["¥4800"]);
        assert_eq!(formatted(&[("12800", "JPY")], "JPY"), ["¥12,800"]);
    }

    #[test]
    fn an_unfamiliar_sign_becomes_the_code_and_a_shared_sign_is_told_apart() {
        assert_eq!(formatted(&[("49", "CHF")], "USD"), ["49\u{a0}CHF"]);
        assert_eq!(formatted(&[("49", "SEK")], "USD"), ["49\u{a0}SEK"]);
        assert_eq!(
            formatted(&[("199", "CNY"), ("4800", "JPY")], "JPY"),
            ["¥4800\u{a0}JPY", "¥199\u{a0}CNY"]
        );
    }

    #[test]
    fn a_language_may_write_numbers_its_own_way() {
        let euro = Currency::parse("EUR").unwrap();
        let price = Money::parse("12345.60", euro).unwrap();
        let written = |tag| format_all(&[price], euro, style(tag)).concat();
        assert_eq!(written("de"), "12.345,60\u{a0}€");
        assert_eq!(written("de-CH"), "€\u{a0}12’345.60");
        assert_eq!(written("fr"), "12\u{202f}345,60\u{a0}€");
        assert_eq!(written("nl"), "€\u{a0}12.345,60");
        assert_eq!(written("ja"), "€12,345.60");
        assert_eq!(written("eo"), "€12,345.60");
    }
}

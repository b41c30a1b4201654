//! Money: integer minor units and an ISO 4217 currency, never a float.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An ISO 4217 currency that has minor units we know how to write.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

/// An amount in the currency's minor unit: fen, cents, or whole yen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units; never negative in a price.
    pub minor: i64,
    /// What the minor units are of.
    pub currency: Currency,
}

/// Why a text is no amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not three capital letters of ISO 4217.
    #[error("`{}` is not an ISO 4217 currency code such as `CNY` or `USD`", .0.escape_debug())]
    UnknownCurrency(String),
    /// Something else than digits with at most one decimal point.
    #[error("`{}` is not an amount such as `199.00`", .0.escape_debug())]
    NotAnAmount(String),
    /// More decimal places than the currency has.
    #[error("{currency} has {allowed} decimal places, `{}` has {given}", .text.escape_debug())]
    TooPrecise {
        /// The amount as written.
        text: String,
        /// Its currency.
        currency: Currency,
        /// Places that ISO 4217 gives the currency.
        allowed: u16,
        /// Places in the text.
        given: usize,
    },
    /// More than a 64-bit integer of minor units can hold.
    #[error("`{}` is too large an amount", .0.escape_debug())]
    TooLarge(String),
}

impl Currency {
    /// Reads an ISO 4217 code in capitals. Codes without minor units, such as
    /// gold, are refused.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        iso_currency::Currency::from_code(code)
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or_else(|| MoneyError::UnknownCurrency(code.to_owned()))
    }

    /// The three letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Decimal places between the major and the minor unit: 2 for CNY, 0 for
    /// JPY, 3 for KWD.
    #[must_use]
    pub fn exponent(self) -> u16 {
        // `parse` lets only currencies with an exponent in.
        self.0.exponent().unwrap_or(2)
    }

    /// The sign people write, such as `¥`; the code where there is none.
    #[must_use]
    pub fn symbol(self) -> String {
        self.0.symbol().to_string()
    }
}

impl Money {
    /// Reads a decimal amount as an author writes it, such as `199.00` or `29`.
    ///
    /// No sign, no exponent, no thousands separator; no more decimal places
    /// than the currency has.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let not_an_amount = || MoneyError::NotAnAmount(text.to_owned());
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return Err(not_an_amount()),
            None => (text, ""),
        };
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(not_an_amount());
        }
        let allowed = currency.exponent();
        if fraction.len() > usize::from(allowed) {
            return Err(MoneyError::TooPrecise {
                text: text.to_owned(),
                currency,
                allowed,
                given: fraction.len(),
            });
        }
        let padding = usize::from(allowed) - fraction.len();
        format!("{whole}{fraction}{}", "0".repeat(padding))
            .parse()
            .map(|minor| Self { minor, currency })
            .map_err(|_| MoneyError::TooLarge(text.to_owned()))
    }

    /// The amount as decimal text with all places: `199.00`.
    #[must_use]
    pub fn decimal(self) -> String {
        let places = usize::from(self.currency.exponent());
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = places + 1);
        match digits.split_at_checked(digits.len() - places) {
            Some((whole, fraction)) if !fraction.is_empty() => format!("{sign}{whole}.{fraction}"),
            _ => format!("{sign}{digits}"),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn amounts_become_minor_units_by_the_exponent_of_the_currency() {
        for (text, code, minor) in [
            ("199.00", "CNY", 19_900),
            ("29", "USD", 2_900),
            ("0.1", "USD", 10),
            ("500", "JPY", 500),
            ("1.5", "KWD", 1_500),
            ("0", "EUR", 0),
        ] {
            assert_eq!(Money::parse(text, currency(code)).map(|money| money.minor), Ok(minor));
        }
    }

    #[test]
    fn anything_but_a_plain_decimal_is_refused() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,000", "１", " 1", "1.2.3", "NaN"] {
            assert!(
                matches!(Money::parse(text, currency("USD")), Err(MoneyError::NotAnAmount(_))),
                "{text}"
            );
        }
        assert!(matches!(
            Money::parse("9.99", currency("JPY")),
            Err(MoneyError::TooPrecise { allowed: 0, given: 2, .. })
        ));
        assert!(matches!(
            Money::parse(&"9".repeat(30), currency("USD")),
            Err(MoneyError::TooLarge(_))
        ));
    }

    #[test]
    fn an_unknown_currency_is_refused() {
        for code in ["", "cny", "RMB", "XAU"] {
            assert!(Currency::parse(code).is_err(), "{code}");
        }
    }

    proptest! {
        #[test]
        fn an_amount_survives_its_text(minor in 0..i64::MAX, index in 0..4_usize) {
            let currency = ["CNY", "JPY", "KWD", "USD"].map(currency)[index];
            let money = Money { minor, currency };
            prop_assert_eq!(Money::parse(&money.decimal(), currency), Ok(money));
        }
    }
}

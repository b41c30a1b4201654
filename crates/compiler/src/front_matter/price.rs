//! `prices:`: what a course costs, one price for each currency.

use contracts::money::{Currency, Money, MoneyError};

use crate::diagnostic::Code;
use crate::diagnostic::shown::shown;
use crate::field::{Entry, Fields, Value, find};

/// Prices are decimal text: a YAML number has been a float on its way.
pub(super) fn prices(fields: &mut Fields<'_>) -> Vec<Money> {
    let Some(entries) = fields.map("prices", "a map such as `{ USD: \"29.00\" }`") else {
        return Vec::new();
    };
    let mut prices: Vec<Money> = Vec::new();
    for Entry { key, value } in entries.value {
        let currency = match Currency::parse(&key.value) {
            Ok(currency) => currency,
            Err(error) => {
                let hint = "write the currency in capitals, such as `CNY` or `USD`";
                let wrong = fields.diagnostic(Code::BadPrice, &key.span, error.to_string());
                let capitals = key.value.to_ascii_uppercase();
                let is_one = Currency::parse(&capitals).is_ok();
                let wrong = wrong.hint(hint);
                fields.push(if is_one && find(entries.value, &capitals).is_none() {
                    let what = format!("write `{capitals}`");
                    wrong.fixed_by(&key.span, capitals, what)
                } else {
                    wrong
                });
                continue;
            }
        };
        let text = match &value.value {
            Value::Text(text) => text,
            Value::Plain(_, spelling) => {
                let hint = format!("quote it: `{currency}: \"{spelling}\"`");
                let message = format!("the price `{}` is not a text", shown(spelling));
                let wrong = fields.diagnostic(Code::BadPrice, &value.span, message).hint(hint);
                let is_price = Money::parse(spelling, currency).is_ok_and(|price| price.minor > 0);
                fields.push(if is_price {
                    let quoted = format!("\"{spelling}\"");
                    let what = format!("write `{quoted}`");
                    wrong.fixed_by(&value.span, quoted, what)
                } else {
                    wrong
                });
                continue;
            }
            Value::Nothing | Value::List(_) | Value::Map(_) => {
                fields.wrong_kind(&key.value, value, "a price such as `\"29.00\"`");
                continue;
            }
        };
        match Money::parse(text.trim(), currency) {
            Ok(price) if price.minor == 0 => {
                let message = "a price must be more than zero";
                fields.tell(Code::BadPrice, &value.span, message, "a gift is `access: free`");
            }
            Ok(price) if prices.iter().any(|earlier| earlier.currency == currency) => {
                let message = format!("`{}` is given twice", price.currency);
                fields.tell(Code::DuplicateKey, &key.span, message, "remove one of them");
            }
            Ok(price) => prices.push(price),
            Err(error) => {
                let hint = mend(&error, currency);
                fields.tell(Code::BadPrice, &value.span, error.to_string(), hint);
            }
        }
    }
    prices
}

/// How to write an amount that is none.
fn mend(error: &MoneyError, currency: Currency) -> String {
    match error {
        MoneyError::TooPrecise { allowed: 0, .. } => {
            format!("write a whole amount, such as `{currency}: \"29\"`")
        }
        MoneyError::TooPrecise { allowed, .. } => {
            let places = "0".repeat(usize::from(*allowed));
            format!("round it to {allowed} places, such as `{currency}: \"29.{places}\"`")
        }
        _ => format!("write digits only, such as `{currency}: \"29\"`"),
    }
}

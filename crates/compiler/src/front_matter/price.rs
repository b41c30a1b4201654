//! `prices:`: what a course costs, one price for each currency.

use contracts::money::{Currency, Money};

use crate::diagnostic::Code;
use crate::field::{Entry, Fields, Value};

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
                fields.tell(Code::BadPrice, &key.span, error.to_string(), hint);
                continue;
            }
        };
        let text = match &value.value {
            Value::Text(text) => text,
            Value::Plain(_, spelling) => {
                let hint = format!("quote it: `{currency}: \"{spelling}\"`");
                let message = format!("the price `{}` is not a text", spelling.escape_debug());
                fields.tell(Code::BadPrice, &value.span, message, hint);
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
                let hint = format!("write digits only, such as `{currency}: \"29\"`");
                fields.tell(Code::BadPrice, &value.span, error.to_string(), hint);
            }
        }
    }
    prices
}

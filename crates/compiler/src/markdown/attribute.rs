//! The attributes of a component, each checked against its declaration and
//! turned into what a template needs: a text, a yes, an address.

use std::collections::BTreeMap;

use serde_json::Value;

use super::component::{LABEL, Place, Spot, listed};
use super::info::{Info, Piece};
use super::writer::Writer;
use crate::diagnostic::shown::shown;
use crate::diagnostic::{Code, did_you_mean};
use crate::theme::component::{Attribute, Component, Kind};

impl Writer<'_, '_> {
    /// What is said and fits; the rest has been reported.
    pub(super) fn attributes(
        &mut self,
        place: &Place,
        info: &Info,
        component: &Component,
    ) -> BTreeMap<String, Value> {
        let mut values = BTreeMap::new();
        // What is given and wrong is not missing as well.
        let mut given = BTreeMap::new();
        let label = info
            .label
            .as_ref()
            .map(|label| (Piece { text: LABEL.to_owned(), start: label.start }, Some(label)));
        let written = info.attributes.iter().map(|a| (a.name.clone(), a.value.as_ref()));
        for (name, value) in label.into_iter().chain(written) {
            let Some(rule) = component.attributes.get(&name.text) else {
                self.tell_unknown_attribute(place, info, component, &name);
                continue;
            };
            if given.insert(name.text.clone(), ()).is_some() {
                let message = format!("`{}` is said twice", name.text);
                self.tell(&place.of(&name), Code::WrongAttribute, message, None);
                continue;
            }
            if let Some(value) = self.value(place, rule, &name, value) {
                values.insert(name.text, value);
            }
        }
        let missing = component
            .attributes
            .iter()
            .filter(|(name, rule)| rule.required && !given.contains_key(*name));
        for (name, _) in missing {
            let message = format!("`{}` needs the attribute `{name}`", info.name.text);
            let hint = format!("write `{}{{{name}=\"…\"}}`", info.name.text);
            self.tell(&place.of(&info.name), Code::MissingAttribute, message, Some(&hint));
        }
        values
    }

    /// The value as a template needs it.
    fn value(
        &mut self,
        place: &Place,
        rule: &Attribute,
        name: &Piece,
        value: Option<&Piece>,
    ) -> Option<Value> {
        let Some(value) = value else {
            if rule.kind != Kind::Flag {
                let hint = format!("write `{}=\"…\"`", name.text);
                let message = format!("`{}` has no value", name.text);
                self.tell(&place.of(name), Code::WrongAttribute, message, Some(&hint));
                return None;
            }
            return Some(Value::Bool(true));
        };
        let text = value.text.as_str();
        if !rule.one_of.is_empty() && !rule.one_of.iter().any(|one| one == text) {
            let message = format!("`{}` can't be `{}`", name.text, shown(text));
            let hint = format!("it is one of {}", listed(rule.one_of.iter()));
            self.tell(&place.of(value), Code::WrongAttribute, message, Some(&hint));
            return None;
        }
        match rule.kind {
            Kind::Text => Some(text.into()),
            Kind::Flag => {
                let message = format!("`{}` takes no value", name.text);
                let hint = format!("write `{}` alone, or leave it out", name.text);
                self.tell(&place.of(value), Code::WrongAttribute, message, Some(&hint));
                None
            }
            Kind::Number => match text.parse::<u8>() {
                Ok(number @ 1..=12) => Some(number.into()),
                _ => {
                    let message = format!("`{}` is a number from 1 to 12", name.text);
                    self.tell(&place.of(value), Code::WrongAttribute, message, None);
                    None
                }
            },
            Kind::Link => self.href(text, place.line()).map(Value::from),
            Kind::Media => self.media(text, place.line()).map(Value::from),
            Kind::Picture => self.picture(text, place.line()).map(|source| source.src.into()),
            Kind::Web => self.web(place, name, value),
            Kind::Term => self.term(&place.of(value), text),
        }
    }

    /// The term that an attribute means, or the text of an inline component that
    /// has such an attribute and doesn't say it.
    pub(super) fn add_terms(
        &mut self,
        place: &Place,
        info: &Info,
        component: &Component,
        text: &str,
        values: &mut BTreeMap<String, Value>,
    ) {
        for (name, rule) in &component.attributes {
            let is_said = info.attributes.iter().any(|said| said.name.text == *name);
            if rule.kind == Kind::Term && !is_said {
                let term = self.term(&place.of(&info.name), text);
                values.extend(term.map(|term| (name.clone(), term)));
            }
        }
    }

    fn term(&mut self, spot: &Spot, word: &str) -> Option<Value> {
        if let Some(term) = self.scene.reads.term(word) {
            let is_small = self.may_take_in(term.definition.len(), spot.0);
            return is_small.then(|| serde_json::to_value(term).ok()).flatten();
        }
        let word: String = word.chars().take(80).collect();
        let message = format!("the glossary has no term `{}`", shown(&word));
        let near =
            self.report.wants_search().then(|| self.scene.context.links.near_term(&word)).flatten();
        let hint = near.map_or_else(
            || "add it to `content/glossary.toml`, or name another one with `{of=…}`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        self.tell(spot, Code::UnknownTerm, message, Some(&hint));
        None
    }

    fn web(&mut self, place: &Place, name: &Piece, value: &Piece) -> Option<Value> {
        let address = url::Url::parse(&value.text).ok();
        let address = address.filter(|url| url.scheme() == "https" && url.host().is_some());
        if address.is_none() {
            let message = format!("`{}` is the address of another site", name.text);
            let hint = "it begins with `https://`";
            self.tell(&place.of(value), Code::WrongAttribute, message, Some(hint));
        }
        address.map(|url| url.to_string().into())
    }

    fn tell_unknown_attribute(
        &mut self,
        place: &Place,
        info: &Info,
        component: &Component,
        name: &Piece,
    ) {
        let known = component.attributes.keys();
        let near = did_you_mean(&name.text, known.clone().map(String::as_str));
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if component.attributes.is_empty() => "it has none".to_owned(),
            None => format!("it has {}", listed(known)),
        };
        let message = format!("`{}` has no attribute `{}`", info.name.text, shown(&name.text));
        self.tell(&place.of(name), Code::UnknownAttribute, message, Some(&hint));
    }
}

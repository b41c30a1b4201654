//! Components that show the school's data: `:data[path]` within a line, and
//! `::data-table{from="path"}`. What they show is public, wherever they stand.

use std::collections::BTreeMap;

use serde_json::Value;

use super::component::Place;
use super::info::Info;
use super::writer::Writer;
use crate::data::text;
use crate::diagnostic::Code;
use crate::diagnostic::shown::{shown, shown_at_most};

/// A longer table is no reading.
const MAX_ROWS: usize = 2_000;

/// A wider one fits no page.
const MAX_COLUMNS: usize = 24;

impl<'a> Writer<'_, 'a> {
    /// Adds what the templates of `data` and `data-table` draw. `inside` is the
    /// text between the brackets.
    pub(super) fn add_data(
        &mut self,
        place: &Place,
        info: &Info,
        inside: &str,
        attributes: &mut BTreeMap<String, Value>,
    ) {
        match info.name.text.as_str() {
            "data" => {
                let text = self.datum(place, info, inside);
                attributes.insert("value".to_owned(), Value::String(text.unwrap_or_default()));
            }
            "data-table" => {
                let (columns, rows) = self.table(place, info, attributes).unwrap_or_default();
                attributes.insert("columns".to_owned(), columns.into());
                attributes.insert("rows".to_owned(), rows.into());
            }
            _ => {}
        }
    }

    fn datum(&mut self, place: &Place, info: &Info, path: &str) -> Option<String> {
        let value = self.lookup(place, info, path)?;
        let found = text(value);
        if found.as_ref().is_some_and(|text| !self.may_take_in(text.len(), place.line())) {
            return None;
        }
        if found.is_none() {
            let message = format!("`data.{}` is a table and no single value", shown(path));
            let hint = "name one of its keys, or write `::data-table{from=\"…\"}`";
            self.tell(&place.of(&info.name), Code::UnknownData, message, Some(hint));
        }
        found
    }

    fn lookup(&mut self, place: &Place, info: &Info, path: &str) -> Option<&'a Value> {
        // What is refused for its length need not be read a thousand times.
        if !self.may_take_in(0, place.line()) {
            return None;
        }
        let data = self.scene.reads.data();
        match data.at(path) {
            Ok(value) => Some(value),
            // The file has been told, with what is wrong in it.
            Err(missing) if missing.is_unread => None,
            Err(missing) => {
                let name: String = shown_at_most(&missing.name, 80);
                let message = match missing.found.as_str() {
                    "" => format!("there is no data `{name}`"),
                    found => format!("`data.{found}` has no `{name}`"),
                };
                let hint = match missing.near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "a path is the name of a file in `data/` and keys in it, as in \
                             `team.size`"
                        .to_owned(),
                };
                self.tell(&place.of(&info.name), Code::UnknownData, message, Some(&hint));
                None
            }
        }
    }

    /// The heads and rows of a table: a list of tables, or one table of them.
    fn table(
        &mut self,
        place: &Place,
        info: &Info,
        attributes: &BTreeMap<String, Value>,
    ) -> Option<(Vec<Value>, Vec<Value>)> {
        let said = |name: &str| attributes.get(name).and_then(Value::as_str);
        let path = said("from")?;
        let wanted: Vec<String> = said("columns")
            .map(|columns| columns.split(',').map(|name| name.trim().to_owned()).collect())
            .unwrap_or_default();
        let value = self.lookup(place, info, path)?;
        let items: Vec<&Value> = match value {
            Value::Array(items) => items.iter().collect(),
            Value::Object(map) => map.values().collect(),
            _ => Vec::new(),
        };
        if !self.may_take_in(items.len(), place.line()) {
            return None;
        }
        let rows: Vec<_> = items.iter().filter_map(|item| item.as_object()).collect();
        if rows.len() != items.len() || rows.is_empty() || rows.len() > MAX_ROWS {
            let message = format!("`data.{path}` is not a list of 1 to {MAX_ROWS} tables");
            let hint = "each row is a table, as `[[team]]` in TOML, `- name: Ada` in YAML \
                        or a line of CSV";
            self.tell(&place.of(&info.name), Code::UnknownData, message, Some(hint));
            return None;
        }
        let mut columns: Vec<String> = Vec::new();
        for key in rows.iter().flat_map(|row| row.keys()) {
            if columns.len() < MAX_COLUMNS && !columns.contains(key) {
                columns.push(key.clone());
            }
        }
        for name in &wanted {
            if !columns.contains(name) {
                let near =
                    crate::diagnostic::did_you_mean(name, columns.iter().map(String::as_str));
                let hint = near.map_or_else(
                    || format!("there are {}", super::component::listed(columns.iter())),
                    |near| format!("did you mean `{near}`?"),
                );
                let message = format!("no row of `data.{path}` has a column `{}`", shown(name));
                self.tell(&place.of(&info.name), Code::UnknownData, message, Some(&hint));
                return None;
            }
        }
        let columns = if wanted.is_empty() { columns } else { wanted };
        let cells = |row: &&serde_json::Map<String, Value>| {
            let cell = |name: &String| row.get(name).and_then(text).unwrap_or_default();
            Value::from(columns.iter().map(cell).collect::<Vec<_>>())
        };
        let bytes =
            rows.iter().flat_map(|row| row.values()).filter_map(text).map(|cell| cell.len());
        if !self.may_take_in(bytes.sum(), place.line()) {
            return None;
        }
        let rows = rows.iter().map(cells).collect();
        Some((columns.iter().map(|name| Value::from(name.as_str())).collect(), rows))
    }
}

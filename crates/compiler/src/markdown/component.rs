//! Writes components: checks what the author said against what the theme
//! declares, and fills the theme's template with it.
//!
//! The text inside of a component is written first, on a sheet of its own, and
//! handed to the template when the component ends. An item, such as one of
//! several tabs, has no template: it is handed to the component around it.

use std::collections::BTreeMap;

use comrak::nodes::{AstNode, NodeBlockDirective, NodeValue, Sourcepos};
use serde_json::Value;

use super::directive::{INLINE, LEAF, is_unclosed};
use super::info::{self, Info};
use super::label;
use super::writer::Writer;
use crate::diagnostic::shown::shown;
use crate::diagnostic::{Code, did_you_mean};
use crate::escape::escaped;
use crate::theme::component::{Component, Form};

pub(super) mod open;
mod problem;

use self::open::{Drawn, Item, Open, Sheets};
pub(super) use self::problem::{Place, Spot, listed};

/// How many components may stand in one another. The text of the innermost one
/// is copied once for each around it.
const MAX_DEPTH: usize = 16;

impl Writer<'_, '_> {
    /// Begins a component. What is answered is written before its content.
    pub(super) fn open_component<'n>(
        &mut self,
        node: &'n AstNode<'n>,
        directive: &NodeBlockDirective,
        at: Sourcepos,
    ) -> String {
        let info = info::read(&directive.info);
        let is_known = self.scene.context.theme.components().contains_key(&info.name.text);
        if directive.fence_length == INLINE && !is_known {
            return self.show_inline(&info, directive, at);
        }
        let open = self.component(node, directive, &info, at).unwrap_or(Open::Shown(String::new()));
        if !matches!(open, Open::Shown(_)) {
            self.sheets.push();
        }
        self.components.push(open);
        String::new()
    }

    /// Ends the innermost component and answers its HTML.
    pub(super) fn close_component(&mut self, at: Sourcepos) -> String {
        let content = |sheets: &Sheets| sheets.take();
        match self.components.pop() {
            Some(Open::Drawn(mut drawn)) => {
                drawn.item.content = content(&self.sheets);
                self.draw(&drawn, at)
            }
            Some(Open::Item(mut item)) => {
                item.content = content(&self.sheets);
                if let Some(Open::Drawn(around)) = self.components.last_mut() {
                    around.items.push(item);
                }
                String::new()
            }
            Some(Open::Shown(after)) => after,
            None => String::new(),
        }
    }

    /// Begins a component by its name alone, as an alert does.
    pub(super) fn open_named(&mut self, name: &str, title: Option<&str>) {
        let value = title.map_or(Value::Null, |title| Value::String(title.to_owned()));
        let mut attributes = BTreeMap::from([(LABEL.to_owned(), value)]);
        let item = Item {
            number: self.next_number(),
            label: self.label(title, &mut attributes),
            attributes,
            ..Item::default()
        };
        self.sheets.push();
        self.components.push(Open::Drawn(self.drawn(name, item)));
    }

    /// The label as HTML; as a title it becomes plain, since it may stand in an
    /// attribute.
    fn label(&self, written: Option<&str>, attributes: &mut BTreeMap<String, Value>) -> String {
        let Some(Value::String(title)) = attributes.get_mut(LABEL) else { return String::new() };
        let Some(written) = written else { return escaped(title) };
        let label = label::read(written, self.scene.options);
        *title = label.plain;
        label.html
    }

    fn drawn(&self, name: &str, item: Item) -> Drawn {
        let language = self.scene.language.to_string();
        Drawn { name: name.to_owned(), item, items: Vec::new(), language }
    }

    fn next_number(&mut self) -> usize {
        self.component_count += 1;
        self.component_count
    }

    fn draw(&mut self, drawn: &Drawn, at: Sourcepos) -> String {
        let scene = self.scene;
        match scene.context.theme.render_component(&drawn.name, scene.language, drawn) {
            Ok(html) => html.trim().to_owned(),
            Err(diagnostic) => {
                let place = self.report.diagnostic(self.report.range(at), Code::BadTemplate, "");
                let line = place.span.map_or(1, |span| span.line);
                let path = &scene.markdown.path;
                self.report.push(diagnostic.hint(format!("`{path}` led to it in line {line}")));
                drawn.item.content.clone()
            }
        }
    }

    /// `None` if it can't be drawn, which has been reported.
    fn component<'n>(
        &mut self,
        node: &'n AstNode<'n>,
        directive: &NodeBlockDirective,
        info: &Info,
        at: Sourcepos,
    ) -> Option<Open> {
        let place =
            Place { at, fence_length: directive.fence_length, info_length: directive.info.len() };
        if self.components.len() >= MAX_DEPTH {
            let message = format!("components stand in one another more than {MAX_DEPTH} deep");
            self.tell(&place.of(&info.name), Code::MisplacedComponent, message, None);
            return None;
        }
        if info.name.text.is_empty() {
            self.tell_nameless(&place, directive);
            return None;
        }
        let components = self.scene.context.theme.components();
        let Some(component) = components.get(&info.name.text) else {
            self.tell_unknown(&place, info);
            return None;
        };
        if let Some((piece, problem)) = &info.problem {
            let message = format!("{problem}: `{}`", shown(&piece.text));
            self.tell(&place.of(piece), Code::WrongAttribute, message, Some(WRITE_SO));
        }
        if directive.fence_length > LEAF && is_unclosed(directive) {
            self.tell_unclosed(&place, info, directive.fence_length);
        }
        if !self.has_form(&place, info, component, directive.fence_length)
            || !self.stands_well(node, &place, info, component)
        {
            return None;
        }
        let mut attributes = self.attributes(&place, info, component);
        let is_inline = directive.fence_length == INLINE;
        let text = if is_inline { node.collect_text() } else { String::new() };
        if is_inline {
            self.add_terms(&place, info, component, &text, &mut attributes);
        }
        for name in component.attributes.keys() {
            attributes.entry(name.clone()).or_insert(Value::Null);
        }
        self.add_data(&place, info, &text, &mut attributes);
        let label = self.label(info.label.as_ref().map(|l| l.text.as_str()), &mut attributes);
        let item = Item {
            number: self.next_number(),
            label,
            id: info.id.clone().inspect(|id| self.own_anchor(&place, id)),
            classes: info.classes.iter().map(|class| format!(" {class}")).collect(),
            attributes,
            content: String::new(),
            text,
        };
        Some(match component.inside {
            Some(_) => Open::Item(item),
            None => Open::Drawn(self.drawn(&info.name.text, item)),
        })
    }

    fn own_anchor(&mut self, place: &Place, id: &str) {
        if !self.anchors.insert(id.to_owned()) {
            let message = format!("this page has the anchor `#{id}` already");
            let range = self.report.range(place.line());
            let diagnostic = self.report.diagnostic(range, Code::DuplicateAnchor, message);
            self.report.push(diagnostic);
        }
    }

    /// Whether it is written as its theme says.
    fn has_form(
        &mut self,
        place: &Place,
        info: &Info,
        component: &Component,
        fence_length: usize,
    ) -> bool {
        let written = match fence_length {
            INLINE => Form::Inline,
            LEAF => Form::Leaf,
            _ => Form::Container,
        };
        let name = &info.name.text;
        if written != component.form {
            let (what, so) = match component.form {
                Form::Container => ("has a text inside", format!("`:::{name}`, the text, `:::`")),
                Form::Leaf => ("has no text inside", format!("`::{name}` on a line of its own")),
                Form::Inline => ("stands within a line", format!("`:{name}[…]`")),
            };
            let message = format!("`{name}` {what} and can't be written so");
            self.tell(
                &place.of(&info.name),
                Code::MisplacedComponent,
                message,
                Some(&format!("write {so}")),
            );
        }
        written == component.form
    }

    /// Whether an item stands in the component that it is an item of.
    fn stands_well<'n>(
        &mut self,
        node: &'n AstNode<'n>,
        place: &Place,
        info: &Info,
        component: &Component,
    ) -> bool {
        let Some(around) = &component.inside else { return true };
        let is_child = node
            .parent()
            .is_some_and(|parent| matches!(&parent.data().value, NodeValue::BlockDirective(_)));
        let stands_well = is_child && self.components.last().is_some_and(|open| open.is(around));
        if !stands_well {
            let message = format!("`{}` stands only directly inside of `{around}`", info.name.text);
            let hint = format!("put it between `::::{around}` and `::::`");
            self.tell(&place.of(&info.name), Code::MisplacedComponent, message, Some(&hint));
        }
        stands_well
    }

    /// An inline component that no theme has is most likely no component at all.
    fn show_inline(
        &mut self,
        info: &Info,
        directive: &NodeBlockDirective,
        at: Sourcepos,
    ) -> String {
        let place = Place { at, fence_length: INLINE, info_length: 0 };
        let name = &info.name.text;
        let names = self.scene.context.theme.components();
        if let Some(near) = did_you_mean(name, names.keys().map(String::as_str)) {
            let range = self.report.range(place.of(&info.name).into());
            let message =
                format!("there is no component `{name}`, so this is shown as it is written");
            let diagnostic = self.report.diagnostic(range, Code::UnknownComponent, message);
            self.report.push(diagnostic.hint(format!("did you mean `{near}`?")));
        }
        let braces = directive.info.get(name.len()..).unwrap_or_default();
        self.components.push(Open::Shown(escaped(&format!("]{braces}"))));
        escaped(&format!(":{name}["))
    }
}

/// The attribute that a label between brackets stands for.
pub(super) const LABEL: &str = "title";

const WRITE_SO: &str = "attributes are written `{name=\"value\" flag #id .class}`";

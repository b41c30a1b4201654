//! Components that have begun and not yet ended: what is known of them, and the
//! sheets that their content is written on.
//!
//! The writer holds them while it goes on, so that they know nothing of it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use serde::Serialize;
use serde_json::Value;

/// The page's texts that are being written, the innermost component's last.
#[derive(Clone)]
pub(in crate::markdown) struct Sheets(Rc<RefCell<Vec<String>>>);

/// A component that has begun.
pub(in crate::markdown) enum Open {
    /// It will be drawn by the template of its name.
    Drawn(Drawn),
    /// It belongs to the component around it.
    Item(Item),
    /// It can't be drawn, so what it holds is shown, and this behind it.
    Shown(String),
}

/// What a template draws.
#[derive(Serialize)]
pub(in crate::markdown) struct Drawn {
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) item: Item,
    /// The items inside of it.
    pub(super) items: Vec<Item>,
    /// The language of the text.
    pub(super) language: String,
}

/// What an item says, and each component.
#[derive(Default, Serialize)]
pub(in crate::markdown) struct Item {
    /// Counts the components of a page, for names that must be unique.
    pub(super) number: usize,
    /// The anchor the author gave it.
    pub(super) id: Option<String>,
    /// The author's classes, each with a blank before it.
    pub(super) classes: String,
    /// The label between brackets as HTML, or the title; empty without either.
    pub(super) label: String,
    /// Every attribute that is declared; null where it is not said.
    pub(super) attributes: BTreeMap<String, Value>,
    /// The HTML of what stands in it.
    pub(super) content: String,
    /// The same without markup, of an inline component alone.
    pub(super) text: String,
}

impl Sheets {
    pub(in crate::markdown) fn new(first: String) -> Self {
        Self(Rc::new(RefCell::new(vec![first])))
    }

    pub(super) fn push(&self) {
        self.0.borrow_mut().push(String::new());
    }

    /// Takes the innermost sheet.
    pub(in crate::markdown) fn take(&self) -> String {
        self.0.borrow_mut().pop().unwrap_or_default()
    }
}

impl fmt::Write for Sheets {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match self.0.borrow_mut().last_mut() {
            Some(sheet) => sheet.push_str(text),
            None => return Err(fmt::Error),
        }
        Ok(())
    }
}

impl Open {
    pub(super) fn is(&self, name: &str) -> bool {
        matches!(self, Self::Drawn(drawn) if drawn.name == name)
    }
}

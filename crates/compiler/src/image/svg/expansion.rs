//! How much a browser draws of an SVG: a `<use>` draws what it refers to once more, and
//! a few lines that use each other can be a thousand million elements.

use std::collections::HashMap;

use super::super::Forbidden;

/// No drawing of a lesson comes near it, and a phone still draws it.
const MAX_DRAWN: u64 = 500_000;

/// The elements of a drawing by what can be referred to.
#[derive(Debug)]
pub(super) struct Expansion {
    parts: Vec<Part>,
    by_id: HashMap<String, usize>,
    /// The part that each open element belongs to.
    open: Vec<usize>,
}

/// An element that has an id, with those in it that have none.
#[derive(Debug, Default)]
struct Part {
    elements: u64,
    /// Parts that stand in this one.
    inner: Vec<usize>,
    /// The ids that it uses.
    names: Vec<String>,
    /// The parts with those ids.
    used: Vec<usize>,
}

/// A part that is being counted.
#[derive(Debug, Default)]
struct Counting {
    part: usize,
    /// How many of the parts that are drawn with it are in the total.
    seen: usize,
    total: u64,
}

/// How far a part is counted.
#[derive(Clone, Copy)]
enum Count {
    Unknown,
    /// Something in it is being counted.
    Open,
    Done(u64),
}

impl Expansion {
    pub(super) fn new() -> Self {
        Self { parts: vec![Part::default()], by_id: HashMap::new(), open: Vec::new() }
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// An element starts, with its id and the id that it draws once more.
    pub(super) fn start(&mut self, id: Option<String>, used: Option<String>) {
        let mut part = self.open.last().copied().unwrap_or_default();
        if let Some(id) = id {
            let inner = self.parts.len();
            self.parts.push(Part::default());
            if let Some(outer) = self.parts.get_mut(part) {
                outer.inner.push(inner);
            }
            self.by_id.entry(id).or_insert(inner);
            part = inner;
        }
        if let Some(part) = self.parts.get_mut(part) {
            part.elements += 1;
            part.names.extend(used);
        }
        self.open.push(part);
    }

    /// The innermost element ends.
    pub(super) fn end(&mut self) {
        self.open.pop();
    }

    /// Whether all of it can be drawn.
    pub(super) fn check(self) -> Result<(), Forbidden> {
        let drawing = self.linked();
        let mut counts = vec![Count::Unknown; drawing.parts.len()];
        // A chain of uses can be as long as the file, so no function calls itself.
        let mut open = vec![Counting::default()];
        while let Some(counting) = open.last_mut() {
            let Some(part) = drawing.parts.get(counting.part) else { break };
            let next = drawing.drawn(part, counting.seen);
            let (slot, found) = match next.map(|next| (next, counts.get(next).copied())) {
                Some((next, Some(Count::Unknown) | None)) => (next, None),
                Some((_, Some(Count::Open))) => return Err(Forbidden::Circle),
                Some((next, Some(Count::Done(count)))) => (next, Some(count)),
                None => {
                    let total = counting.total.saturating_add(part.elements);
                    set(&mut counts, counting.part, Count::Done(total));
                    open.pop();
                    continue;
                }
            };
            match found {
                Some(count) => {
                    counting.total = counting.total.saturating_add(count);
                    counting.seen += 1;
                }
                None => {
                    set(&mut counts, slot, Count::Open);
                    open.push(Counting { part: slot, ..Counting::default() });
                }
            }
        }
        match counts.first() {
            Some(Count::Done(count)) if *count > MAX_DRAWN => {
                Err(Forbidden::Elements { most: MAX_DRAWN })
            }
            _ => Ok(()),
        }
    }

    /// The part that is drawn with a part after so many others.
    fn drawn(&self, part: &Part, seen: usize) -> Option<usize> {
        let used = || part.used.get(seen - part.inner.len()).copied();
        part.inner.get(seen).copied().or_else(used)
    }

    /// What the ids that are used lead to. What is not there is not drawn.
    fn linked(mut self) -> Self {
        for part in &mut self.parts {
            part.used =
                part.names.drain(..).filter_map(|id| self.by_id.get(&id).copied()).collect();
        }
        self
    }
}

fn set(counts: &mut [Count], part: usize, count: Count) {
    if let Some(slot) = counts.get_mut(part) {
        *slot = count;
    }
}

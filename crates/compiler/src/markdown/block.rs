//! Formulas and diagrams as an earlier build made them, else made now: an edit of one
//! word makes no other formula of the lesson again.
//!
//! What is kept lies where whole texts are kept, for the very program that made it and
//! never in a cache that others fill. Only what came out well is kept. What is wrong
//! with the others is told anew each time, and a clock may think better of it.

use std::sync::Arc;

use contracts::digest::Digest;

use super::diagram::{self, BadDiagram, Drawing};
use super::math::{self, BadFormula, Display};
use crate::aside::{Aside, MOST_LATE, Unanswered};
use crate::cache::{Cache, MemoryCache};
use crate::memo::Memo;

/// How long a drawing is waited for. The limits of diagrams let through what takes a
/// second at most; this is for what they don't foresee.
const PATIENCE_MS: u64 = 20_000;

/// A shorter formula is made sooner than found: to find one takes some ten
/// microseconds, and to make one about as long for each ten bytes of it.
const MIN_KEPT_BYTES: usize = 12;

/// Makes the formulas and diagrams of a school.
#[derive(Debug)]
pub struct Blocks {
    memo: Memo,
    aside: Aside,
}

impl Default for Blocks {
    fn default() -> Self {
        let cache: Arc<dyn Cache> = Arc::new(MemoryCache::default());
        Self::new(&cache)
    }
}

impl Blocks {
    /// Finds in a cache, and keeps there, what this program made.
    #[must_use]
    pub fn new(cache: &Arc<dyn Cache>) -> Self {
        Self { memo: Memo::new(cache), aside: Aside::new(PATIENCE_MS) }
    }

    /// A formula as MathML.
    pub(super) fn formula(&self, source: &str, display: Display) -> Result<String, BadFormula> {
        if source.len() < MIN_KEPT_BYTES {
            return math::write(source, display);
        }
        let place = self.place(
            "formula",
            source,
            match display {
                Display::Inline => 0,
                Display::Block => 1,
            },
        );
        let kept = self.memo.get(&place).and_then(|html| String::from_utf8(html).ok());
        if let Some(html) = kept {
            return Ok(html);
        }
        let html = math::write(source, display)?;
        self.memo.put(&place, html.as_bytes());
        Ok(html)
    }

    /// A diagram as a drawing. `number` counts those of a page.
    pub(super) fn diagram(&self, source: &str, number: usize) -> Result<Drawing, BadDiagram> {
        let place = self.place("diagram", source, number);
        let kept = self.memo.get(&place).and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if let Some(drawing) = kept {
            return Ok(drawing);
        }
        let drawing = self.drawn(source, number)?;
        if let Ok(bytes) = serde_json::to_vec(&drawing) {
            self.memo.put(&place, &bytes);
        }
        Ok(drawing)
    }

    fn drawn(&self, source: &str, number: usize) -> Result<Drawing, BadDiagram> {
        let control = diagram::Control::new();
        let (text, handle) = (source.to_owned(), control.clone());
        let drawn = self.aside.ask(move || diagram::draw(&text, number, handle));
        let hint = "part it into several diagrams";
        drawn.unwrap_or_else(|unanswered| {
            // The thread that is left alone stops where the library looks up.
            control.cancel();
            let seconds = self.aside.patience_seconds();
            let message = match unanswered {
                Unanswered::Late => format!("on this machine it takes more than {seconds} seconds"),
                Unanswered::NotBegun => {
                    format!("{MOST_LATE} diagrams took too long, so it was not begun")
                }
                Unanswered::Broken => "the library that draws it broke off".to_owned(),
            };
            Err(BadDiagram { message, range: None, hint: Some(hint.to_owned()) })
        })
    }

    fn place(&self, stage: &str, source: &str, number: usize) -> Digest {
        let mut input = self.memo.input(stage);
        input.add(source.as_bytes()).add(&(number as u64).to_le_bytes());
        input.digest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMULA: &str = "\\frac{a}{b} + c^2";
    const DIAGRAM: &str = "flowchart LR\n  a[Write] --> b[Publish]\n";

    /// A cache in which everything is `bytes`.
    #[derive(Debug)]
    struct Always(&'static [u8]);

    impl Cache for Always {
        fn get(&self, _: &crate::cache::Key) -> Option<Vec<u8>> {
            Some(self.0.to_vec())
        }

        fn put(&self, _: &crate::cache::Key, _: &[u8]) {}

        fn program(&self) -> Option<Digest> {
            Some(crate::site::digest(b""))
        }
    }

    fn always(bytes: &'static [u8]) -> Blocks {
        let cache: Arc<dyn Cache> = Arc::new(Always(bytes));
        Blocks::new(&cache)
    }

    #[test]
    fn a_formula_is_found_again_and_a_short_one_made_again() {
        assert_eq!(always(b"kept").formula(FORMULA, Display::Inline).unwrap(), "kept");
        assert_ne!(always(b"kept").formula("a", Display::Inline).unwrap(), "kept");
        let blocks = Blocks::default();
        for display in [Display::Inline, Display::Block] {
            let made = blocks.formula(FORMULA, display).unwrap();
            assert_eq!(made, math::write(FORMULA, display).unwrap());
            assert_eq!(blocks.formula(FORMULA, display).unwrap(), made);
        }
        let bad = blocks.formula("\\nope{12345678}", Display::Inline).unwrap_err();
        assert_eq!(blocks.formula("\\nope{12345678}", Display::Inline), Err(bad));
    }

    #[test]
    fn a_diagram_is_found_again_as_it_was_drawn() {
        let blocks = Blocks::default();
        for number in [1, 2] {
            let made = blocks.diagram(DIAGRAM, number).unwrap();
            let again = blocks.diagram(DIAGRAM, number).unwrap();
            assert_eq!(again.html("name"), made.html("name"));
            assert_eq!(again.width.to_bits(), made.width.to_bits());
            let alone = diagram::draw(DIAGRAM, number, diagram::Control::new()).unwrap();
            assert_eq!(made.html("name"), alone.html("name"));
        }
        // What is no drawing is none.
        assert!(always(b"{}").diagram(DIAGRAM, 1).is_ok());
    }

    #[test]
    fn a_drawing_that_is_late_is_told_and_not_kept() {
        let blocks = Blocks { memo: Blocks::default().memo, aside: Aside::new(0) };
        let mut bad = blocks.diagram(DIAGRAM, 1).unwrap_err();
        assert_eq!(bad.message, "on this machine it takes more than 0 seconds");
        for _ in 0..MOST_LATE {
            bad = blocks.diagram(DIAGRAM, 1).unwrap_err();
        }
        assert_eq!(bad.message, "8 diagrams took too long, so it was not begun");
        assert_eq!(bad.hint.as_deref(), Some("part it into several diagrams"));
        assert!(blocks.memo.get(&blocks.place("diagram", DIAGRAM, 1)).is_none());
    }
}

//! What authors are told of components that can't be drawn, and where.

use std::ops::Range;

use comrak::nodes::{NodeBlockDirective, Sourcepos};

use crate::diagnostic::shown::shown;
use crate::diagnostic::{Code, did_you_mean};
use crate::markdown::directive::INLINE;
use crate::markdown::info::{Info, Piece};
use crate::markdown::writer::Writer;

impl Writer<'_, '_> {
    pub(super) fn tell_nameless(&mut self, place: &Place, directive: &NodeBlockDirective) {
        let colons = ":".repeat(directive.fence_length.min(20));
        let message = format!("`{colons}` closes nothing here");
        let hint = "a component is closed by as many colons as open it, and one inside of \
                    another has fewer";
        self.tell(&Spot(place.fence()), Code::StrayColons, message, Some(hint));
    }

    pub(super) fn tell_unknown(&mut self, place: &Place, info: &Info) {
        let name: String = info.name.text.chars().take(80).collect();
        let names = self.scene.context.theme.components();
        let near = did_you_mean(&name, names.keys().map(String::as_str));
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", listed(names.keys())),
        };
        let message = format!("there is no component `{}`", shown(&name));
        self.tell(&place.of(&info.name), Code::UnknownComponent, message, Some(&hint));
    }

    pub(super) fn tell_unclosed(&mut self, place: &Place, info: &Info, fence_length: usize) {
        let colons = ":".repeat(fence_length.min(20));
        let message = format!("`{colons}{}` is not closed", info.name.text);
        let hint = format!("write `{colons}` on a line of its own behind it");
        self.tell(&Spot(place.fence()), Code::UnclosedComponent, message, Some(&hint));
    }

    pub(in crate::markdown) fn tell(
        &mut self,
        spot: &Spot,
        code: Code,
        message: String,
        hint: Option<&str>,
    ) {
        let range: Range<usize> = self.report.range(spot.0);
        let diagnostic = self.report.diagnostic(range, code, message);
        self.report.push(match hint {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        });
    }
}

/// Where a component is written.
pub(in crate::markdown) struct Place {
    pub(super) at: Sourcepos,
    pub(super) fence_length: usize,
    pub(super) info_length: usize,
}

/// Some bytes to point at.
pub(in crate::markdown) struct Spot(pub(in crate::markdown) Sourcepos);

impl From<Spot> for Sourcepos {
    fn from(spot: Spot) -> Self {
        spot.0
    }
}

impl Place {
    /// A piece of what it says.
    pub(in crate::markdown) fn of(&self, piece: &Piece) -> Spot {
        if self.fence_length == INLINE && piece.start > 0 {
            return Spot(self.at);
        }
        let start = self.at.start.column + self.fence_length + piece.start;
        Spot(self.columns(start, start + piece.text.len()))
    }

    /// Its first line.
    pub(in crate::markdown) fn line(&self) -> Sourcepos {
        if self.fence_length == INLINE {
            return self.at;
        }
        let start = self.at.start.column;
        self.columns(start, start + self.fence_length + self.info_length)
    }

    fn fence(&self) -> Sourcepos {
        self.columns(self.at.start.column, self.at.start.column + self.fence_length)
    }

    fn columns(&self, start: usize, end: usize) -> Sourcepos {
        let line = self.at.start.line;
        (line, start, line, end.saturating_sub(1).max(start)).into()
    }
}

/// Names in backticks, for a hint.
pub(in crate::markdown) fn listed<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

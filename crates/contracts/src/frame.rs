//! The hole in a frame: where the edge puts what the compiler could not know.
//!
//! A frame is a finished page of the theme. Everything between the two marks
//! is what a guest sees; the edge replaces it and keeps head and tail.

use serde::{Deserialize, Serialize};

/// Opens the hole. The compiler emits it exactly once in a frame.
pub const HOLE_START: &str = "<!--lyceum:hole-->";
/// Closes the hole.
pub const HOLE_END: &str = "<!--/lyceum:hole-->";

/// The pages that the edge serves besides lessons, whose frame is the lesson's
/// own public page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FrameName {
    /// `/sign-in/`: asks for an e-mail address.
    SignIn,
    /// `/sign-in/confirm/`: asks for the code, or shows the button of a link.
    Confirm,
    /// `/account/`: who is signed in and what they own.
    Account,
}

impl FrameName {
    /// Every frame a theme has to provide.
    pub const ALL: [Self; 3] = [Self::SignIn, Self::Confirm, Self::Account];

    /// The name in object keys and in theme templates.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Confirm => "confirm",
            Self::Account => "account",
        }
    }
}

/// A frame cut at its hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Everything before the hole.
    pub head: &'a str,
    /// What stands in the hole until the edge fills it.
    pub placeholder: &'a str,
    /// Everything after the hole.
    pub tail: &'a str,
}

impl<'a> Frame<'a> {
    /// Cuts a page at its hole. `None` unless there is exactly one hole.
    #[must_use]
    pub fn split(page: &'a str) -> Option<Self> {
        let (head, rest) = page.split_once(HOLE_START)?;
        let (placeholder, tail) = rest.split_once(HOLE_END)?;
        let once = |text: &str| !text.contains(HOLE_START) && !text.contains(HOLE_END);
        (once(head) && once(placeholder) && once(tail)).then_some(Self { head, placeholder, tail })
    }

    /// The whole page with `fragment` in the hole.
    #[must_use]
    pub fn fill(&self, fragment: &str) -> String {
        [self.head, fragment, self.tail].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_keeps_head_and_tail_and_takes_one_fragment() {
        let page = format!("<main>{HOLE_START}locked{HOLE_END}</main>");
        let frame = Frame::split(&page).unwrap();
        assert_eq!(frame.placeholder, "locked");
        assert_eq!(frame.fill("open"), "<main>open</main>");
    }

    #[test]
    fn a_page_without_exactly_one_hole_is_no_frame() {
        let twice = format!("{HOLE_START}a{HOLE_END}{HOLE_START}b{HOLE_END}");
        let nested = format!("{HOLE_START}{HOLE_START}b{HOLE_END}");
        let reversed = format!("{HOLE_END}{HOLE_START}");
        for page in ["<main></main>", &twice, &nested, &reversed] {
            assert_eq!(Frame::split(page), None, "{page}");
        }
    }
}

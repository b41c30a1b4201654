//! The hole in a frame: where the edge puts what the compiler could not know.
//!
//! A frame is a finished page of the theme. Everything between the two marks
//! is what a guest sees; the edge replaces it and keeps head and tail. What
//! goes into which hole is agreed on [`FrameName`] and [`LESSON_HOLE_ID`].

use serde::{Deserialize, Serialize};

/// Opens the hole. The compiler emits it exactly once in a frame.
pub const HOLE_START: &str = "<!--lyceum:hole-->";
/// Closes the hole.
pub const HOLE_END: &str = "<!--/lyceum:hole-->";

/// What the edge puts at the end of a hole on a page for somebody who is signed
/// in, so that a theme can offer the account instead of a sign-in without a
/// script: `:root:has(.signed-in)`.
pub const SIGNED_IN: &str = "<span class=\"signed-in\" hidden></span>";

/// The `id` of the element around the hole of a gated lesson's page.
///
/// The page itself is the frame of `/learn/<course>/<lesson>/`. The hole holds
/// the preview and the locked panel. For an entitled learner the edge puts the
/// body there as it is stored; for anyone else it leaves the hole's own content
/// and may put a message paragraph (see [`FrameName`]) before it.
///
/// The element carries `data-lesson-api` (the path and query to ask for signed
/// URLs) and `data-learn` (the path of the whole lesson at the edge), both with
/// the folder of the base URL.
pub const LESSON_HOLE_ID: &str = "lesson-body";

/// The pages that the edge serves besides lessons, whose frame is the lesson's
/// own public page.
///
/// Each has one hole, and its address begins with `/<lang>` in every language
/// but the default one. A form and its button stand around the hole, so the
/// edge writes only what differs between answers. Every text and value in a
/// hole is escaped by the edge. A message paragraph, where one is due, comes
/// first in the hole:
///
/// ```html
/// <p class="message" role="status">We have sent you a code</p>
/// <p class="message message-error" role="alert">This code is wrong</p>
/// ```
///
/// Its texts are [`crate::message::Message`]s of the page's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FrameName {
    /// `/sign-in/`: asks for an e-mail address.
    ///
    /// The form posts `email` to `/api/sign-in`. The hole takes the message and
    /// `<input type="hidden" name="return_to" value="/learn/…">`.
    SignIn,
    /// `/sign-in/confirm/`: asks for the code, or shows the button of a link.
    ///
    /// The form posts to `/api/sign-in/confirm`. The hole takes the message and
    /// either `<input type="hidden" name="token" value="…">` (the link of the
    /// mail was opened) or `<input type="hidden" name="email" value="…">` and
    ///
    /// ```html
    /// <label class="field"><span>Six-digit code</span>
    /// <input name="code" inputmode="numeric" autocomplete="one-time-code"
    ///        pattern="[0-9]{6}" maxlength="6" required></label>
    /// ```
    ///
    /// and in both cases the hidden `return_to` when there is one.
    Confirm,
    /// `/account/`: who is signed in and what they own.
    ///
    /// The hole takes `<p class="account-email">…</p>`, then either
    ///
    /// ```html
    /// <ul class="account-courses">
    /// <li><a href="/courses/rust/">Rust</a> <span class="account-until">until 2027-01-01</span></li>
    /// </ul>
    /// ```
    ///
    /// (the span only for what ends) or `<p class="account-empty">…</p>`. A
    /// form that posts to `/api/sign-out` stands below the hole.
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

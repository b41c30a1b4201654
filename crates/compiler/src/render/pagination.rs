//! A list on several pages: how each is titled, and how they lead to one another.

use contracts::language::Language;

use crate::address::Place;
use crate::diagnostic::Diagnostic;
use crate::render::Renderer;
use crate::render::view::Pages;

impl Renderer<'_> {
    /// A title with the number of its page, from the second page on.
    pub(super) fn numbered(
        &self,
        title: &str,
        number: usize,
        count: usize,
        language: &Language,
    ) -> String {
        if number == 1 {
            return title.to_owned();
        }
        let numbered = self.theme.text(language, "page-of");
        let numbered = numbered
            .replace("{number}", &number.to_string())
            .replace("{count}", &count.to_string());
        format!("{title}: {numbered}")
    }

    /// The neighbours of page `number` of `count`; `None` where there is one page.
    pub(super) fn pages<'p>(
        &self,
        number: usize,
        count: usize,
        language: &Language,
        place: impl Fn(usize) -> Place<'p>,
    ) -> Result<Option<Pages>, Diagnostic> {
        if count < 2 {
            return Ok(None);
        }
        let link = |wanted: usize| match wanted {
            wanted if (1..=count).contains(&wanted) => self.link(place(wanted), language).map(Some),
            _ => Ok(None),
        };
        Ok(Some(Pages { number, count, previous: link(number - 1)?, next: link(number + 1)? }))
    }
}

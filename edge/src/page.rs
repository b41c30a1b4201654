//! Pages of the theme with the edge's part in their hole.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use contracts::cache_policy::CachePolicy;
use contracts::frame::{Frame, FrameName};
use contracts::language::Language;
use contracts::message::{Message, fill};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

use crate::app::App;
use crate::error::Problem;
use crate::html;
use crate::published::Publication;

/// A page about a person: never kept anywhere.
#[must_use]
pub fn personal(status: StatusCode, html: String) -> Response {
    let mut response = (status, html).into_response();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html);
    response.extensions_mut().insert(CachePolicy::NoStore);
    response
}

/// The words of one language.
pub struct Words {
    publication: Arc<Publication>,
    language: Language,
}

/// How a message is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It went well.
    Status,
    /// It did not.
    Alert,
}

impl Words {
    /// The words of a language of the release.
    #[must_use]
    pub fn new(publication: &Arc<Publication>, language: &Language) -> Self {
        Self { publication: Arc::clone(publication), language: language.clone() }
    }

    /// The language itself.
    #[must_use]
    pub fn language(&self) -> &Language {
        &self.language
    }

    /// A text with its placeholders filled, not escaped yet.
    #[must_use]
    pub fn text(&self, message: Message, values: &[(&str, &str)]) -> String {
        let texts = self.publication.live.manifest().messages.get(&self.language);
        let text = texts.and_then(|texts| texts.get(message.key())).map_or("", String::as_str);
        fill(text, |name| values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value))
    }

    /// A message paragraph, as [`FrameName`] describes it.
    #[must_use]
    pub fn paragraph(&self, message: Message, tone: Tone) -> String {
        let text = html::escape(&self.text(message, &[]));
        match tone {
            Tone::Status => format!(r#"<p class="message" role="status">{text}</p>"#),
            Tone::Alert => format!(r#"<p class="message message-error" role="alert">{text}</p>"#),
        }
    }

    /// A page of the theme with `hole` in its hole.
    pub async fn page(
        &self,
        app: &App,
        name: FrameName,
        status: StatusCode,
        hole: &str,
    ) -> Result<Response, Problem> {
        let release = &self.publication.live.release;
        let text = app.published.frame(release, name, &self.language).await?;
        let frame = Frame::split(&text)
            .ok_or_else(|| Problem::Internal(format!("frame `{}` has no hole", name.as_str())))?;
        Ok(personal(status, frame.fill(hole)))
    }
}

/// A hidden field of a form.
#[must_use]
pub fn hidden(name: &str, value: &str) -> String {
    format!(r#"<input type="hidden" name="{name}" value="{}">"#, html::escape(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_value_stays_inside_its_quotes() {
        assert_eq!(
            hidden("return_to", "/a\"><script>"),
            r#"<input type="hidden" name="return_to" value="/a&quot;&gt;&lt;script&gt;">"#
        );
    }
}

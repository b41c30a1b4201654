//! What a text refers to: links, pictures and files, each checked and given its
//! published address.

use std::sync::Arc;

use comrak::nodes::Sourcepos;

use super::Context;
use super::raw_html::Element;
use super::writer::{Writer, opening_tag};
use crate::diagnostic::shown::shown_at_most;
use crate::diagnostic::{Code, Diagnostic};
use crate::escape::escaped;
use crate::image::{Format, Picture, PictureError};
use crate::link::{AnchorLink, Destination, LinkProblem, Named};
use crate::site::Content;
use crate::source::{SourceFile, SourcePath};

/// Text stands in a column of this width from this width of the window on; the
/// theme's style sheet says the same.
const SIZES: &str = "(min-width: 50rem) 46rem, 100vw";

/// Where a picture is fetched, and what is known of it if it is ours.
pub(super) struct Source {
    pub(super) src: String,
    /// Its pixels and the name of its file.
    picture: Option<(Arc<Picture>, String)>,
}

/// How a browser is told of the copies of a picture.
#[derive(Default)]
struct Copies {
    /// What stands before the `<img>`.
    before: String,
    /// Attributes of the `<img>`.
    srcset: String,
    /// What stands after it.
    after: &'static str,
}

impl<'a> Writer<'_, 'a> {
    /// What stands before and after the text of a link.
    pub(super) fn open_link(&mut self, url: &str, title: &str, at: Sourcepos) -> (String, String) {
        let Some(href) = self.href(url, at) else {
            // The text stays readable in a preview of unfinished work.
            return (String::new(), String::new());
        };
        let rel = if is_web(&href) { " rel=\"noopener\"" } else { "" };
        let title = attribute("title", title);
        (format!("<a href=\"{}\"{title}{rel}>", escaped(&href)), "</a>".to_owned())
    }

    /// What stands before and after the text of `[[lesson]]`.
    pub(super) fn open_wikilink(&mut self, name: &str, at: Sourcepos) -> (String, String) {
        let (page, anchor) = name.split_once('#').map_or((name, None), |(p, a)| (p, Some(a)));
        let (message, hint) = match self.scene.reads.named(page) {
            Named::Page(link) => {
                let url = anchor.map_or(link.clone(), |anchor| format!("{link}#{anchor}"));
                return self.open_link(&url, "", at);
            }
            Named::Several(names) => (
                format!("`{}` is the name of several pages", shortened(page)),
                format!("write a link to one of `{}`", names.join("`, `")),
            ),
            Named::Nothing(near) => (
                format!("there is no page `{}`", shortened(page)),
                near.map_or_else(
                    || {
                        "a page is named after its file, without number; write `\\[[` for brackets"
                            .to_owned()
                    },
                    |near| format!("did you mean `{near}`?"),
                ),
            ),
        };
        let range = self.report.range_of(at, name);
        let diagnostic = self.report.diagnostic(range, Code::BrokenLink, message);
        self.report.push(diagnostic.hint(hint));
        (String::new(), String::new())
    }

    /// What the page is called that `[[name]]` leads to.
    pub(super) fn title_of(&self, name: &str) -> Option<String> {
        let scene = self.scene;
        let page = name.split('#').next().unwrap_or_default();
        let Named::Page(link) = scene.reads.named(page) else { return None };
        match scene.reads.resolve(&link) {
            Ok(Destination::Page { source: Some(source), .. }) => {
                scene.reads.title(&source).map(str::to_owned)
            }
            _ => None,
        }
    }

    /// What stands before and after the alternative text of a picture.
    pub(super) fn open_picture(
        &mut self,
        url: &str,
        title: &str,
        alt: &str,
        at: Sourcepos,
    ) -> (String, String) {
        if alt.trim().is_empty() {
            let range = self.report.range(at);
            let message = "the picture has no text for those who can't see it";
            let diagnostic = self.report.diagnostic(range, Code::MissingAlt, message);
            self.report.push(diagnostic.hint("say between `![` and `]` what it shows"));
        }
        let Some(source) = self.picture(url, at) else {
            return ("<span class=\"missing-image\">".to_owned(), "</span>".to_owned());
        };
        let mut close = "\"".to_owned();
        if let Some((width, height)) = source.size() {
            close.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
        }
        let Copies { before, srcset, after } = self.copies(&source);
        close.push_str(&srcset);
        close.push_str(self.loading());
        close.push_str(&attribute("title", title));
        close.push('>');
        close.push_str(after);
        (format!("{before}<img src=\"{}\" alt=\"", escaped(&source.src)), close)
    }

    /// An `<img>` of the author's, under the same rules.
    pub(super) fn raw_picture(&mut self, mut element: Element, at: Sourcepos) -> String {
        if element.attribute("alt").is_none() {
            let range = self.report.range_of(at, "<img");
            let message = "the picture has no text for those who can't see it";
            let diagnostic = self.report.diagnostic(range, Code::MissingAlt, message);
            self.report.push(diagnostic.hint(
                "say in `alt=\"…\"` what it shows, or write `alt=\"\"` if it is only decoration",
            ));
        }
        let url = element.take("src").unwrap_or_default();
        let Some(source) = self.picture(&url, at) else {
            let alt = escaped(element.attribute("alt").unwrap_or_default());
            return format!("<span class=\"missing-image\">{alt}</span>");
        };
        element.take("loading");
        let mut tag = opening_tag(&element);
        tag.pop();
        let asked = |name| element.attribute(name).map(str::to_owned);
        match (asked("width"), asked("height"), source.size()) {
            (None, None, Some((width, height))) => {
                tag.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
            }
            // The other side follows, so that the page does not jump.
            (Some(asked), None, Some((width, height))) => {
                if let Ok(asked) = asked.trim_end_matches("px").parse::<u64>() {
                    let height = asked.saturating_mul(height.into()) / u64::from(width.max(1));
                    tag.push_str(&format!(" height=\"{height}\""));
                }
            }
            _ => {}
        }
        let (Copies { before, srcset, after }, loading) = (self.copies(&source), self.loading());
        let rest = tag.split_off("<img".len());
        format!("{before}<img src=\"{}\"{rest}{srcset}{loading}>{after}", escaped(&source.src))
    }

    /// Gives the addresses in a raw element their published form, and takes off
    /// those that lead nowhere.
    pub(super) fn check_addresses(&mut self, element: &mut Element, at: Sourcepos) {
        if let Some(target) = element.take("target")
            && target == "_blank"
        {
            element.attributes.push(("target".to_owned(), target));
        }
        if let Some(url) = element.take("href")
            && let Some(href) = self.href(&url, at)
        {
            if is_web(&href) {
                element.attributes.push(("rel".to_owned(), "noopener".to_owned()));
            }
            element.attributes.insert(0, ("href".to_owned(), href));
        }
        for name in ["poster", "src"] {
            if let Some(url) = element.take(name)
                && let Some(link) = self.media(&url, at)
            {
                element.attributes.insert(0, (name.to_owned(), link));
            }
        }
    }

    /// The published address a link leads to. `None` if there is none, which has
    /// been reported.
    pub(super) fn href(&mut self, url: &str, at: Sourcepos) -> Option<String> {
        match self.resolve(url, at)? {
            Destination::External(url) => Some(url),
            Destination::Anchor(anchor) => {
                let link = format!("#{anchor}");
                // Browsers know these two themselves.
                if !matches!(anchor.as_str(), "" | "top") {
                    let message = format!("this page has no heading `#{anchor}`");
                    let page = self.scene.markdown.path.clone();
                    self.expect_anchor(page, anchor, message, url, at);
                }
                Some(link)
            }
            Destination::Page { link, source, anchor: Some(anchor) } => {
                let href = format!("{link}#{anchor}");
                if let Some(source) = source {
                    self.page_links.insert(source.clone());
                    let message = format!("`{source}` has no heading `#{anchor}`");
                    self.expect_anchor(source, anchor, message, url, at);
                }
                Some(href)
            }
            Destination::Page { link, source, .. } => {
                self.page_links.extend(source);
                Some(link)
            }
            Destination::File(path) => self.file(&path, url, at),
        }
    }

    fn expect_anchor(
        &mut self,
        source: SourcePath,
        anchor: String,
        message: String,
        url: &str,
        at: Sourcepos,
    ) {
        let diagnostic =
            self.report.diagnostic(self.report.range_of(at, url), Code::BrokenAnchor, message);
        self.anchor_links.push(AnchorLink { source, anchor, diagnostic });
    }

    /// The address of a picture, and what is known of it. `None` if it can't be
    /// shown, which has been reported.
    pub(super) fn picture(&mut self, url: &str, at: Sourcepos) -> Option<Source> {
        match self.resolve(url, at)? {
            Destination::External(url) if is_web(&url) => Some(Source { src: url, picture: None }),
            Destination::File(path) => {
                let file = self.scene.reads.file(&path)?;
                let picture = self.read_picture(&path, file, url, at)?;
                let src = self.file(&path, url, at)?;
                Some(Source { src, picture: Some((picture, path.file_name().to_owned())) })
            }
            _ => {
                let range = self.report.range_of(at, url);
                let message = format!("`{}` is not a picture", shortened(url));
                let diagnostic = self.report.diagnostic(range, Code::MissingAsset, message);
                self.report.push(diagnostic);
                None
            }
        }
    }

    /// The address of a video, a sound or a caption.
    pub(super) fn media(&mut self, url: &str, at: Sourcepos) -> Option<String> {
        match self.resolve(url, at)? {
            Destination::External(url) if is_web(&url) => Some(url),
            Destination::File(path) => self.file(&path, url, at),
            _ => {
                let range = self.report.range_of(at, url);
                let message = format!("`{}` is not a file to play", shortened(url));
                let diagnostic = self.report.diagnostic(range, Code::MissingAsset, message);
                self.report.push(diagnostic);
                None
            }
        }
    }

    /// Puts a file on the shelf.
    fn file(&mut self, path: &SourcePath, url: &str, at: Sourcepos) -> Option<String> {
        let file = self.scene.reads.file(path)?;
        // A drawing that is only linked runs as a page of its own.
        let fine = self.scene.context.pictures.may_be_linked(path, file);
        fine.map_err(|error| self.bad_image(path, &error, url, at)).ok()?;
        let link = self.shelf.place(path.file_name(), file.digest, Content::Source(file.clone()));
        if link.is_none() {
            let range = self.report.range_of(at, url);
            let message = format!("`{path}` has a name that can't be published");
            let diagnostic = self.report.diagnostic(range, Code::MissingAsset, message);
            let hint = "rename it without `?`, `#` and `\\`, to at most 200 letters";
            self.report.push(diagnostic.hint(hint));
        }
        link
    }

    fn read_picture(
        &mut self,
        path: &SourcePath,
        file: &SourceFile,
        url: &str,
        at: Sourcepos,
    ) -> Option<Arc<Picture>> {
        let picture = self.scene.reads.picture(path, file);
        picture.map_err(|error| self.bad_image(path, &error, url, at)).ok()
    }

    fn bad_image(&mut self, path: &SourcePath, error: &PictureError, url: &str, at: Sourcepos) {
        let range = self.report.range_of(at, url);
        let diagnostic = self.report.diagnostic(range, Code::BadImage, format!("`{path}` {error}"));
        self.report.push(diagnostic);
    }

    /// Puts the copies of a picture on the shelf and names them for the browser.
    fn copies(&mut self, source: &Source) -> Copies {
        let Some((picture, name)) = &source.picture else { return Copies::default() };
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        let avif = self.candidates(picture, stem, Format::Avif);
        let webp = self.candidates(picture, stem, Format::Webp);
        let source_of = |format: Format, candidates: &str| {
            let extension = format.extension();
            let candidates = escaped(candidates);
            format!("<source type=\"image/{extension}\" srcset=\"{candidates}\" sizes=\"{SIZES}\">")
        };
        let mut sources = String::new();
        if !avif.is_empty() {
            sources += &source_of(Format::Avif, &avif);
        }
        // A browser that knows WebP looks no further than here.
        if picture.webp_suffices() && !webp.is_empty() {
            sources += &source_of(Format::Webp, &webp);
        }
        let srcset = match picture.size {
            Some((width, _)) if !webp.is_empty() && !picture.webp_suffices() => {
                let candidates = escaped(&format!("{webp}, {} {width}w", source.src));
                format!(" srcset=\"{candidates}\" sizes=\"{SIZES}\"")
            }
            _ => String::new(),
        };
        if sources.is_empty() {
            return Copies { srcset, ..Copies::default() };
        }
        Copies { before: format!("<picture>{sources}"), srcset, after: "</picture>" }
    }

    /// The copies in one format as a `srcset`.
    fn candidates(&mut self, picture: &Picture, stem: &str, format: Format) -> String {
        let mut candidates = Vec::new();
        for copy in picture.copies(format) {
            let content = Content::Bytes(copy.bytes.clone());
            let name = format!("{stem}-{}.{}", copy.width, format.extension());
            if let Some(link) = self.shelf.place(&name, copy.digest, content) {
                candidates.push(format!("{link} {}w", copy.width));
            }
        }
        candidates.join(", ")
    }

    fn loading(&mut self) -> &'static str {
        if std::mem::replace(&mut self.has_picture, true) {
            " loading=\"lazy\" decoding=\"async\""
        } else {
            " decoding=\"async\""
        }
    }

    fn resolve(&mut self, url: &str, at: Sourcepos) -> Option<Destination> {
        match self.scene.reads.resolve(url) {
            Ok(destination) => Some(destination),
            Err(problem) => {
                let diagnostic = self.explain(&problem, url, at);
                self.report.push(diagnostic);
                None
            }
        }
    }

    fn explain(&self, problem: &LinkProblem, url: &str, at: Sourcepos) -> Diagnostic {
        let (code, message, hint) = problem.explain(url);
        let is_missing = *problem == LinkProblem::Missing;
        let code = if is_missing && names_a_file(url) { Code::MissingAsset } else { code };
        let diagnostic = self.report.diagnostic(self.report.range_of(at, url), code, message);
        let nearest = || {
            let Context { links, tree, .. } = self.scene.context;
            let nearest = links.nearest(tree, &self.scene.markdown.path, url)?;
            Some(format!("did you mean `{nearest}`?"))
        };
        let wants_hint = is_missing && self.report.wants_search();
        match hint.or_else(|| wants_hint.then(nearest).flatten()) {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        }
    }
}

impl Source {
    fn size(&self) -> Option<(u32, u32)> {
        self.picture.as_ref().and_then(|(picture, _)| picture.size)
    }
}

fn attribute(name: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!(" {name}=\"{}\"", escaped(value)) }
}

fn is_web(url: &str) -> bool {
    let starts =
        |scheme: &str| url.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme));
    starts("http:") || starts("https:")
}

/// Whether a path means a file that is not a page.
fn names_a_file(url: &str) -> bool {
    let path = url.split(['#', '?']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| !matches!(extension, "" | "md" | "html" | "htm"))
}

fn shortened(text: &str) -> String {
    shown_at_most(text, 200)
}

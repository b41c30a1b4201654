//! Every Markdown text of a school, rendered side by side.
//!
//! Here is decided who may read a text: a gated lesson's is handed on with its
//! place behind the edge, everything else is public.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contracts::language::Language;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::address::Addresses;
use crate::cache::Cache;
use crate::data::Data;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::highlight::Highlighter;
use crate::image::Pictures;
use crate::link::{LinkIndex, Links, check_anchors};
use crate::markdown::reads::{Question, Reads};
use crate::markdown::{Blocks, Context, RawHtml, Readers, Rendered, render_reading};
use crate::memo::{Input, Memo, Recalled};
use crate::notes::Noting;
use crate::school::{Markdown, School};
use crate::site_config::SiteConfig;
use crate::source::{SourcePath, SourceTree};
use crate::text::note::TextNotes;
use crate::theme::Theme;

mod kept;
pub(crate) mod note;

/// Rendered Markdown by the file it was written in.
pub type Documents = BTreeMap<SourcePath, Document>;

/// A text to render.
pub(crate) struct Text<'a> {
    pub(crate) markdown: &'a Markdown,
    pub(crate) language: &'a Language,
    /// Where its gated part stands; `None` for a public text.
    pub(crate) learn_link: Option<String>,
}

impl Text<'_> {
    /// The text as an earlier build rendered it, else rendered now, and what it asked.
    /// `around` names all that a text depends on without asking.
    fn rendered(
        &self,
        context: &Context<'_>,
        memo: &Memo,
        mut around: Input,
    ) -> (Rendered, BTreeSet<Question>) {
        let Self { markdown, language, learn_link } = self;
        let readers = match learn_link {
            Some(learn_link) => Readers::Entitled { learn_link },
            None => Readers::Everyone,
        };
        let reads = Reads::new(context, &markdown.path, language);
        if is_quick(markdown.text()) {
            let rendered = render_reading(&reads, context, markdown, language, readers);
            return (rendered, reads.into_asked().into_keys().collect());
        }
        around.add(markdown.path.as_str().as_bytes()).add(language.as_str().as_bytes());
        around.add(markdown.file.as_bytes()).add(format!("{readers:?}").as_bytes());
        let place = match memo.recall(around.digest(), |question| reads.answer(question)) {
            Recalled::Result(bytes, asked) => match kept::unpack(&bytes, context) {
                Some(rendered) => return (rendered, asked),
                None => None,
            },
            Recalled::Place(place) => Some(place),
        };
        let rendered = render_reading(&reads, context, markdown, language, readers);
        let asked = reads.into_asked();
        if let Some((place, bytes)) = place.zip(kept::pack(&rendered, &asked, context)) {
            memo.keep(place, &asked, &bytes);
        }
        (rendered, asked.into_keys().collect())
    }
}

/// Starts what is dear to make: code, formulas, pictures, and what is taken in.
const DEAR: [&str; 5] = ["```", "~~~", "$", "![", "{{"];

/// Whether a text is rendered sooner than it is kept and read again.
fn is_quick(text: &str) -> bool {
    DEAR.iter().all(|mark| !text.contains(mark))
}

/// What all texts of a school are rendered with.
pub(crate) struct Workshop<'a> {
    pub(crate) config: &'a SiteConfig,
    pub(crate) theme: &'a Theme,
    pub(crate) tree: &'a SourceTree,
    pub(crate) pictures: &'a Pictures,
    pub(crate) cache: &'a Arc<dyn Cache>,
    pub(crate) links: &'a Links<'a>,
    pub(crate) data: &'a Data,
}

impl Workshop<'_> {
    /// Does something with texts: hands out the way to render one.
    pub(crate) fn open<T>(
        &self,
        work: impl FnOnce(&(dyn Fn(&Text<'_>) -> (Rendered, BTreeSet<Question>) + Sync)) -> T,
    ) -> T {
        let highlighter = Highlighter::new(Arc::clone(self.cache));
        let blocks = Blocks::new(self.cache);
        let Self { config, theme, tree, pictures, links, data, .. } = *self;
        let unsafe_html = config.unsafe_html;
        let context = Context {
            tree,
            links,
            base_url: &config.base_url,
            highlighter: &highlighter,
            blocks: &blocks,
            pictures,
            theme,
            data,
            data_digest: tree.digest_below(crate::data::FOLDER),
            raw_html: if unsafe_html { RawHtml::AsWritten } else { RawHtml::Sanitised },
        };
        let memo = Memo::new(self.cache);
        let mut around = memo.input("text");
        around.add(theme.digest().as_bytes()).add(format!("{config:?}").as_bytes());
        work(&|text| text.rendered(&context, &memo, around.clone()))
    }
}

/// Renders every text, and checks the links between them.
#[must_use]
pub fn render_all(
    school: &School,
    theme: &Theme,
    tree: &SourceTree,
    pictures: &Pictures,
    cache: &Arc<dyn Cache>,
) -> (Documents, Vec<Diagnostic>) {
    let (documents, diagnostics, _) =
        render_noting(school, theme, tree, pictures, cache, Noting::Off);
    (documents, diagnostics)
}

/// As [`render_all`], and notes what is needed to render one text again alone.
pub(crate) fn render_noting(
    school: &School,
    theme: &Theme,
    tree: &SourceTree,
    pictures: &Pictures,
    cache: &Arc<dyn Cache>,
    noting: Noting,
) -> (Documents, Vec<Diagnostic>, TextNotes) {
    let links = Links::from(LinkIndex::new(school));
    let (config, data) = (&school.config, &school.data);
    let workshop = Workshop { config, theme, tree, pictures, cache, links: &links, data };
    let texts = texts(school);
    let rendered: Vec<_> = workshop.open(|render| texts.par_iter().map(render).collect());
    let mut notes = match noting {
        Noting::On => TextNotes::new(links),
        Noting::Off => TextNotes::default(),
    };
    let mut documents = Documents::new();
    let mut diagnostics = Vec::new();
    let mut anchors = BTreeMap::new();
    let mut anchor_links = Vec::new();
    for (text, (rendered, asked)) in texts.iter().zip(rendered) {
        if noting == Noting::On {
            notes.add(text, &rendered, &asked);
        }
        let path = &text.markdown.path;
        documents.insert(path.clone(), rendered.document);
        diagnostics.extend(rendered.diagnostics);
        anchors.insert(path.clone(), rendered.anchors);
        anchor_links.extend(rendered.anchor_links);
    }
    diagnostics.extend(check_anchors(&anchor_links, &anchors));
    (documents, diagnostics, notes)
}

fn texts(school: &School) -> Vec<Text<'_>> {
    let addresses = Addresses::new(&school.config);
    let mut texts = Vec::new();
    let mut public = |language, markdown| {
        texts.push(Text { markdown, language, learn_link: None });
    };
    for (language, edition) in school.instructors.values().flat_map(|who| &who.editions) {
        public(language, &edition.body);
    }
    for (language, edition) in school.pages.iter().flat_map(|page| &page.editions) {
        public(language, &edition.body);
    }
    for (language, edition) in school.paths.iter().flat_map(|path| &path.editions) {
        public(language, &edition.body);
    }
    for (language, edition) in school.courses.iter().flat_map(|course| &course.editions) {
        public(language, &edition.body);
    }
    for course in &school.courses {
        for lesson in course.lessons() {
            for (language, edition) in &lesson.editions {
                // A link too long to be made is told by the page; the empty one
                // keeps the text gated until then.
                let learn_link = lesson.is_gated().then(|| {
                    addresses.learn_link(&course.slug, &lesson.slug, language).unwrap_or_default()
                });
                texts.push(Text { markdown: &edition.body, language, learn_link });
            }
        }
    }
    texts
}

//! Every Markdown text of a school, rendered side by side.
//!
//! Here is decided who may read a text: a gated lesson's is handed on with its
//! place behind the edge, everything else is public.

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::language::Language;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::address::Addresses;
use crate::cache::Cache;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::highlight::Highlighter;
use crate::image::Pictures;
use crate::link::{LinkIndex, check_anchors};
use crate::markdown::reads::Reads;
use crate::markdown::{Context, RawHtml, Readers, Rendered, render_reading};
use crate::memo::{Input, Memo, Recalled};
use crate::school::{Markdown, School};
use crate::source::{SourcePath, SourceTree};
use crate::theme::Theme;

mod kept;

/// Rendered Markdown by the file it was written in.
pub type Documents = BTreeMap<SourcePath, Document>;

/// A text to render.
struct Text<'a> {
    markdown: &'a Markdown,
    language: &'a Language,
    /// Where its gated part stands; `None` for a public text.
    learn_link: Option<String>,
}

impl Text<'_> {
    /// The text as an earlier build rendered it, else rendered now. `around` names all
    /// that a text depends on without asking.
    fn rendered(&self, context: &Context<'_>, memo: &Memo, mut around: Input) -> Rendered {
        let Self { markdown, language, learn_link } = self;
        let readers = match learn_link {
            Some(learn_link) => Readers::Entitled { learn_link },
            None => Readers::Everyone,
        };
        around.add(markdown.path.as_str().as_bytes()).add(language.as_str().as_bytes());
        around.add(markdown.file.as_bytes()).add(format!("{readers:?}").as_bytes());
        let reads = Reads::new(context, &markdown.path, language);
        let place = match memo.recall(around.digest(), |question| reads.answer(question)) {
            Recalled::Result(bytes) => match kept::unpack(&bytes, context) {
                Some(rendered) => return rendered,
                None => None,
            },
            Recalled::Place(place) => Some(place),
        };
        let rendered = render_reading(&reads, context, markdown, language, readers);
        let asked = reads.into_asked();
        if let Some((place, bytes)) = place.zip(kept::pack(&rendered, &asked, context)) {
            memo.keep(place, &asked, &bytes);
        }
        rendered
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
    let links = LinkIndex::new(school);
    let highlighter = Highlighter::new(Arc::clone(cache));
    let context = Context {
        tree,
        links: &links,
        base_url: &school.config.base_url,
        highlighter: &highlighter,
        pictures,
        theme,
        data: &school.data,
        data_digest: tree.digest_below(crate::data::FOLDER),
        raw_html: if school.config.unsafe_html { RawHtml::AsWritten } else { RawHtml::Sanitised },
    };
    let memo = Memo::new(cache);
    let mut around = memo.input("text");
    around.add(theme.digest().as_bytes()).add(format!("{:?}", school.config).as_bytes());
    let texts = texts(school);
    let rendered: Vec<_> = texts
        .par_iter()
        .map(|text| (&text.markdown.path, text.rendered(&context, &memo, around.clone())))
        .collect();
    let mut documents = Documents::new();
    let mut diagnostics = Vec::new();
    let mut anchors = BTreeMap::new();
    let mut anchor_links = Vec::new();
    for (path, text) in rendered {
        documents.insert(path.clone(), text.document);
        diagnostics.extend(text.diagnostics);
        anchors.insert(path.clone(), text.anchors);
        anchor_links.extend(text.anchor_links);
    }
    diagnostics.extend(check_anchors(&anchor_links, &anchors));
    (documents, diagnostics)
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

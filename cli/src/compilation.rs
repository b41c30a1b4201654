//! One way from a school's folder to a compiled site, for every command.
//!
//! It reads, compiles and shows what the author should know. What becomes of
//! the site is each command's own business.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use compiler::cache::Cache;
use compiler::comparison::{ContentFiles, compare};
use compiler::diagnostic::code::Standing;
use compiler::diagnostic::policy::{Level, Policy};
use compiler::diagnostic::{Code, Diagnostic, has_errors};
use compiler::earlier::{EarlierSite, NoEarlierSite};
use compiler::notes::{Notes, Noting};
use compiler::parse::{Drafts, Options};
use compiler::site::{Site, SiteFile};
use compiler::source::{Change, SourceError, SourcePath, SourceTree};
use compiler::stopwatch::{NoStopwatch, Stopwatch};
use compiler::{Aids, Compilation, compile, compile_aided};
use contracts::manifest::Manifest;
use contracts::object_key::ObjectKey;
use serde::Serialize;

use crate::console;
use crate::failure::Failure;
use crate::folder_cache::FolderCache;
use crate::history::History;
use crate::progress::Progress;
use crate::report::{self, counted};
use crate::school_folder::SchoolFolder;

/// A site that is fit to be written or published, or none, and what the author
/// should know either way.
pub(crate) struct Compiled {
    /// `None` if there are errors.
    pub(crate) site: Option<Site>,
    /// In order of file and line.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What the author makes of each kind of them.
    policy: Policy,
    files: ContentFiles,
    /// For the next build, if this one took any.
    pub(crate) notes: Notes,
}

impl From<Compilation> for Compiled {
    fn from(compilation: Compilation) -> Self {
        let Compilation { site, diagnostics, policy, files, notes } = compilation;
        let site = site.filter(|_| !has_errors(&diagnostics));
        Self { site, diagnostics, policy, files, notes }
    }
}

impl Compiled {
    /// A site of which the same is to be told as of the one that it was made from.
    pub(crate) fn amended(site: Site, diagnostics: Vec<Diagnostic>) -> Self {
        let (policy, files, notes) = (Policy::default(), ContentFiles::default(), Notes::default());
        Self { site: Some(site), diagnostics, policy, files, notes }
    }

    /// Whether nothing is to be told of what changes for people if this site takes the
    /// place of the live one.
    pub(crate) fn is_no_change_for_people(&self, live: &Manifest) -> bool {
        let site = self.site.as_ref();
        site.is_some_and(|site| compare(live, &site.manifest, &self.files).is_empty())
    }

    /// Adds what changes for people if this site takes the place of the live one;
    /// what is `accepted` does not stop it.
    pub(crate) fn compared(mut self, live: &Manifest, accepted: &[Code]) -> anyhow::Result<Self> {
        let Some(site) = &self.site else { return Ok(self) };
        let mut policy = self.policy.clone();
        for code in accepted.iter().filter(|code| code.standing() == Standing::Error) {
            policy.set(*code, Level::Warn)?;
        }
        let mut found = compare(live, &site.manifest, &self.files);
        policy.apply(&mut found);
        self.diagnostics.extend(found);
        self.diagnostics.sort();
        if has_errors(&self.diagnostics) {
            self.site = None;
        }
        Ok(self)
    }
}

impl Compiled {
    /// Adds what was found out after compiling, at the levels that the author
    /// gives it.
    pub(crate) fn tell(&mut self, found: Vec<Diagnostic>) {
        self.diagnostics.extend(found);
        self.policy.apply(&mut self.diagnostics);
    }
}

/// Reads and compiles the school.
pub(crate) fn of(school: &SchoolFolder, options: &Options) -> anyhow::Result<Compiled> {
    let tree = read(school.root())?;
    let history = History::read(school.root());
    Ok(of_read(school, tree, history, options, &NoEarlierSite, &NoStopwatch, Noting::Off))
}

/// Reads a school; what can't be read is told with the way out, where there is one.
pub(crate) fn read(root: &Path) -> anyhow::Result<SourceTree> {
    SourceTree::read(root).map_err(told)
}

fn told(error: SourceError) -> anyhow::Error {
    match hint(&error) {
        Some(hint) => Failure::new(error.to_string(), hint).into(),
        None => error.into(),
    }
}

/// Reads again what may have changed, and tells what came of it.
pub(crate) fn read_again<P: AsRef<Path>>(
    tree: &mut SourceTree,
    root: &Path,
    paths: impl IntoIterator<Item = P>,
) -> anyhow::Result<BTreeMap<SourcePath, Change>> {
    tree.read_again(root, paths).map_err(told)
}

fn hint(error: &SourceError) -> Option<&'static str> {
    match error {
        SourceError::Name(_) | SourceError::Character(_) => Some("rename it"),
        SourceError::SameName(_) => Some("rename or remove one of them"),
        SourceError::OtherKind(_) => Some("give the link the ending of the file it leads to"),
        SourceError::LeavesSchool(_) => {
            Some("copy what it leads to into the school, or move the link out of it")
        }
        SourceError::Loop(_) | SourceError::NotAFile(_) => Some("move it out of the school"),
        SourceError::NotASchool(_) | SourceError::Read { .. } => None,
    }
}

/// Compiles a tree that bears what git knows of its past; `warning` is why that is
/// less than the author would expect. Whatever the cache is to keep is on its way
/// when this returns, and there only after [`FolderCache::finish`].
pub(crate) fn of_dated(
    folder: &Arc<FolderCache>,
    tree: &SourceTree,
    warning: Option<Diagnostic>,
    options: &Options,
    earlier: &dyn EarlierSite,
) -> Compiled {
    of_known(folder, tree, warning, options, earlier, &NoStopwatch, Noting::On)
}

/// Reads nothing more: compiles a tree with a history that is known already.
pub(crate) fn of_read(
    school: &SchoolFolder,
    tree: SourceTree,
    history: History,
    options: &Options,
    earlier: &dyn EarlierSite,
    watch: &dyn Stopwatch,
    noting: Noting,
) -> Compiled {
    let _progress = Progress::uncounted("compiling");
    let folder = Arc::new(FolderCache::of(school.root()));
    let History { changed, authors, warning } = history;
    let tree = tree.with_changes(changed).with_authors(authors);
    let compiled = of_known(&folder, &tree, warning, options, earlier, watch, noting);
    folder.finish();
    if let Some(reason) = folder.remote_trouble() {
        console::say(&format!(
            "warning: the cache that `LYCEUM_REMOTE_CACHE` names was not used for everything: \
             {}\nhint: nothing is wrong with the site; what was not found there was made here",
            report::plain(&reason)
        ));
    }
    compiled
}

fn of_known(
    folder: &Arc<FolderCache>,
    tree: &SourceTree,
    warning: Option<Diagnostic>,
    options: &Options,
    earlier: &dyn EarlierSite,
    watch: &dyn Stopwatch,
    noting: Noting,
) -> Compiled {
    let cache: Arc<dyn Cache> = Arc::<FolderCache>::clone(folder);
    let aids = Aids { cache: &cache, earlier, watch, noting };
    let mut compiled = Compiled::from(compile_aided(aids, tree, options));
    if let Some(reason) = folder.trouble() {
        console::say(&format!(
            "warning: failed to keep derived files in `.lyceum/cache`: {}\nhint: nothing is \
             wrong with the site; the next build takes as long as this one",
            report::plain(&reason)
        ));
    }
    compiled.diagnostics.extend(warning);
    compiled.policy.apply(&mut compiled.diagnostics);
    if has_errors(&compiled.diagnostics) {
        compiled.site = None;
    }
    compiled
}

/// Compiles what was read, and keeps nothing.
pub(crate) fn of_tree(tree: &SourceTree, options: &Options) -> Compiled {
    compile(tree, options).into()
}

/// What the flag `--drafts` asks for.
pub(crate) fn drafts(asked_for: bool) -> Drafts {
    if asked_for { Drafts::Include } else { Drafts::Leave }
}

/// How much there is, for a line of summary or for a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Size {
    /// Pages with an address.
    pub(crate) pages: usize,
    /// Lessons whose text is kept from the public side.
    pub(crate) gated_lessons: usize,
    /// Objects of every kind.
    pub(crate) files: usize,
    /// Their bytes.
    pub(crate) bytes: u64,
}

impl Size {
    /// Counts a site.
    pub(crate) fn of(site: &Site) -> Self {
        Self::of_parts(&site.files, &site.manifest)
    }

    /// Counts the parts of a site.
    pub(crate) fn of_parts(files: &[SiteFile], manifest: &Manifest) -> Self {
        let is_page = |key: &ObjectKey| matches!(key, ObjectKey::Page { path } if path.extension() == Some("html"));
        Self {
            pages: files.iter().filter(|file| is_page(&file.key)).count(),
            gated_lessons: manifest.lessons.values().filter(|l| l.is_gated()).count(),
            files: files.len(),
            bytes: files.iter().map(SiteFile::len).sum(),
        }
    }

    /// `12 pages, 3 gated lessons, 40 files in 0.3 s`
    pub(crate) fn in_words(self, began: Instant) -> String {
        format!(
            "{}, {}, {} in {:.1} s",
            counted(self.pages, "page"),
            counted(self.gated_lessons, "gated lesson"),
            counted(self.files, "file"),
            began.elapsed().as_secs_f64(),
        )
    }
}

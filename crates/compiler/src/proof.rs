//! The proof that no paid byte is public, made at the end of every build.
//!
//! It looks at the finished files and at the author's source, and shares no code
//! with what lies between: a mistake in rendering must not blind it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

use contracts::access::Audience;
use contracts::digest::Digest;
use contracts::id::LessonId;
use contracts::manifest::LessonEntry;
use contracts::object_key::{Encoding, ObjectKey};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::diagnostic::{Code, Diagnostic};
use crate::site::{Content, Site, SiteFile, digest};
use crate::source::{SourceBytes, SourcePath};

pub(crate) mod amended;
mod caption;
mod container;
mod decode;
mod interference;
mod markup;
mod secret;
mod shingle;
mod source_text;

pub use interference::{Interference, interference};
pub use secret::Secrets;

/// How many layers of encoding are undone: a page holds an attribute that holds
/// JSON that holds base64 that holds a compressed text. A formula alone may need
/// many: its backslashes, percent signs and ampersands look like three encodings,
/// and each is undone a little at a time. The budget is what bounds the work.
const MAX_DEPTH: usize = 24;

/// Down to this layer a text with a `<` in it is cut as markup. In a formula each
/// `<` would seem to open a tag that holds the next one; below it such a text is
/// searched as it stands.
const MAX_MARKUP_DEPTH: usize = 4;

/// Down to this layer each encoding is undone alone as well; below it all are
/// undone together, or the layers would branch without end.
const MAX_SINGLE_DEPTH: usize = 2;

/// How many bytes are searched in all its layers for each byte of a file, and
/// how many at least. An honest file needs three, one full of formulas thirty.
const MAX_UNFOLDING: usize = 64;
const MIN_BUDGET: usize = 16 * 1024 * 1024;

/// A longer download can't be searched. Each core has one in memory at a time.
const MAX_SEARCHED_BYTES: u64 = 64 * 1024 * 1024;

/// The shortest run of plain text that is read in a file of bytes, such as the
/// description in a picture.
const MIN_PLAIN_RUN: usize = 24;

/// Something that is public and must not be, or the other way round.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leak {
    /// The path of the object in its bucket.
    pub object: String,
    /// What is wrong with it.
    pub kind: LeakKind,
    /// The author's file whose content it is, if it is known.
    pub source: Option<SourcePath>,
}

/// What is wrong with an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeakKind {
    /// It holds words of a gated lesson.
    Text(LessonId),
    /// It is, or holds, a file of a gated lesson.
    File(LessonId),
    /// It can't be searched: damaged, too long, or packed too deep.
    Unsearchable,
    /// It is the compressed copy of a public file, and holds something else.
    Unfaithful,
    /// It is there and the manifest does not name it, with this digest and length.
    Unlisted,
    /// The manifest names it and it is not there.
    Missing,
    /// Two objects have one path in one bucket.
    Twice,
    /// The manifest gives a gated part of this lesson a public key.
    PublicKey(LessonId),
    /// It stands where the edge answers for gated content.
    GatedPlace,
}

/// Looks for secrets in every public file, in whatever encoding.
#[must_use]
pub fn search(site: &Site, secrets: &Secrets) -> Vec<Leak> {
    if secrets.owners.is_empty() {
        return Vec::new();
    }
    let public = public_digests(&site.files);
    let files: Vec<&SiteFile> =
        site.files.iter().filter(|file| file.key.audience() == Audience::Everyone).collect();
    let leaks =
        |file: &&SiteFile| search_file(file, &public, secrets).leaks(&file.key.path(), secrets);
    let mut leaks: Vec<Leak> = files.par_iter().flat_map_iter(leaks).collect();
    leaks.sort();
    leaks.dedup();
    leaks
}

/// Compares the public side with the manifest: each names exactly the other,
/// and no gated part has a public key.
#[must_use]
pub fn allow_list(site: &Site) -> Vec<Leak> {
    let mut leaks = Vec::new();
    let mut leak = |object: String, kind| leaks.push(Leak { object, kind, source: None });
    let listed: BTreeMap<&ObjectKey, (Digest, u64)> = site
        .manifest
        .objects
        .iter()
        .map(|entry| (&entry.key, (entry.digest, entry.bytes)))
        .collect();
    let mut paths = BTreeSet::new();
    for file in &site.files {
        if listed.get(&file.key) != Some(&(file.digest, file.len())) {
            leak(file.key.path(), LeakKind::Unlisted);
        }
        let is_public = file.key.audience() == Audience::Everyone;
        if !paths.insert((is_public, file.key.path())) {
            leak(file.key.path(), LeakKind::Twice);
        }
        if is_public && is_gated_place(&file.key.path(), site) {
            leak(file.key.path(), LeakKind::GatedPlace);
        }
    }
    let there: BTreeSet<&ObjectKey> = site.files.iter().map(|file| &file.key).collect();
    for key in listed.keys().filter(|key| !there.contains(*key)) {
        leak(key.path(), LeakKind::Missing);
    }
    for (id, lesson) in &site.manifest.lessons {
        for key in public_keys_of_gated(lesson) {
            leak(key.path(), LeakKind::PublicKey(id.clone()));
        }
    }
    leaks.sort();
    leaks.dedup();
    leaks
}

impl Leak {
    /// The leak as an error that names the lesson and the public file. It never
    /// quotes the secret: a build log may be public.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        let fallback = SourcePath::new("site.toml");
        let path = self.source.as_ref().unwrap_or(&fallback);
        let hint = match &self.kind {
            LeakKind::Text(_) => {
                "if these words are meant to be public, put them above `<!-- more -->` \
                 or into `summary:`; if not, look who repeats them"
            }
            LeakKind::File(_) => {
                "if this file is meant to be public, refer to it above `<!-- more -->`; \
                 if not, look who refers to it"
            }
            LeakKind::Unsearchable => {
                "if you added this file, pack it anew: as zip without a password, gzip or \
                 brotli, not one in another many times, and of at most 64 million bytes; or \
                 refer to it from a gated lesson only; if Lyceum made it, please report it"
            }
            _ => "this is a mistake in Lyceum, not in your content: please report it",
        };
        Diagnostic::new(path, Code::Leak, self.to_string()).hint(hint)
    }
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = &self.object;
        match &self.kind {
            LeakKind::Text(lesson) => {
                write!(f, "the public file `{object}` holds words of the gated lesson `{lesson}`")
            }
            LeakKind::File(lesson) => {
                write!(f, "the public file `{object}` holds a file of the gated lesson `{lesson}`")
            }
            LeakKind::Unsearchable => {
                write!(f, "the public file `{object}` can't be searched for gated content")
            }
            LeakKind::Unfaithful => {
                write!(f, "the compressed copy `{object}` is not what it is a copy of")
            }
            LeakKind::Unlisted => write!(f, "the manifest does not name `{object}` as it is"),
            LeakKind::Missing => write!(f, "the manifest names `{object}`, which does not exist"),
            LeakKind::Twice => write!(f, "two objects stand at `{object}`"),
            LeakKind::PublicKey(lesson) => {
                write!(f, "a gated part of the lesson `{lesson}` has the public key `{object}`")
            }
            LeakKind::GatedPlace => {
                write!(f, "the public file `{object}` stands where gated content is served")
            }
        }
    }
}

/// The files that everyone may have.
fn public_digests(files: &[SiteFile]) -> BTreeMap<&ObjectKey, Digest> {
    let public = files.iter().filter(|file| file.key.audience() == Audience::Everyone);
    public.map(|file| (&file.key, file.digest)).collect()
}

/// Keys that would hand a gated part to everyone.
fn public_keys_of_gated(lesson: &LessonEntry) -> impl Iterator<Item = &ObjectKey> {
    let editions = lesson.is_gated().then_some(&lesson.editions);
    editions.into_iter().flat_map(BTreeMap::values).flat_map(|edition| {
        let bodies = edition.body.iter().chain(&edition.video);
        let keys = bodies.chain(edition.captions.values()).chain(edition.assets.values());
        keys.filter(|key| key.audience() == Audience::Everyone)
    })
}

/// `/learn/…`, in any language, belongs to the edge.
fn is_gated_place(path: &str, site: &Site) -> bool {
    let mut segments = path.split('/');
    let first = segments.next().unwrap_or_default();
    let is_language =
        site.manifest.school.languages.iter().any(|language| language.as_str() == first);
    let place = if is_language { segments.next().unwrap_or_default() } else { first };
    place == "learn"
}

fn search_file(file: &SiteFile, public: &BTreeMap<&ObjectKey, Digest>, secrets: &Secrets) -> Hits {
    let mut search = Search { secrets, budget: 0, seen: HashSet::new(), hits: Hits::default() };
    search.digest(&file.digest);
    // A film is compared by its digest alone: it has no words to find.
    if !is_media(&file.key) {
        match bytes_of(file) {
            Some(bytes) => {
                search.budget = MIN_BUDGET.max(bytes.len().saturating_mul(MAX_UNFOLDING));
                search.stored(&bytes, &file.key, public);
            }
            None => search.hits.is_unsearchable = true,
        }
    }
    search.hits
}

/// Whether a browser plays the file, by the name that decides its media type.
fn is_media(key: &ObjectKey) -> bool {
    let kind = key.content_type();
    kind.starts_with("video/") || kind.starts_with("audio/")
}

/// The bytes of a file; `None` if it is too long to be searched, or changed since it
/// was read first.
fn bytes_of(file: &SiteFile) -> Option<Cow<'_, [u8]>> {
    let on_disk = match &file.content {
        Content::Bytes(bytes) => return Some(Cow::Borrowed(bytes)),
        Content::Source(source) => match &source.bytes {
            SourceBytes::Held(bytes) => return Some(Cow::Borrowed(bytes)),
            SourceBytes::Text(text) => return Some(Cow::Borrowed(text.as_bytes())),
            SourceBytes::OnDisk(_) => source,
        },
    };
    (on_disk.len <= MAX_SEARCHED_BYTES).then(|| on_disk.read().ok().map(Cow::Owned))?
}

/// A search through one file.
struct Search<'a> {
    secrets: &'a Secrets,
    /// Bytes that may still be looked at.
    budget: usize,
    /// Layers that were searched: undoing encodings in another order often ends
    /// in the same text.
    seen: HashSet<Digest>,
    hits: Hits,
}

/// What was found in one file, by owner.
#[derive(Default)]
struct Hits {
    texts: Vec<u32>,
    files: Vec<u32>,
    is_unsearchable: bool,
    is_unfaithful: bool,
}

impl Search<'_> {
    /// A stored object, which may be compressed by its key.
    fn stored(&mut self, bytes: &[u8], key: &ObjectKey, public: &BTreeMap<&ObjectKey, Digest>) {
        let ObjectKey::Precompressed { of, encoding } = key else {
            let path = key.path();
            // Brotli has no mark of its own, so the name has to tell.
            let is_brotli = path.rsplit_once('.').is_some_and(|(_, extension)| extension == "br");
            return if is_brotli {
                self.inflate(bytes, Encoding::Br, 0)
            } else {
                self.bytes(bytes, 0)
            };
        };
        match decode::inflated(bytes, *encoding) {
            // The original is searched itself.
            Some(plain) if public.get(&**of) == Some(&digest(&plain)) => {}
            Some(plain) => {
                self.hits.is_unfaithful = true;
                self.bytes(&plain, 1);
            }
            None => self.hits.is_unsearchable = true,
        }
    }

    fn digest(&mut self, digest: &Digest) {
        if let Some(owner) = self.secrets.files.get(digest)
            && !self.hits.files.contains(owner)
        {
            self.hits.files.push(*owner);
        }
    }

    fn inflate(&mut self, bytes: &[u8], encoding: Encoding, depth: usize) {
        match decode::inflated(bytes, encoding) {
            Some(plain) => {
                self.digest(&digest(&plain));
                self.bytes(&plain, depth + 1);
            }
            None => self.hits.is_unsearchable = true,
        }
    }

    fn bytes(&mut self, bytes: &[u8], depth: usize) {
        if bytes.starts_with(&[0x1f, 0x8b, 8]) {
            return self.inflate(bytes, Encoding::Gzip, depth);
        }
        self.parts(bytes, depth);
        match std::str::from_utf8(bytes) {
            Ok(text) => self.text(text, depth),
            Err(_) => {
                let runs = bytes.utf8_chunks().map(|chunk| chunk.valid());
                let runs =
                    runs.flat_map(|run| run.split(|c: char| c.is_control() && !c.is_whitespace()));
                let plain: Vec<&str> = runs.filter(|run| run.len() >= MIN_PLAIN_RUN).collect();
                self.text(&plain.join("\n"), depth);
            }
        }
    }

    /// What an archive, a document or a picture holds in a form of its own.
    fn parts(&mut self, bytes: &[u8], depth: usize) {
        if depth > MAX_DEPTH {
            self.hits.is_unsearchable = true;
            return;
        }
        let found = container::unfolded(bytes, self.budget);
        self.hits.is_unsearchable |= found.is_closed;
        for part in found.parts {
            self.budget = self.budget.saturating_sub(part.len());
            self.digest(&digest(&part));
            self.bytes(&part, depth + 1);
        }
    }

    /// One layer of text, and the layers below it.
    fn text(&mut self, text: &str, depth: usize) {
        if text.len() < MIN_PLAIN_RUN / 2 || !self.seen.insert(digest(text.as_bytes())) {
            return;
        }
        let Some(budget) = self.budget.checked_sub(text.len()).filter(|_| depth <= MAX_DEPTH)
        else {
            self.hits.is_unsearchable = true;
            return;
        };
        self.budget = budget;
        if caption::is_captions(text) {
            self.text(&caption::spoken(text), depth + 1);
        }
        let is_page = depth == 0 && is_page(text);
        // The tags of a page would be words between words; a lesson on HTML
        // says such words in its code too.
        if !is_page {
            self.secrets.texts.search(text, &mut self.hits.texts);
        }
        if depth <= MAX_MARKUP_DEPTH && markup::is_markup(text) {
            let pieces = markup::pieces(text);
            for piece in [&pieces.text, &pieces.attributes, &pieces.hidden] {
                if piece != text {
                    self.text(piece, depth + 1);
                }
            }
            if is_page {
                return;
            }
        }
        if depth <= MAX_SINGLE_DEPTH {
            for layer in [
                text.contains('\\').then(|| decode::unescaped(text)),
                text.contains('%').then(|| decode::percent_decoded(text)),
                text.contains('&').then(|| decode::without_entities(text)),
            ] {
                if let Some(layer) = layer.filter(|layer| layer != text) {
                    self.text(&layer, depth + 1);
                }
            }
        }
        let layer = decode::percent_decoded(&decode::without_entities(text));
        let layer = decode::unescaped(&layer);
        if layer != text {
            self.text(&layer, depth + 1);
        }
        for run in decode::base64_runs(text) {
            self.digest(&digest(&run));
            self.encoded(&run, depth + 1);
        }
    }

    /// What a run of base64 held: most are chance, so only text and compressed
    /// text are followed.
    fn encoded(&mut self, bytes: &[u8], depth: usize) {
        if bytes.starts_with(&[0x1f, 0x8b, 8]) {
            if let Some(plain) = decode::inflated(bytes, Encoding::Gzip) {
                self.bytes(&plain, depth + 1);
            }
            return;
        }
        let text = String::from_utf8_lossy(bytes);
        let strange = text.chars().filter(|c| c.is_control() || *c == '\u{fffd}').count();
        if strange * 8 <= text.chars().count() {
            self.text(&text, depth);
        }
    }
}

/// Whether the whole of a text is markup, not a text with some in it.
fn is_page(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

impl Hits {
    fn is_nothing(&self) -> bool {
        let Self { texts, files, is_unsearchable, is_unfaithful } = self;
        texts.is_empty() && files.is_empty() && !is_unsearchable && !is_unfaithful
    }

    fn leaks(self, object: &str, secrets: &Secrets) -> Vec<Leak> {
        let owner = |index: &u32| secrets.owners.get(usize::try_from(*index).ok()?);
        let leak = |kind, source| Leak { object: object.to_owned(), kind, source };
        let texts = self.texts.iter().filter_map(owner);
        let texts = texts.map(|o| leak(LeakKind::Text(o.lesson.clone()), Some(o.path.clone())));
        let files = self.files.iter().filter_map(owner);
        let files = files.map(|o| leak(LeakKind::File(o.lesson.clone()), Some(o.path.clone())));
        let unsearchable = self.is_unsearchable.then(|| leak(LeakKind::Unsearchable, None));
        let unfaithful = self.is_unfaithful.then(|| leak(LeakKind::Unfaithful, None));
        texts.chain(files).chain(unsearchable).chain(unfaithful).collect()
    }
}

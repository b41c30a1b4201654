//! The video of a lesson and its captions.
//!
//! Of a free lesson they are public assets. Of a gated one they are named by
//! their place below `/learn/…/`, where the edge decides and leads on to a
//! signed URL, so the player works without a script.

use std::collections::BTreeMap;

use contracts::language::Language;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;

use crate::diagnostic::Diagnostic;
use crate::document::{Document, PublicHtml};
use crate::render::chosen::Chosen;
use crate::render::view::{Player, Track};
use crate::render::{Made, Renderer, too_long};
use crate::school::Lesson;
use crate::source::SourcePath;
use crate::theme::Template;

/// Pictures that may stand beside a video, under its name, to be shown first.
const POSTER_EXTENSIONS: [&str; 4] = ["webp", "jpg", "jpeg", "png"];

/// A lesson's video with what belongs to it.
pub(super) struct Media {
    title: String,
    is_gated: bool,
    pub(super) video: MediaFile,
    poster: Option<MediaFile>,
    captions: BTreeMap<Language, MediaFile>,
}

/// A file of the player.
pub(super) struct MediaFile {
    source: SourcePath,
    /// Where it is stored.
    pub(super) key: ObjectKey,
    /// The name under which a gated body asks for it.
    name: SitePath,
    url: String,
}

impl Media {
    /// Where the captions are stored.
    pub(super) fn captions(&self) -> BTreeMap<Language, ObjectKey> {
        self.captions.iter().map(|(language, file)| (language.clone(), file.key.clone())).collect()
    }

    /// Every file by the name under which a gated body asks for it.
    pub(super) fn by_name(&self) -> impl Iterator<Item = (SitePath, ObjectKey)> {
        self.all().map(|file| (file.name.clone(), file.key.clone()))
    }

    /// The files themselves.
    pub(super) fn files(&self, renderer: &Renderer<'_>) -> Vec<Made> {
        self.all().filter_map(|file| renderer.passed_on(&file.source, file.key.clone())).collect()
    }

    fn all(&self) -> impl Iterator<Item = &MediaFile> {
        std::iter::once(&self.video).chain(&self.poster).chain(self.captions.values())
    }
}

impl Renderer<'_> {
    /// The video of a lesson, if it has one whose file is there.
    pub(super) fn media(
        &self,
        chosen: &Chosen<'_>,
        document: &Document,
    ) -> Result<Option<Media>, Diagnostic> {
        let Chosen { course, lesson, language, edition, .. } = *chosen;
        let folder = if lesson.is_gated() {
            let link = self.addresses.learn_link(&course.slug, &lesson.slug, language);
            Some(link.map_err(|error| too_long(&error))?)
        } else {
            None
        };
        let mut names: BTreeMap<SitePath, SourcePath> = BTreeMap::new();
        let mut file = |source: &SourcePath| {
            self.media_file(source, lesson, folder.as_deref(), document, &mut names)
        };
        let Some(source) = &edition.video else {
            return Ok(None);
        };
        let Some(video) = file(source) else {
            return Ok(None);
        };
        let stem = source.as_str().rsplit_once('.').map_or(source.as_str(), |(stem, _)| stem);
        let poster = POSTER_EXTENSIONS
            .into_iter()
            .find_map(|extension| file(&SourcePath::new(&format!("{stem}.{extension}"))));
        let captions = edition
            .captions
            .iter()
            .filter_map(|(language, source)| Some((language.clone(), file(source)?)))
            .collect();
        let title = edition.title.clone();
        Ok(Some(Media { title, is_gated: lesson.is_gated(), video, poster, captions }))
    }

    fn media_file(
        &self,
        source: &SourcePath,
        lesson: &Lesson,
        folder: Option<&str>,
        document: &Document,
        taken: &mut BTreeMap<SitePath, SourcePath>,
    ) -> Option<MediaFile> {
        let digest = self.tree.get(source.as_str())?.digest;
        let stored = SitePath::parse(source.file_name()).ok()?;
        let Some(folder) = folder else {
            let key = ObjectKey::Asset { digest, name: stored.clone() };
            let url = self.asset_url(&key)?;
            return Some(MediaFile { source: source.clone(), key, name: stored, url });
        };
        // The body's own pictures have their names already; a video that bears
        // the name of another file is asked for under a longer one.
        let is_taken = |name: &SitePath| {
            taken.contains_key(name)
                || document
                    .gated_assets
                    .iter()
                    .any(|asset| asset.name == *name && asset.digest != digest)
        };
        let candidates = (0..).map(|n| match n {
            0 => Ok(stored.clone()),
            n => SitePath::parse(&format!("{n}-{stored}")),
        });
        let name = candidates.filter_map(Result::ok).find(|name| !is_taken(name))?;
        taken.insert(name.clone(), source.clone());
        let key = ObjectKey::LessonAsset { lesson: lesson.id.clone(), digest, name: stored };
        let root = url::Url::parse("https://localhost/").ok()?;
        let url = format!("{folder}{}", name.url_path(&root).trim_start_matches('/'));
        Some(MediaFile { source: source.clone(), key, name, url })
    }

    /// The player as the theme shows it. It names files but holds no gated text.
    pub(super) fn player(
        &self,
        media: &Media,
        language: &Language,
    ) -> Result<PublicHtml, Diagnostic> {
        let tracks = media.captions.iter().map(|(spoken, file)| Track {
            src: file.url.clone(),
            language: spoken.to_string(),
            label: self.theme.language_name(spoken).to_owned(),
            is_default: spoken == language,
        });
        let view = Player {
            title: media.title.clone(),
            src: media.video.url.clone(),
            kind: media.video.key.content_type(),
            poster: media.poster.as_ref().map(|poster| poster.url.clone()),
            tracks: tracks.collect(),
            is_gated: media.is_gated,
        };
        self.theme
            .render(Template::Player, language, self.shared(language).context(), &view)
            .map(PublicHtml)
    }
}

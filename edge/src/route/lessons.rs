//! `GET /api/lessons/{course}/{lesson}`: signed URLs of a lesson's parts.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::access::Audience;
use contracts::cache_policy::CachePolicy;
use contracts::id::LessonId;
use contracts::language::Language;
use contracts::manifest::{self, Manifest};
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answer;
use crate::app::App;
use crate::decision;
use crate::error::Problem;
use crate::viewer::Viewer;

/// In which language.
#[derive(Deserialize)]
pub struct Wanted {
    lang: Option<String>,
}

#[derive(Serialize)]
struct Opened {
    lesson: LessonId,
    language: Language,
    title: String,
    /// `None` when the public page holds all of it.
    body: Option<Link>,
    video: Option<Link>,
    captions: Vec<Caption>,
    /// The public page.
    page: String,
}

#[derive(Serialize)]
struct Caption {
    language: Language,
    #[serde(flatten)]
    link: Link,
}

/// Where an object is fetched.
#[derive(Serialize)]
pub(super) struct Link {
    pub(super) url: String,
    /// `None` for what everyone may read.
    expires_at: Option<Timestamp>,
}

/// Opens a lesson, or says why not.
pub async fn show(
    State(app): State<Arc<App>>,
    Path((course, lesson)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    viewer: Viewer,
) -> Result<Response, Problem> {
    let now = app.now();
    let publication = app.published.publication()?;
    let (published, id, entry) =
        publication.lesson(&course, &lesson).ok_or(Problem::UnknownLesson)?;
    let language = match &wanted.lang {
        Some(tag) => {
            publication.language(tag).ok_or(Problem::Malformed("the language is not known"))?
        }
        None => publication.default_language()?,
    };
    decision::open(&app, &viewer, published.manifest(), id, now).await?;

    let languages = &published.manifest().school.languages;
    let (language, edition) = entry.edition(language, languages).ok_or(Problem::UnknownLesson)?;
    let link = |key: &ObjectKey| link(&app, published.manifest(), key, now);
    let captions = edition
        .captions
        .iter()
        .map(|(language, key)| Ok(Caption { language: language.clone(), link: link(key)? }));
    let opened = Opened {
        lesson: id.clone(),
        language: language.clone(),
        title: edition.title.clone(),
        body: edition.body.as_ref().map(link).transpose()?,
        video: edition.video.as_ref().map(link).transpose()?,
        captions: captions.collect::<Result<_, Problem>>()?,
        page: public_path(published.manifest(), &edition.page),
    };
    answer::json(StatusCode::OK, &opened, CachePolicy::NoStore)
}

/// Where an object is fetched: a public one at its address, any other by a
/// signed URL. The gate's yes has to come first.
pub(super) fn link(
    app: &App,
    manifest: &Manifest,
    key: &ObjectKey,
    now: Timestamp,
) -> Result<Link, Problem> {
    match key.audience() {
        Audience::Everyone => {
            let path = SitePath::parse(&key.path());
            let path = path.map_err(|error| Problem::Internal(error.to_string()))?;
            Ok(Link { url: public_path(manifest, &path), expires_at: None })
        }
        Audience::Entitled | Audience::Internal => {
            let signed = app.signer.sign(key, now);
            let signed = signed.map_err(|error| Problem::Internal(error.to_string()))?;
            Ok(Link { url: signed.url, expires_at: Some(signed.expires_at) })
        }
    }
}

/// The path-absolute URL of a public file.
pub(super) fn public_path(manifest: &manifest::Manifest, path: &SitePath) -> String {
    path.url_path(&manifest.school.base_url)
}

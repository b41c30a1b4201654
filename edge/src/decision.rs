//! The gate's decision about one viewer, made with the newest that can be known.
//!
//! A yes may rest on a token alone while the cache is away; a no never does as
//! long as the ledger answers. What the gate decides by must not come in.

use contracts::claims::Claims;
use contracts::id::LessonId;
use contracts::manifest::Manifest;
use gate::Refusal;
use jiff::Timestamp;

use crate::app::App;
use crate::error::Problem;
use crate::session::{self, Known};
use crate::viewer::Viewer;

/// Opens the lesson to the viewer, or says why not.
pub async fn open(
    app: &App,
    viewer: &Viewer,
    manifest: &Manifest,
    lesson: &LessonId,
    now: Timestamp,
) -> Result<(), Problem> {
    let decide = |claims: Option<&Claims>| gate::open(manifest, lesson, claims, now).map(|_| ());
    let Some(session) = viewer.session() else { return Ok(decide(None)?) };
    let (claims, known) = session::known(app, session, now).await?;
    match (decide(Some(&claims)), known) {
        // Something may have been granted since the token was issued.
        (Err(Refusal::NotEntitled { .. } | Refusal::Expired { .. }), Known::ByTokenAlone) => {
            let (claims, _) = session::ask(app, session, now).await?;
            Ok(decide(Some(&claims))?)
        }
        (decision, _) => Ok(decision?),
    }
}

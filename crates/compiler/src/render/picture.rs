//! Covers and portraits: pictures that front matter names and no text holds.

use std::sync::Arc;

use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;

use crate::diagnostic::{Code, Diagnostic};
use crate::image::{Picture, PictureError};
use crate::render::view::Image;
use crate::render::{Made, Rendered, Renderer};
use crate::site::{Content, SiteFile};
use crate::source::SourcePath;

impl Renderer<'_> {
    /// Adds every cover and portrait with its smaller copies, and says which of
    /// them can't be published.
    pub(super) fn add_pictures(&self, rendered: &mut Rendered) {
        let covers = self.school.courses.iter().filter_map(|course| course.cover.as_ref());
        let portraits = self.school.instructors.values().filter_map(|who| who.avatar.as_ref());
        for path in covers.chain(portraits) {
            match self.read(path) {
                Some(Ok(picture)) => {
                    let original = self.asset(path).and_then(|key| self.passed_on(path, key));
                    rendered.files.extend(original);
                    rendered.files.extend(copies(path, &picture));
                }
                Some(Err(error)) => rendered.diagnostics.push(Diagnostic::new(
                    path,
                    Code::BadImage,
                    format!("`{path}` {error}"),
                )),
                // A name that leads nowhere is told where it was written.
                None => {}
            }
        }
    }

    /// A picture as templates see it; `None` for one that can't be shown.
    pub(super) fn image(&self, path: &SourcePath) -> Option<Image> {
        let picture = self.read(path)?.ok()?;
        let src = self.asset_url(&self.asset(path)?)?;
        let mut sources: Vec<_> = picture
            .copies
            .iter()
            .zip(copies(path, &picture))
            .filter_map(|(copy, made)| {
                Some(format!("{} {}w", self.asset_url(&made.file.key)?, copy.width))
            })
            .collect();
        if let (Some((width, _)), false) = (picture.size, sources.is_empty()) {
            sources.push(format!("{src} {width}w"));
        }
        Some(Image {
            src,
            sources: (!sources.is_empty()).then(|| sources.join(", ")),
            width: picture.size.map(|(width, _)| width),
            height: picture.size.map(|(_, height)| height),
        })
    }

    fn read(&self, path: &SourcePath) -> Option<Result<Arc<Picture>, PictureError>> {
        Some(self.pictures.read(path, self.tree.get(path.as_str())?))
    }
}

/// The smaller copies of a picture, in its order.
fn copies(path: &SourcePath, picture: &Picture) -> Vec<Made> {
    let stem = path.file_name().rsplit_once('.').map_or(path.file_name(), |(stem, _)| stem);
    let Ok(name) = SitePath::parse(&format!("{stem}.webp")) else {
        return Vec::new();
    };
    picture
        .copies
        .iter()
        .map(|copy| Made {
            file: SiteFile {
                key: ObjectKey::Asset { digest: copy.digest, name: name.clone() },
                content: Content::Bytes(Arc::clone(&copy.bytes)),
                digest: copy.digest,
            },
            origin: path.clone(),
        })
        .collect()
}

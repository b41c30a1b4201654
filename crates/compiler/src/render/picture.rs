//! Covers and portraits: pictures that front matter names and no text holds.

use std::sync::Arc;

use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;

use crate::diagnostic::{Code, Diagnostic};
use crate::image::{Format, Picture, PictureCopy, PictureError};
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
                    rendered.files.extend(made(path, &picture));
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
        let set = |format| {
            let urls: Vec<_> = copies(path, &picture, format)
                .filter_map(|(width, key, _)| Some(format!("{} {width}w", self.asset_url(&key)?)))
                .collect();
            (!urls.is_empty()).then(|| urls.join(", "))
        };
        let (avif, webp) = (set(Format::Avif), set(Format::Webp));
        let sources = match (&webp, picture.size) {
            (Some(webp), Some((width, _))) => Some(format!("{webp}, {src} {width}w")),
            _ => None,
        };
        Some(Image {
            src,
            avif,
            webp: webp.filter(|_| picture.webp_suffices()),
            sources,
            width: picture.size.map(|(width, _)| width),
            height: picture.size.map(|(_, height)| height),
        })
    }

    fn read(&self, path: &SourcePath) -> Option<Result<Arc<Picture>, PictureError>> {
        Some(self.pictures.read(path, self.tree.get(path.as_str())?))
    }
}

/// The smaller copies of a picture in one format: their widths and keys.
fn copies<'p>(
    path: &SourcePath,
    picture: &'p Picture,
    format: Format,
) -> impl Iterator<Item = (u32, ObjectKey, &'p PictureCopy)> {
    let stem = path.file_name().rsplit_once('.').map_or(path.file_name(), |(stem, _)| stem);
    let name = SitePath::parse(&format!("{stem}.{}", format.extension())).ok();
    picture.copies(format).iter().filter_map(move |copy| {
        let key = ObjectKey::Asset { digest: copy.digest, name: name.clone()? };
        Some((copy.width, key, copy))
    })
}

/// The smaller copies as files.
fn made(path: &SourcePath, picture: &Picture) -> Vec<Made> {
    Format::ALL
        .into_iter()
        .flat_map(|format| copies(path, picture, format))
        .map(|(_, key, copy)| Made {
            file: SiteFile {
                key,
                content: Content::Bytes(Arc::clone(&copy.bytes)),
                digest: copy.digest,
            },
            origin: path.clone(),
        })
        .collect()
}

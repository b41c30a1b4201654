//! Pictures made of pixels: measured, decoded to prove that they are whole, and
//! copied at smaller widths.
//!
//! What was made of the same bytes before is taken from the cache, and then the
//! picture need not be decoded.

use std::io::Cursor;

use fast_image_resize::PixelType;
use fast_image_resize::images::Image;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::room::Place;
use super::{
    Avif, MAX_FRAMES, MAX_PIXELS, Picture, PictureCopy, PictureError, Pictures, bytes_of,
    container, encode,
};
use crate::cache::{self, Key};
use crate::site::digest;
use crate::source::SourceFile;

/// A column of text is about 800 CSS pixels wide, so up to here one file does
/// for every screen.
const WIDEST_WITHOUT_COPIES: u32 = 800;

/// A small phone, the column, the column on a dense phone, the column on a dense
/// desktop.
pub(super) const COPY_WIDTHS: [u32; 4] = [480, 800, 1200, 1600];

/// WebP can't be longer on either side.
const MAX_COPY_SIDE: u32 = 16_383;

/// A copy with more pixels is no AVIF: the encoder takes a hundred bytes and more for
/// each of them, and a second for a million.
const MAX_AVIF_PIXELS: u64 = 4_000_000;

/// An open picture.
struct Open<'r> {
    pixels: Image<'static>,
    /// Whether copies would be worth it at all.
    may_have_copies: bool,
    /// The length of its file.
    bytes: usize,
    _place: Place<'r>,
}

/// What is known of a picture apart from AVIF.
struct Measured {
    size: (u32, u32),
    may_have_copies: bool,
    webp: Vec<PictureCopy>,
}

impl Pictures {
    /// Measures a picture and finds or makes its copies.
    pub(super) fn raster(&self, file: &SourceFile) -> Result<Picture, PictureError> {
        let keys = (encode::WEBP.key(&file.digest), encode::AVIF.key(&file.digest));
        let measured = self.kept(&keys.0).and_then(|pack| Measured::unpacked(&pack));
        let avif = match self.avif {
            Avif::Never => None,
            Avif::IfKept | Avif::Make => {
                self.kept(&keys.1).and_then(|pack| unpacked(&cache::unpacked(&pack)?))
            }
        };
        if let Some(measured) = measured {
            if !measured.may_have_copies {
                return Ok(measured.picture(Vec::new()));
            }
            match (avif, self.avif) {
                (Some(avif), _) => return Ok(measured.picture(avif)),
                (None, Avif::Never | Avif::IfKept) => return Ok(measured.picture(Vec::new())),
                (None, Avif::Make) => {}
            }
            let open = self.open(&bytes_of(file)?)?;
            let avif = self.make_avif(&keys.1, &open, &measured.webp)?;
            return Ok(measured.picture(avif));
        }
        let open = self.open(&bytes_of(file)?)?;
        let measured = Measured::of(&open)?;
        self.cache.put(&keys.0, &measured.packed());
        let avif = match (avif, self.avif) {
            (Some(avif), _) if measured.may_have_copies => avif,
            (None, Avif::Make) if measured.may_have_copies => {
                self.make_avif(&keys.1, &open, &measured.webp)?
            }
            _ => Vec::new(),
        };
        Ok(measured.picture(avif))
    }

    fn kept(&self, key: &Key) -> Option<Vec<u8>> {
        self.cache.get(key)
    }

    fn make_avif(
        &self,
        key: &Key,
        open: &Open<'_>,
        webp: &[PictureCopy],
    ) -> Result<Vec<PictureCopy>, PictureError> {
        let avif = avif_copies(open, webp)?;
        self.cache.put(key, &cache::packed(packed(&avif).iter().map(Vec::as_slice)));
        Ok(avif)
    }

    /// Decodes a picture. What would take too much memory is refused by its header.
    fn open(&self, bytes: &[u8]) -> Result<Open<'_>, PictureError> {
        let format = image::guess_format(bytes).map_err(|_| PictureError::Unsupported)?;
        if !matches!(
            format,
            ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::WebP
        ) {
            return Err(PictureError::Unsupported);
        }
        // What has no parts could say more than it shows, see `metadata`.
        let pieces = container::pieces(bytes)?;
        if container::has_endless_profile(&pieces) {
            return Err(PictureError::Damaged("its colour profile is too large".to_owned()));
        }
        let reader = || ImageReader::with_format(Cursor::new(bytes), format);
        let (width, height) = reader().into_dimensions().map_err(damaged)?;
        let count = u64::from(width) * u64::from(height);
        if count > MAX_PIXELS {
            return Err(PictureError::TooLarge { width, height });
        }
        let frames = container::frames(&pieces);
        if frames > MAX_FRAMES {
            return Err(PictureError::TooManyFrames { frames });
        }
        let place = self.room.enter(count);
        let mut decoder = reader().into_decoder().map_err(damaged)?;
        let orientation = decoder.orientation().map_err(damaged)?;
        // Colours without a profile that can be read are shown as they are.
        let profile = decoder.icc_profile().ok().flatten();
        let mut pixels = DynamicImage::from_decoder(decoder).map_err(damaged)?;
        // Browsers turn a photo as its camera says; the copies carry no such note.
        pixels.apply_orientation(orientation);
        let may_have_copies = widest_copy((pixels.width(), pixels.height())).is_some()
            && !is_animated(bytes, format)?;
        let profile = profile.filter(|_| may_have_copies);
        let pixels = plain(pixels, profile.as_deref())?;
        Ok(Open { pixels, may_have_copies, bytes: bytes.len(), _place: place })
    }
}

/// The width of the widest copy that a picture of this size can have.
pub(super) fn widest_copy(size: (u32, u32)) -> Option<u32> {
    copy_sizes(size).map(|(width, _)| width).last()
}

/// The sizes of copies, the narrowest first.
fn copy_sizes((width, height): (u32, u32)) -> impl Iterator<Item = (u32, u32)> {
    COPY_WIDTHS
        .into_iter()
        .filter(move |copy| width > WIDEST_WITHOUT_COPIES && *copy < width)
        .map(move |copy| {
            let tall = u64::from(height) * u64::from(copy) / u64::from(width.max(1));
            (copy, u32::try_from(tall.max(1)).unwrap_or(u32::MAX))
        })
        .take_while(|(_, height)| *height <= MAX_COPY_SIDE)
}

/// Whether a copy would stand still. A GIF is rarely anything else, and too
/// poor in colours to be worth a copy.
fn is_animated(bytes: &[u8], format: ImageFormat) -> Result<bool, PictureError> {
    match format {
        ImageFormat::Gif => Ok(true),
        ImageFormat::Png => {
            PngDecoder::new(Cursor::new(bytes)).and_then(|png| png.is_apng()).map_err(damaged)
        }
        ImageFormat::WebP => {
            WebPDecoder::new(Cursor::new(bytes)).map(|webp| webp.has_animation()).map_err(damaged)
        }
        _ => Ok(false),
    }
}

/// Eight bits for each of three or four colours, as a screen without a profile
/// shows them: the copies carry none.
fn plain(pixels: DynamicImage, profile: Option<&[u8]>) -> Result<Image<'static>, PictureError> {
    let (width, height) = (pixels.width(), pixels.height());
    let (kind, layout, mut buffer) = if pixels.color().has_alpha() {
        (PixelType::U8x4, Layout::Rgba, pixels.into_rgba8().into_raw())
    } else {
        (PixelType::U8x3, Layout::Rgb, pixels.into_rgb8().into_raw())
    };
    if let Some(profile) = profile.and_then(|icc| ColorProfile::new_from_slice(icc).ok()) {
        to_srgb(
            &mut buffer,
            kind.size() * usize::try_from(width).map_err(damaged)?,
            layout,
            &profile,
        );
    }
    Image::from_vec_u8(width, height, buffer, kind).map_err(damaged)
}

/// Turns colours of a camera or a wide screen into those of the web.
fn to_srgb(buffer: &mut [u8], row_bytes: usize, layout: Layout, profile: &ColorProfile) {
    // The profile of a print or of greys says nothing of what the decoder gave.
    if profile.color_space != DataColorSpace::Rgb {
        return;
    }
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let Ok(transform) = profile.create_transform_8bit(layout, &srgb, layout, options) else {
        return;
    };
    let mut row = Vec::with_capacity(row_bytes);
    for line in buffer.chunks_exact_mut(row_bytes.max(1)) {
        row.clear();
        row.extend_from_slice(line);
        if transform.transform(&row, line).is_err() {
            line.copy_from_slice(&row);
        }
    }
}

/// Every copy that is smaller than the original.
fn webp_copies(open: &Open<'_>) -> Result<Vec<PictureCopy>, PictureError> {
    let mut copies = Vec::new();
    for (width, height) in copy_sizes(open.size()).filter(|_| open.may_have_copies) {
        let bytes = encode::webp(&encode::resized(&open.pixels, width, height)?)?;
        // A flat screenshot as PNG can be smaller than any WebP of it.
        if bytes.len() < open.bytes {
            copies.push(PictureCopy::new(width, bytes));
        }
    }
    Ok(copies)
}

/// A copy of every width, or none if one of them would be larger than what a
/// browser would fetch otherwise.
fn avif_copies(open: &Open<'_>, webp: &[PictureCopy]) -> Result<Vec<PictureCopy>, PictureError> {
    let mut copies = Vec::new();
    for (width, height) in copy_sizes(open.size()) {
        if u64::from(width) * u64::from(height) > MAX_AVIF_PIXELS {
            return Ok(Vec::new());
        }
        let bytes = encode::avif(&encode::resized(&open.pixels, width, height)?)?;
        let other = webp.iter().find(|copy| copy.width == width).map(|copy| copy.bytes.len());
        if bytes.len() >= other.unwrap_or(open.bytes) {
            return Ok(Vec::new());
        }
        copies.push(PictureCopy::new(width, bytes));
    }
    Ok(copies)
}

impl Open<'_> {
    fn size(&self) -> (u32, u32) {
        (self.pixels.width(), self.pixels.height())
    }
}

impl PictureCopy {
    fn new(width: u32, bytes: Vec<u8>) -> Self {
        Self { width, digest: digest(&bytes), bytes: bytes.into() }
    }
}

impl Measured {
    fn of(open: &Open<'_>) -> Result<Self, PictureError> {
        let (size, may_have_copies) = (open.size(), open.may_have_copies);
        Ok(Self { size, may_have_copies, webp: webp_copies(open)? })
    }

    fn picture(self, avif: Vec<PictureCopy>) -> Picture {
        Picture { size: Some(self.size), webp: self.webp, avif }
    }

    fn packed(&self) -> Vec<u8> {
        let (width, height) = (self.size.0.to_le_bytes(), self.size.1.to_le_bytes());
        let copies = packed(&self.webp);
        let head = [&width[..], &height, &[u8::from(self.may_have_copies)]];
        cache::packed(head.into_iter().chain(copies.iter().map(Vec::as_slice)))
    }

    fn unpacked(pack: &[u8]) -> Option<Self> {
        let parts = cache::unpacked(pack)?;
        let [width, height, may_have_copies, copies @ ..] = parts.as_slice() else { return None };
        Some(Self {
            size: (number(width)?, number(height)?),
            may_have_copies: *may_have_copies == [1],
            webp: unpacked(copies)?,
        })
    }
}

/// Each copy as two pieces, its width and its bytes.
fn packed(copies: &[PictureCopy]) -> Vec<Vec<u8>> {
    let pieces = |copy: &PictureCopy| [copy.width.to_le_bytes().to_vec(), copy.bytes.to_vec()];
    copies.iter().flat_map(pieces).collect()
}

fn unpacked(parts: &[&[u8]]) -> Option<Vec<PictureCopy>> {
    let (pairs, rest) = parts.as_chunks();
    let copy = |[width, bytes]: &[&[u8]; 2]| Some(PictureCopy::new(number(width)?, bytes.to_vec()));
    if rest.is_empty() { pairs.iter().map(copy).collect() } else { None }
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

fn damaged(error: impl std::fmt::Display) -> PictureError {
    PictureError::Damaged(error.to_string())
}

#[cfg(test)]
mod tests;

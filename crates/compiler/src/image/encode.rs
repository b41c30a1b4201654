//! Pixels to the bytes of a copy: at another width, as WebP or as AVIF.

use avif::{Pixels, Settings};
use fast_image_resize::images::Image;
use fast_image_resize::{PixelType, Resizer};

use super::PictureError;
use crate::cache::{Recipe, Worth};

/// Photos show no loss at this quality, and screenshots stay readable.
const WEBP_QUALITY: f32 = 80.0;

/// The quality is another scale than that of WebP and looks alike.
const AVIF_SETTINGS: Settings = Settings { quality: 66, speed: 8 };

/// What the copies as WebP depend on, from the decoder to the encoder.
pub(super) const WEBP: Recipe = Recipe {
    tool: "image 0.25.10, image-webp 0.2.4, png 0.18.1, zune-jpeg 0.5.15, moxcms 0.8.1, \
           fast_image_resize 6.1.0, webp 0.3.1, libwebp-sys 0.9.6",
    parameters: "copies 1; widths 480, 800, 1200, 1600; quality 80",
    worth: Worth::Sharing,
};

/// What the copies as AVIF depend on; which of them are worth it depends on the
/// others.
pub(super) const AVIF: Recipe = Recipe {
    tool: "image 0.25.10, image-webp 0.2.4, png 0.18.1, zune-jpeg 0.5.15, moxcms 0.8.1, \
           fast_image_resize 6.1.0, webp 0.3.1, libwebp-sys 0.9.6, ravif 0.13.0, rav1e 0.8.1, \
           avif-serialize 0.8.9",
    parameters: "copies 1; widths 480, 800, 1200, 1600; quality 66, speed 8; webp quality 80",
    worth: Worth::Sharing,
};

/// The picture at another size.
pub(super) fn resized(
    source: &Image<'_>,
    width: u32,
    height: u32,
) -> Result<Image<'static>, PictureError> {
    let mut target = Image::new(width, height, source.pixel_type());
    Resizer::new().resize(source, &mut target, None).map_err(damaged)?;
    Ok(target)
}

/// Lossy WebP.
pub(super) fn webp(pixels: &Image<'_>) -> Result<Vec<u8>, PictureError> {
    let (width, height) = (pixels.width(), pixels.height());
    let encoder = match pixels.pixel_type() {
        PixelType::U8x4 => webp::Encoder::from_rgba(pixels.buffer(), width, height),
        _ => webp::Encoder::from_rgb(pixels.buffer(), width, height),
    };
    let encoded = encoder
        .encode_simple(false, WEBP_QUALITY)
        .map_err(|error| PictureError::Damaged(format!("{error:?}")))?;
    Ok(encoded.to_vec())
}

/// Lossy AVIF.
pub(super) fn avif(pixels: &Image<'_>) -> Result<Vec<u8>, PictureError> {
    let size = (side(pixels.width())?, side(pixels.height())?);
    let pixels = match pixels.pixel_type() {
        PixelType::U8x4 => Pixels::Rgba(pixels.buffer()),
        _ => Pixels::Rgb(pixels.buffer()),
    };
    avif::encode(pixels, size, AVIF_SETTINGS).map_err(damaged)
}

fn side(length: u32) -> Result<usize, PictureError> {
    usize::try_from(length).map_err(damaged)
}

fn damaged(error: impl std::fmt::Display) -> PictureError {
    PictureError::Damaged(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recipes_name_the_versions_of_the_lock_file() {
        WEBP.check_versions();
        AVIF.check_versions();
    }

    #[test]
    fn the_recipes_name_the_settings() {
        let webp = format!("quality {WEBP_QUALITY}");
        let Settings { quality, speed } = AVIF_SETTINGS;
        let avif = format!("quality {quality}, speed {speed}; webp {webp}");
        let widths = format!("widths {:?}", super::super::raster::COPY_WIDTHS);
        let widths = widths.replace(['[', ']'], "");
        assert!(WEBP.parameters.ends_with(&format!("{widths}; {webp}")));
        assert!(AVIF.parameters.ends_with(&format!("{widths}; {avif}")));
    }
}

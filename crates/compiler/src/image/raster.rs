//! Pictures made of pixels: measured, decoded to prove that they are whole, and
//! copied at smaller widths.

use std::io::Cursor;

use fast_image_resize::images::Image;
use fast_image_resize::{PixelType, Resizer};
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::{MAX_PIXELS, Picture, PictureCopy, PictureError};
use crate::site::digest;

/// A column of text is about 800 CSS pixels wide, so up to here one file does
/// for every screen.
const WIDEST_WITHOUT_COPIES: u32 = 800;

/// A small phone, the column, the column on a dense phone, the column on a dense
/// desktop.
const COPY_WIDTHS: [u32; 4] = [480, 800, 1200, 1600];

/// WebP can't be longer on either side.
const MAX_COPY_SIDE: u32 = 16_383;

/// Photos show no loss at this quality, and screenshots stay readable.
const WEBP_QUALITY: f32 = 80.0;

/// Decodes a picture and makes its copies.
pub(super) fn read(bytes: &[u8]) -> Result<Picture, PictureError> {
    let format = image::guess_format(bytes).map_err(|_| PictureError::Unsupported)?;
    if !matches!(
        format,
        ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::WebP
    ) {
        return Err(PictureError::Unsupported);
    }
    let reader = || ImageReader::with_format(Cursor::new(bytes), format);
    let (width, height) = reader().into_dimensions().map_err(damaged)?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureError::TooLarge { width, height });
    }
    let mut decoder = reader().into_decoder().map_err(damaged)?;
    let orientation = decoder.orientation().map_err(damaged)?;
    let mut pixels = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    // Browsers turn a photo as its camera says; the copies carry no such note.
    pixels.apply_orientation(orientation);
    let size = (pixels.width(), pixels.height());
    let copies = if size.0 <= WIDEST_WITHOUT_COPIES || is_animated(bytes, format)? {
        Vec::new()
    } else {
        copies(pixels, bytes.len())?
    };
    Ok(Picture { size: Some(size), copies })
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

fn copies(pixels: DynamicImage, original_len: usize) -> Result<Vec<PictureCopy>, PictureError> {
    let (width, height) = (pixels.width(), pixels.height());
    let (pixel_type, buffer) = if pixels.color().has_alpha() {
        (PixelType::U8x4, pixels.into_rgba8().into_raw())
    } else {
        (PixelType::U8x3, pixels.into_rgb8().into_raw())
    };
    let source = Image::from_vec_u8(width, height, buffer, pixel_type).map_err(damaged)?;
    let mut copies = Vec::new();
    for copy_width in COPY_WIDTHS.into_iter().filter(|copy| *copy < width) {
        let copy_height = height_at(copy_width, &source);
        if copy_height > MAX_COPY_SIDE {
            break;
        }
        let bytes = copy(&source, copy_width, copy_height)?;
        // A flat screenshot as PNG can be smaller than any WebP of it.
        if bytes.len() < original_len {
            let digest = digest(&bytes);
            copies.push(PictureCopy { width: copy_width, bytes: bytes.into(), digest });
        }
    }
    Ok(copies)
}

fn height_at(width: u32, source: &Image<'_>) -> u32 {
    let height = u64::from(source.height()) * u64::from(width) / u64::from(source.width().max(1));
    u32::try_from(height.max(1)).unwrap_or(u32::MAX)
}

fn copy(source: &Image<'_>, width: u32, height: u32) -> Result<Vec<u8>, PictureError> {
    let mut target = Image::new(width, height, source.pixel_type());
    Resizer::new().resize(source, &mut target, None).map_err(damaged)?;
    let encoder = match source.pixel_type() {
        PixelType::U8x4 => webp::Encoder::from_rgba(target.buffer(), width, height),
        _ => webp::Encoder::from_rgb(target.buffer(), width, height),
    };
    let encoded = encoder
        .encode_simple(false, WEBP_QUALITY)
        .map_err(|error| PictureError::Damaged(format!("{error:?}")))?;
    Ok(encoded.to_vec())
}

fn damaged(error: impl std::fmt::Display) -> PictureError {
    PictureError::Damaged(error.to_string())
}

#[cfg(test)]
mod tests {
    use image::{GenericImageView, RgbImage, RgbaImage};

    use super::*;

    fn encoded(pixels: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        pixels.into().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// Noise does not compress, so every copy is smaller than the original.
    fn noise(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let seed = x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519);
            let [a, b, c, _] = (seed ^ (seed >> 13)).wrapping_mul(3_266_489_917).to_le_bytes();
            image::Rgb([a, b, c])
        })
    }

    #[test]
    fn a_wide_picture_has_webp_copies_below_its_own_width() {
        let picture = read(&encoded(noise(1300, 650), ImageFormat::Png)).unwrap();
        assert_eq!(picture.size, Some((1300, 650)));
        let sizes: Vec<(u32, (u32, u32))> = picture
            .copies
            .iter()
            .map(|copy| (copy.width, image::load_from_memory(&copy.bytes).unwrap().dimensions()))
            .collect();
        assert_eq!(sizes, [(480, (480, 240)), (800, (800, 400)), (1200, (1200, 600))]);
        assert!(picture.copies.iter().all(|copy| digest(&copy.bytes) == copy.digest));
    }

    #[test]
    fn a_small_picture_and_a_gif_have_no_copies() {
        let small = read(&encoded(noise(800, 10), ImageFormat::Png)).unwrap();
        assert_eq!((small.size, small.copies.len()), (Some((800, 10)), 0));
        let gif = read(&encoded(noise(900, 10), ImageFormat::Gif)).unwrap();
        assert_eq!((gif.size, gif.copies.len()), (Some((900, 10)), 0));
    }

    #[test]
    fn a_picture_too_tall_for_webp_has_no_copies() {
        let tall = RgbImage::from_pixel(900, 35_000, image::Rgb([1, 2, 3]));
        let picture = read(&encoded(tall, ImageFormat::Png)).unwrap();
        assert_eq!((picture.size, picture.copies.len()), (Some((900, 35_000)), 0));
        let flat = read(&encoded(noise(30_000, 1), ImageFormat::Png)).unwrap();
        assert_eq!(flat.copies.first().map(|copy| copy.width), Some(480));
    }

    #[test]
    fn a_copy_keeps_what_can_be_seen_through() {
        let pixels = RgbaImage::from_fn(1000, 400, |x, y| {
            image::Rgba([(x * y) as u8, (x ^ y) as u8, x as u8, if x < 500 { 0 } else { 255 }])
        });
        let picture = read(&encoded(pixels, ImageFormat::Png)).unwrap();
        let copy = image::load_from_memory(&picture.copies[0].bytes).unwrap();
        assert_eq!(copy.get_pixel(10, 10)[3], 0);
        assert_eq!(copy.get_pixel(470, 10)[3], 255);
    }

    #[test]
    fn a_copy_that_would_be_larger_is_left_out() {
        let flat = RgbImage::from_pixel(2000, 20, image::Rgb([10, 20, 30]));
        let original = encoded(flat, ImageFormat::Png);
        let picture = read(&original).unwrap();
        assert!(picture.copies.iter().all(|copy| copy.bytes.len() < original.len()));
    }

    #[test]
    fn a_photo_stands_upright() {
        let mut jpeg = encoded(noise(1000, 500), ImageFormat::Jpeg);
        // An EXIF segment that says: turn by 90 degrees.
        let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        jpeg.splice(2..2, exif.iter().copied());
        let picture = read(&jpeg).unwrap();
        assert_eq!(picture.size, Some((500, 1000)));
    }

    #[test]
    fn a_damaged_picture_is_refused() {
        let whole = encoded(noise(50, 50), ImageFormat::Png);
        assert!(matches!(read(&whole[..whole.len() / 2]), Err(PictureError::Damaged(_))));
        assert_eq!(read(b""), Err(PictureError::Unsupported));
        assert_eq!(read(b"<html>"), Err(PictureError::Unsupported));
        // A bitmap is a picture, but no web format.
        assert_eq!(read(b"BM\0\0\0\0\0\0\0\0\x1a\0\0\0"), Err(PictureError::Unsupported));
    }

    #[test]
    fn a_decompression_bomb_is_refused_by_its_header() {
        let mut png = encoded(noise(1, 1), ImageFormat::Png);
        // The header's width and height, and its checksum.
        png[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
        let crc = crc32(&png[12..29]);
        png[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(read(&png), Err(PictureError::TooLarge { width: 50_000, height: 50_000 }));
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 }
            })
        })
    }
}

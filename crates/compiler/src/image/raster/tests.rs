//! What becomes of pictures: their copies, what the cache changes, what is refused.

use std::sync::Arc;

use image::{GenericImageView, RgbImage, RgbaImage};

use super::*;
use crate::cache::{Cache, MemoryCache};
use crate::source::SourcePath;

fn read(bytes: &[u8]) -> Result<Picture, PictureError> {
    Pictures::default().raster(&SourceFile::held(bytes))
}

/// With AVIF, as a build does.
fn built(bytes: &[u8]) -> Picture {
    with(&Arc::new(MemoryCache::default()), Avif::Make, bytes)
}

fn with(cache: &Arc<MemoryCache>, avif: Avif, bytes: &[u8]) -> Picture {
    let cache: Arc<dyn Cache> = Arc::<MemoryCache>::clone(cache);
    Pictures::new(cache, avif).raster(&SourceFile::held(bytes)).unwrap()
}

/// Soft colours with a little grain, like a photo.
fn photo(width: u32, height: u32) -> Vec<u8> {
    let grain = noise(width, height);
    let pixels = RgbImage::from_fn(width, height, |x, y| {
        let wave = |n: u32| ((f64::from(x * n + y) / 90.0).sin() * 90.0 + 128.0) as u8;
        let grain = grain.get_pixel(x, y)[0] >> 4;
        image::Rgb([wave(1) + grain, wave(2) + grain, wave(3) + grain])
    });
    encoded(pixels, ImageFormat::Jpeg)
}

fn widths(copies: &[PictureCopy]) -> Vec<u32> {
    copies.iter().map(|copy| copy.width).collect()
}

#[test]
fn a_photo_has_avif_copies_smaller_than_its_webp_ones() {
    let picture = built(&photo(810, 80));
    assert_eq!((widths(&picture.avif), widths(&picture.webp)), (vec![480, 800], vec![480, 800]));
    assert!(picture.webp_suffices());
    for (avif, webp) in picture.avif.iter().zip(&picture.webp) {
        assert_eq!(avif.bytes.get(4..12), Some(b"ftypavif".as_slice()));
        assert!(avif.bytes.len() < webp.bytes.len());
        assert_eq!(digest(&avif.bytes), avif.digest);
    }
}

#[test]
fn avif_that_would_be_larger_is_left_out_altogether() {
    // One colour: a PNG of a few bytes.
    let flat = RgbImage::from_pixel(900, 20, image::Rgb([10, 20, 30]));
    let picture = built(&encoded(flat, ImageFormat::Png));
    assert_eq!(picture.avif, []);
}

#[test]
fn small_pictures_and_animations_are_no_avif() {
    for bytes in [photo(800, 20), encoded(noise(900, 10), ImageFormat::Gif)] {
        let picture = built(&bytes);
        assert_eq!((picture.avif.len(), picture.webp.len()), (0, 0));
    }
}

#[test]
fn a_full_cache_and_a_damaged_one_change_no_byte() {
    let bytes = photo(810, 30);
    let file = SourceFile::held(&bytes);
    let cache = Arc::new(MemoryCache::default());
    let first = with(&cache, Avif::Make, &bytes);
    assert_eq!(with(&cache, Avif::Make, &bytes), first);
    for recipe in [encode::WEBP, encode::AVIF] {
        for damage in [b"".as_slice(), b"foreign", &[0xff; 64]] {
            cache.put(&recipe.key(&file.digest), damage);
            // An empty pack is a picture without copies, of which AVIF has some.
            if recipe == encode::WEBP || !damage.is_empty() {
                assert_eq!(with(&cache, Avif::Make, &bytes), first);
            }
        }
    }
}

#[test]
fn a_preview_takes_avif_that_is_kept_and_makes_none() {
    let bytes = photo(810, 30);
    let cache = Arc::new(MemoryCache::default());
    let preview = with(&cache, Avif::IfKept, &bytes);
    assert_eq!((preview.avif.len(), preview.webp.len()), (0, 2));
    let built = with(&cache, Avif::Make, &bytes);
    assert_eq!((built.avif.len(), &built.webp), (2, &preview.webp));
    assert_eq!(with(&cache, Avif::IfKept, &bytes), built);
    assert_eq!(with(&cache, Avif::Never, &bytes), preview);
}

#[test]
fn what_was_kept_is_not_decoded_again() {
    let bytes = photo(810, 30);
    let cache = Arc::new(MemoryCache::default());
    let first = with(&cache, Avif::Make, &bytes);
    let pictures = Pictures::new(cache, Avif::Make);
    let mut gone = SourceFile::held(b"");
    gone.digest = SourceFile::held(&bytes).digest;
    assert_eq!(pictures.raster(&gone), Ok(first));
}

#[test]
fn copies_have_the_colours_of_the_web() {
    let mut wide = Vec::new();
    let pixels = RgbImage::from_pixel(900, 60, image::Rgb([200, 100, 50]));
    let mut encoder = image::codecs::png::PngEncoder::new(&mut wide);
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    image::ImageEncoder::set_icc_profile(&mut encoder, profile).unwrap();
    pixels.write_with_encoder(encoder).unwrap();
    let open = Pictures::default();
    let open = open.open(&wide).unwrap();
    // The same red of a screen that shows more of it.
    let pixel = &open.pixels.buffer()[..3];
    assert!(pixel[0] > 205 && pixel[1] < 100 && pixel[2] < 45, "{pixel:?}");
}

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
        .webp
        .iter()
        .map(|copy| (copy.width, image::load_from_memory(&copy.bytes).unwrap().dimensions()))
        .collect();
    assert_eq!(sizes, [(480, (480, 240)), (800, (800, 400)), (1200, (1200, 600))]);
    assert!(picture.webp.iter().all(|copy| digest(&copy.bytes) == copy.digest));
}

#[test]
fn a_small_picture_and_a_gif_have_no_copies() {
    let small = read(&encoded(noise(800, 10), ImageFormat::Png)).unwrap();
    assert_eq!((small.size, small.webp.len()), (Some((800, 10)), 0));
    let gif = read(&encoded(noise(900, 10), ImageFormat::Gif)).unwrap();
    assert_eq!((gif.size, gif.webp.len()), (Some((900, 10)), 0));
}

#[test]
fn a_picture_too_tall_for_webp_has_no_copies() {
    let tall = RgbImage::from_pixel(900, 35_000, image::Rgb([1, 2, 3]));
    let picture = read(&encoded(tall, ImageFormat::Png)).unwrap();
    assert_eq!((picture.size, picture.webp.len()), (Some((900, 35_000)), 0));
    let flat = read(&encoded(noise(30_000, 1), ImageFormat::Png)).unwrap();
    assert_eq!(flat.webp.first().map(|copy| copy.width), Some(480));
}

#[test]
fn a_copy_keeps_what_can_be_seen_through() {
    let pixels = RgbaImage::from_fn(1000, 400, |x, y| {
        image::Rgba([(x * y) as u8, (x ^ y) as u8, x as u8, if x < 500 { 0 } else { 255 }])
    });
    let picture = read(&encoded(pixels, ImageFormat::Png)).unwrap();
    let copy = image::load_from_memory(&picture.webp[0].bytes).unwrap();
    assert_eq!(copy.get_pixel(10, 10)[3], 0);
    assert_eq!(copy.get_pixel(470, 10)[3], 255);
}

#[test]
fn a_copy_that_would_be_larger_is_left_out() {
    let flat = RgbImage::from_pixel(2000, 20, image::Rgb([10, 20, 30]));
    let original = encoded(flat, ImageFormat::Png);
    let picture = read(&original).unwrap();
    assert!(picture.webp.iter().all(|copy| copy.bytes.len() < original.len()));
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
fn a_picture_whose_parts_do_not_hang_together_is_neither_shown_nor_linked() {
    let mut jpeg = encoded(noise(50, 50), ImageFormat::Jpeg);
    // A decoder that is generous goes on to the next marker; what stands between could
    // be anything, and would be published.
    jpeg.splice(2..2, *b"Garden 48.2, 16.3");
    let damaged = PictureError::Damaged("its parts don't hang together".into());
    let file = SourceFile::held(&jpeg);
    let pictures = Pictures::default();
    for (name, allowed) in [("a.jpg", false), ("a.JPEG", false), ("a.zip", true)] {
        let linked = pictures.may_be_linked(&SourcePath::new(name), &file);
        assert_eq!(linked, if allowed { Ok(()) } else { Err(damaged.clone()) }, "{name}");
    }
    assert!(pictures.read(&SourcePath::new("a.jpg"), &file).is_err());
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

#[test]
fn bombs_of_every_kind_are_refused_by_their_header() {
    let too_large = Err(PictureError::TooLarge { width: 50_000, height: 50_000 });
    let side = 50_000_u16;
    let mut gif = encoded(noise(1, 1), ImageFormat::Gif);
    gif[6..8].copy_from_slice(&side.to_le_bytes());
    gif[8..10].copy_from_slice(&side.to_le_bytes());
    assert_eq!(read(&gif), too_large);
    let mut jpeg = encoded(noise(8, 8), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair[0] == 0xff && (0xc0..0xc3).contains(&pair[1]));
    let frame = frame.unwrap();
    jpeg[frame + 5..frame + 7].copy_from_slice(&side.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&side.to_be_bytes());
    let refused = read(&jpeg);
    assert!(
        refused == too_large || matches!(refused, Err(PictureError::Damaged(_))),
        "{refused:?}"
    );
    let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    let film = [b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff", &frame.repeat(2001)[..], b"\x3b"];
    assert_eq!(read(&film.concat()), Err(PictureError::TooManyFrames { frames: 2001 }));
    let mut long = SourceFile::held(b"");
    long.len = 64_000_001;
    let refused = Pictures::default().raster(&long);
    assert_eq!(refused, Err(PictureError::TooLong { bytes: 64_000_001 }));
}

#[test]
fn a_colour_profile_that_unpacks_without_end_is_refused() {
    let png = encoded(noise(50, 50), ImageFormat::Png);
    let with_profile = |bytes: usize| {
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut packed, &vec![0; bytes]).unwrap();
        let chunk = [b"iCCPp\0\0", &packed.finish().unwrap()[..]].concat();
        let length = u32::try_from(chunk.len() - 4).unwrap().to_be_bytes();
        // Behind the header.
        [&png[..33], &length, &chunk, &crc32(&chunk).to_be_bytes(), &png[33..]].concat()
    };
    assert!(read(&with_profile(3_000_000)).is_ok());
    let refused = PictureError::Damaged("its colour profile is too large".into());
    assert_eq!(read(&with_profile(9_000_000)), Err(refused));
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

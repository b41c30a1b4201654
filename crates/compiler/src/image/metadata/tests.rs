//! Where a photo was taken does not reach the web, and it stands upright all the same.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, RgbImage};

use super::*;
use crate::image::Pictures;

/// Where it was taken.
const PLACE: &[u8] = b"48.8584 N 2.2945 E";

fn encoded(format: ImageFormat) -> Vec<u8> {
    let pixels = RgbImage::from_fn(40, 20, |x, y| image::Rgb([x as u8 * 6, y as u8 * 12, 90]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// EXIF that turns the picture and says where it was taken.
fn exif(orientation: u8) -> Vec<u8> {
    let head = b"II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0";
    let place = u32::try_from(PLACE.len()).unwrap().to_le_bytes();
    let gps = [b"\x1b\x88\x02\0", &place[..], b"\x26\0\0\0\0\0\0\0"].concat();
    [head, &[orientation, 0, 0, 0][..], &gps, PLACE].concat()
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], &length[..], data].concat()
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut checksum = Crc::new();
    checksum.update(kind);
    checksum.update(data);
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], kind, data, &checksum.sum().to_be_bytes()].concat()
}

/// A JPEG that says it by EXIF, XMP, IPTC, a comment and what stands behind its end.
fn jpeg_of_a_camera(orientation: u8) -> Vec<u8> {
    let mut bytes = encoded(ImageFormat::Jpeg);
    let says = [
        segment(0xe1, &[b"Exif\0\0", &exif(orientation)[..]].concat()),
        segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", PLACE].concat()),
        segment(0xe2, &[b"MPF\0", PLACE].concat()),
        segment(0xe2, b"ICC_PROFILE\0\x01\x01colours"),
        segment(0xed, &[b"Photoshop 3.0\0", PLACE].concat()),
        segment(0xfe, PLACE),
    ];
    bytes.splice(2..2, says.concat());
    bytes.extend_from_slice(PLACE);
    bytes
}

fn png_of_a_camera(orientation: u8) -> Vec<u8> {
    let mut bytes = encoded(ImageFormat::Png);
    let says = [
        chunk(b"eXIf", &exif(orientation)),
        chunk(b"tEXt", &[b"Comment\0", PLACE].concat()),
        chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", PLACE].concat()),
        chunk(b"zTXt", &[b"Raw profile type exif\0\0", PLACE].concat()),
        chunk(b"caBX", PLACE),
        chunk(b"gAMA", &[0, 0, 0xb1, 0x8f]),
    ];
    // Behind the header, which is 8 + 25 bytes long.
    bytes.splice(33..33, says.concat());
    bytes.extend_from_slice(PLACE);
    bytes
}

fn webp_of_a_camera(orientation: u8) -> Vec<u8> {
    let plain = encoded(ImageFormat::WebP);
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        [kind, &length[..], data, &vec![0; data.len() % 2]].concat()
    };
    let chunks = [
        chunk(b"VP8X", &[WEBP_EXIF | WEBP_XMP, 0, 0, 0, 39, 0, 0, 19, 0, 0]),
        plain[12..].to_vec(),
        chunk(b"EXIF", &exif(orientation)),
        chunk(b"XMP ", PLACE),
        chunk(b"NOTE", PLACE),
    ]
    .concat();
    let length = u32::try_from(chunks.len() + 4).unwrap().to_le_bytes();
    [b"RIFF", &length[..], b"WEBP", &chunks, PLACE].concat()
}

fn pixels(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().into_rgb8()
}

fn orientation(bytes: &[u8]) -> Orientation {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().unwrap();
    reader.into_decoder().unwrap().orientation().unwrap()
}

fn says_where(bytes: &[u8]) -> bool {
    bytes.windows(PLACE.len()).any(|part| part == PLACE)
}

/// Nothing but the note by which it stands upright is left, and no pixel is another.
#[track_caller]
fn check(camera: fn(u8) -> Vec<u8>) {
    for turned in 1..=8 {
        let bytes = camera(turned);
        assert!(says_where(&bytes));
        let clean = cleaned(&bytes).unwrap();
        assert!(!says_where(&clean), "{turned}");
        assert_eq!(pixels(&clean), pixels(&bytes), "{turned}");
        assert_eq!(orientation(&clean).to_exif(), turned);
        assert_eq!(cleaned(&clean), None, "what is clean stays as it is");
        let size = Pictures::default().raster(&SourceFile::held(&clean)).unwrap().size;
        assert_eq!(size, Some(if turned < 5 { (40, 20) } else { (20, 40) }));
    }
}

#[test]
fn a_jpeg_does_not_say_where_it_was_taken_and_stands_upright() {
    check(jpeg_of_a_camera);
    let clean = cleaned(&jpeg_of_a_camera(1)).unwrap();
    let profile = b"ICC_PROFILE\0\x01\x01colours";
    assert!(clean.windows(profile.len()).any(|part| part == profile), "colours stay");
}

#[test]
fn a_png_does_not_say_where_it_was_taken_and_stands_upright() {
    check(png_of_a_camera);
    let clean = cleaned(&png_of_a_camera(1)).unwrap();
    assert!(clean.windows(4).any(|part| part == b"gAMA"), "colours stay");
}

#[test]
fn a_webp_does_not_say_where_it_was_taken_and_stands_upright() {
    check(webp_of_a_camera);
}

#[test]
fn a_gif_does_not_say_where_it_was_taken_and_runs_as_often() {
    let plain = encoded(ImageFormat::Gif);
    let table = 13 + colour_table(&plain);
    let sub_block = |data: &[u8]| [&[u8::try_from(data.len()).unwrap()], data].concat();
    let says = [
        &b"\x21\xfe"[..],
        &sub_block(PLACE),
        b"\0\x21\xff",
        &sub_block(b"XMP DataXMP"),
        &sub_block(PLACE),
        b"\0\x21\xff",
        &sub_block(b"NETSCAPE2.0"),
        b"\x03\x01\0\0\0",
    ]
    .concat();
    let bytes = [&plain[..table], &says, &plain[table..], PLACE].concat();
    let clean = cleaned(&bytes).unwrap();
    assert!(!says_where(&clean));
    assert!(clean.windows(11).any(|part| part == b"NETSCAPE2.0"));
    assert_eq!(pixels(&clean), pixels(&plain));
    assert_eq!(cleaned(&clean), None);
}

fn colour_table(gif: &[u8]) -> usize {
    if gif[10] & 0x80 == 0 { 0 } else { 3 << ((gif[10] & 7) + 1) }
}

#[test]
fn what_is_no_picture_or_damaged_is_left_to_others() {
    for bytes in [b"".as_slice(), b"GIF", b"\xff\xd8", b"\x89PNG", b"RIFF", b"<svg/>", b"text"] {
        assert_eq!(cleaned(bytes), None);
    }
    let whole = jpeg_of_a_camera(6);
    for end in 0..whole.len() {
        let _ = cleaned(&whole[..end]);
    }
}

#[test]
fn only_pictures_are_changed_and_a_tree_without_them_is_not_copied() {
    let photo = jpeg_of_a_camera(1);
    let text = SourceTree::from_files([("content/a.md", "a")]);
    assert!(matches!(without(&text), Cow::Borrowed(_)));
    let tree = SourceTree::from_files([("content/a.JPG", &photo), ("content/a.bin", &photo)]);
    let clean = without(&tree);
    assert!(!says_where(&clean.get("content/a.JPG").unwrap().read().unwrap()));
    assert_eq!(clean.get("content/a.bin").unwrap().read().unwrap(), photo);
}

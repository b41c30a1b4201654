//! A small picture of its own for each lesson.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use rand::Rng;
use rand::rngs::StdRng;

pub(super) const WIDTH: u32 = 160;
pub(super) const HEIGHT: u32 = 90;

/// A chart of bars as a PNG of two to three kilobytes.
pub(super) fn png(random: &mut StdRng) -> Vec<u8> {
    let bars: Vec<u32> = (0..16).map(|_| random.random_range(5..HEIGHT)).collect();
    let colour = [random.random(), random.random(), random.random()];
    let pixel = |x: u32, y: u32| {
        let bar = bars.get((x / 10) as usize).copied().unwrap_or_default();
        let is_bar = HEIGHT - y < bar && x % 10 < 8;
        Rgb(if is_bar { colour } else { [250, 250, 246] })
    };
    let mut bytes = Cursor::new(Vec::new());
    let drawn = RgbImage::from_fn(WIDTH, HEIGHT, pixel).write_to(&mut bytes, ImageFormat::Png);
    // Writing into memory in a format that is built in does not fail.
    drawn.map(|()| bytes.into_inner()).unwrap_or_default()
}

//! Pixels to AVIF, and nothing else.
//!
//! It is a crate of its own for one reason: the encoder is generic, so it is compiled
//! where it is called, and a build for tests optimises whole crates or none of them.
//! Without optimisation a picture takes minutes.

use ravif::{EncodedImage, Encoder, Img, RGB8, RGBA8};

/// Eight bits for each colour of each pixel, row by row.
#[derive(Debug, Clone, Copy)]
pub enum Pixels<'p> {
    /// Red, green, blue.
    Rgb(&'p [u8]),
    /// Red, green, blue, and how much hides what is behind.
    Rgba(&'p [u8]),
}

/// How the pixels are encoded.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// 1 to 100.
    pub quality: u8,
    /// 1, the slowest with the smallest files, to 10.
    pub speed: u8,
}

/// The encoder refused.
#[derive(Debug, thiserror::Error)]
pub enum AvifError {
    /// There are fewer pixels than the size says.
    #[error("the pixels do not fill {width} × {height}")]
    Size {
        /// The width that was given.
        width: usize,
        /// The height that was given.
        height: usize,
    },
    /// The encoder's own reason.
    #[error(transparent)]
    Encoder(#[from] ravif::Error),
}

/// A picture as AVIF. The same pixels and settings give the same bytes on any number of
/// cores; one thread does the work.
pub fn encode(
    pixels: Pixels<'_>,
    (width, height): (usize, usize),
    settings: Settings,
) -> Result<Vec<u8>, AvifError> {
    let (bytes, each) = match pixels {
        Pixels::Rgb(bytes) => (bytes, 3),
        Pixels::Rgba(bytes) => (bytes, 4),
    };
    let needed = width.checked_mul(height).and_then(|count| count.checked_mul(each));
    // The encoder's own view of no pixels at all is a panic.
    if bytes.is_empty() || needed != Some(bytes.len()) {
        return Err(AvifError::Size { width, height });
    }
    let quality = f32::from(settings.quality.clamp(1, 100));
    let encoder = Encoder::new()
        .with_quality(quality)
        .with_alpha_quality(quality)
        .with_speed(settings.speed.clamp(1, 10))
        .with_num_threads(Some(1));
    let EncodedImage { avif_file, .. } = match pixels {
        Pixels::Rgb(bytes) => {
            let (bytes, _) = bytes.as_chunks();
            let pixels: Vec<RGB8> = bytes.iter().map(|[r, g, b]| RGB8::new(*r, *g, *b)).collect();
            encoder.encode_rgb(Img::new(&pixels, width, height))?
        }
        Pixels::Rgba(bytes) => {
            let (bytes, _) = bytes.as_chunks();
            let pixels: Vec<RGBA8> =
                bytes.iter().map(|[r, g, b, a]| RGBA8::new(*r, *g, *b, *a)).collect();
            encoder.encode_rgba(Img::new(&pixels, width, height))?
        }
    };
    Ok(avif_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Settings = Settings { quality: 60, speed: 10 };

    #[test]
    fn pixels_become_avif_and_the_same_ones_the_same_bytes() {
        let rgb: Vec<u8> = (0..64 * 16 * 3).map(|n| n as u8).collect();
        let first = encode(Pixels::Rgb(&rgb), (64, 16), QUICK).unwrap();
        assert_eq!(first.get(4..12), Some(b"ftypavif".as_slice()));
        assert_eq!(encode(Pixels::Rgb(&rgb), (64, 16), QUICK).unwrap(), first);
        let rgba: Vec<u8> = (0..64 * 16 * 4).map(|n| n as u8).collect();
        assert!(encode(Pixels::Rgba(&rgba), (64, 16), QUICK).is_ok());
    }

    #[test]
    fn pixels_of_another_size_are_refused() {
        for (bytes, size) in
            [(&[0; 9][..], (64, 16)), (&[0; 9], (0, 1)), (&[0; 9], (usize::MAX, 2)), (&[], (0, 0))]
        {
            let error = encode(Pixels::Rgb(bytes), size, QUICK).unwrap_err();
            let expected = format!("the pixels do not fill {} × {}", size.0, size.1);
            assert_eq!(error.to_string(), expected);
        }
    }
}

//! A channel's logo: a picture of its own beside the portal's name, for the re-seller's people and on its statements.
//!
//! Whatever picture is sent is drawn anew as a PNG of a fixed largest size, so that nothing else that the file holds is
//! kept or served.

pub mod store;

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};

/// The largest file that is read, in bytes.
pub const LARGEST: usize = 1024 * 1024;
/// The largest side of a picture that is read, in pixels.
const MOST_PIXELS: u32 = 4_096;
/// What it is drawn within, in pixels: twice what pages show, for dense screens.
const WIDTH: u32 = 480;
const HEIGHT: u32 = 120;

/// Why a file does not become a logo; `Display` is the message for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("Choose a picture of at most 1 MiB")]
    TooLarge,
    #[error("Choose a picture in PNG or JPEG format, of at most 4,096 pixels a side")]
    NotAPicture,
}

/// The picture as a PNG within 480 by 120 pixels, its proportions kept; a smaller one is not enlarged.
pub fn drawn(file: &[u8]) -> Result<Vec<u8>, Unfit> {
    if file.len() > LARGEST {
        return Err(Unfit::TooLarge);
    }
    let mut reader =
        ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| Unfit::NotAPicture)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_PIXELS);
    limits.max_image_height = Some(MOST_PIXELS);
    reader.limits(limits);
    let picture = reader.decode().map_err(|_| Unfit::NotAPicture)?;
    let fits = picture.width() <= WIDTH && picture.height() <= HEIGHT;
    let fitted = if fits { picture } else { picture.thumbnail(WIDTH, HEIGHT) };
    let mut png = Vec::new();
    let written = fitted.into_rgba8().write_to(&mut Cursor::new(&mut png), ImageFormat::Png);
    written.map(|()| png).map_err(|_| Unfit::NotAPicture)
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, Rgb, RgbImage};
    use proptest::prelude::*;

    use super::*;

    fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut file = Vec::new();
        let picture = DynamicImage::ImageRgb8(RgbImage::from_pixel(width, height, Rgb([200, 30, 60])));
        picture.write_to(&mut Cursor::new(&mut file), format).unwrap();
        file
    }

    fn size(png: &[u8]) -> (u32, u32) {
        let reader = ImageReader::with_format(Cursor::new(png), ImageFormat::Png);
        reader.into_dimensions().unwrap()
    }

    #[test]
    fn a_picture_is_drawn_within_the_place_that_pages_have_for_it() {
        assert_eq!(size(&drawn(&file(960, 120, ImageFormat::Jpeg)).unwrap()), (480, 60));
        assert_eq!(size(&drawn(&file(500, 500, ImageFormat::Png)).unwrap()), (120, 120));
        assert_eq!(size(&drawn(&file(32, 16, ImageFormat::Png)).unwrap()), (32, 16));
    }

    #[test]
    fn what_else_a_file_holds_is_gone() {
        let mut picture = file(32, 32, ImageFormat::Png);
        picture.extend(b"<script>alert(1)</script>");
        let png = drawn(&picture).unwrap();
        assert!(!png.windows(8).any(|part| part == b"<script>"));
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused() {
        assert_eq!(drawn(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), Err(Unfit::NotAPicture));
        assert_eq!(drawn(&[]), Err(Unfit::NotAPicture));
        assert_eq!(drawn(&vec![0; LARGEST + 1]), Err(Unfit::TooLarge));
        assert_eq!(drawn(&file(4_097, 1, ImageFormat::Png)), Err(Unfit::NotAPicture));
        let whole = file(64, 64, ImageFormat::Png);
        assert_eq!(drawn(&whole[..whole.len() / 2]), Err(Unfit::NotAPicture));
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_much(mut picture in Just(file(24, 24, ImageFormat::Jpeg)),
            changes in prop::collection::vec((0usize..600, any::<u8>()), 0..40)) {
            for (place, byte) in changes {
                if let Some(kept) = picture.get_mut(place) {
                    *kept = byte;
                }
            }
            if let Ok(png) = drawn(&picture) {
                let (width, height) = size(&png);
                prop_assert!(width <= WIDTH && height <= HEIGHT);
            }
        }
    }
}

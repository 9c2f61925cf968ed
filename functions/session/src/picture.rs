//! A picture of a person. Whatever was sent, a small JPEG of our own making is kept: nothing else that
//! the file holds, such as the place it was taken at, goes along.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, ImageResult, Limits, Rgba,
    RgbaImage,
    codecs::jpeg::JpegEncoder,
    imageops::{FilterType, overlay},
};

/// Width and height of what is kept, in pixels.
const SIDE: u32 = 256;
/// The JPEG quality of what is kept, of 100.
const QUALITY: u8 = 80;
/// The longest side taken, in pixels, and the memory that reading it may use, in bytes.
const LONGEST_SIDE: u32 = 2048;
const MOST_MEMORY: u64 = 64 << 20;
const WHITE: Rgba<u8> = Rgba([255; 4]);

/// Why a file is not taken for a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Another kind of file.
    #[error("Send a PNG or JPEG picture.")]
    Kind,
    /// Too many pixels.
    #[error("Send a picture of at most 2,048 by 2,048 pixels.")]
    Size,
    /// It ends early or is no picture inside.
    #[error("The picture cannot be read; save it anew and send it again.")]
    Broken,
}

/// The middle of the picture in `file`, upright, as a JPEG of 256 by 256 pixels. What shines through
/// becomes white.
pub fn portrait(file: &[u8]) -> Result<Vec<u8>, PictureError> {
    let format = image::guess_format(file).map_err(|_| PictureError::Kind)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg) {
        return Err(PictureError::Kind);
    }
    read(file, format).and_then(|picture| write(&picture)).map_err(|error| match error {
        ImageError::Limits(_) => PictureError::Size,
        _ => PictureError::Broken,
    })
}

fn read(file: &[u8], format: ImageFormat) -> ImageResult<DynamicImage> {
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LONGEST_SIDE), Some(LONGEST_SIDE));
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn write(picture: &DynamicImage) -> ImageResult<Vec<u8>> {
    let square = picture.resize_to_fill(SIDE, SIDE, FilterType::Triangle).to_rgba8();
    let mut canvas = RgbaImage::from_pixel(SIDE, SIDE, WHITE);
    overlay(&mut canvas, &square, 0, 0);
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    DynamicImage::ImageRgba8(canvas).to_rgb8().write_with_encoder(encoder)?;
    Ok(jpeg)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        picture.into().write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    fn kept(file: &[u8]) -> image::RgbImage {
        let kept = portrait(file).unwrap();
        assert_eq!(image::guess_format(&kept).unwrap(), ImageFormat::Jpeg);
        image::load_from_memory(&kept).unwrap().into_rgb8()
    }

    /// Whether a colour is about that, as JPEG keeps colours.
    fn like(pixel: image::Rgb<u8>, colour: [u8; 3]) -> bool {
        pixel.0.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 24)
    }

    #[test]
    fn the_middle_is_kept_and_what_shines_through_is_white() {
        // Red, clear, blue: the middle third stays.
        let wide = RgbaImage::from_fn(900, 300, |x, _| match x {
            ..300 => Rgba([255, 0, 0, 255]),
            300..600 => Rgba([0, 0, 0, 0]),
            _ => Rgba([0, 0, 255, 255]),
        });
        let kept = kept(&file(wide, ImageFormat::Png));
        assert_eq!(kept.dimensions(), (256, 256));
        assert!(
            [(20, 20), (128, 128), (235, 235)].iter().all(|(x, y)| like(*kept.get_pixel(*x, *y), [255; 3]))
        );
    }

    #[test]
    fn a_picture_that_lies_on_its_side_is_set_upright() {
        let red_above = image::RgbImage::from_fn(64, 64, |_, y| {
            if y < 32 { image::Rgb([255, 0, 0]) } else { image::Rgb([0, 0, 255]) }
        });
        let jpeg = file(red_above, ImageFormat::Jpeg);
        // Orientation 3 turns by half a circle. EXIF: one entry, tag 0x0112, a short.
        let tiff = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0";
        let length = u16::try_from(tiff.len() + 2).unwrap().to_be_bytes();
        let turned = [&jpeg[..2], &[0xff, 0xe1], &length, tiff, &jpeg[2..]].concat();
        assert!(like(*kept(&jpeg).get_pixel(128, 60), [255, 0, 0]));
        assert!(like(*kept(&turned).get_pixel(128, 60), [0, 0, 255]));
    }

    #[test]
    fn what_the_file_says_beside_the_picture_is_not_kept() {
        let jpeg = file(image::RgbImage::new(40, 40), ImageFormat::Jpeg);
        let comment = b"\xff\xfe\0\x13taken at my home!";
        let file = [&jpeg[..2], comment, &jpeg[2..], b"<script>alert(1)</script>"].concat();
        let kept = portrait(&file).unwrap();
        for words in ["my home", "<script"] {
            assert!(!kept.windows(words.len()).any(|part| part == words.as_bytes()));
        }
    }

    #[test]
    fn other_files_are_refused_and_say_why() {
        let small = file(image::RgbImage::new(40, 40), ImageFormat::Png);
        let wide = file(image::RgbImage::new(2049, 1), ImageFormat::Png);
        let high = file(image::RgbImage::new(1, 2049), ImageFormat::Jpeg);
        for (bytes, error) in [
            (b"".as_slice(), PictureError::Kind),
            (b"GIF89a\x01\0\x01\0\0\0\0", PictureError::Kind),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", PictureError::Kind),
            (b"RIFF\x10\0\0\0WEBPVP8 ", PictureError::Kind),
            (&small[..small.len() / 2], PictureError::Broken),
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0", PictureError::Broken),
            (&wide, PictureError::Size),
            (&high, PictureError::Size),
        ] {
            assert_eq!(portrait(bytes), Err(error));
        }
    }
}

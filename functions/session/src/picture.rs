//! A picture of a person. Whatever was sent, a small JPEG of our own making is kept: nothing else that
//! the file holds, such as the place it was taken at, goes along.
//!
//! Memory and time are bounded by the most pixels, whatever the file is like inside: only what makes up
//! the picture is given to the decoder, and the middle is cut out before anything is scaled.

mod slim;
#[cfg(test)]
mod tests;

use std::{io::Cursor, sync::Arc};

use image::{
    DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, ImageResult, Limits, Rgba,
    RgbaImage,
    codecs::jpeg::JpegEncoder,
    imageops::{FilterType, overlay},
};
use tokio::sync::Semaphore;

/// Width and height of what is kept, in pixels.
const SIDE: u32 = 256;
/// The JPEG quality of what is kept, of 100.
const QUALITY: u8 = 80;
/// The longest side taken, in pixels.
const LONGEST_SIDE: u32 = 2048;
/// The memory in bytes that reading may use beside the pixels themselves.
const MOST_MEMORY: u64 = 4 << 20;
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
    /// It ends early, is no picture inside, or is made to be costly.
    #[error("The picture cannot be read; save it anew and send it again.")]
    Broken,
}

/// Where portraits are made, one at a time: so much memory is used by all requests together. Clones share it.
#[derive(Debug, Clone)]
pub struct Studio(Arc<Semaphore>);

impl Default for Studio {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Studio {
    /// [`portrait`] beside the async work; a request that ended while it waited costs nothing. Needs a tokio runtime.
    ///
    /// # Errors
    /// As [`portrait`].
    pub async fn portrait(&self, file: impl AsRef<[u8]> + Send + 'static) -> Result<Vec<u8>, PictureError> {
        let place = Arc::clone(&self.0).acquire_owned().await.map_err(|_| PictureError::Broken)?;
        let task = move || {
            // Moved in here, so that a dropped request does not free its place before its work ends.
            let _place = place;
            portrait(file.as_ref())
        };
        tokio::task::spawn_blocking(task).await.unwrap_or(Err(PictureError::Broken))
    }
}

/// The middle of the picture in `file`, upright, as a JPEG of 256 by 256 pixels. What shines through
/// becomes white.
pub fn portrait(file: &[u8]) -> Result<Vec<u8>, PictureError> {
    let (format, slim) = match image::guess_format(file) {
        Ok(format @ ImageFormat::Png) => (format, slim::png(file)),
        Ok(format @ ImageFormat::Jpeg) => (format, slim::jpeg(file)),
        _ => return Err(PictureError::Kind),
    };
    let slim = slim.ok_or(PictureError::Broken)?;
    read(&slim, format).and_then(|square| write(&square)).map_err(|error| match error {
        ImageError::Limits(_) => PictureError::Size,
        _ => PictureError::Broken,
    })
}

/// The middle of the picture, small and upright.
fn read(file: &[u8], format: ImageFormat) -> ImageResult<RgbaImage> {
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LONGEST_SIDE), Some(LONGEST_SIDE));
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut small = DynamicImage::ImageRgba8(shrink(DynamicImage::from_decoder(decoder)?));
    small.apply_orientation(orientation);
    Ok(small.into_rgba8())
}

/// The largest square in the middle, scaled. Never the other way round: scaled first, the long side of a
/// narrow picture would grow with the short one.
fn shrink(picture: DynamicImage) -> RgbaImage {
    let (width, height) = (picture.width(), picture.height());
    let side = width.min(height);
    let square = if width == height {
        picture
    } else {
        picture.crop_imm((width - side) / 2, (height - side) / 2, side, side)
    };
    square.resize_exact(SIDE, SIDE, FilterType::Triangle).into_rgba8()
}

fn write(square: &RgbaImage) -> ImageResult<Vec<u8>> {
    let mut canvas = RgbaImage::from_pixel(SIDE, SIDE, WHITE);
    overlay(&mut canvas, square, 0, 0);
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    DynamicImage::ImageRgba8(canvas).to_rgb8().write_with_encoder(encoder)?;
    Ok(jpeg)
}

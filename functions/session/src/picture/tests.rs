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
    assert!([(20, 20), (128, 128), (235, 235)].iter().all(|(x, y)| like(*kept.get_pixel(*x, *y), [255; 3])));
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

#[test]
fn fault_02_the_middle_of_a_narrow_picture_is_kept() {
    // A green square in the middle of what is red on one side and blue on the other.
    for (width, height) in [(2048, 16), (16, 2048), (2048, 1), (1, 2048), (301, 300), (2, 3)] {
        let (long, short) = (width.max(height), width.min(height));
        let (from, to) = ((long - short) / 2, (long - short) / 2 + short);
        let picture = image::RgbImage::from_fn(width, height, |x, y| {
            let along = if width > height { x } else { y };
            image::Rgb(if along < from {
                [255, 0, 0]
            } else if along < to {
                [0, 160, 0]
            } else {
                [0, 0, 255]
            })
        });
        let kept = kept(&file(picture, ImageFormat::Png));
        for (x, y) in [(2, 2), (128, 128), (253, 253), (2, 253)] {
            assert!(
                like(*kept.get_pixel(x, y), [0, 160, 0]),
                "{width} by {height} at {x},{y}: {:?}",
                kept.get_pixel(x, y)
            );
        }
    }
}

#[test]
fn fault_02_what_is_not_the_picture_is_never_unpacked() {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], kind, data, &[0; 4]].concat()
    };
    let png = file(image::RgbImage::new(40, 40), ImageFormat::Png);
    // Behind signature and header. The checksums are wrong: whoever reads the chunks refuses the file.
    let with = |chunks: &[u8]| [&png[..33], chunks, &png[33..]].concat();
    for kind in [b"iCCP", b"zTXt", b"iTXt", b"tEXt", b"acTL", b"fcTL", b"fdAT", b"gAMA", b"teSt"] {
        assert!(
            portrait(&with(&chunk(kind, b"x\0\0planted").repeat(1000))).is_ok(),
            "{}",
            kind.escape_ascii()
        );
    }
    let jpeg = file(image::RgbImage::new(40, 40), ImageFormat::Jpeg);
    let segment = |marker: u8, data: &[u8]| {
        [&[0xff, marker], &u16::try_from(data.len() + 2).unwrap().to_be_bytes()[..], data].concat()
    };
    let with = |segments: &[u8]| [&jpeg[..2], segments, &jpeg[2..]].concat();
    let adobe = b"http://ns.adobe.com/xmp/extension/\0";
    for (marker, data) in [
        (0xe1, &adobe[..]),
        (0xe2, b"ICC_PROFILE\0\x01"),
        (0xed, b"Photoshop 3.0\0x"),
        (0xfe, b"x"),
        (0xee, b"x"),
    ] {
        assert!(portrait(&with(&segment(marker, data).repeat(9000))).is_ok(), "{marker:x}");
    }
    for (marker, data) in [
        (0xdd, &[0, 0][..]),
        (0xc4, &[&[0x11, 1][..], &[0; 16]].concat().repeat(3000)),
        (0xdb, &[&[1][..], &[1; 64]].concat()),
    ] {
        assert!(portrait(&with(&segment(marker, data))).is_ok(), "{marker:x}");
        assert_eq!(
            portrait(&with(&segment(marker, data).repeat(500))),
            Err(PictureError::Broken),
            "{marker:x}"
        );
    }
}

#[test]
fn fault_02_a_jpeg_that_unfolds_to_more_than_its_sides_is_refused() {
    for (sampling, taken) in
        [([0x44, 0x11, 0x11], false), ([0x42, 0x22, 0x11], false), ([0x22, 0x11, 0x11], true)]
    {
        let jpeg = file(image::RgbImage::new(64, 64), ImageFormat::Jpeg);
        let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
        let mut changed = jpeg.clone();
        for (component, factors) in sampling.into_iter().enumerate() {
            changed[frame + 11 + 3 * component] = factors;
        }
        assert_eq!(slim::jpeg(&changed).is_some(), taken, "{sampling:x?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_02_pictures_are_made_one_at_a_time() {
    let studio = Studio::default();
    let busy = studio.0.clone().acquire_owned().await.unwrap();
    let file = file(image::RgbImage::new(40, 40), ImageFormat::Png);
    let waiting = studio.portrait(file.clone());
    // A request that ends while it waits leaves nothing behind that still runs.
    assert!(tokio::time::timeout(std::time::Duration::from_millis(20), waiting).await.is_err());
    assert_eq!(studio.0.available_permits(), 0);
    drop(busy);
    assert!(studio.portrait(file).await.is_ok());
    assert_eq!(studio.0.available_permits(), 1);
}

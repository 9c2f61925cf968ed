//! What of a file makes up the picture. Colour profiles, texts, thumbnails, further frames and the rest are
//! left out before a decoder sees them: some of them unpack to many times their size, or are looked through
//! again with each further one.

use std::ops::Range;

/// Segments of a JPEG that set up its decoding, and scans: a picture for the web has about 20, one with a
/// hundred scans 200.
const MOST_SEGMENTS: usize = 400;
/// Bytes of all Huffman tables of a JPEG; each table costs much more than it is long.
const MOST_TABLES: usize = 64 << 10;
/// What the sampling factors of a JPEG's components add up to at most, by the standard.
const MOST_BLOCKS: u32 = 10;

/// The chunks of a PNG that make up its first picture, with its orientation; `None` without a header.
pub(super) fn png(file: &[u8]) -> Option<Vec<u8>> {
    const SIGNATURE: usize = 8;
    let mut slim = file.get(..SIGNATURE)?.to_vec();
    let (mut rest, mut turned) = (&file[SIGNATURE..], false);
    while let Some(head) = rest.first_chunk::<8>() {
        let [a, b, c, d, kind @ ..] = *head;
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?;
        // A chunk is its length, its kind, its data and a checksum. One that ends early is left to the decoder.
        let chunk = &rest[..length.saturating_add(12).min(rest.len())];
        let needed = match &kind {
            b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND" => true,
            b"eXIf" => !std::mem::replace(&mut turned, true),
            _ => false,
        };
        if needed {
            slim.extend_from_slice(chunk);
        }
        rest = &rest[chunk.len()..];
        if &kind == b"IEND" {
            break;
        }
    }
    Some(slim)
}

/// The segments of a JPEG that make up its picture, with its orientation; `None` when there are too many of
/// them or it is not built as the standard says.
pub(super) fn jpeg(file: &[u8]) -> Option<Vec<u8>> {
    let mut slim = file.get(..2)?.to_vec();
    let (mut at, mut segments, mut tables) = (2, 0, 0);
    let (mut turned, mut adobe) = (false, false);
    while let Next::Segment(marker, body) = next(file, at)? {
        at = body.end;
        let data = &file[body.start + 2..body.end];
        let needed = match marker {
            // Frames, Huffman and quantization tables, scans, restart intervals.
            0xc0..=0xcf | 0xda | 0xdb | 0xdd => true,
            0xe1 => data.starts_with(b"Exif\0\0") && !std::mem::replace(&mut turned, true),
            0xee => data.starts_with(b"Adobe") && !std::mem::replace(&mut adobe, true),
            _ => false,
        };
        if !needed {
            continue;
        }
        segments += 1;
        tables += if marker == 0xc4 { data.len() } else { 0 };
        let frame = matches!(marker, 0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc));
        if segments > MOST_SEGMENTS || tables > MOST_TABLES || (frame && blocks(data) > MOST_BLOCKS) {
            return None;
        }
        if marker == 0xda {
            at = end_of_scan(file, at);
        }
        slim.extend_from_slice(&[0xff, marker]);
        slim.extend_from_slice(&file[body.start..at]);
        if at == file.len() {
            break;
        }
    }
    slim.extend_from_slice(&[0xff, 0xd9]);
    Some(slim)
}

/// What stands next in a JPEG.
enum Next {
    /// A marker, and where its length and data lie.
    Segment(u8, Range<usize>),
    /// The picture's end.
    End,
}

/// The next marker from `at` on; `None` when its segment ends early.
fn next(file: &[u8], mut at: usize) -> Option<Next> {
    // Stray bytes and markers without data are passed over, as decoders do.
    let marker = loop {
        match file.get(at..at + 2)? {
            [0xff, 0xd9] => return Some(Next::End),
            [0xff, marker @ (2..=0xcf | 0xda..=0xfe)] => break *marker,
            _ => at += 1,
        }
    };
    let start = at + 2;
    let length = usize::from(u16::from_be_bytes(file.get(start..start + 2)?.try_into().ok()?));
    let end = start + length;
    (length >= 2 && end <= file.len()).then_some(Next::Segment(marker, start..end))
}

/// Where the coded data from `at` on ends: at a marker that is no restart, or with the file.
fn end_of_scan(file: &[u8], at: usize) -> usize {
    let marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff | 0xd0..=0xd7);
    file[at..].windows(2).position(marker).map_or(file.len(), |offset| at + offset)
}

/// The blocks in the smallest unit of a frame: the products of its components' sampling factors, added up.
fn blocks(frame: &[u8]) -> u32 {
    let factors = |component: &[u8]| u32::from(component[1] >> 4) * u32::from(component[1] & 15);
    frame.get(6..).unwrap_or_default().chunks_exact(3).map(factors).sum()
}

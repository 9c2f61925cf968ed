//! Pictures that are small as files and large in some other way. None is longer than a body may be.

use std::io::Write as _;

use flate2::{Compression, Crc, write::ZlibEncoder};

/// The longest file that is read, in bytes.
const LONGEST: usize = 1 << 20;
/// The longest side that is taken, in pixels.
const SIDE: u32 = 2048;

/// Every such picture with what is special about it.
pub fn all() -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> =
        pngs().into_iter().chain(jpegs()).map(|(name, file)| (name.to_owned(), file)).collect();
    all.retain(|(_, file)| file.len() <= LONGEST);
    all
}

fn pngs() -> Vec<(&'static str, Vec<u8>)> {
    let largest = |interlaced| png(SIDE, SIDE, (16, 6), interlaced, &[]);
    let bomb = deflated(60 << 20);
    let text = |kind: &[u8], head: &[u8]| chunk(kind, &[head, &bomb].concat());
    let small = |extra: &[Vec<u8>]| png(300, 200, (8, 6), false, extra);
    let frame = || [chunk(b"fcTL", &[0; 26]), chunk(b"fdAT", &deflated(1 << 20))].concat();
    vec![
        ("PNG of 1 by 2,048", png(1, SIDE, (8, 6), false, &[])),
        ("PNG of 2,048 by 1", png(SIDE, 1, (1, 0), false, &[])),
        ("PNG of 2 by 2,048, 16 bits, interlaced", png(2, SIDE, (16, 6), true, &[])),
        ("PNG of 2,048 by 2,048, 16 bits", largest(false)),
        ("PNG of 2,048 by 2,048, 16 bits, interlaced", largest(true)),
        ("PNG of 2,048 by 2,048, two colours", png(SIDE, SIDE, (1, 0), true, &[])),
        ("PNG that says 65,535 by 65,535", png_of(65_535, 65_535, (8, 6), false, &[], &deflated(1 << 20))),
        ("PNG that says 2,147,483,647 by 1", png_of(0x7fff_ffff, 1, (16, 6), true, &[], &deflated(1 << 20))),
        ("PNG of 8 by 8 with 60 MiB of pixels", png_of(8, 8, (8, 6), false, &[], &bomb)),
        ("PNG with a colour profile of 60 MiB", small(&[text(b"iCCP", b"x\0\0")])),
        ("PNG with texts of 60 MiB each", small(&vec![text(b"zTXt", b"x\0\0"); 8])),
        ("PNG with an iTXt of 60 MiB", small(&[text(b"iTXt", b"XML:com.adobe.xmp\0\x01\0\0\0")])),
        ("PNG with an eXIf of 900 KiB", small(&[chunk(b"eXIf", &vec![0xff; 900 << 10])])),
        ("PNG with 9,000 eXIf chunks", small(&vec![chunk(b"eXIf", b"MM\0\x2a\0\0\0\x08\xff\xff"); 9_000])),
        ("PNG with 80,000 empty chunks", small(&vec![chunk(b"IDAT", b""); 80_000])),
        ("PNG with 80,000 unknown chunks", small(&vec![chunk(b"teSt", b""); 80_000])),
        (
            "PNG with 500 frames of 1 MiB",
            small(
                &std::iter::once(chunk(b"acTL", &[0, 0, 1, 244, 0, 0, 0, 0]))
                    .chain((0..500).map(|_| frame()))
                    .collect::<Vec<_>>(),
            ),
        ),
    ]
}

fn jpegs() -> Vec<(&'static str, Vec<u8>)> {
    const COLOURS: [(u8, u8); 3] = [(2, 2), (1, 1), (1, 1)];
    let plain = Jpeg { sides: (2048, 2048), sampling: &[(1, 1)], ..Jpeg::default() };
    let progressive = Jpeg { progressive: true, ..plain };
    let xmp = |count| {
        let mut body = b"http://ns.adobe.com/xmp/extension/\0".to_vec();
        body.extend_from_slice(&[b'a'; 32]);
        body.extend_from_slice(&[0, 0, 0, 0xff, 0, 0, 0, 0, 0]);
        segment(0xe1, &body).repeat(count)
    };
    let table = |class: u8| [&[class, 1][..], &[0; 15], &[0]].concat();
    let tables = segment(0xc4, &table(0x11).repeat(3_600));
    vec![
        ("JPEG of 8 by 65,535", Jpeg { sides: (8, 65_535), ..plain }.file(&[])),
        ("JPEG of 1 by 2,048", Jpeg { sides: (1, 2048), ..plain }.file(&[])),
        ("JPEG of 2,048 by 2,048", Jpeg { sampling: &COLOURS, ..plain }.file(&[])),
        (
            "JPEG of 2,048 by 2,048 in CMYK",
            Jpeg { sampling: &[(1, 1); 4], ..plain }.file(&segment(0xee, b"Adobe\0\x64\0\0\0\0\0")),
        ),
        ("progressive JPEG", Jpeg { sampling: &COLOURS, ..progressive }.file(&[])),
        ("progressive JPEG in CMYK", Jpeg { sampling: &[(1, 1); 4], scans: 30, ..progressive }.file(&[])),
        ("progressive JPEG with 39 scans", Jpeg { scans: 39, ..progressive }.file(&[])),
        (
            "progressive JPEG with 39 scans that refine",
            Jpeg { scans: 39, refine: true, ..progressive }.file(&[]),
        ),
        ("progressive JPEG with 20,000 scans", Jpeg { scans: 20_000, ..progressive }.file(&[])),
        ("progressive JPEG sampled 4 by 4", Jpeg { sampling: &[(4, 4); 4], ..progressive }.file(&[])),
        ("progressive JPEG sampled 3 by 3", Jpeg { sampling: &[(3, 3), (1, 1)], ..progressive }.file(&[])),
        ("JPEG sampled 4 by 2", Jpeg { sampling: &[(4, 2), (1, 1), (1, 1)], ..progressive }.file(&[])),
        ("JPEG with 13,000 parts of a text", plain.file(&xmp(12_000))),
        ("JPEG with 3,600 tables", plain.file(&tables)),
        ("JPEG with 50,000 tables", plain.file(&tables.repeat(14))),
        ("JPEG with 200,000 comments", plain.file(&segment(0xfe, b"").repeat(200_000))),
        ("JPEG with 170,000 restart intervals", plain.file(&segment(0xdd, &[0, 1]).repeat(170_000))),
        ("JPEG with a restart at each block", Jpeg { restarts: true, ..plain }.file(&segment(0xdd, &[0, 1]))),
        ("JPEG of 1 MiB of fill bytes", plain.file(&vec![0xff; 1_000_000])),
    ]
}

/// Zeros of this length as a zlib stream.
fn deflated(length: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![0; 64 << 10];
    // Writing into a vector does not fail.
    for _ in 0..length / zeros.len() {
        drop(encoder.write_all(&zeros));
    }
    drop(encoder.write_all(&zeros[..length % zeros.len()]));
    encoder.finish().unwrap_or_default()
}

fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    let mut sum = Crc::new();
    sum.update(kind);
    sum.update(data);
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&length[..], kind, data, &sum.sum().to_be_bytes()].concat()
}

/// A black or clear PNG with these chunks before its pixels; bits and kind of its colours as the header has them.
fn png(width: u32, height: u32, colours: (u8, u8), interlaced: bool, extra: &[Vec<u8>]) -> Vec<u8> {
    let (bits, kind) = colours;
    let channels = if kind == 6 { 4 } else { 1 };
    // More than enough for the seven passes of an interlaced one as well.
    let row = (u64::from(width) * channels * u64::from(bits)).div_ceil(8) + 8;
    let rows = u64::from(height) * if interlaced { 2 } else { 1 };
    let pixels = deflated(usize::try_from(row * rows).unwrap_or(0));
    png_of(width, height, colours, interlaced, extra, &pixels)
}

fn png_of(
    width: u32,
    height: u32,
    (bits, kind): (u8, u8),
    interlaced: bool,
    extra: &[Vec<u8>],
    pixels: &[u8],
) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let header = [&sides[..], &[bits, kind, 0, 0, u8::from(interlaced)]].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &header),
        extra.concat(),
        chunk(b"IDAT", pixels),
        chunk(b"IEND", b""),
    ]
    .concat()
}

/// A grey JPEG of our own make.
#[derive(Debug, Clone, Copy, Default)]
struct Jpeg<'a> {
    sides: (u16, u16),
    /// Sampling factors of each component.
    sampling: &'a [(u8, u8)],
    progressive: bool,
    /// Scans after the first ones.
    scans: usize,
    /// Whether these scans refine what is there.
    refine: bool,
    /// Whether a restart marker stands behind each block.
    restarts: bool,
}

impl Jpeg<'_> {
    /// Blocks of a component with these sampling factors.
    fn blocks(&self, (h, v): (u8, u8)) -> usize {
        let most =
            |factor: fn(&(u8, u8)) -> u8| usize::from(self.sampling.iter().map(factor).max().unwrap_or(1));
        let side =
            |side: u16, own: u8, most: usize| (usize::from(side) * usize::from(own)).div_ceil(most * 8);
        side(self.sides.0, h, most(|factors| factors.0)) * side(self.sides.1, v, most(|factors| factors.1))
    }

    /// The file with `extra` before its frame.
    fn file(&self, extra: &[u8]) -> Vec<u8> {
        let (width, height) = self.sides;
        let components = (1..).zip(self.sampling).map(|(id, (h, v))| [id, h << 4 | v, 0]);
        let count = u8::try_from(self.sampling.len()).unwrap_or(u8::MAX);
        let mut frame = vec![8];
        frame.extend(height.to_be_bytes());
        frame.extend(width.to_be_bytes());
        frame.push(count);
        frame.extend(components.flatten());
        // One code of one bit: "no difference" for the mean, "nothing more in 16,384 blocks" or "in this block".
        let run = if self.progressive { 0xe0 } else { 0 };
        let tables = [&[0, 1][..], &[0; 15], &[0], &[0x10, 1], &[0; 15], &[run]].concat();
        let mut file = vec![0xff, 0xd8];
        file.extend_from_slice(extra);
        file.extend(segment(0xdb, &[&[0][..], &[1; 64]].concat()));
        file.extend(segment(0xc4, &tables));
        file.extend(segment(if self.progressive { 0xc2 } else { 0xc0 }, &frame));
        let blocks = usize::from(width).div_ceil(8) * usize::from(height).div_ceil(8);
        if self.progressive {
            // Code by code as long as the blocks need it: one bit for a mean, fifteen for 16,384 blocks.
            let own: Vec<usize> = self.sampling.iter().map(|factors| self.blocks(*factors)).collect();
            for (id, blocks) in (1..=count).zip(&own) {
                file.extend(scan(&[id], (0, 0, 0), &vec![0; blocks.div_ceil(8)]));
            }
            for number in 0..self.scans {
                let at = number % own.len().max(1);
                let bits = if self.refine && number >= own.len() { 0x10 } else { 0x01 };
                let codes = own.get(at).copied().unwrap_or(0).div_ceil(16_384) * 15;
                file.extend(scan(
                    &[u8::try_from(at + 1).unwrap_or(1)],
                    (1, 63, bits),
                    &vec![0; codes.div_ceil(8)],
                ));
            }
        } else {
            let ids: Vec<u8> = (1..=count).collect();
            let units: usize = self.sampling.iter().map(|(h, v)| usize::from(h * v)).sum();
            let data = vec![0; (blocks * units.max(1)).div_ceil(4) + 8];
            let restarted: Vec<u8> =
                (0..blocks).flat_map(|at| [0, 0xff, 0xd0 | u8::try_from(at % 8).unwrap_or(0)]).collect();
            file.extend(scan(&ids, (0, 63, 0), if self.restarts { &restarted } else { &data }));
        }
        file.extend([0xff, 0xd9]);
        file
    }
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap_or(u16::MAX).to_be_bytes();
    [&[0xff, marker][..], &length, data].concat()
}

fn scan(components: &[u8], (first, last, bits): (u8, u8, u8), data: &[u8]) -> Vec<u8> {
    let mut header = vec![u8::try_from(components.len()).unwrap_or(u8::MAX)];
    header.extend(components.iter().flat_map(|id| [*id, 0]));
    header.extend([first, last, bits]);
    [segment(0xda, &header), data.to_vec()].concat()
}

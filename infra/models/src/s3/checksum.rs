//! Checksums of bodies: those that a request brings are verified, and without one S3 makes its own.

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use crc_fast::CrcAlgorithm;
use http::HeaderMap;
use md5::{Digest as _, Md5};

use super::refused::Refused;

/// As headers spell them. S3 knows more; a header with another one is not modelled.
pub(super) const ALGORITHMS: [&str; 5] = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"];
const OWN: &str = "crc64nvme";
const PREFIX: &str = "x-amz-checksum-";

/// Whether a request brings something that its body can be held against.
pub(super) fn is_brought(headers: &HeaderMap, trailers: &HeaderMap) -> bool {
    headers.contains_key("content-md5") || brought(headers).chain(brought(trailers)).next().is_some()
}

/// Algorithm and checksum of a body, after everything the request says of it was found true.
pub(super) fn verified(
    headers: &HeaderMap,
    trailers: &HeaderMap,
    body: &[u8],
) -> Result<(String, String), Refused> {
    verify_md5(headers, body)?;
    let mut all = brought(headers).chain(brought(trailers));
    let Some((algorithm, told)) = all.next() else {
        if headers.contains_key("x-amz-sdk-checksum-algorithm") {
            let message = "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.";
            return Err(Refused::invalid("InvalidRequest", message));
        }
        return Ok((OWN.to_owned(), of(OWN, body)));
    };
    if all.next().is_some() {
        let message = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";
        return Err(Refused::invalid("InvalidRequest", message));
    }
    let right = of(algorithm, body);
    let size = |text: &str| STANDARD.decode(text).map(|bytes| bytes.len()).ok();
    if size(told) != size(&right) {
        let message = format!("Value for {PREFIX}{algorithm} header is invalid.");
        return Err(Refused::invalid("InvalidRequest", message));
    }
    if told != right {
        let name = algorithm.to_uppercase();
        let message = format!("The {name} you specified did not match the calculated checksum.");
        return Err(Refused::invalid("BadDigest", message));
    }
    Ok((algorithm.to_owned(), right))
}

/// SHA-256 of a body in hexadecimal.
pub(super) fn sha256_hex(body: &[u8]) -> String {
    hex(digest(&SHA256, body).as_ref())
}

/// MD5 of a body in hexadecimal.
pub(super) fn md5_hex(body: &[u8]) -> String {
    hex(&Md5::digest(body))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn brought(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers.iter().filter_map(|(name, value)| {
        let algorithm = name.as_str().strip_prefix(PREFIX)?;
        ALGORITHMS.contains(&algorithm).then_some((algorithm, value.to_str().unwrap_or_default()))
    })
}

fn verify_md5(headers: &HeaderMap, body: &[u8]) -> Result<(), Refused> {
    let Some(told) = headers.get("content-md5") else { return Ok(()) };
    let told = STANDARD.decode(told.as_bytes()).unwrap_or_default();
    if told.len() != 16 {
        return Err(Refused::invalid("InvalidDigest", "The Content-MD5 you specified was invalid."));
    }
    if told != Md5::digest(body).as_slice() {
        let message = "The Content-MD5 you specified did not match what we received.";
        return Err(Refused::invalid("BadDigest", message));
    }
    Ok(())
}

/// The checksum in base64, most significant byte first.
fn of(algorithm: &str, body: &[u8]) -> String {
    let crc = |algorithm, bytes: usize| {
        let whole = crc_fast::checksum(algorithm, body).to_be_bytes();
        STANDARD.encode(&whole[whole.len() - bytes..])
    };
    let sha = |algorithm: &'static Algorithm| STANDARD.encode(digest(algorithm, body));
    match algorithm {
        "crc32" => crc(CrcAlgorithm::Crc32IsoHdlc, 4),
        "crc32c" => crc(CrcAlgorithm::Crc32Iscsi, 4),
        "sha1" => sha(&SHA1_FOR_LEGACY_USE_ONLY),
        "sha256" => sha(&SHA256),
        _ => crc(CrcAlgorithm::Crc64Nvme, 8),
    }
}

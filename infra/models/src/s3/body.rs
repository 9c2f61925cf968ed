//! The body of a put: whole, or in chunks with trailers behind them (`aws-chunked`), as the SDKs send what they stream.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{checksum, refused::Refused};

const SHA256: &str = "x-amz-content-sha256";

/// The bytes of a put and the headers behind them.
pub(super) fn read<'a>(headers: &HeaderMap, body: &'a [u8]) -> Result<(Cow<'a, [u8]>, HeaderMap), Refused> {
    let said = headers.get(SHA256).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match said {
        "UNSIGNED-PAYLOAD" => Ok((body.into(), HeaderMap::new())),
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
        | "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
        | "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => streamed(headers, body),
        hash if hash.len() != 64 => {
            let message = format!("{SHA256} must be UNSIGNED-PAYLOAD, STREAMING-.. or a valid sha256 value.");
            Err(Refused::invalid("InvalidArgument", message))
        }
        hash if hash != checksum::sha256_hex(body) => {
            let message = format!("The provided '{SHA256}' header does not match what was computed.");
            Err(Refused::invalid("XAmzContentSHA256Mismatch", message))
        }
        _ => Ok((body.into(), HeaderMap::new())),
    }
}

fn streamed<'a>(headers: &HeaderMap, body: &[u8]) -> Result<(Cow<'a, [u8]>, HeaderMap), Refused> {
    let incomplete = "The request body terminated unexpectedly";
    let (bytes, trailers) = unchunked(body).ok_or_else(|| Refused::invalid("IncompleteBody", incomplete))?;
    let told = headers.get("x-amz-decoded-content-length").and_then(|value| value.to_str().ok());
    if told.and_then(|told| told.parse().ok()) != Some(bytes.len()) {
        let message = "You did not provide the number of bytes specified by x-amz-decoded-content-length";
        return Err(Refused::invalid("IncompleteBody", message));
    }
    let announced = headers.get("x-amz-trailer").and_then(|value| value.to_str().ok());
    if announced.is_some_and(|name| !trailers.contains_key(name)) {
        let message = "The request contained trailing data that was not well-formed or did not conform to our published schema.";
        return Err(Refused::invalid("MalformedTrailerError", message));
    }
    Ok((bytes.into(), trailers))
}

/// Chunks are `size in hexadecimal[;signature]`, a line's end, the bytes, a line's end; one of size 0 comes last.
fn unchunked(mut rest: &[u8]) -> Option<(Vec<u8>, HeaderMap)> {
    let mut bytes = Vec::new();
    loop {
        let size = line(&mut rest)?.split(';').next()?;
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            break;
        }
        bytes.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
    let mut trailers = HeaderMap::new();
    while !rest.is_empty() {
        let text = line(&mut rest)?;
        if text.is_empty() {
            break;
        }
        let (name, value) = text.split_once(':')?;
        let name: HeaderName = name.trim().parse().ok()?;
        trailers.append(name, HeaderValue::from_str(value.trim()).ok()?);
    }
    Some((bytes, trailers))
}

fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
    let text = std::str::from_utf8(&rest[..end]).ok()?;
    *rest = &rest[end + 2..];
    Some(text)
}

//! Reads the headers of a raw message; its body stays as it came.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::request::Header;
use crate::error::ServiceError;

pub(super) fn decode(data: &str) -> Result<String, ServiceError> {
    let bytes = BASE64_STANDARD.decode(data);
    let bytes = bytes.map_err(|_| ServiceError::refused("BadRequestException", "Raw.Data is not base64."))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The headers before the first empty line, with folded lines joined.
pub(super) fn headers(source: &str) -> Vec<Header> {
    let mut headers: Vec<Header> = Vec::new();
    for line in source.lines().take_while(|line| !line.is_empty()) {
        let last = headers.last_mut();
        match (line.strip_prefix([' ', '\t']), last) {
            (Some(rest), Some(header)) => {
                header.value.push(' ');
                header.value.push_str(rest.trim());
            }
            _ => {
                if let Some((name, value)) = line.split_once(':') {
                    headers.push(Header { name: name.to_owned(), value: value.trim().to_owned() });
                }
            }
        }
    }
    headers
}

/// The addresses of a header's value; a comma inside a quoted name does not part them.
pub(super) fn addresses(value: &str) -> Vec<String> {
    let mut quoted = false;
    let parts = value.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

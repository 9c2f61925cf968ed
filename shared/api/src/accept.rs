//! Which kind of answer a caller takes.

use http::{HeaderMap, header};

/// Whether the caller names this kind of answer, such as `text/html`, among those that they take. `*/*` names none, and a weight of 0 says
/// that they do not take it.
pub fn accepts(headers: &HeaderMap, kind: &str) -> bool {
    let named = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).any(|named| {
        let mut parts = named.split(';').map(str::trim);
        let is_it = parts.next().is_some_and(|named| named.eq_ignore_ascii_case(kind));
        is_it && !parts.any(refuses)
    })
}

/// Whether a parameter is a weight of 0, however many zeros it is written with.
fn refuses(parameter: &str) -> bool {
    let weight = parameter.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    weight.and_then(|(_, weight)| weight.trim().parse::<f32>().ok()).is_some_and(|weight| weight <= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_taken_where_it_is_named_with_some_weight() {
        let takes = |accept: &'static str| {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            accepts(&headers, "text/html")
        };
        for accept in
            ["text/html", "application/json, TEXT/HTML;q=0.1", "text/html; level=1", "text/html;q=x"]
        {
            assert!(takes(accept), "{accept}");
        }
        for accept in ["", "*/*", "text/*", "text/html;q=0", "text/html; Q=0.000, application/json"] {
            assert!(!takes(accept), "{accept}");
        }
    }
}

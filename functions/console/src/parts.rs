//! A file that the API gives in parts, as one download. A function answers once and with 6 MB at most, so what fits into one answer is put
//! together here.

use vestibule_invoke::{Answer, NoAnswer};

use crate::visit::{Asked, Visit};

/// Longest file in bytes: escaped on its way out it has up to twice as many.
const LONGEST: usize = 2_900_000;
/// Most parts that are put together, of 500 entries each: it must be done in 20 seconds.
const MOST_PARTS: usize = 40;

/// What was put together.
#[derive(Debug)]
pub(crate) enum Taken {
    /// The whole file; the answer is that of its last part.
    Whole(Box<Answer>, Vec<u8>),
    /// A part was refused.
    Refused(Box<Answer>),
    TooLong,
}

/// Takes a file part by part, beginning with `query`; `asked` makes the request of a part, at `path`.
pub(crate) async fn take(
    visit: &Visit,
    path: &str,
    mut query: String,
    asked: impl Fn(String) -> Asked,
) -> Result<Taken, NoAnswer> {
    let mut file = Vec::new();
    for _ in 0..MOST_PARTS {
        let answer = visit.fetch(asked(query)).await?;
        if !answer.status.is_success() {
            return Ok(Taken::Refused(answer.into()));
        }
        file.extend_from_slice(&answer.body);
        if file.len() > LONGEST {
            break;
        }
        match answer.header("link").and_then(|link| next(link, path)) {
            Some(following) => query = following,
            None => return Ok(Taken::Whole(answer.into(), file)),
        }
    }
    Ok(Taken::TooLong)
}

/// What of the page's query goes along: a form sends empty fields, too.
pub(crate) fn wanted(query: &str, known: &[&str]) -> String {
    let given = url::form_urlencoded::parse(query.as_bytes());
    let given = given.filter(|(name, value)| known.contains(&&**name) && !value.is_empty());
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish()
}

/// The query of the next part, as the API names it.
fn next(link: &str, path: &str) -> Option<String> {
    let (query, rest) = link.strip_prefix('<')?.strip_prefix(path)?.strip_prefix('?')?.split_once('>')?;
    rest.contains("rel=\"next\"").then(|| query.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_part_is_read_from_its_header() {
        let path = "/api/audit/export";
        let link = "</api/audit/export?format=csv&cursor=A-_b>; rel=\"next\"";
        assert_eq!(next(link, path).as_deref(), Some("format=csv&cursor=A-_b"));
        for other in ["", "</api/audit/export?x>; rel=\"prev\"", "<https://evil.example/?x>; rel=\"next\""] {
            assert_eq!(next(other, path), None, "{other}");
        }
    }
}

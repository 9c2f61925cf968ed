//! What the vendors' events have in common: ids, times, and where our own value can stand.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{Timestamp, civil::DateTime, fmt::rfc2822, tz::TimeZone};
use vestibule_domain::correlation::visible;

use super::node::Node;

/// The name of our field in a vendor's document.
pub(super) const CORRELATION_FIELD: &str = "vestibule_document";

const LONGEST_TOKEN: usize = 128;
/// Most correlation texts of one event.
const MOST_TEXTS: usize = 1_000;
/// Before this nobody sent an event: clocks and libraries that have no time send 1970 or the year 1.
const EARLIEST: Timestamp = Timestamp::constant(946_684_800, 0);
/// What is later, the year 2100, is the mark of something without an end.
const LATEST: Timestamp = Timestamp::constant(4_102_444_800, 0);

/// An id without what nobody sees, such that it can stand in logs, keys and rows: a token of at most 128 characters as it is, anything else
/// as its hash.
pub(super) fn id(text: &str) -> String {
    let text = visible(text);
    if text.is_empty() || is_token(&text) {
        return text;
    }
    format!("sha256:{}", URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes())))
}

/// The id under `name`; empty when there is none.
pub(super) fn id_of(node: Node<'_>, name: &str) -> String {
    node.text_of(name).map(|text| id(&text)).unwrap_or_default()
}

/// The vendor's word for what happened, without blanks around it and in small letters; empty when there
/// is none.
pub(super) fn word_of(body: Node<'_>, name: &str) -> String {
    let text = body.all(name).into_iter().filter_map(Node::text).map(|text| visible(&text));
    let text = text.map(|text| text.to_ascii_lowercase()).find(|text| !text.is_empty());
    id(&text.unwrap_or_default())
}

/// The time under `name`, if it is one and can be true.
pub(super) fn time_of(body: Node<'_>, name: &str) -> Option<Timestamp> {
    let times = body.all(name).into_iter().filter_map(|node| time(visible(&node.text()?).trim_matches('"')));
    times.into_iter().find(|time| (EARLIEST..LATEST).contains(time))
}

/// RFC 3339 and ISO 8601, without an offset as UTC; RFC 2822; seconds or milliseconds since 1970.
fn time(text: &str) -> Option<Timestamp> {
    if let Ok(number) = text.parse::<i64>() {
        let seconds = Timestamp::from_second(number).ok().filter(|_| number < 100_000_000_000);
        return seconds.or_else(|| Timestamp::from_millisecond(number).ok());
    }
    // Some clocks tell more than the nine digits of a nanosecond.
    let text = shortened(text);
    let instant = text.parse::<Timestamp>().ok();
    let civil = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp());
    instant.or_else(civil).or_else(|| rfc2822::DateTimeParser::new().parse_timestamp(&text).ok())
}

fn shortened(text: &str) -> String {
    let Some((whole, rest)) = text.split_once(['.', ',']).filter(|(whole, _)| whole.contains(':')) else {
        return text.to_owned();
    };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    format!("{whole}.{}{}", &rest[..end.min(9)], &rest[end..])
}

/// The values of fields called [`CORRELATION_FIELD`] in a list of `{"name": .., "value": ..}`, or the value
/// under that name in an object.
pub(super) fn named(fields: Node<'_>) -> Vec<String> {
    let ours = |name: &String| visible(name).eq_ignore_ascii_case(CORRELATION_FIELD);
    let pairs = fields.each().into_iter().filter(|field| field.text_of("name").as_ref().is_some_and(ours));
    let values = pairs.flat_map(|field| field.all("value"));
    texts(values.chain(fields.all(CORRELATION_FIELD)))
}

/// The texts among `values`; a list counts as its entries.
pub(super) fn texts<'a>(values: impl IntoIterator<Item = Node<'a>>) -> Vec<String> {
    values.into_iter().flat_map(Node::each).filter_map(Node::text).collect()
}

/// Each text once, without blank ones, at most [`MOST_TEXTS`].
pub(super) fn distinct(mut texts: Vec<String>) -> Vec<String> {
    texts.retain(|text| !visible(text).is_empty());
    texts.sort();
    texts.dedup();
    texts.truncate(MOST_TEXTS);
    texts
}

/// Letters, digits and `._:-`; never a separator of our keys.
pub(super) fn is_token(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._:-".contains(c);
    !text.is_empty() && text.len() <= LONGEST_TOKEN && text.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::esign::node::text_of;

    fn read(value: &str) -> Option<Timestamp> {
        let body = format!(r#"{{"time":{value}}}"#);
        time_of(Node::object(&text_of(body.as_bytes())).unwrap(), "time")
    }

    #[test]
    fn fault_05_times_of_every_legal_form_are_read() {
        let expected: Timestamp = "2026-11-20T09:14:07Z".parse().unwrap();
        for form in [
            r#""2026-11-20T09:14:07Z""#,
            r#"" 2026-11-20t09:14:07z\n""#,
            r#""2026-11-20T10:14:07+01:00""#,
            r#""2026-11-20T09:14:07.000000000000Z""#,
            r#""2026-11-20T09:14:07,000Z""#,
            r#""2026-11-20 09:14:07""#,
            r#""2026-11-20T09:14:07.0000000""#,
            r#""20261120T091407Z""#,
            r#""Fri, 20 Nov 2026 09:14:07 GMT""#,
            "1795166047",
            "1795166047000",
            r#""1795166047""#,
        ] {
            assert_eq!(read(form), Some(expected), "{form}");
        }
    }

    #[test]
    fn fault_05_a_time_that_is_none_is_unknown() {
        for none in [
            r#""soon""#,
            r#""0001-01-01T00:00:00Z""#,
            r#""1970-01-01T00:00:00Z""#,
            r#""9999-12-31T23:59:59Z""#,
            r#""2026-13-45T99:99:99Z""#,
            "null",
            "{}",
            "[1795166047]",
            "true",
            "1e999",
            "-5",
            "99999999999999999999",
            r#""\ud83c""#,
        ] {
            assert_eq!(read(none), None, "{none}");
        }
        assert_eq!(
            read(r#""nonsense","time":"2026-11-20T09:14:07Z","Time":5"#).map(Timestamp::as_second),
            Some(1_795_166_047)
        );
    }

    #[test]
    fn an_id_that_is_no_token_is_its_hash() {
        assert_eq!(id("bbbb-1"), "bbbb-1");
        assert_eq!(id(""), "");
        assert_eq!(id(" bbbb-1\u{200b}\n"), "bbbb-1");
        for odd in ["a#b", "a b", "\u{e4}", "a|b", &"a".repeat(129)] {
            assert!(is_token(&id(odd)) && id(odd).starts_with("sha256:"), "{odd}");
        }
        assert_ne!(id("a#b"), id("a#c"));
    }
}

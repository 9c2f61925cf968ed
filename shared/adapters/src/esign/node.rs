//! A webhook's body, read leniently: only what is asked for is looked at.
//!
//! A vendor's event is refused only when it is no JSON object at all. Whatever stands in fields that decide nothing
//! is skipped unread: deep nesting costs no stack, numbers have no range, half a surrogate (which senders write
//! when they cut a text) is no fault, and neither are a byte order mark or bytes that are no UTF-8.

use std::{borrow::Cow, fmt};

use encoding_rs::UTF_8;
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::EsignError;

/// Most entries of one list or object that are looked at.
const MOST: usize = 1000;

/// The body as text: a byte order mark is heeded and taken off, broken sequences become U+FFFD.
pub(super) fn text_of(raw_body: &[u8]) -> Cow<'_, str> {
    UTF_8.decode(raw_body).0
}

/// One value of the body, not read yet.
#[derive(Clone, Copy)]
pub(super) struct Node<'a>(&'a RawValue);

impl<'a> Node<'a> {
    /// The body's object.
    pub(super) fn object(text: &'a str) -> Result<Self, EsignError> {
        let malformed = EsignError::Malformed { detail: "the body is not a JSON object" };
        let raw: &RawValue = serde_json::from_str(text).map_err(|_| malformed)?;
        if raw.get().starts_with('{') { Ok(Self(raw)) } else { Err(malformed) }
    }

    /// Every value under `name`, last one first, for a repeated name means its last value. The case of the
    /// name decides nothing, but values under the exact name come first. Empty when this is no object.
    pub(super) fn all(self, name: &str) -> Vec<Node<'a>> {
        let Entries(entries) = serde_json::from_str(self.0.get()).unwrap_or_default();
        let (mut exact, mut other) = (Vec::new(), Vec::new());
        for (key, value) in entries.into_iter().rev() {
            if key == name {
                exact.push(Node(value));
            } else if key.eq_ignore_ascii_case(name) {
                other.push(Node(value));
            }
        }
        exact.append(&mut other);
        exact
    }

    /// The object or list under `name`.
    pub(super) fn child(self, name: &str) -> Option<Node<'a>> {
        self.all(name).into_iter().find(|node| node.0.get().starts_with(['{', '[']))
    }

    /// The entries of a list; a value that is none stands for itself.
    pub(super) fn each(self) -> Vec<Node<'a>> {
        if !self.0.get().starts_with('[') {
            return vec![self];
        }
        let Items(items) = serde_json::from_str(self.0.get()).unwrap_or_default();
        items.into_iter().map(Node).collect()
    }

    /// A text, or a number as it is written. Half surrogates become U+FFFD.
    pub(super) fn text(self) -> Option<String> {
        let raw = self.0.get();
        match raw.as_bytes().first()? {
            b'"' => serde_json::from_str(raw).ok().map(|Lossy(text)| text),
            b'-' | b'0'..=b'9' => Some(raw.to_owned()),
            _ => None,
        }
    }

    /// The text under `name`, trimmed; `None` when there is none but blanks.
    pub(super) fn text_of(self, name: &str) -> Option<String> {
        let texts = self.all(name).into_iter().filter_map(Node::text);
        texts.map(|text| text.trim().to_owned()).find(|text| !text.is_empty())
    }
}

/// The entries of an object, of which at most [`MOST`] are kept.
#[derive(Default)]
struct Entries<'a>(Vec<(String, &'a RawValue)>);

/// The entries of a list, of which at most [`MOST`] are kept.
#[derive(Default)]
struct Items<'a>(Vec<&'a RawValue>);

/// A text whose half surrogates are replaced. Serde's own text refuses them; its bytes do not.
struct Lossy(String);

struct Reader;

impl Visitor<'_> for Reader {
    type Value = Lossy;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }
    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Lossy, E> {
        Ok(Lossy(String::from_utf8_lossy(bytes).into_owned()))
    }
}
impl<'de> Deserialize<'de> for Lossy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(Reader)
    }
}

struct EntriesReader;

impl<'de> Visitor<'de> for EntriesReader {
    type Value = Entries<'de>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
        let mut entries = Vec::new();
        while entries.len() < MOST
            && let Some((Lossy(key), value)) = map.next_entry()?
        {
            entries.push((key, value));
        }
        while map.next_entry::<Lossy, IgnoredAny>()?.is_some() {}
        Ok(Entries(entries))
    }
}
impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesReader)
    }
}

struct ItemsReader;

impl<'de> Visitor<'de> for ItemsReader {
    type Value = Items<'de>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Items<'de>, A::Error> {
        let mut items = Vec::new();
        while items.len() < MOST
            && let Some(item) = list.next_element()?
        {
            items.push(item);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Items(items))
    }
}
impl<'de> Deserialize<'de> for Items<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ItemsReader)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn word(body: &[u8]) -> Option<String> {
        let text = text_of(body);
        Node::object(&text).unwrap().child("data")?.text_of("id")
    }

    #[test]
    fn fault_05_nothing_beside_the_wanted_field_can_be_wrong() {
        let mut bodies: Vec<Vec<u8>> = [
            r#"{"s":"cut \ud83c","data":{"id":"e"}}"#,
            r#"{"\udf89 key \ud83c":"\ud83c\ud83c \udf89\n\ud83cx","data":{"id":"e"}}"#,
            r#"{"n":1e999999,"m":-0.000e-99999,"data":{"id":"e"}}"#,
            r#"{"n":123456789012345678901234567890123456789,"data":{"id":"e"}}"#,
            r#"{"data":{"id":"x"},"data":{"id":"y","id":"e"},"other":null}"#,
            r#"{"data":{"id":"e"},"Data":{"id":"x"},"data":7}"#,
            r#"{"Data":{"ID":" e "}}"#,
            "\u{feff} {\"data\":{\"id\":\"e\"}} \n",
        ]
        .map(|body| body.as_bytes().to_vec())
        .to_vec();
        let nested = format!("{}0{}", r#"[{"a":"#.repeat(100_000), "}]".repeat(100_000));
        bodies.push(format!(r#"{{"deep":{nested},"data":{{"deep":{nested},"id":"e"}}}}"#).into_bytes());
        bodies.push(b"{\"s\":\"caf\xe9 \xff\",\"data\":{\"id\":\"e\"}}".to_vec());
        let wide: Vec<u8> = r#"{"data":{"id":"e"}}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bodies.push([b"\xff\xfe".to_vec(), wide].concat());
        for body in bodies {
            let shown = String::from_utf8_lossy(&body).chars().take(80).collect::<String>();
            assert_eq!(word(&body).as_deref(), Some("e"), "{shown}");
        }
    }

    #[test]
    fn what_is_no_object_is_refused_and_deep_bodies_end_fast() {
        let deep = [b"{\"a\":".repeat(100_000), b"[".repeat(1_000_000)];
        let none =
            [&b""[..], b"[]", b"null", b"{", b"{}x", b"{\"a\":NaN}", b"{'a':1}", b"{\"a\":1,}", b"\"x\""];
        for body in deep.iter().map(Vec::as_slice).chain(none) {
            assert!(Node::object(&text_of(body)).is_err(), "{:?}", &body[..body.len().min(20)]);
        }
    }

    #[test]
    fn other_types_are_absent_and_numbers_are_their_digits() {
        for absent in ["null", "true", "[]", "{}", "\"  \""] {
            assert_eq!(word(format!(r#"{{"data":{{"id":{absent}}}}}"#).as_bytes()), None, "{absent}");
        }
        assert_eq!(word(br#"{"data":{"id":-12e3}}"#).as_deref(), Some("-12e3"));
        assert_eq!(word(br#"{"data":[{"id":"e"}]}"#), None);
    }

    proptest! {
        #[test]
        fn no_body_panics(body: Vec<u8>) {
            let text = text_of(&body);
            if let Ok(node) = Node::object(&text) {
                node.child("data").map(|data| data.text_of("id"));
            }
        }
    }
}

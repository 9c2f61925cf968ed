//! What a form sends, and the body that the API takes of it.

use std::collections::BTreeMap;

use axum::{
    body::{Bytes, to_bytes},
    extract::Request,
};
use futures::{future::ready, stream::once};
use http::{StatusCode, header};
use multer::Multipart;
use serde_json::{Map, Value, json};
use vestibule_invoke::Body as Sent;

use crate::page::Input;

/// Longest form with a file in bytes: a picture of a mebibyte with its fields.
pub(crate) const LONGEST: usize = 1_200_000;
/// Longest form with a table: a file of 4 MiB with its fields. In base64 it fits into the 6 MB that a function takes.
pub(crate) const LONGEST_TABLE: usize = (4 << 20) + 250_000;
/// Longest table in bytes that a form has in it when it is shown again.
const KEPT: usize = 100_000;
/// Longest form without one. What was typed is shown again, where a character can become six.
const LONGEST_TEXT: usize = 200_000;

/// The fields of a form, each with its values in order. It may hold passwords, so it cannot be printed.
#[derive(Default)]
pub(crate) struct Form {
    fields: BTreeMap<String, Vec<String>>,
    file: Option<(String, Bytes)>,
}

impl Form {
    /// Reads a form as browsers send it; one with a file may have `longest` bytes.
    pub(crate) async fn read(request: Request, longest: usize) -> Result<Self, StatusCode> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if let Some(kind) = kind.filter(|kind| kind.starts_with("multipart/form-data")) {
            let boundary = multer::parse_boundary(kind).map_err(|_| StatusCode::BAD_REQUEST)?;
            let body =
                to_bytes(request.into_body(), longest).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
            return Self::read_parts(boundary, body).await;
        }
        let body =
            to_bytes(request.into_body(), LONGEST_TEXT).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        let mut form = Self::default();
        for (name, value) in url::form_urlencoded::parse(&body) {
            form.add(name.into_owned(), &value);
        }
        Ok(form)
    }

    async fn read_parts(boundary: String, body: Bytes) -> Result<Self, StatusCode> {
        let unreadable = |_| StatusCode::BAD_REQUEST;
        let whole = once(ready(Ok::<_, std::convert::Infallible>(body)));
        let mut multipart = Multipart::new(whole, boundary);
        let mut form = Self::default();
        while let Some(part) = multipart.next_field().await.map_err(unreadable)? {
            let name = part.name().unwrap_or_default().to_owned();
            if part.file_name().is_some() {
                let kind =
                    part.content_type().map_or("application/octet-stream", |kind| kind.as_ref()).to_owned();
                form.file = Some((kind, part.bytes().await.map_err(unreadable)?));
            } else {
                let text = part.text().await.map_err(unreadable)?;
                if text.len() > LONGEST_TEXT {
                    return Err(StatusCode::PAYLOAD_TOO_LARGE);
                }
                form.add(name, &text);
            }
        }
        Ok(form)
    }

    fn add(&mut self, name: String, value: &str) {
        // Browsers send line breaks of a text as CR LF.
        self.fields.entry(name).or_default().push(value.replace("\r\n", "\n"));
    }

    /// The one value of a name; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    fn all(&self, name: &str) -> Vec<&str> {
        let values = self.fields.get(name).into_iter().flatten();
        values.map(String::as_str).filter(|value| !value.is_empty()).collect()
    }

    /// What was typed, for the page that shows the form again. Passwords and codes are left out.
    pub(crate) fn typed(&self, body: &[Input]) -> Value {
        let mut typed = Map::new();
        for (name, values) in &self.fields {
            let secret = ["password", "code", "csrf", "key", "secret"]
                .iter()
                .any(|word| name.to_lowercase().contains(word));
            if secret {
                continue;
            }
            let many = body.iter().any(|input| matches!(input, Input::Many(it) if it == name));
            typed.insert(name.clone(), if many { json!(values) } else { json!(values.first()) });
        }
        for input in body {
            match input {
                Input::Many(name) => {
                    typed.entry((*name).to_owned()).or_insert_with(|| json!([]));
                }
                Input::Addresses(name) => {
                    typed.insert((*name).to_owned(), json!(addresses(self.text(name))));
                }
                Input::Table(name) => {
                    let text = std::str::from_utf8(self.table(name)).unwrap_or_default();
                    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                    let kept = Some(text).filter(|text| text.len() <= KEPT).unwrap_or_default();
                    typed.insert((*name).to_owned(), json!(kept.replace("\r\n", "\n")));
                    typed.insert("again".to_owned(), json!(kept.is_empty()));
                }
                _ => {}
            }
        }
        Value::Object(typed)
    }

    /// The body that is made of the form.
    pub(crate) fn body(&self, inputs: &[Input]) -> Sent {
        if let Some(Input::File(_)) = inputs.first() {
            let (kind, bytes) = self.file.clone().unwrap_or_default();
            return Sent::File(kind, bytes.to_vec());
        }
        if let Some(Input::Table(name)) = inputs.first() {
            return Sent::File("text/csv".to_owned(), self.table(name).to_vec());
        }
        let mut body = json!({});
        for input in inputs {
            if let Some((name, value)) = self.value(*input) {
                put(&mut body, name, value);
            }
        }
        Sent::Json(body)
    }

    /// The chosen file; the text of `name` where none is chosen.
    fn table(&self, name: &str) -> &[u8] {
        let file = self.file.as_ref().map(|(_, bytes)| &**bytes);
        file.filter(|bytes| !bytes.is_empty()).unwrap_or(self.text(name).as_bytes())
    }

    fn value(&self, input: Input) -> Option<(&'static str, Value)> {
        Some(match input {
            Input::Text(name) => (name, json!(self.text(name))),
            Input::Optional(name) => (name, json!(Some(self.text(name)).filter(|text| !text.is_empty())?)),
            Input::Number(name) => {
                let text = Some(self.text(name).trim()).filter(|text| !text.is_empty())?;
                (name, text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number)))
            }
            Input::Nullable(name) => (name, json!(Some(self.text(name)).filter(|text| !text.is_empty()))),
            Input::When(name, field, value) => {
                (name, json!(Some(self.text(name)).filter(|_| self.text(field) == value)?))
            }
            Input::Many(name) => (name, json!(self.all(name))),
            Input::Lines(name) => (name, json!(parts(self.text(name)))),
            Input::Addresses(name) => (name, json!(addresses(self.text(name)))),
            Input::Flag(name) => (name, json!(!self.text(name).is_empty())),
            Input::Fixed(name, value) => (name, json!(value)),
            Input::File(_) | Input::Table(_) => return None,
        })
    }
}

fn parts(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The addresses of a text, one a line or parted by commas, semicolons or blanks; of `Kim Doe <kim@example.org>` the address.
fn addresses(text: &str) -> Vec<&str> {
    let within = |part: &'_ str| part.split_once('<').and_then(|(_, rest)| rest.split_once('>')).is_some();
    let parts = text.split(['\n', ',', ';']).flat_map(|part| {
        let named = within(part);
        let end = if named { ['<', '>'].as_slice() } else { [' ', '\t', '\r'].as_slice() };
        part.split(end).enumerate().filter(move |(at, _)| !named || at % 2 == 1).map(|(_, word)| word.trim())
    });
    parts.filter(|part| !part.is_empty()).collect()
}

/// Puts a value where a dotted name leads.
fn put(body: &mut Value, name: &str, value: Value) {
    let mut place = body;
    for part in name.split('.') {
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[part];
    }
    *place = value;
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    async fn form(text: &'static str) -> Form {
        let request = Request::post("/").body(Body::from(text)).unwrap();
        Form::read(request, LONGEST).await.unwrap_or_default()
    }

    #[tokio::test]
    async fn a_body_has_the_shape_that_the_api_takes() {
        let form =
            form("name=A+B&note=&tags=x&tags=y&on=1&lines=a%0D%0A+b%2C+c+%0A%0Ad&a.b=1&a.c=&days=+7").await;
        let inputs = [
            Input::Text("name"),
            Input::Optional("note"),
            Input::Nullable("a.c"),
            Input::Many("tags"),
            Input::Flag("on"),
            Input::Flag("off"),
            Input::Lines("lines"),
            Input::Text("a.b"),
            Input::Fixed("kind", "x"),
            Input::Many("none"),
            Input::Number("days"),
            Input::Number("no-days"),
            Input::When("note", "name", "A B"),
            Input::When("on", "name", "C"),
        ];
        let Sent::Json(body) = form.body(&inputs) else { panic!("no JSON") };
        let expected = json!({
            "name": "A B", "tags": ["x", "y"], "on": true, "off": false, "lines": ["a", "b, c", "d"],
            "a": { "b": "1", "c": null }, "kind": "x", "none": [], "note": "", "days": 7,
        });
        assert_eq!(body, expected);
    }

    #[test]
    fn addresses_are_parted_as_people_part_them() {
        let text = "a@x.org, b@x.org;c@x.org  d@x.org\n\n Kim Doe <e@x.org>;<f@x.org>\nkim\t";
        let found = ["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org", "f@x.org", "kim"];
        assert_eq!(addresses(text), found);
        assert!(addresses(" ,;\n").is_empty());
        assert_eq!(addresses("a<b c"), ["a<b", "c"]);
    }

    fn parts(file: &str, text: &str) -> Request {
        let body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"rows\"\r\n\r\n{text}\r\n\
             --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n{file}\r\n--x--\r\n"
        );
        let request = Request::post("/").header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        request.body(Body::from(body)).unwrap()
    }

    #[tokio::test]
    async fn a_table_is_the_file_or_the_text_and_a_small_one_is_kept() {
        let inputs = [Input::Table("rows")];
        for (file, text, sent, kept) in [
            ("", "a,b\r\nc,d", "a,b\nc,d", "a,b\nc,d"),
            ("\u{feff}e,f\r\ng", "a,b", "\u{feff}e,f\r\ng", "e,f\ng"),
            (&*"x".repeat(100_001), "a,b", &*"x".repeat(100_001), ""),
        ] {
            let form = Form::read(parts(file, text), LONGEST).await.unwrap_or_default();
            let Sent::File(kind, bytes) = form.body(&inputs) else { panic!("no file") };
            assert_eq!((&*kind, bytes == sent.as_bytes()), ("text/csv", true), "{text}");
            assert_eq!(form.typed(&inputs), json!({ "rows": kept, "again": kept.is_empty() }));
        }
        let longer = Form::read(parts(&"x".repeat(200), ""), 200).await;
        assert_eq!(longer.err(), Some(StatusCode::PAYLOAD_TOO_LARGE));
    }

    #[tokio::test]
    async fn secrets_are_not_typed_again() {
        let form = form("name=A&newPassword=secret&code=123456&csrf=x&roles=a").await;
        assert_eq!(form.typed(&[Input::Many("roles")]), json!({ "name": "A", "roles": ["a"] }));
    }
}

//! The file of an import as it was sent: a body of CSV, or a form with the file in it.

use axum::body::Bytes;
use futures::{FutureExt as _, future::ready, stream::once};
use http::{HeaderMap, header::CONTENT_TYPE};
use utoipa::{PartialSchema as _, openapi::Content as Body};
use vestibule_api::{ApiError, Code, Content, Description};

/// Largest file in bytes: base64 and the event around it must fit into the 6 MB that a function takes.
const MOST: usize = 4 << 20;

/// A CSV file.
#[derive(Debug)]
pub struct CsvFile(pub Bytes);

impl Content for CsvFile {
    const MOST: usize = MOST;

    fn describe(operation: &mut Description<'_>) {
        operation.refused(&[400, 413, 422]);
        operation.raw_body("text/csv", Body::new(Some(String::schema())));
    }

    fn read(headers: &HeaderMap, bytes: Bytes) -> Result<(Self, Vec<u8>), ApiError> {
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let file = match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "text/csv" => bytes,
            "multipart/form-data" => of_form(kind, bytes)?,
            _ => return Err(refused()),
        };
        let compared = file.to_vec();
        Ok((Self(file), compared))
    }
}

fn refused() -> ApiError {
    ApiError::new(
        Code::BodyInvalid,
        "Send the file as `text/csv`, or a form with the file in the field `file`.",
    )
}

const SEVERAL: &str = "The form has several files; send one, in the field `file`.";

/// The one file of a form, in the field `file`. All of it is here already, so nothing waits.
fn of_form(kind: &str, bytes: Bytes) -> Result<Bytes, ApiError> {
    let boundary = multer::parse_boundary(kind).map_err(|_| refused())?;
    let read = async move {
        let whole = once(ready(Ok::<_, std::convert::Infallible>(bytes)));
        let mut form = multer::Multipart::new(whole, boundary);
        let (mut files, mut others) = (Vec::new(), 0);
        while let Some(field) = form.next_field().await? {
            if field.name() == Some("file") {
                files.push(field.bytes().await?);
            } else {
                others += usize::from(field.file_name().is_some());
            }
        }
        Ok::<_, multer::Error>((files, others))
    };
    let read = Box::pin(read).now_or_never().and_then(Result::ok);
    let (mut files, others) = read.ok_or_else(refused)?;
    if files.len() + others > 1 {
        return Err(ApiError::new(Code::BodyInvalid, SEVERAL));
    }
    files.pop().ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &str, body: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, kind.parse().unwrap())]);
        let (file, _) = CsvFile::read(&headers, Bytes::from(body.to_owned())).ok()?;
        Some(String::from_utf8(file.0.to_vec()).unwrap())
    }

    #[test]
    fn two_files_are_not_taken_for_one() {
        let part = |name: &str| {
            format!(
                "--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"t.csv\"\r\n\r\na,b\r\n"
            )
        };
        let kind = HeaderMap::from_iter([(CONTENT_TYPE, "multipart/form-data; boundary=x".parse().unwrap())]);
        for names in [["file", "file"], ["file", "other"], ["other", "file"]] {
            let body = format!("{}{}--x--\r\n", part(names[0]), part(names[1]));
            match CsvFile::read(&kind, Bytes::from(body)) {
                Err(ApiError::Problem { code: Code::BodyInvalid, detail, .. }) => assert_eq!(detail, SEVERAL),
                other => panic!("{names:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn the_file_is_the_body_or_a_field_of_a_form() {
        assert_eq!(read("text/csv; charset=utf-8", "a,b").as_deref(), Some("a,b"));
        let form = "--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n1\r\n--x\r\n\
                    Content-Disposition: form-data; name=\"file\"; filename=\"t.csv\"\r\nContent-Type: text/csv\r\n\r\na,b\r\n--x--\r\n";
        assert_eq!(read("multipart/form-data; boundary=x", form).as_deref(), Some("a,b"));
        for (kind, body) in [
            ("application/json", "a,b"),
            ("multipart/form-data", form),
            ("multipart/form-data; boundary=y", form),
            ("multipart/form-data; boundary=x", "--x\r\n"),
            ("multipart/form-data; boundary=x", ""),
        ] {
            assert_eq!(read(kind, body), None, "{kind}");
        }
    }
}

//! The rows of a CSV file: UTF-8 with or without a byte order mark, parted by commas or semicolons, the names of the columns in the
//! first line. A row that cannot be used is no reason to refuse the others.

use csv::{ReaderBuilder, StringRecord, Trim};
use vestibule_api::{ApiError, Code};
use vestibule_domain::{Email, ImportRow, RowClass, RowResult};

/// Most rows of a file.
pub(super) const MOST_ROWS: usize = 10_000;
/// Most bytes of a row: a hundred of them are kept in one row of the table.
const LONGEST_ROW: usize = 1_500;
/// What is said of nothing.
const EMPTY: &str = "The file is empty; its first line must name the columns.";
/// What is said of a quote that takes the rows behind it with it.
const UNCLOSED: &str = "A row cannot be read; look at its quotes.";
/// What is kept of something that is no address: looks and reports must fit into an answer of 6 MB.
const SHOWN: usize = 100;

/// Where the columns are.
struct Columns {
    email: usize,
    roles: usize,
    kind: Option<usize>,
    groups: Option<usize>,
    count: usize,
}

fn refused(detail: impl Into<String>) -> ApiError {
    ApiError::new(Code::BodyInvalid, detail)
}

/// The rows of the file. The file is refused as a whole when it is no text, has no such columns, or more than 10,000 rows.
pub(super) fn read(file: &[u8]) -> Result<Vec<ImportRow>, ApiError> {
    let text =
        std::str::from_utf8(file).map_err(|_| refused("The file is not UTF-8; save it as `CSV UTF-8`."))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(refused(EMPTY));
    }
    let first = text.split(['\r', '\n']).next().unwrap_or_default();
    let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(Trim::All).from_reader(text.as_bytes());
    let columns = columns(reader.headers().map_err(|_| refused("The first line cannot be read."))?)?;
    let (mut rows, mut lines) = (Vec::new(), Lines { text, at: 0, line: 1 });
    for record in reader.records() {
        if rows.len() == MOST_ROWS {
            return Err(ApiError::new(Code::TooLarge, "The file has more than 10,000 rows; part it."));
        }
        // Every text is UTF-8 here, and rows of any length are taken.
        let Ok(record) = record else { return Err(refused(UNCLOSED)) };
        if record.as_slice().len() > LONGEST_ROW && record.iter().any(|cell| cell.contains(['\r', '\n'])) {
            return Err(refused(UNCLOSED));
        }
        let line = lines.of(&record);
        // What table programs leave behind the last row.
        if record.iter().all(str::is_empty) {
            continue;
        }
        rows.push(row(&record, line, &columns));
    }
    if rows.is_empty() {
        Err(refused("The file has no rows below the names of its columns."))
    } else {
        Ok(rows)
    }
}

/// Counts the lines of the file as an editor does, whether they end with `\n`, `\r\n` or `\r`. The reader says where a record begins, which with `\r\n` is within the line
/// break before it.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, record: &StringRecord) -> u64 {
        let begins = record.position().and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or(self.at);
        let rest = self.text.as_bytes().get(begins..).unwrap_or_default();
        let begins = begins + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let before = self.text.get(self.at..begins).unwrap_or_default();
        let breaks = before.matches(['\r', '\n']).count() - before.matches("\r\n").count();
        (self.at, self.line) = (begins, self.line + u64::try_from(breaks).unwrap_or_default());
        self.line
    }
}

fn columns(names: &StringRecord) -> Result<Columns, ApiError> {
    let names: Vec<String> = names.iter().map(str::to_lowercase).collect();
    let at = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
    let (email, roles) = (at(&["email"]), at(&["roles", "role"]));
    let (kind, groups) = (at(&["kind"]), at(&["groups", "group"]));
    let known = [email, roles, kind, groups].iter().flatten().count();
    match (email, roles) {
        (Some(email), Some(roles)) if known == names.len() => {
            Ok(Columns { email, roles, kind, groups, count: names.len() })
        }
        _ => Err(refused(
            "The first line names the columns: `email` and `roles`, and if wanted `kind` and `groups`; no others.",
        )),
    }
}

fn row(record: &StringRecord, line: u64, columns: &Columns) -> ImportRow {
    let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
    let several = |at: Option<usize>| {
        let parts = cell(at).split([',', ';', '|']).map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect::<Vec<_>>()
    };
    let email = cell(Some(columns.email));
    let malformed = |detail: &str| Some(RowResult { class: RowClass::Malformed, detail: detail.to_owned() });
    let too_long = record.as_slice().len() > LONGEST_ROW;
    let parsed = Email::parse(email);
    let refused = match &parsed {
        _ if too_long => malformed("The row has more than 1,500 bytes."),
        _ if record.len() != columns.count => {
            malformed("The row has another number of cells than the first line.")
        }
        Err(invalid) => malformed(&invalid.to_string()),
        Ok(_) => None,
    };
    let kept = |text: &str| text.chars().take(SHOWN).collect::<String>();
    if too_long {
        let (roles, groups) = (Vec::new(), Vec::new());
        return ImportRow { line, email: kept(email), roles, kind: None, groups, refused };
    }
    let kind = Some(cell(columns.kind).to_lowercase()).filter(|kind| !kind.is_empty());
    let email = parsed.map_or_else(|_| kept(email), |email| email.as_str().to_owned());
    ImportRow {
        line,
        email,
        roles: several(Some(columns.roles)),
        kind,
        groups: several(columns.groups),
        refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_and_semicolons_with_and_without_a_mark_are_read_alike() {
        let comma = read(b"email,roles,groups\nkim@example.org,\"viewer;manager\",Sales\n").unwrap();
        let semicolon =
            read("\u{feff}Email;Role;Group\r\nkim@example.org;viewer|manager;Sales\r\n".as_bytes()).unwrap();
        assert_eq!(comma, semicolon);
        let lines =
            |file: &str| read(file.as_bytes()).unwrap().iter().map(|row| row.line).collect::<Vec<_>>();
        assert_eq!(lines("email,roles\r\na,b\r\n\r\n\"c\r\nd\",e\r\nf,g\r\n"), [2, 4, 6]);
        assert_eq!(lines("email,roles\na,b\n\n\"c\nd\",e\nf,g"), [2, 4, 6]);
        assert_eq!(lines("email,roles\ra,b\r\r\"c\rd\",e\rf,g\r"), [2, 4, 6]);
        assert_eq!(read(b"email;roles\rkim@example.org;a,b,c\r").unwrap()[0].roles.len(), 3);
        assert_eq!((comma[0].line, comma[0].roles.len(), comma[0].groups.len()), (2, 2, 1));
        assert_eq!(comma[0].refused, None);
    }

    #[test]
    fn a_bad_row_is_told_by_its_line_and_harms_no_other() {
        let file = "email,roles\nkim@example.org,viewer\nno address,viewer\nKIM@example.org,viewer\n\
                    lou@example.org\nmo@example.org,viewer,more\n\"two\nlines\",viewer\nlee@example.org,viewer\n";
        let rows = read(file.as_bytes()).unwrap();
        let classes: Vec<_> =
            rows.iter().map(|row| (row.line, row.refused.as_ref().map(|it| it.class))).collect();
        let bad = Some(RowClass::Malformed);
        assert_eq!(classes, [(2, None), (3, bad), (4, None), (5, bad), (6, bad), (7, bad), (9, None)]);
        assert_eq!(
            read(b"email,roles\n,\nkim@example.org,viewer\n,,,\n").unwrap().len(),
            1,
            "empty rows are none"
        );
        let long = format!("email,roles\nkim@example.org,{}\n", "x".repeat(1_501));
        assert_eq!(read(long.as_bytes()).unwrap()[0].refused.as_ref().unwrap().class, RowClass::Malformed);
    }

    #[test]
    fn a_file_that_is_none_is_refused_as_a_whole() {
        let code = |file: &[u8]| match read(file) {
            Err(ApiError::Problem { code, .. }) => Some(code),
            _ => None,
        };
        for file in [
            &b""[..],
            b"email,roles\n",
            b"name\nx\n",
            b"email,roles,salary\na,b,c\n",
            b"email\nkim@example.org\n",
            b"\xff\xfee\0m\0",
        ] {
            assert_eq!(code(file), Some(Code::BodyInvalid));
        }
        let open =
            format!("email,roles\n\"kim@example.org,viewer\n{}", "lou@example.org,viewer\n".repeat(99));
        assert_eq!(code(open.as_bytes()), Some(Code::BodyInvalid), "a quote takes nobody away unseen");
        let many = format!("email,roles\n{}", "kim@example.org,viewer\n".repeat(10_001));
        assert_eq!(code(many.as_bytes()), Some(Code::TooLarge));
    }
}

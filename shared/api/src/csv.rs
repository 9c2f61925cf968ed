//! Tables as CSV files. A cell that a table program would take for a formula begins with an apostrophe.

use csv::Writer;

use crate::ApiError;

/// What begins a formula in one table program or another; some read the wide signs of East Asian texts as the plain ones.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A table that is written row by row.
pub struct Report {
    rows: Writer<Vec<u8>>,
    len: usize,
}

impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Report")
    }
}

impl Report {
    /// A table with these columns.
    ///
    /// # Errors
    /// A fault of this program.
    pub fn new(columns: &[&str]) -> Result<Self, ApiError> {
        let mut report = Self::going_on();
        report.row(columns)?;
        Ok(report)
    }

    /// What follows a table that was begun elsewhere.
    pub fn going_on() -> Self {
        Self { rows: Writer::from_writer(Vec::new()), len: 0 }
    }

    /// About as many bytes as were written.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a row of as many cells as there are columns.
    ///
    /// # Errors
    /// A fault of this program.
    pub fn row(&mut self, cells: &[&str]) -> Result<(), ApiError> {
        self.len += cells.iter().map(|cell| cell.len() + 1).sum::<usize>();
        let cells = cells.iter().map(|cell| neutral(cell));
        self.rows.write_record(cells).map_err(|error| ApiError::Fault(Box::new(error)))
    }

    /// The file.
    ///
    /// # Errors
    /// A fault of this program.
    pub fn finish(self) -> Result<Vec<u8>, ApiError> {
        self.rows.into_inner().map_err(|error| ApiError::Fault(error.to_string().into()))
    }
}

fn neutral(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attack_f01_no_cell_is_a_formula() {
        let mut report = Report::new(&["a"]).unwrap();
        for cell in
            ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", "a=b", "", "kim, \"lou\""]
        {
            report.row(&[cell]).unwrap();
        }
        let file = String::from_utf8(report.finish().unwrap()).unwrap();
        let expected = "a\n'=1+1\n'+1\n'-1\n'@x\n'\tx\n\"'\rx\"\n'＝1\n'＋1\n'－1\n'＠x\na=b\n\"\"\n\"kim, \"\"lou\"\"\"\n";
        assert_eq!(file, expected);
    }
}

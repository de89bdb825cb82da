//! Tables to download, as CSV and as a workbook: texts are never formulas, numbers are numbers, days are ISO.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use chrono::{Datelike, NaiveDate, Timelike};
use rust_decimal::Decimal;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::Error;
use super::csv::guarded;
use crate::values::{Amount, Currency, Quantity, Timestamp};

/// As many digits as a spreadsheet keeps of a number; one with more stays a text.
const DIGITS: usize = 15;

/// As many rows as a workbook takes, below its header.
const MOST: u32 = 1_048_575;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Csv,
    Xlsx,
}

impl FileKind {
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// A whole table with its headers, made at a moment; `name` is that of the sheet in a workbook.
    pub fn table(
        self,
        name: &str,
        headers: &[&str],
        rows: impl IntoIterator<Item = Vec<Value>>,
        made: Timestamp,
    ) -> Result<Vec<u8>, Error> {
        let mut sheet = Sheet::new(self, name, headers, made)?;
        rows.into_iter().try_for_each(|row| sheet.push(&row))?;
        sheet.finish()
    }

    /// The file as an attachment; `name` has no ending yet.
    pub fn attachment(self, name: &str, content: Vec<u8>) -> HttpResponse {
        let disposition = format!("attachment; filename=\"{name}.{}\"", self.ending());
        HttpResponse::Ok()
            .content_type(self.media_type())
            .insert_header((header::CONTENT_DISPOSITION, disposition))
            .body(content)
    }
}

/// The kind that the address ends in: `/customers.xlsx`.
impl FromRequest for FileKind {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(if request.path().ends_with(".xlsx") { Self::Xlsx } else { Self::Csv }))
    }
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Empty,
    Text(String),
    Number(Decimal),
    Quantity(Quantity),
    Money(Amount, Currency),
    Day(NaiveDate),
    Moment(Timestamp),
}

impl Value {
    pub fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    /// The cell of a value, or an empty one.
    pub fn of<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Empty, cell)
    }

    fn written(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => guarded(text),
            Self::Number(number) => number.to_string(),
            Self::Quantity(quantity) => quantity.to_string(),
            Self::Money(amount, currency) => amount.plain(*currency),
            Self::Day(day) => day.to_string(),
            Self::Moment(at) => at.to_string(),
        }
    }
}

/// A table that is being written.
pub enum Sheet {
    Csv(Box<csv::Writer<Vec<u8>>>),
    Xlsx(Box<Book>),
}

impl Sheet {
    /// A table with its headers, made at a moment.
    pub fn new(kind: FileKind, name: &str, headers: &[&str], made: Timestamp) -> Result<Self, Error> {
        match kind {
            FileKind::Csv => {
                let mut writer = csv::Writer::from_writer(Vec::new());
                writer.write_record(headers).map_err(internal)?;
                Ok(Self::Csv(Box::new(writer)))
            }
            FileKind::Xlsx => Ok(Self::Xlsx(Box::new(Book::new(name, headers, made).map_err(internal)?))),
        }
    }

    /// Adds a row.
    pub fn push(&mut self, row: &[Value]) -> Result<(), Error> {
        match self {
            Self::Csv(writer) => writer.write_record(row.iter().map(Value::written)).map_err(internal),
            Self::Xlsx(book) if book.row >= MOST => Err(Error::TooLarge(format!(
                "A workbook takes {MOST} rows; narrow the filters, or take the CSV"
            ))),
            Self::Xlsx(book) => book.push(row).map_err(internal),
        }
    }

    /// The file's content.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        match self {
            Self::Csv(writer) => writer.into_inner().map_err(internal),
            Self::Xlsx(book) => book.finish().map_err(internal),
        }
    }
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("a table was not written: {error}"))
}

/// A workbook of one sheet.
pub struct Book {
    sheet: Worksheet,
    row: u32,
    day: Format,
    moment: Format,
    made: Timestamp,
}

impl Book {
    fn new(name: &str, headers: &[&str], made: Timestamp) -> Result<Self, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?;
        let bold = Format::new().set_bold();
        for (column, header) in (0..).zip(headers) {
            sheet.write_with_format(0, column, *header, &bold)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        let format = |pattern: &str| Format::new().set_num_format(pattern);
        Ok(Self { sheet, row: 0, day: format("yyyy-mm-dd"), moment: format("yyyy-mm-dd hh:mm:ss"), made })
    }

    fn push(&mut self, row: &[Value]) -> Result<(), XlsxError> {
        self.row += 1;
        for (column, value) in (0..).zip(row) {
            self.write(column, value)?;
        }
        Ok(())
    }

    fn write(&mut self, column: u16, value: &Value) -> Result<(), XlsxError> {
        let (sheet, row) = (&mut self.sheet, self.row);
        match value {
            Value::Empty => sheet,
            Value::Number(number) if is_kept(*number) => sheet.write(row, column, *number)?,
            Value::Quantity(quantity) => match quantity.to_string().parse() {
                Ok(number) if is_kept(number) => sheet.write(row, column, number)?,
                _ => sheet.write(row, column, value.written())?,
            },
            Value::Money(amount, currency) if is_kept(amount.decimal()) => {
                sheet.write_with_format(row, column, amount.decimal(), &money(*currency))?
            }
            Value::Day(day) => match excel_day(*day) {
                Ok(day) => sheet.write_with_format(row, column, &day, &self.day)?,
                Err(_) => sheet.write(row, column, value.written())?,
            },
            Value::Moment(at) => match excel_moment(*at) {
                Ok(at) => sheet.write_with_format(row, column, &at, &self.moment)?,
                Err(_) => sheet.write(row, column, value.written())?,
            },
            Value::Text(text) => sheet.write(row, column, text)?,
            Value::Number(_) | Value::Money(..) => sheet.write(row, column, value.written())?,
        };
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        self.sheet.autofit();
        let mut workbook = Workbook::new();
        workbook.push_worksheet(self.sheet);
        if let Ok(made) = excel_moment(self.made) {
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        }
        workbook.save_to_buffer()
    }
}

fn is_kept(number: Decimal) -> bool {
    number.to_string().bytes().filter(u8::is_ascii_digit).count() <= DIGITS
}

/// The currency's decimals, with groups.
fn money(currency: Currency) -> Format {
    let digits = usize::try_from(currency.minor_digits()).unwrap_or(2);
    let decimals = if digits == 0 { String::new() } else { format!(".{}", "0".repeat(digits)) };
    Format::new().set_num_format(format!("#,##0{decimals}"))
}

fn excel_day(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let part = |number: u32| u8::try_from(number).unwrap_or(1);
    ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or(0), part(day.month()), part(day.day()))
}

fn excel_moment(at: Timestamp) -> Result<ExcelDateTime, XlsxError> {
    let time = at.utc().time();
    let part = |number: u32| u8::try_from(number).unwrap_or(0);
    let hour = u16::try_from(time.hour()).unwrap_or(0);
    excel_day(at.day())?.and_hms(hour, part(time.minute()), part(time.second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: FileKind, row: &[Value]) -> Vec<u8> {
        let made = Timestamp::from_micros(0).unwrap();
        let mut sheet = Sheet::new(kind, "Rows", &["a", "b"], made).unwrap();
        sheet.push(row).unwrap();
        sheet.finish().unwrap()
    }

    #[test]
    fn csv_has_plain_numbers_iso_days_and_no_formulas() {
        let usd = "USD".parse().unwrap();
        let cells = [
            (Value::Text("=1+1".into()), "'=1+1"),
            (Value::Number("-2.50".parse().unwrap()), "-2.50"),
            (Value::Money("-1335.2".parse().unwrap(), usd), "-1335.20"),
            (Value::Day("2026-11-23".parse().unwrap()), "2026-11-23"),
            (Value::Moment(Timestamp::from_micros(0).unwrap()), "1970-01-01T00:00:00Z"),
            (Value::Empty, ""),
        ];
        for (value, text) in cells {
            let file = written(FileKind::Csv, &[value, Value::Text("x".into())]);
            assert_eq!(String::from_utf8(file).unwrap(), format!("a,b\n{text},x\n"));
        }
    }

    #[test]
    fn a_workbook_of_the_same_rows_is_the_same_file() {
        let row =
            [Value::Day("0001-01-01".parse().unwrap()), Value::Moment(Timestamp::from_micros(0).unwrap())];
        let file = written(FileKind::Xlsx, &row);
        assert!(file.starts_with(b"PK"));
        assert_eq!(file, written(FileKind::Xlsx, &row));
    }
}

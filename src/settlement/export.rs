//! A statement's lines as CSV and as XLSX: the same rows as the page, and the same totals.

use chrono::Datelike;
use num_traits::ToPrimitive;
use rust_decimal::Decimal;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::Statement;
use super::store::Told;
use crate::values::{Amount, Exact, Quantity, rounded};
use crate::web::csv::guarded;

const TEXTS: [&str; 13] = [
    "statement",
    "channel_code",
    "month",
    "currency",
    "role",
    "served",
    "customer_id",
    "customer",
    "subscription",
    "bundle",
    "sku",
    "charge",
    "reason",
];
const NUMBERS: [&str; 9] = [
    "quantity",
    "billable",
    "unit_price",
    "cost_plus_percent",
    "gross",
    "credits",
    "net",
    "reseller_share",
    "provider_share",
];

/// The first column of the numbers, and that of the amounts among them.
const FIRST_NUMBER: u16 = 13;
const FIRST_AMOUNT: u16 = 17;
/// As many digits as a spreadsheet keeps.
const DIGITS: usize = 15;

fn texts(statement: &Statement, told: &Told) -> [String; 13] {
    [
        statement.name(),
        statement.channel_code.clone(),
        statement.month.to_string(),
        statement.currency.to_string(),
        told.line.role.to_string(),
        told.line.origin_month.to_string(),
        told.customer_ref.clone(),
        told.customer.clone(),
        told.subscription.clone(),
        told.bundle.clone(),
        told.sku.clone(),
        told.line.kind.clone(),
        told.reason.clone(),
    ]
}

fn amounts(told: &Told) -> [Amount; 5] {
    let line = &told.line;
    let net = line.net().unwrap_or_default();
    [line.gross, line.credited, net, line.reseller_share, line.provider_share]
}

/// Quantity, what of it was charged for, and the price or the percent on top of the list cost; one of the two is empty.
fn measures(told: &Told) -> [String; 4] {
    let line = &told.line;
    let price = line.unit_price.map(|price| price.to_string()).unwrap_or_default();
    let percent = line.percent.map(|percent| percent.to_string()).unwrap_or_default();
    [line.quantity.to_string(), plain(&line.billable()), price, percent]
}

/// A fraction to 18 decimals: programs read no fractions, and spreadsheets take `1/2` for a day.
fn plain(exact: &Exact) -> String {
    let units = rounded(exact, 18).to_i128();
    units.map_or_else(|| exact.to_string(), |units| Quantity::from_units(units).to_string())
}

/// The number, when a spreadsheet keeps all its digits.
fn short_number(text: &str) -> Option<Decimal> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.parse().ok().filter(|_| digits <= DIGITS)
}

/// The lines as CSV.
pub fn csv(statement: &Statement, lines: &[Told]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(TEXTS.iter().chain(&NUMBERS))?;
    for told in lines {
        let mut cells: Vec<String> = texts(statement, told).iter().map(|text| guarded(text)).collect();
        cells.extend(measures(told));
        cells.extend(amounts(told).map(|amount| amount.plain(statement.currency)));
        writer.write_record(cells)?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// The lines as a workbook: texts stay texts, amounts are numbers with the currency's decimals, totals below. A
/// spreadsheet keeps numbers as binary floats; an amount of up to 15 digits survives that, and a quantity of more stays
/// a text. The same statement makes the same file.
pub fn xlsx(statement: &Statement, lines: &[Told]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Lines")?;
    let bold = Format::new().set_bold();
    let digits = usize::try_from(statement.currency.minor_digits()).unwrap_or(2);
    let pattern = if digits == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(digits)) };
    let money = Format::new().set_num_format(&pattern);
    for (column, name) in (0..).zip(TEXTS.iter().chain(&NUMBERS)) {
        sheet.write_with_format(0, column, *name, &bold)?;
    }
    let mut row = 0;
    for told in lines {
        row += 1;
        for (column, text) in (0..).zip(texts(statement, told)) {
            sheet.write(row, column, text)?;
        }
        for (column, text) in (FIRST_NUMBER..).zip(measures(told)).filter(|(_, text)| !text.is_empty()) {
            match short_number(&text) {
                Some(number) => sheet.write(row, column, number)?,
                None => sheet.write(row, column, text)?,
            };
        }
        for (column, amount) in (FIRST_AMOUNT..).zip(amounts(told)) {
            sheet.write_with_format(row, column, amount.decimal(), &money)?;
        }
    }
    sheet.write_with_format(row + 1, 0, "Total", &bold)?;
    for column in 0..5u16 {
        let all = lines.iter().filter_map(|told| amounts(told).get(usize::from(column)).copied());
        let total = Amount::sum(all).unwrap_or_default();
        sheet.write_with_format(row + 1, FIRST_AMOUNT + column, total.decimal(), &money)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    let first = statement.month.first_day();
    let (year, month) =
        (u16::try_from(first.year()).unwrap_or(1900), u8::try_from(first.month()).unwrap_or(1));
    let made = ExcelDateTime::from_ymd(year, month, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    workbook.save_to_buffer()
}

//! What is downloaded opens in a spreadsheet without running anything: texts stay texts, numbers stay numbers.

use std::io::Read;

use diesel::prelude::*;
use reseller_portal::audit::{self, Event};
use reseller_portal::db::schema::{mails, resellers};
use reseller_portal::db::{AnyConnection, Never};
use reseller_portal::routes::ROUTES;
use reseller_portal::settlement::store;
use reseller_portal::values::{Act, Actor, ChannelId, MailId, ResellerId, StatementId, Timestamp};
use rust_decimal::Decimal;

use crate::on_both;
use crate::support::builders::{
    a_bundle, a_channel, a_customer, a_disputed_statement, a_price_request, a_product, a_record, a_request,
    a_reseller, a_subscription, an_account,
};
use crate::support::{Client, Page, Upload, World};

/// A text of each kind that a spreadsheet would run, and two that only look marked.
const NAMES: [&str; 8] = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1+1", "'t Hooft"];
const STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The files of lists, each as CSV and as a workbook, with their columns of numbers; all others are texts and times.
const LISTS: [(&str, &[&str]); 13] = [
    ("/audit.csv", &[]),
    ("/bundles.csv", &[]),
    ("/channels.csv", &[]),
    ("/customers.csv", &[]),
    ("/outbox.csv", &[]),
    ("/people.csv", &[]),
    ("/price-requests.csv", &[]),
    ("/products.csv", &[]),
    ("/requests.csv", &["Forecast a month"]),
    ("/resellers.csv", &["Share"]),
    ("/statements.csv", &["Net", "Re-seller share", "Provider share"]),
    ("/subscriptions.csv", &["Quantity"]),
    ("/usage/files.csv", &["Rows"]),
];
/// The columns of lists that are times to a workbook.
const TIMES: [&str; 14] = [
    "Submitted",
    "Since",
    "Start",
    "End",
    "Wished from",
    "Asked",
    "Usage from",
    "Usage through",
    "Uploaded",
    "When",
    "Last sign-in",
    "Written",
    "Sent",
    "Planned change",
];

/// The columns of other files that are days to a workbook.
const DAYS: [&str; 4] = ["from", "to", "on", "effective_from"];

/// Each other file, with its columns of numbers.
const FILES: [(&str, &[&str]); 6] = [
    ("/reports/usage.csv", &["quantity"]),
    ("/reports/revenue.csv", &["gross", "credits", "net", "reseller_share", "provider_share"]),
    (
        "/channels/{id}/as-of.csv",
        &["price", "cost_plus_percent", "reference_price", "reference_cost_plus_percent"],
    ),
    ("/usage/files/{id}/errors.csv", &["line"]),
    (
        "/simulation.csv",
        &[
            "settled_net",
            "settled_reseller_share",
            "settled_provider_share",
            "simulated_net",
            "simulated_reseller_share",
            "simulated_provider_share",
            "reseller_difference",
        ],
    ),
    ("/statements/{id}/lines.csv", &NUMBERS),
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

struct Setting {
    reseller: ResellerId,
    channel: ChannelId,
    statement: StatementId,
    /// The address of a file with bad rows.
    file: String,
}

/// A re-seller whose every name looks like a formula, with a statement that has a price, a percent and parts of months.
fn setting(world: &World) -> Setting {
    let vm = a_product("+SUM(A1)").named("@evil").build(world);
    let resold = a_product("=SKU").named("-2+3").build(world);
    let bundle = a_bundle("=BUNDLE")
        .named("=Bundle")
        .recurring("10")
        .usage(vm, "0.10")
        .cost_plus(resold, "10")
        .build(world);
    let reseller = a_reseller("Kestrel").build(world).id;
    world.write(|connection| {
        diesel::update(resellers::table.find(reseller))
            .set(resellers::name.eq("=Kestrel"))
            .execute(connection)
    });
    let wished = a_bundle("=WISHED").named("=Wished").recurring("36").build(world);
    let channel =
        a_channel(reseller).named("@Channel").sells(&bundle).sells_within(&wished, "95", "130", "5");
    let channel = channel.build(world);
    a_price_request(world, reseller, channel, &wished, "1");
    a_request("=Asker").from("owner@asker.example").build(world);
    an_account("ida@northgate.example").named("+Ida").build(world);
    world.write(|connection| a_mail(connection, world.now()));
    for (number, name) in NAMES.iter().enumerate() {
        let customer = a_customer(channel, name).external(&format!("{name}{number}")).build(world);
        let sale = a_subscription(customer, &bundle).from("2026-10-12").build(world);
        a_record(customer, &sale, vm, "2026-10-15").quantity("-5.000000000000000001").build(world);
        a_record(customer, &sale, resold, "2026-10-15").cost("3", "USD").build(world);
    }
    let month = "2026-10".parse().unwrap();
    world
        .try_write::<_, Never>(|connection| store::rate_month(connection, channel, month, world.now()))
        .unwrap();
    let who = Actor { name: "=Person".into(), ..Actor::system("") };
    let event = Event::on("reseller", reseller, "reseller.test", "@Summary".into());
    let act = Act { who, at: world.now() };
    world.write(|connection| audit::record(connection, &act, event.clone()));
    let statement = a_disputed_statement(world, reseller, channel, "2026-10").id;
    let file = upload(world, &world.reseller(reseller));
    Setting { reseller, channel, statement, file }
}

fn a_mail(connection: &mut AnyConnection, now: Timestamp) -> QueryResult<usize> {
    let mail = (
        mails::id.eq(MailId::generate()),
        mails::recipient.eq("kim@kestrel.example"),
        mails::subject.eq("=Subject"),
        mails::body.eq("Text"),
        mails::created_at.eq(now),
        mails::attempts.eq(0),
    );
    diesel::insert_into(mails::table).values(mail).execute(connection)
}

fn upload(world: &World, own: &Client) -> String {
    let rows = "id,customer,product,quantity,unit,start,end\n1,=1,VM,@x,GB,-1,=2\n";
    let file = Upload { field: "usage", name: "=u.csv", content: rows.as_bytes() };
    let answer = own.post_file("/usage/files/new", &[("format", "portal")], &file);
    world.settle();
    answer.location().to_owned()
}

/// The address of a file, with everything that it can have in it.
fn address(setting: &Setting, pattern: &str) -> String {
    let id = match pattern {
        _ if pattern.starts_with("/channels") => setting.channel.to_string(),
        _ if pattern.starts_with("/usage") => setting.file.rsplit('/').next().unwrap_or_default().to_owned(),
        _ => setting.statement.to_string(),
    };
    let asked = match pattern.trim_end_matches(".csv").trim_end_matches(".xlsx") {
        "/reports/usage" | "/reports/revenue" => "?from=2026-10&to=2026-10&group=customer",
        "/simulation" => "?from=2026-10&to=2026-10",
        _ => "",
    };
    pattern.replace("{id}", &id) + asked
}

/// The cells below the header, each with its column.
fn cells(file: &Page) -> Vec<(String, String)> {
    let mut reader = csv::Reader::from_reader(file.bytes.as_slice());
    let columns = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let named = |row: &csv::StringRecord| -> Vec<(String, String)> {
        columns.iter().zip(row).map(|(column, cell)| (column.to_owned(), cell.to_owned())).collect()
    };
    rows.iter().flat_map(named).collect()
}

/// `-2.61`: digits, and at most a sign and a point.
fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let mut parts = digits.splitn(2, '.');
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.all(is_digits)
}

fn part(book: &Page, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&book.bytes)).unwrap();
    let mut content = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut content).unwrap();
    content
}

/// Each cell of a workbook's sheet: its column from 0, its row from 1, and whether it is a text.
fn sheet(book: &Page) -> Vec<(usize, usize, bool)> {
    valued(book).into_iter().map(|(column, row, is_text, _)| (column, row, is_text)).collect()
}

/// The same with what is written in each: a number, or the place of a text.
fn valued(book: &Page) -> Vec<(usize, usize, bool, String)> {
    let content = part(book, "xl/worksheets/sheet1.xml");
    assert!(!content.contains("<f"), "a formula: {content}");
    let cell = |cell: &str| {
        let (place, rest) = cell.strip_prefix("r=\"")?.split_once('"')?;
        let letters = place.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let column = letters.bytes().fold(0, |sum, letter| 26 * sum + usize::from(letter - b'A') + 1) - 1;
        let attributes = rest.split('>').next()?;
        let value = rest.split("<v>").nth(1)?.split('<').next()?;
        Some((column, place[letters.len()..].parse().ok()?, attributes.contains("t=\"s\""), value.to_owned()))
    };
    content.split("<c ").skip(1).filter_map(cell).collect()
}

#[test]
fn each_file_of_the_site_map_is_looked_at() {
    let files = ROUTES
        .iter()
        .map(|route| route.path)
        .filter(|path| path.ends_with(".csv") || path.ends_with(".xlsx"));
    for path in files {
        let twin = path.replace(".xlsx", ".csv");
        let is_known = FILES.iter().chain(&LISTS).any(|(file, _)| *file == twin);
        assert!(is_known, "{path} is not among the files");
    }
}

on_both! {
    fn texts_in_a_csv_are_marked_and_numbers_are_plain(world) {
        let setting = setting(world);
        for (pattern, numbers) in FILES.iter().chain(&LISTS) {
            let file = world.root().get(&address(&setting, pattern)).expect(200);
            let (cells, mut marked) = (cells(&file), 0);
            for (column, cell) in &cells {
                if numbers.contains(&column.as_str()) {
                    assert!(cell.is_empty() || is_number(cell), "{pattern}: {column} is {cell:?}");
                } else {
                    assert!(!cell.starts_with(STARTS), "{pattern}: {column} is {cell:?}");
                    marked += usize::from(cell.starts_with('\''));
                }
            }
            for number in *numbers {
                assert!(cells.iter().any(|(column, _)| column == number), "{pattern} has no {number}");
            }
            assert!(marked > 0, "{pattern} has no text that looks like a formula: {}", file.html());
        }
    }

    fn texts_in_a_workbook_are_texts_and_numbers_are_numbers(world) {
        let setting = setting(world);
        let own = world.reseller(setting.reseller);
        // Bad rows are mended in the file that they came from.
        for (pattern, numbers) in FILES.iter().filter(|(pattern, _)| !pattern.ends_with("errors.csv")) {
            let csv = own.get(&address(&setting, pattern)).expect(200);
            let book = own.get(&address(&setting, &pattern.replace(".csv", ".xlsx"))).expect(200);
            let told = cells(&csv);
            let columns = csv.html().lines().next().unwrap().split(',').count();
            let is_row = |row: usize| (2..=told.len() / columns + 1).contains(&row);
            let written: Vec<_> = valued(&book).into_iter().filter(|cell| is_row(cell.1)).collect();
            for (column, row, is_text, value) in &written {
                let (name, told) = &told[(row - 2) * columns + column];
                // A spreadsheet keeps 15 digits; the quantity of 19 stays a text.
                let is_long = told.len() > 16 && ["quantity", "billable"].contains(&name.as_str());
                let is_number = !is_long && numbers.contains(&name.as_str());
                let is_day = DAYS.contains(&name.as_str());
                assert_eq!(*is_text, !is_number && !is_day, "{pattern}: {name} in row {row}");
                let decimal = |text: &str| text.parse::<Decimal>().unwrap();
                assert!(!is_number || decimal(value) == decimal(told), "{pattern}: {name} in row {row}: {value}");
            }
            let filled = told.iter().filter(|(_, cell)| !cell.is_empty()).count();
            assert_eq!(written.len(), filled, "{pattern}");
        }
        let book = own.get(&address(&setting, "/statements/{id}/lines.xlsx")).expect(200);
        let texts = part(&book, "xl/sharedStrings.xml");
        for text in ["=1+1", "@SUM(A1)", "-5.000000000000000001", "'t Hooft"] {
            assert!(texts.contains(&format!(">{text}<")), "{text}: {texts}");
        }
    }

    fn texts_in_the_workbook_of_a_list_are_texts_and_numbers_and_times_are_not(world) {
        setting(world);
        let root = world.root();
        for (path, numbers) in LISTS {
            let csv = root.get(path).expect(200);
            let columns: Vec<String> = csv.html().lines().next().unwrap().split(',').map(str::to_owned).collect();
            for (column, row, is_text) in sheet(&root.get(&path.replace(".csv", ".xlsx")).expect(200)) {
                let name = columns[column].as_str();
                let is_number = numbers.contains(&name) || TIMES.contains(&name);
                assert!(row == 1 || is_text != is_number, "{path}: {name} in row {row}: text is {is_text}");
            }
        }
    }

    fn a_statement_downloaded_twice_is_the_same_file_and_compares_with_itself(world) {
        let setting = setting(world);
        let own = world.reseller(setting.reseller);
        let book = || own.get(&address(&setting, "/statements/{id}/lines.xlsx")).expect(200).bytes;
        let made = part(&own.get(&address(&setting, "/statements/{id}/lines.xlsx")), "docProps/core.xml");
        assert!(made.contains("2026-10-01T00:00:00Z"), "{made}");
        assert_eq!(book(), book());
        let csv = own.get(&address(&setting, "/statements/{id}/lines.csv")).expect(200);
        let file = Upload { field: "file", name: "books.csv", content: &csv.bytes };
        let page = own.post_file(&format!("/statements/{}/comparison", setting.statement), &[], &file).expect(200);
        assert!(page.main().contains("Your books agree with the statement"), "{}", page.main());
    }
}

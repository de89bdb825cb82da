//! Every list, page by page.

use std::collections::{BTreeSet, HashSet};

use reseller_portal::values::UserId;
use rust_decimal::Decimal;

use super::setting::{MANY, full, side};
use crate::on_both;
use crate::support::builders::a_bundle;
use crate::support::{Client, Page};

/// The lists that both sides have, and those of root alone.
const OF_BOTH: [&str; 6] =
    ["/customers", "/subscriptions", "/price-requests", "/statements", "/usage/files", "/people"];
const OF_ROOT: [&str; 7] =
    ["/requests", "/resellers", "/channels", "/products", "/bundles", "/audit", "/outbox"];

/// The rows of a list's pages, each as its first cell and where that leads.
fn pages(client: &Client, first: &str) -> (Vec<String>, Page) {
    let mut page = client.get(first).expect(200);
    let (head, mut rows) = (page.clone(), page.texts("tbody th"));
    let mut before: Vec<Page> = Vec::new();
    while page.has_link("Next") {
        let next = client.get(&page.link("Next")).expect(200);
        assert_eq!(
            client.get(&next.link("Previous")).texts("tbody tr"),
            page.texts("tbody tr"),
            "{first}: back"
        );
        before.push(page);
        page = next;
        rows.extend(page.texts("tbody th"));
    }
    assert!(!before.is_empty(), "{first} has one page only");
    (rows, head)
}

fn records(file: &Page) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(file.bytes.as_slice());
    let headers = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    (headers, rows)
}

/// Words that are brought together stand side by side; all else rises or falls, and what is empty comes last.
fn assert_sorted(cells: &[&str], order: &str, said: &str) {
    let runs = cells.chunk_by(|one, other| one == other).count();
    if said.contains("grouped") {
        assert_eq!(runs, cells.iter().collect::<HashSet<_>>().len(), "{said}: {cells:?}");
        return;
    }
    let filled = cells.iter().take_while(|cell| !cell.is_empty()).count();
    assert!(cells[filled..].iter().all(|cell| cell.is_empty()), "{said}: empty ones come last: {cells:?}");
    let numbers: Option<Vec<Decimal>> = cells[..filled].iter().map(|cell| cell.parse().ok()).collect();
    let is_descending = order.starts_with('-');
    let is_sorted = match numbers {
        Some(numbers) if is_descending => numbers.is_sorted_by(|one, other| one >= other),
        Some(numbers) => numbers.is_sorted(),
        None => {
            let texts: Vec<String> = cells[..filled].iter().map(|cell| cell.to_lowercase()).collect();
            texts.is_sorted_by(|one, other| if is_descending { one >= other } else { one <= other })
        }
    };
    assert!(is_sorted, "{said}: {cells:?}");
}

fn walk(client: &Client, path: &str) {
    let start = client.get(path).expect(200);
    let orders = start.attributes("#f-sort option", "value");
    let labels = start.texts("#f-sort option");
    assert!(!orders.is_empty(), "{path} cannot be sorted");
    for (order, label) in orders.iter().zip(&labels) {
        let address = format!("{path}?sort={order}");
        let (rows, page) = pages(client, &address);
        let said = format!("{path}, {label}");
        assert!(page.has("th[aria-sort]"), "{said}: no column says that it is sorted by it");
        let csv = client.get(&format!("{path}.csv?sort={order}")).expect(200);
        let (headers, records) = records(&csv);
        assert_eq!(rows.len(), records.len(), "{said}");
        assert!(rows.len() > usize::try_from(MANY).unwrap() - 2, "{said}: {}", rows.len());
        for (row, record) in rows.iter().zip(&records) {
            assert!(row.starts_with(record[0].trim()), "{said}: {row} is {record:?} in the file");
        }
        let whole: BTreeSet<&Vec<String>> = records.iter().collect();
        assert_eq!(whole.len(), records.len(), "{said}: a row came twice");
        let header = label.split(", ").next().unwrap();
        let column =
            headers.iter().position(|name| name == header).unwrap_or_else(|| panic!("{said}: {headers:?}"));
        // A statement's first column also names its currency.
        if header != "Month" {
            let cells: Vec<&str> = records.iter().map(|record| record[column].as_str()).collect();
            assert_sorted(&cells, order, &said);
        }
        let shown = page.texts("thead th");
        let written: Vec<&String> = shown.iter().filter(|name| headers.contains(name)).collect();
        let in_file: Vec<&String> = headers.iter().filter(|name| shown.contains(name)).collect();
        assert_eq!(written, in_file, "{said}: the columns of the file");
    }
    workbook_of(client, path);
}

fn workbook_of(client: &Client, path: &str) {
    let (_, rows) = records(&client.get(&format!("{path}.csv")).expect(200));
    let book = client.get(&format!("{path}.xlsx")).expect(200);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&book.bytes)).unwrap();
    let sheet = std::io::read_to_string(archive.by_name("xl/worksheets/sheet1.xml").unwrap()).unwrap();
    assert_eq!(sheet.matches("<row ").count(), rows.len() + 1, "{path}.xlsx");
}

on_both! {
    fn each_list_is_walked_in_each_order_and_its_files_have_the_same_rows(world) {
        let own = full(world);
        let (root, reseller) = (world.root(), world.reseller(own.reseller));
        OF_BOTH.iter().chain(&OF_ROOT).for_each(|path| walk(&root, path));
        OF_BOTH.iter().for_each(|path| walk(&reseller, path));
    }

    fn another_re_sellers_rows_are_in_no_page_and_no_file_and_lead_to_none(world) {
        let bundle = a_bundle("CLOUD").recurring("36").build(world);
        let own = side(world, "Kestrel", std::slice::from_ref(&bundle));
        let other = side(world, "Opal", &[bundle]);
        let reseller = world.reseller(own.reseller);
        for (path, id) in &other.one {
            for file in ["", ".csv"] {
                let answer = reseller.get(&format!("{path}{file}")).expect(200);
                assert!(!answer.html().contains("Opal") && !answer.html().contains(id), "{path}{file}");
            }
            let absent = UserId::generate().to_string();
            for sort in reseller.get(path).attributes("#f-sort option", "value") {
                for beside in ["after", "before"] {
                    let of = |id: &str| reseller.get(&format!("{path}?sort={sort}&{beside}={id}")).expect(404).main();
                    // The error page names its own reference.
                    assert_eq!(of(id).len(), of(&absent).len(), "{path} {beside} another's row");
                }
            }
        }
        for (path, id) in &own.one {
            reseller.get(&format!("{path}?after={id}")).expect(200);
        }
    }

    fn what_an_address_cannot_mean_is_the_lists_own_order(world) {
        let own = full(world);
        let reseller = world.reseller(own.reseller);
        for path in OF_BOTH {
            let plain = reseller.get(path).texts("tbody tr");
            for asked in ["sort=nonsense", "sort=-", "after=nonsense", "before=1"] {
                assert_eq!(reseller.get(&format!("{path}?{asked}")).expect(200).texts("tbody tr"), plain, "{path}?{asked}");
            }
        }
    }

    fn filters_and_order_are_kept_by_each_other_the_pager_and_the_files(world) {
        let own = full(world);
        let page = world.reseller(own.reseller).get("/customers?q=customer&sort=-id");
        for link in [page.link("Next"), page.link("CSV"), page.link("XLSX"), page.link("Customer")] {
            assert!(link.contains("q=customer"), "{link}");
        }
        assert!(page.link("Next").contains("sort=-id") && page.link("CSV").contains("sort=-id"));
        assert_eq!(page.link("Id"), "/customers?q=customer&sort=id", "the other direction");
        assert_eq!(page.field_value("sort"), "-id", "the form sends it again");
    }

    fn sums_are_of_all_pages_and_of_one_currency_each(world) {
        full(world);
        let root = world.root();
        let requests = root.get("/requests").rows();
        let total = requests.iter().find(|row| row[0] == "Total of all in EUR").unwrap();
        let file = records(&root.get("/requests.csv"));
        let column = |name: &str| file.0.iter().position(|header| header == name).unwrap();
        let (amount, currency) = (column("Forecast a month"), column("Currency"));
        let of_euro = file.1.iter().filter(|row| row[currency] == "EUR");
        let sum: Decimal = of_euro.map(|row| row[amount].parse::<Decimal>().unwrap()).sum();
        assert_eq!(total[4], format!("EUR {sum}"));
        assert_eq!(root.get("/requests?q=no-such-company").texts("tfoot").len(), 0);
    }
}

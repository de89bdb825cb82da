//! A process is killed, then the database's server, and the replica takes its place: nothing that was acknowledged is
//! lost, and the process that is left goes on without a restart.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reseller_portal::jobs::store::unfinished;

use crate::faults::cases::numbers;
use crate::faults::setting::{business, look, number, verifies};
use crate::support::builders::an_account;
use crate::support::catalogue::texts;
use crate::support::{Client, PASSWORD, Place, Program, Server, command, wait_for};
use crate::usage::setting::HEADER;

/// The longest from the new server's readiness to the first page.
const HEALING: Duration = Duration::from_secs(15);

/// What was answered as done.
#[derive(Default)]
struct Acknowledged {
    products: Mutex<Vec<String>>,
    /// Days from which a price holds.
    prices: Mutex<Vec<String>>,
    /// Rows of each imported file.
    imports: Mutex<Vec<(String, i64)>>,
    sign_ins: Mutex<usize>,
    ended: AtomicBool,
}

impl Acknowledged {
    fn goes_on(&self) -> bool {
        !self.ended.load(Ordering::Relaxed)
    }

    /// Adds products and looks at lists and reports; what is refused or breaks off is not acknowledged.
    fn work(&self, client: &Client, who: &str) {
        for number in 0.. {
            if !self.goes_on() {
                return;
            }
            let sku = format!("{who}-{number}");
            let fields = [
                ("sku", sku.as_str()),
                ("name", &sku),
                ("category", "Storage"),
                ("unit", "GB"),
                ("metered", "on"),
            ];
            if client.try_post("/products/new", &fields).is_ok_and(|page| page.status == 303) {
                self.products.lock().unwrap().push(sku);
            }
            for path in ["/products", "/customers", "/reports/revenue?from=2025-09&to=2025-10", "/"] {
                if client.try_get(path).is_err() {
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
        }
    }

    /// Plans one price after the other.
    fn change_prices(&self, client: &Client, path: &str) {
        for number in 0u32.. {
            if !self.goes_on() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
            let from = format!("{}-{:02}-{:02}", 2030 + number / 336, 1 + number / 28 % 12, 1 + number % 28);
            let Ok(page) = client.try_get(path) else { continue };
            if !page.has_button("Save prices") {
                continue;
            }
            let mut fields: BTreeMap<String, String> = page.form("Save prices").into_iter().collect();
            fields.insert("from".to_owned(), from.clone());
            fields.insert("reason".to_owned(), "Power is dearer".to_owned());
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
            if client.try_post(path, &fields).is_ok_and(|page| page.status == 303) {
                self.prices.lock().unwrap().push(from);
            }
        }
    }

    /// Signs in, each time anew.
    fn come_and_go(&self, program: &Program) {
        while self.goes_on() {
            let client = program.anonymous();
            let fields = [("name", "kim@kestrel.example"), ("password", PASSWORD)];
            if client.try_post("/sign-in", &fields).is_ok_and(|page| page.status == 303) {
                *self.sign_ins.lock().unwrap() += 1;
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    /// Imports one file after the other by the command, each of which rates its month.
    fn import(&self, place: &Place) {
        for file in 0.. {
            if !self.goes_on() {
                return;
            }
            let rows: String = (0..40)
                .map(|row| format!("f{file}-{row},ASKER-{},DISK,1.5,GB,2025-09-10,2025-09-11\n", row % 5))
                .collect();
            let name = format!("usage-{file}.csv");
            std::fs::write(place.folder.path().join(&name), format!("{HEADER}{rows}")).unwrap();
            let arguments = ["import", "--format", "portal", "--channel", "ASKER", &name];
            if command(place, &arguments).output().unwrap().status.success() {
                self.imports.lock().unwrap().push((name, 40));
            }
        }
    }

    fn count(&self) -> (usize, usize) {
        (self.products.lock().unwrap().len(), self.imports.lock().unwrap().len())
    }

    fn wait_for_more(&self, what: &str) {
        let before = self.count();
        wait_for(what, || self.count().0 > before.0 + 3 && self.count().1 > before.1);
    }

    /// Everything that was answered as done is there, once.
    fn is_kept(&self, place: &Arc<Place>) {
        let skus = look(place, |connection| texts(connection, "SELECT sku AS content FROM products"));
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        skus.into_iter().for_each(|sku| *times.entry(sku).or_default() += 1);
        for sku in self.products.lock().unwrap().iter() {
            assert_eq!(times.get(sku), Some(&1), "{sku}");
        }
        let days = look(place, |connection| {
            texts(connection, "SELECT to_char(effective_from, 'YYYY-MM-DD') AS content FROM price_versions")
        });
        for day in self.prices.lock().unwrap().iter() {
            assert!(days.contains(day), "the price from {day}");
        }
        for (file, rows) in self.imports.lock().unwrap().iter() {
            let start = file.trim_start_matches("usage-").trim_end_matches(".csv");
            let kept = format!("SELECT count(*) FROM usage_records WHERE record_key LIKE '%f{start}-%'");
            assert_eq!(look(place, |connection| number(connection, &kept)), *rows, "{file}");
        }
    }
}

/// Each line's shares add up, and the statements' totals are the lines'.
fn money_adds_up(place: &Arc<Place>) {
    let queries = [
        "SELECT count(*) FROM charge_lines WHERE gross <> reseller_share + provider_share",
        "SELECT count(*) FROM charge_lines",
        "SELECT CAST((SELECT coalesce(sum(quantity), 0) FROM usage_daily) * 2 AS BIGINT)",
        "SELECT count(*) * 3 FROM usage_records",
    ];
    let found = look(place, |connection| numbers(connection, &queries));
    assert_eq!(found[0], 0);
    assert!(found[1] > 0);
    assert_eq!(found[2], found[3], "the daily sums are those of the records");
}

#[test]
fn nothing_acknowledged_is_lost_with_a_process_and_with_the_database() {
    let mut primary = Server::durable();
    let replica = primary.follower();
    primary.commits_with_follower();
    primary.database("portal");
    let url = primary.url_with(&replica, "portal");
    let place = Arc::new(Place::at(url.clone()));
    let doomed = Program::serve(&Arc::new(Place::at(url)));
    let left = Program::serve(&place);
    let reseller = business(&left.world())[0].0;
    an_account("kim@kestrel.example").of(reseller).with_password().build(&left.world());
    let (one, other, pricing) = (doomed.root(), left.root(), left.root());
    pricing.token();
    let bundle =
        look(&place, |connection| texts(connection, "SELECT CAST(id AS TEXT) AS content FROM bundles"));
    let prices = format!("/bundles/{}/prices/USD", bundle[0]);
    one.token();
    other.token();
    let known = Acknowledged::default();
    std::thread::scope(|scope| {
        scope.spawn(|| known.work(&one, "ONE"));
        scope.spawn(|| known.work(&other, "OTHER"));
        scope.spawn(|| known.come_and_go(&left));
        scope.spawn(|| known.change_prices(&pricing, &prices));
        scope.spawn(|| known.import(&place));
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            known.wait_for_more("the work is under way");
            doomed.kill();
            known.wait_for_more("the other process goes on");
            primary.stop_at_once();
            replica.promote();
            let promoted = Instant::now();
            wait_for("pages come back", || other.get("/products").status == 200);
            let healed = promoted.elapsed();
            println!("pages came back {healed:?} after the promotion");
            assert!(healed < HEALING, "{healed:?}");
            known.wait_for_more("the work goes on");
        }));
        known.ended.store(true, Ordering::Relaxed);
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
    wait_for("the background work has ended", || look(&place, unfinished) == 0);
    let (sign_ins, prices) = (*known.sign_ins.lock().unwrap(), known.prices.lock().unwrap().len());
    println!("acknowledged: {:?} products and files, {prices} prices, {sign_ins} sign-ins", known.count());
    assert!(sign_ins > 0 && prices > 0);
    known.is_kept(&place);
    money_adds_up(&place);
    verifies(&place, "on the new server");
    let report = other.get("/reports/revenue.csv?from=2025-09&to=2025-09").expect(200).html();
    assert!(report.lines().count() > 1, "{report}");
}

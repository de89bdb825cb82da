//! The pages that people open most, signed in, without compression.

use std::time::Duration;

use diesel::prelude::*;
use reseller_portal::db::schema::{channels, resellers, statements};
use reseller_portal::jobs::store::unfinished;
use reseller_portal::values::{ChannelId, StatementId};

use crate::Options;
use crate::limits::{Bare, Statements};
use crate::load::{Pace, ask};
use crate::seed::Seeded;
use crate::support::Program;
use crate::table::Table;

const CONNECTIONS: u32 = 16;

/// A page, and who asks for it.
struct Asked {
    what: &'static str,
    path: String,
    is_root: bool,
    /// A report, whose cost is that of its one query.
    is_report: bool,
}

pub fn measure(options: &Options, seeded: &Seeded, table: &mut Table) {
    let program = Program::serve(&seeded.place);
    // At its start it rates the running month of every channel.
    while seeded.world.read(unfinished) > 0 {
        std::thread::sleep(Duration::from_secs(1));
    }
    let root = seeded.world.root().cookie("session").expect("a session");
    let reseller = seeded.world.reseller(seeded.a_reseller()).cookie("session").expect("a session");
    for asked in pages(seeded).into_iter().filter(|asked| asked.what.contains(&options.page)) {
        let cookie = if asked.is_root { &root } else { &reseller };
        measure_page(options, seeded, &program, &asked, cookie, table);
    }
    table.add(seeded.at(), "memory after the pages", format!("{} MB", resident(program.id())), String::new());
}

fn pages(seeded: &Seeded) -> Vec<Asked> {
    let (channel, statement): (ChannelId, Option<StatementId>) = seeded.world.read(|connection| {
        let channel = channels::table
            .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
            .order(resellers::name_key)
            .select(channels::id)
            .first(connection)?;
        let statement = statements::table
            .filter(statements::channel_id.eq(channel))
            .select(statements::id)
            .first(connection)
            .optional()?;
        Ok((channel, statement))
    });
    let month = seeded.month;
    let first = (1..12).fold(month, |month, _| month.previous());
    let page = |what, path: String| Asked { what, path, is_root: true, is_report: false };
    let report = |what, path: String| Asked { is_report: true, ..page(what, path) };
    let own = |asked: Asked| Asked { is_root: false, ..asked };
    let mut all = vec![
        page("list of 50 requests", "/requests".into()),
        page("list of 50 channels", "/channels".into()),
        own(page("price list of 50 bundles", "/prices".into())),
        report(
            "usage, a month, one re-seller",
            format!("/reports/usage?from={month}&to={month}&channel={channel}"),
        ),
        report(
            "usage, a year, one re-seller",
            format!("/reports/usage?from={first}&to={month}&channel={channel}"),
        ),
        report("usage, a month, all re-sellers", format!("/reports/usage?from={month}&to={month}")),
        report(
            "revenue, a month, one re-seller",
            format!("/reports/revenue?from={month}&to={month}&channel={channel}"),
        ),
        report(
            "revenue, a year, one re-seller",
            format!("/reports/revenue?from={first}&to={month}&channel={channel}"),
        ),
        report("revenue, a month, all re-sellers", format!("/reports/revenue?from={month}&to={month}")),
        report("revenue, a year, all re-sellers", format!("/reports/revenue?from={first}&to={month}")),
        page("log", "/audit".into()),
        page("overview of root", "/".into()),
        own(page("overview of a re-seller", "/".into())),
    ];
    all.extend(statement.map(|id| page("statement", format!("/statements/{id}"))));
    all
}

fn measure_page(
    options: &Options,
    seeded: &Seeded,
    program: &Program,
    asked: &Asked,
    cookie: &str,
    table: &mut Table,
) {
    let person = program.anonymous();
    person.set_cookie(&format!("session={cookie}"));
    let page = person.get(&asked.path);
    assert_eq!(page.status, 200, "{}", asked.path);
    let bytes = page.bytes.len();
    let bare = Bare::of(page.bytes.clone());
    let limit = ask(&bare.url(), None, CONNECTIONS, options.seconds);
    let url = format!("http://{}{}", program.address(), asked.path);
    let pace = ask(&url, Some(cookie), CONNECTIONS, options.seconds);
    let mut against = format!("{:.3} of a bare handler", pace.rate / limit.rate);
    if seeded.server.is_some() {
        let executed = Statements::of(seeded, &asked.path, cookie);
        let count = executed.count();
        let alone = executed.rate(seeded, CONNECTIONS, options.seconds);
        against += &format!(", {:.2} of its {count} statements alone", pace.rate / alone);
        if asked.is_report {
            let executed = Statements::of(seeded, &asked.path, cookie).longest();
            let query = 1000.0 / executed.rate(seeded, 1, options.seconds);
            let one = ask(&url, Some(cookie), 1, options.seconds);
            against += &format!(", {:.1} times its longest query for one person", one.median / query);
        }
    }
    let Pace { rate, median, p99 } = pace;
    let measured = format!(
        "{rate:.0}/s, {median:.2} ms, p99 {:.1} times that, {:.0} kB",
        p99 / median,
        bytes as f64 / 1000.0
    );
    table.add(seeded.at(), asked.what, measured, against);
}

/// The memory of a process that is not another's, in megabytes.
pub fn resident(process: u32) -> u64 {
    memory(process, "VmRSS:")
}

/// A line of what the system tells of a process' memory, in megabytes.
pub fn memory(process: u32, name: &str) -> u64 {
    let told = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = told.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1000
}

//! Files that people download: each is an attachment under a name that the portal made.

use reseller_portal::routes::ROUTES;

use crate::on_both;
use crate::support::World;
use crate::support::builders::{
    a_bundle, a_channel, a_customer, a_disputed_statement, a_reseller, a_subscription, a_usage_file,
};

/// The address of each file of the site map, with an object for those that need one.
fn addresses(world: &World) -> Vec<String> {
    let bundle = a_bundle("CLOUD").recurring("10").build(world);
    let kestrel = a_reseller("Kestrel").build(world).id;
    let channel = a_channel(kestrel).named("Kestrel \"; x=\"").sells(&bundle).build(world);
    let customer = a_customer(channel, "Aldous").build(world);
    a_subscription(customer, &bundle).from("2026-10-01").build(world);
    let statement = a_disputed_statement(world, kestrel, channel, "2026-10").id;
    let file = a_usage_file(world, channel);
    let files = ROUTES
        .iter()
        .map(|route| route.path)
        .filter(|path| path.ends_with(".csv") || path.ends_with(".xlsx"));
    let address = |path: &str| match path.split('/').nth(1) {
        Some("channels") => path.replace("{id}", &channel.to_string()),
        Some("usage") => path.replace("{id}", &file.to_string()),
        Some("statements") => path.replace("{id}", &statement.to_string()),
        Some("simulation.csv") => format!("{path}?channel={channel}&currency=USD&from=2026-10&to=2026-10"),
        _ => path.to_owned(),
    };
    files.map(address).collect()
}

on_both! {
    fn every_file_is_an_attachment_under_a_name_of_the_portals_own(world) {
        let (root, addresses) = (world.root(), addresses(world));
        assert!(addresses.len() >= 8, "{addresses:?}");
        for address in addresses {
            let file = root.get(&address).expect(200);
            let name = file.header("content-disposition").strip_prefix("attachment; filename=\"");
            let name = name.and_then(|rest| rest.strip_suffix('"')).unwrap_or_else(|| panic!("{address}"));
            let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | ',');
            assert!(name.contains('.') && name.chars().all(is_plain), "{address}: {name}");
            let kind = file.header("content-type");
            assert!(kind == "text/csv; charset=utf-8" || kind.ends_with("spreadsheetml.sheet"), "{address}: {kind}");
        }
    }
}

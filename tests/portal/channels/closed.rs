//! Prices of both books stay out of months that have a statement.

use reseller_portal::db::Failure;
use reseller_portal::settlement::state::Refusal;
use reseller_portal::settlement::store;

use super::setting::{editor, field, prices, set};
use crate::on_both;
use crate::support::builders::{a_bundle, a_channel, a_customer, a_reseller, a_subscription};

on_both! {
    fn no_price_begins_in_a_month_with_a_statement(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let channel = a_channel(a_reseller("Kestrel").build(world).id).sells(&bundle).build(world);
        let other = a_channel(a_reseller("Halden").build(world).id).sells(&bundle).build(world);
        a_subscription(a_customer(channel, "Aldous").build(world), &bundle).from("2026-09-01").build(world);
        let closed: Result<_, Failure<Refusal>> =
            world.try_write(|connection| store::close(connection, channel, "2026-09".parse().unwrap(), &world.act()));
        closed.unwrap();
        let root = world.root();
        let said = "Choose 2026-10-01 or later: 2026-09 has a statement, which keeps its prices";
        let name = field(&bundle, 0);
        let refused = set(&root, channel, &bundle, "2026-09-30", &["120"]).expect(422);
        assert_eq!((refused.error_of("effective_from"), refused.field_value(&name)), (said.into(), "120".into()));
        assert!(prices(world, channel, &bundle).is_empty());
        set(&root, channel, &bundle, "2026-10-01", &["120"]).expect(303);
        // Another channel has no statement yet, but shares the reference book.
        set(&root, other, &bundle, "2026-09-30", &["120"]).expect(303);
        root.get(&editor(other, &bundle)).expect(200);
        let page = root.get(&format!("/bundles/{}/prices/EUR", bundle.id)).expect(200);
        let field = page.attributes("input[name^='price-']", "name").remove(0);
        let refused = root.press(&page, "Save prices", &[(&field, "90"), ("from", "2026-09-30")]).expect(422);
        assert_eq!(refused.error_of("from"), said);
        root.press(&refused, "Save prices", &[("from", "2026-10-01")]).expect(303);
    }
}

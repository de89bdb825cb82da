//! Who is told by mail of a price request.

use reseller_portal::values::StaffRole::{Finance, Seller};

use crate::on_both;
use crate::support::World;
use crate::support::builders::{a_bundle, a_channel, a_price_request, a_reseller, an_account};

/// Asks for a price, and what can be done with it.
fn asked(world: &World) -> String {
    let bundle = a_bundle("ONE").recurring("100").build(world);
    let kestrel = a_reseller("Kestrel").build(world).id;
    let channel = a_channel(kestrel).sells_within(&bundle, "90", "150", "").build(world);
    an_account("kim@kestrel.example").of(kestrel).build(world);
    an_account("sam@kestrel.example").of(kestrel).role(Seller).build(world);
    an_account("root@northgate.example").build(world);
    an_account("finn@northgate.example").role(Finance).build(world);
    format!("/price-requests/{}", a_price_request(world, kestrel, channel, &bundle, "80"))
}

on_both! {
    fn a_price_request_tells_who_sets_prices_and_its_end_who_asked(world) {
        let mut path = String::new();
        assert_eq!(world.told(|| path = asked(world)), ["root@northgate.example price_asked"]);
        assert!(world.written()[0].1.contains("A competitor is cheaper"));
        let fields = [("from", "2027-01-01"), ("answer", "For this year")];
        let told = world.told(|| { world.root().post(&format!("{path}/approval"), &fields).expect(303); });
        assert_eq!(told, ["kim@kestrel.example price_approved"]);
        let text = world.written().pop().unwrap().1;
        assert!(text.contains("From: 1 January 2027") && text.contains("For this year"), "{text}");
    }

    fn a_refusal_tells_why(world) {
        let path = asked(world);
        let told = world.told(|| { world.root().post(&format!("{path}/refusal"), &[("answer", "Below our cost of sales")]).expect(303); });
        assert_eq!(told, ["kim@kestrel.example price_declined"]);
        assert!(world.written().pop().unwrap().1.contains("Below our cost of sales"));
    }

    fn a_withdrawal_tells_who_chose_it(world) {
        let path = asked(world);
        world.root().submit("/account/mail", &[("price_request", "price_withdrawn")]).expect(200);
        let kim = world.session_of(an_account("kim@kestrel.example").build(world));
        let told = world.told(|| { kim.post(&format!("{path}/withdrawal"), &[]).expect(303); });
        assert_eq!(told, ["root@northgate.example price_withdrawn"]);
    }
}

//! Who is told by mail of what happens to a statement.

use reseller_portal::db::Never;
use reseller_portal::settlement::store::{agree_by_silence, disputes};
use reseller_portal::values::StaffRole::{Finance, Seller};

use super::setting::{Setting, kestrel, lines, post, statement_of, waive_all};
use crate::on_both;
use crate::support::World;
use crate::support::builders::{a_channel, a_reseller, an_account};

/// Kestrel with somebody who agrees and somebody who sells; another re-seller; and root's people.
fn setting(world: &World) -> Setting {
    let kestrel = kestrel(world);
    an_account("kim@kestrel.example").of(kestrel.reseller).build(world);
    an_account("sam@kestrel.example").of(kestrel.reseller).role(Seller).build(world);
    let osprey = a_reseller("Osprey").build(world).id;
    a_channel(osprey).build(world);
    an_account("olga@osprey.example").of(osprey).build(world);
    an_account("finn@northgate.example").role(Finance).build(world);
    an_account("root@northgate.example").build(world);
    kestrel
}

fn to_kim(occasion: &str) -> Vec<String> {
    vec![format!("kim@kestrel.example {occasion}")]
}

fn to_root(occasion: &str) -> Vec<String> {
    ["finn", "root"].map(|name| format!("{name}@northgate.example {occasion}")).to_vec()
}

on_both! {
    fn a_statement_tells_each_side_what_the_other_did(world) {
        let kestrel = setting(world);
        let id = kestrel.close(world, "2026-10").unwrap();
        waive_all(world, id);
        let (root, kim) = (world.root(), world.session_of(an_account("kim@kestrel.example").build(world)));
        let (path, line) = (format!("/statements/{id}"), lines(world, id)[0].id);
        let by_root = |end: &str, fields: &[(&str, &str)]| world.told(|| { root.post(&format!("{path}/{end}"), fields).expect(303); });
        let by_kim = |end: &str, fields: &[(&str, &str)]| world.told(|| { kim.post(&format!("{path}/{end}"), fields).expect(303); });
        assert_eq!(by_root("sending", &[]), to_kim("statement_sent"));
        assert!(world.written().last().unwrap().1.contains("Counts as agreed from: 8 December 2026"));
        let dispute = format!("lines/{line}/dispute");
        assert_eq!(by_kim(&dispute, &[("reason", "Too much")]), to_root("line_disputed"));
        let raised = || world.read(|connection| disputes::of(connection, id)).last().unwrap().id;
        let first = raised();
        // Who takes a dispute back leaves nothing to do.
        assert!(by_kim(&format!("disputes/{first}/withdrawal"), &[]).is_empty());
        by_kim(&dispute, &[("reason", "Still too much")]);
        let answer = format!("disputes/{}/answer", raised());
        assert_eq!(by_root(&answer, &[("answer", "It is right"), ("credit", "")]), to_kim("dispute_answered"));
        assert!(world.written().last().unwrap().1.contains("It is right"));
        assert_eq!(by_kim("agreement", &[]), to_root("statement_agreed"));
        assert_eq!(by_root("posting", &[]), to_kim("statement_posted"));
        let paid = [("amount", "20"), ("paid_on", "2026-11-20"), ("reference", "B1")];
        assert_eq!(by_root("payments", &paid), to_kim("statement_paid"));
        assert!(world.written().last().unwrap().1.contains("Amount: USD 20.00"));
        let payment = root.get(&path).expect(200).action("Take back payment 1");
        let told = world.told(|| { root.post(&payment, &[]).expect(303); });
        assert_eq!(told, to_kim("payment_reversed"));
        assert!(world.written().last().unwrap().1.contains("Amount: USD 20.00"));
        let credit = [("amount", "5"), ("reason", "It was slow for a day")];
        let told = world.told(|| { root.post(&format!("/lines/{line}/credit"), &credit).expect(303); });
        assert_eq!(told, to_kim("credit_issued"));
        let text = world.written().pop().unwrap().1;
        assert!(text.contains("Credit: USD 5.00") && text.contains("It was slow for a day"), "{text}");
    }

    fn a_dispute_that_is_taken_back_tells_who_chose_it(world) {
        let kestrel = setting(world);
        let id = kestrel.sent(world, "2026-10");
        world.root().submit("/account/mail", &[("statement", "dispute_withdrawn")]).expect(200);
        let (kim, line) = (world.session_of(an_account("kim@kestrel.example").build(world)), lines(world, id)[0].id);
        kim.post(&format!("/statements/{id}/lines/{line}/dispute"), &[("reason", "Too much")]).expect(303);
        let dispute = world.read(|connection| disputes::of(connection, id))[0].id;
        let told = world.told(|| { kim.post(&format!("/statements/{id}/disputes/{dispute}/withdrawal"), &[]).expect(303); });
        assert_eq!(told, ["root@northgate.example dispute_withdrawn"]);
    }

    fn silence_tells_both_sides(world) {
        let kestrel = setting(world);
        kestrel.sent(world, "2026-10");
        world.clock.set("2026-12-08T00:00:00Z");
        let letterhead = world.config.letterhead();
        let told = world.told(|| {
            let agreed = world.try_write::<_, Never>(|connection| agree_by_silence(connection, 14, &letterhead, world.now()));
            assert_eq!(agreed.unwrap(), 1);
        });
        let kim = to_kim("statement_silent").remove(0);
        let [finn, root] = to_root("statement_silent").try_into().unwrap();
        assert_eq!(told, [finn, kim, root]);
    }

    fn a_statement_that_opens_again_tells_who_had_seen_it(world) {
        let kestrel = setting(world);
        let root = world.root();
        let reopen = |id| world.told(|| { root.post(&format!("/statements/{id}/reopening"), &[("reason", "A file came late")]).expect(303); });
        let id = kestrel.close(world, "2026-10").unwrap();
        assert!(reopen(id).is_empty());
        let id = kestrel.sent(world, "2026-10");
        assert_eq!(reopen(id), to_kim("statement_reopened"));
        assert!(!world.written().last().unwrap().1.contains("A file came late"));
    }

    fn the_one_who_acts_is_not_told_although_the_other_side_is(world) {
        let kestrel = setting(world);
        kestrel.agreed(world, "2026-10");
        let id = statement_of(world, kestrel.channel, "2026-10");
        assert!(world.told(|| { post(world, id).unwrap(); }).is_empty());
    }
}

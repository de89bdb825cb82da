//! Everybody chooses which mails they get; what carries a way in is always sent.

use reseller_portal::mail::{self, Occasion, Recipient, people};
use reseller_portal::values::StaffRole::{Finance, ReadOnly, Seller};
use reseller_portal::values::{Act, ResellerId};

use crate::on_both;
use crate::support::builders::{a_reseller, an_account};
use crate::support::{Client, Page, World};

/// The words that a page ticks.
fn ticked(page: &Page) -> Vec<String> {
    page.attributes("input[type='checkbox'][checked]", "value")
}

fn offered(client: &Client) -> Vec<String> {
    client.get("/account/mail").expect(200).attributes("input[type='checkbox']", "value")
}

fn reached(world: &World, reseller: ResellerId, occasion: Occasion) -> Vec<String> {
    let act: Act = world.act();
    let people = world.read(|connection| people::of_reseller(connection, reseller, occasion, &act));
    people.iter().map(|to| to.address().to_string()).collect()
}

on_both! {
    fn a_page_offers_what_concerns_the_side_and_the_rights_of_its_reader(world) {
        let kestrel = a_reseller("Kestrel").state("active").build(world).id;
        let root = offered(&world.root());
        assert!(root.contains(&"request_submitted".into()) && root.contains(&"line_disputed".into()));
        assert!(!root.contains(&"statement_sent".into()));
        let finance = offered(&world.root_as(Finance));
        assert_eq!(finance, ["line_disputed", "dispute_withdrawn", "statement_agreed", "statement_silent"]);
        let owner = offered(&world.reseller(kestrel));
        assert!(owner.contains(&"statement_sent".into()) && owner.contains(&"terms_offered".into()));
        assert!(!owner.contains(&"request_submitted".into()) && !owner.contains(&"line_disputed".into()));
        assert_eq!(offered(&world.reseller_as(kestrel, Seller)), ["channel_suspended", "channel_resumed", "bundle_added", "prices_set"]);
        for reader in [world.reseller_as(kestrel, ReadOnly), world.root_as(ReadOnly)] {
            let page = reader.get("/account/mail").expect(200);
            assert!(page.main().contains("Your role is told of no change by mail"));
            assert!(page.main().contains("Mails about how you get in are always sent"));
        }
    }

    fn a_choice_is_kept_and_holds_for_the_next_mail(world) {
        let kestrel = a_reseller("Kestrel").state("active").build(world).id;
        let kim = an_account("kim@kestrel.example").of(kestrel).build(world);
        let other = an_account("lee@kestrel.example").of(kestrel).build(world);
        let client = world.session_of(kim);
        let page = client.get(&client.get("/account").expect(200).link("Choose your mails")).expect(200);
        assert!(ticked(&page).contains(&"statement_sent".into()));
        assert_eq!(reached(world, kestrel, Occasion::StatementSent).len(), 2);
        let kept = client.submit("/account/mail", &[("statement", "statement_posted"), ("terms", "terms_offered")]);
        assert_eq!((kept.flash().as_str(), ticked(&kept)), ("Your mails are chosen", vec!["terms_offered".into(), "statement_posted".into()]));
        assert_eq!(reached(world, kestrel, Occasion::StatementSent), ["lee@kestrel.example"]);
        assert_eq!(reached(world, kestrel, Occasion::StatementPosted).len(), 2);
        assert!(ticked(&world.session_of(other).get("/account/mail")).contains(&"statement_sent".into()));
        // Saved as it stands, nothing changes; and it can be chosen again.
        let again = client.follow(&client.press(&kept, "Save your mails", &[]));
        assert_eq!(ticked(&again), ticked(&kept));
        client.submit("/account/mail", &[("statement", "statement_sent")]).expect(200);
        assert_eq!(reached(world, kestrel, Occasion::StatementSent).len(), 2);
        let seen = world.reseller(kestrel).get(&format!("/people/{kim}")).expect(200).main();
        assert!(seen.contains("Mails of kim@kestrel.example chosen"), "{seen}");
    }

    fn nobody_chooses_what_does_not_concern_them(world) {
        let kestrel = a_reseller("Kestrel").state("active").build(world).id;
        let client = world.reseller(kestrel);
        let fields = [("request", "request_submitted"), ("statement", "line_disputed"), ("terms", "nonsense")];
        assert!(ticked(&client.submit("/account/mail", &fields).expect(200)).is_empty());
        let (act, occasion) = (world.act(), Occasion::RequestSubmitted);
        assert!(world.read(|connection| people::roots(connection, occasion, &act)).is_empty());
        assert!(reached(world, kestrel, occasion).is_empty());
    }

    fn who_has_switched_everything_off_still_gets_the_ways_in(world) {
        let kestrel = a_reseller("Kestrel").state("active").build(world).id;
        let kim = an_account("kim@kestrel.example").of(kestrel).build(world);
        world.session_of(kim).submit("/account/mail", &[]).expect(200);
        let owner = world.reseller(kestrel);
        let told = world.told(|| {
            owner.post(&format!("/people/{kim}/links"), &[]).expect(303);
            world.anonymous().post("/recovery", &[("email", "kim@kestrel.example")]).expect(200);
            world.anonymous().post("/sign-up", &[("email", "kim@kestrel.example")]).expect(200);
        });
        assert_eq!(told, ["account_known", "password_forgotten", "password_link"].map(|what| format!("kim@kestrel.example {what}")));
    }

    fn a_mail_says_where_to_choose_unless_there_is_nothing_to_choose(world) {
        let address: reseller_portal::values::Email = "kim@kestrel.example".parse().unwrap();
        let (member, applicant) = (Recipient::Member(address.clone()), Recipient::Applicant(address));
        let says = |occasion, to: &Recipient| {
            let letter = mail::Letter::of(occasion, &mail::News::default(), to, &world.config.letterhead());
            letter.text().unwrap().contains("/account/mail")
        };
        assert!(says(Occasion::TermsOffered, &member));
        assert!(!says(Occasion::TermsOffered, &applicant));
        assert!(!says(Occasion::PasswordLink, &member) && !says(Occasion::ChannelOpened, &member));
    }
}

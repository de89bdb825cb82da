//! Forms: any body is decoded or refused, and what a form takes for an offer, a channel, a price or somebody's books is
//! within its limits and is written back as the same.

#![no_main]

use chrono::Datelike;
use libfuzzer_sys::fuzz_target;
use reseller_portal::catalog::pages::price_form::PriceForm;
use reseller_portal::catalog::pages::wording::Products;
use reseller_portal::catalog::{Bundle, BundleKind, BundleState, Charge, ChargeKind, ChargeModel};
use reseller_portal::channels::pages::price_form::{self, Place};
use reseller_portal::channels::pages::{form, price_lines};
use reseller_portal::channels::pricing::Book;
use reseller_portal::channels::{Band, ChannelBundle, PricePolicy, bulk};
use reseller_portal::settlement::compare;
use reseller_portal::terms::offer_form::OfferForm;
use reseller_portal::values::{BundleId, ChannelId, ChargeId, Currency, Percent, Quantity};
use reseller_portal::web::form::decode;
use reseller_portal::web::{Errors, Fields, Proxies, kept_text};

fuzz_target!(|body: &[u8]| {
    let Ok(fields) = decode::<Fields>(body) else { return };
    is_written_back(&fields);
    offer(&fields);
    channel(&fields);
    prices(&fields);
    tables(&fields);
    let mut errors = Errors::default();
    let kept = kept_text(fields.get("name"), 40, "name", "Enter a name", &mut errors);
    assert_eq!(kept.is_none(), !errors.is_empty());
    let _proxies = Proxies::parse(fields.get("name"));
});

fn is_written_back(fields: &Fields) {
    let written = serde_urlencoded::to_string(&fields.0).expect("pairs of text");
    let again: Fields = decode(written.as_bytes()).expect("what was written");
    assert_eq!(again.0, fields.0);
    assert!(fields.carried().all(|(name, _)| name != "csrf"));
}

fn offer(fields: &Fields) {
    let form = OfferForm { fields: fields.clone() };
    let _rows = (form.tier_rows(), form.limit_rows(), form.categories().count());
    let mut errors = Errors::default();
    let Some(mut offer) = form.parse(&mut errors) else {
        assert!(!errors.is_empty(), "a refused form has a message");
        return;
    };
    let share = Percent::ZERO..=Percent::from_units(1_000_000);
    assert!(share.contains(&offer.rule.general));
    // The note is of one offer and is not carried on.
    offer.note.clear();
    let mut errors = Errors::default();
    assert_eq!(OfferForm::from_offer(&offer).parse(&mut errors), Some(offer), "{:?}", errors.list());
}

fn channel(fields: &Fields) {
    let mut errors = Errors::default();
    if form::parse_details(fields, &mut errors).is_none() {
        assert!(!errors.is_empty(), "a refused form has a message");
    }
    form::parse_currencies(fields, &mut errors);
    let sold = form::parse_sold(fields, &[bundle()], &mut errors);
    if errors.is_empty() {
        let again = Fields(form::sold_fields(&sold));
        assert_eq!(form::parse_sold(&again, &[bundle()], &mut errors), sold);
    }
}

fn prices(fields: &Fields) {
    let (bundle, currency) = (bundle(), currency());
    let place = Place { channel: ChannelId::derived("channel"), bundle: bundle.id, currency };
    let sold =
        ChannelBundle { bundle: bundle.id, enabled: true, policy: PricePolicy::Free, band: Band::default() };
    let nothing = Vec::new();
    let book = Book {
        bundle: bundle.clone(),
        sold,
        currency,
        channel_versions: nothing.clone(),
        reference_versions: nothing,
    };
    let mut errors = Errors::default();
    match price_form::parse(&place, &book, fields, &mut errors) {
        Some(wished) => {
            assert!((1900..=9998).contains(&wished.effective_from.year()), "{}", wished.effective_from);
            let mut errors = Errors::default();
            let again = Fields(price_form::filled(&book, &wished.values));
            for (charge, tier) in book.bundle.places() {
                let typed = again.get(&price_lines::field(charge.id, tier)).to_owned();
                let read = errors.take("price", price_lines::parse_value(charge, &typed));
                assert_eq!(read, wished.values.get(&charge.id).and_then(|value| value.part(tier)));
            }
        }
        None => assert!(!errors.is_empty(), "a refused form has a message"),
    }
    let today = "2026-11-23".parse().expect("a day");
    let form = PriceForm::typed(fields, &bundle, &Products::new(), &[], today);
    let mut errors = Errors::default();
    let version = form.parse(&bundle, currency, &mut errors);
    assert_eq!(version.is_none(), !errors.is_empty());
}

fn tables(fields: &Fields) {
    let today = "2026-11-23".parse().expect("a day");
    let _changes = bulk::table::read(fields.get("table"), &[], &Products::new(), today);
    if let Ok(books) = compare::read(fields.get("table"), currency()) {
        assert!(!books.rows.is_empty() && !books.columns.is_empty());
        assert!(books.rows.iter().all(|(cells, _)| cells.len() == books.columns.len()));
    }
}

fn currency() -> Currency {
    "USD".parse().expect("a currency")
}

/// One with a charge of each model.
fn bundle() -> Bundle {
    let charge = |name: &str, kind, model| Charge {
        id: ChargeId::derived(name),
        kind,
        model,
        product: None,
        position: 1,
        edges: match model {
            ChargeModel::Graduated | ChargeModel::Volume => vec![Quantity::whole(100), Quantity::whole(1000)],
            _ => Vec::new(),
        },
        package: (model == ChargeModel::Package).then(|| Quantity::whole(10)),
    };
    Bundle {
        id: BundleId::derived("bundle"),
        code: "CLOUD".into(),
        name: "Cloud".into(),
        description: String::new(),
        kind: BundleKind::Bundle,
        state: BundleState::Active,
        components: Vec::new(),
        charges: vec![
            charge("flat", ChargeKind::Recurring, ChargeModel::Flat),
            charge("graduated", ChargeKind::Usage, ChargeModel::Graduated),
            charge("cost", ChargeKind::Usage, ChargeModel::CostPlus),
        ],
    }
}

//! A channel with something to settle.

use reseller_portal::db::Failure;
use reseller_portal::rating::ChargeLine;
use reseller_portal::settlement::state::Refusal;
use reseller_portal::settlement::store;
use reseller_portal::settlement::{Posted, Statement, StatementState, Totals};
use reseller_portal::values::{ChannelId, Month, ProductId, ResellerId, Scope, StatementId};

use crate::support::World;
use crate::support::builders::{
    Bundle, Customer, Subscription, a_bundle, a_channel, a_customer, a_product, a_record, a_reseller,
    a_subscription,
};

/// Kestrel gets 20 percent; Aldous pays 100.00 a month and 0.50 an hour, from September 2026 on.
pub struct Setting {
    pub reseller: ResellerId,
    pub channel: ChannelId,
    pub customer: Customer,
    pub bundle: Bundle,
    pub vm: ProductId,
    pub subscription: Subscription,
}

pub fn kestrel(world: &World) -> Setting {
    with_terms(world, |terms| terms.share("20"))
}

pub fn with_terms(
    world: &World,
    terms: impl FnOnce(crate::support::builders::NewTerms) -> crate::support::builders::NewTerms + 'static,
) -> Setting {
    let vm = a_product("VM").unit("hour").build(world);
    let bundle = a_bundle("CLOUD").recurring("100").usage(vm, "0.50").build(world);
    let reseller = a_reseller("Kestrel").terms(terms).build(world).id;
    let channel = a_channel(reseller).code("KESTREL").currencies(&["USD"]).sells(&bundle).build(world);
    let customer = a_customer(channel, "Aldous").build(world);
    let subscription = a_subscription(customer, &bundle).from("2026-09-01").build(world);
    Setting { reseller, channel, customer, bundle, vm, subscription }
}

impl Setting {
    /// Some hours on a day; the month is not rated anew by it.
    pub fn used(&self, world: &World, day: &str, hours: &str) {
        a_record(self.customer, &self.subscription, self.vm, day).quantity(hours).build(world);
    }

    pub fn rate(&self, world: &World, month: &str) {
        let month: Month = month.parse().unwrap();
        let rated: Result<_, Failure<Refusal>> =
            world.try_write(|connection| store::rate_month(connection, self.channel, month, world.now()));
        rated.unwrap();
    }

    pub fn close(&self, world: &World, month: &str) -> Result<StatementId, Refusal> {
        let month: Month = month.parse().unwrap();
        let closed =
            world.try_write(|connection| store::close(connection, self.channel, month, &world.act()));
        said(closed).map(|all| all[0])
    }

    /// Closes a month and takes it to `sent`, whatever its checklist says.
    pub fn sent(&self, world: &World, month: &str) -> StatementId {
        let id = self.close(world, month).unwrap();
        waive_all(world, id);
        said(world.try_write(|connection| store::send(connection, id, &world.act()))).unwrap();
        id
    }

    pub fn agreed(&self, world: &World, month: &str) -> StatementId {
        let id = self.sent(world, month);
        let scope = Scope::Reseller(self.reseller);
        said(world.try_write(|connection| store::agree(connection, scope, id, &world.act()))).unwrap();
        id
    }

    pub fn posted(&self, world: &World, month: &str) -> StatementId {
        let id = self.agreed(world, month);
        post(world, id).unwrap();
        id
    }
}

pub fn post(world: &World, id: StatementId) -> Result<Posted, Refusal> {
    said(world.try_write(|connection| store::post(connection, id, &world.act())))
}

pub fn waive_all(world: &World, id: StatementId) {
    let statement = find(world, id);
    let items = world.read(|connection| store::checklist::of(connection, &statement));
    for item in items.into_iter().filter(|item| item.stops()) {
        let waived = world
            .try_write(|connection| store::checklist::waive(connection, id, item.key, "Known", &world.act()));
        said(waived).unwrap();
    }
}

/// What a rule refused, apart from what failed.
#[track_caller]
pub fn said<T: std::fmt::Debug>(outcome: Result<T, Failure<Refusal>>) -> Result<T, Refusal> {
    match outcome {
        Ok(value) => Ok(value),
        Err(Failure::Refused(refusal)) => Err(refusal),
        Err(failure) => panic!("{failure}"),
    }
}

pub fn find(world: &World, id: StatementId) -> Statement {
    world.read(|connection| store::find(connection, Scope::Root, id))
}

pub fn state(world: &World, id: StatementId) -> StatementState {
    find(world, id).state
}

pub fn lines(world: &World, id: StatementId) -> Vec<ChargeLine> {
    let statement = find(world, id);
    world.read(|connection| store::lines(connection, &statement))
}

/// Role, gross, credited, the re-seller's share and the provider's, of each line.
pub fn told(world: &World, id: StatementId) -> Vec<String> {
    let words = |line: &ChargeLine| {
        format!(
            "{} {} {} {} {}",
            line.role, line.gross, line.credited, line.reseller_share, line.provider_share
        )
    };
    lines(world, id).iter().map(words).collect()
}

pub fn totals(world: &World, id: StatementId) -> Totals {
    let statement = find(world, id);
    world.read(|connection| store::totals(connection, &statement))
}

/// The statement of the channel's month in its only currency.
pub fn statement_of(world: &World, channel: ChannelId, month: &str) -> StatementId {
    let month = month.parse().unwrap();
    world.read(|connection| store::of_month(connection, channel, month))[0].id
}

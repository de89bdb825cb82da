//! A request under negotiation and offers as they are typed.

use reseller_portal::terms::{self, TermsVersion};
use reseller_portal::values::RequestId;

use crate::support::World;

/// A complete offer with some fields changed or added.
pub fn offer<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("share", "20"),
        ("basis", "revenue"),
        ("collects", "provider"),
        ("payment_days", "30"),
        ("valid_from", "2026-12"),
        ("valid_until", ""),
    ];
    fields.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    fields.extend(changes);
    fields
}

/// The versions of a request, the newest first.
pub fn versions(world: &World, id: RequestId) -> Vec<TermsVersion> {
    world.read(|connection| terms::store::of_request(connection, id))
}

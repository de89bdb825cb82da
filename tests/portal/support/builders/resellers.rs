//! Requests, agreed terms, and the re-sellers they led to.

use diesel::prelude::*;
use reseller_portal::db::AnyConnection;
use reseller_portal::db::schema::{
    reseller_request_info as requests, resellers, terms_limits, terms_rates, terms_tiers, terms_versions,
};
use reseller_portal::values::{
    Amount, BundleId, ComponentId, Percent, RequestId, ResellerId, TermsId, search_key,
};

use super::{an_applicant, next_number, parsed};
use crate::support::World;

/// A request to make: of a Norwegian company, submitted.
pub struct NewRequest {
    name: String,
    state: &'static str,
    email: String,
}

/// A request of a company. Its applicant's address is `owner@<name>.example` unless told otherwise.
pub fn a_request(name: &str) -> NewRequest {
    let key = search_key(name);
    let letters = key.chars().map(|one| if one.is_ascii_alphanumeric() { one } else { '-' });
    let domain: String = letters.take(40).collect();
    let domain = match domain.trim_matches('-') {
        "" => "company",
        domain => domain,
    };
    NewRequest { name: name.to_owned(), state: "submitted", email: format!("owner@{domain}.example") }
}

impl NewRequest {
    pub fn state(self, state: &'static str) -> Self {
        Self { state, ..self }
    }

    pub fn from(self, email: &str) -> Self {
        Self { email: email.to_owned(), ..self }
    }

    pub fn build(self, world: &World) -> RequestId {
        let applicant = an_applicant(world, &self.email);
        let number = next_number();
        let domain = self.email.split('@').nth(1).unwrap_or_default();
        let submitted = (self.state != "draft").then(|| world.now());
        world.write(|connection| {
            diesel::insert_into(requests::table)
                .values((
                    (
                        requests::id.eq(RequestId::generate()),
                        requests::reference.eq(format!("RR-2026-9{number:04}")),
                        requests::applicant_id.eq(applicant),
                        requests::state.eq(self.state),
                        requests::legal_name.eq(&self.name),
                        requests::trading_name.eq(""),
                        requests::registration_number.eq("987 654 321"),
                        requests::tax_id.eq("NO987654321MVA"),
                        requests::website.eq(format!("https://{domain}")),
                        requests::country.eq("NO"),
                        requests::address.eq("Storgata 1\n0155 Oslo"),
                        requests::contact_name.eq("Kim Kestrel"),
                        requests::job_title.eq("Owner"),
                        requests::email.eq(&self.email),
                        requests::phone.eq("+4722123456"),
                        requests::user_name.eq(format!("owner{number}")),
                    ),
                    (
                        requests::sells_today.eq("Hosting"),
                        requests::target_market.eq("Nordics"),
                        requests::expected_customers.eq(Some(25)),
                        requests::bundles_of_interest.eq(""),
                        requests::message.eq(""),
                        requests::conditions_version.eq(submitted.map(|_| "2026-01")),
                        requests::conditions_accepted_at.eq(submitted),
                        requests::revision.eq(1),
                        requests::name_key.eq(search_key(&self.name)),
                        requests::email_domain.eq(domain),
                        requests::created_at.eq(world.now()),
                        requests::submitted_at.eq(submitted),
                    ),
                ))
                .returning(requests::id)
                .get_result(connection)
        })
    }
}

/// A version of the terms to make: agreed, 20 percent of revenue from 2025-01 on, the provider collects.
pub struct NewTerms {
    request: RequestId,
    number: i64,
    state: &'static str,
    proposed_by: &'static str,
    basis: &'static str,
    share: String,
    collects: &'static str,
    from: String,
    until: Option<String>,
    bundles: Vec<(BundleId, String)>,
    categories: Vec<(String, String)>,
    tiers: Vec<(String, String, String)>,
    limits: Vec<(String, Option<String>, Option<String>)>,
}

/// The version of the terms that was made.
pub type Terms = TermsId;

pub fn some_terms(request: RequestId) -> NewTerms {
    NewTerms {
        request,
        number: 1,
        state: "agreed",
        proposed_by: "provider",
        basis: "revenue",
        share: "20".into(),
        collects: "provider",
        from: "2025-01".into(),
        until: None,
        bundles: Vec::new(),
        categories: Vec::new(),
        tiers: Vec::new(),
        limits: Vec::new(),
    }
}

impl NewTerms {
    pub fn number(self, number: i64) -> Self {
        Self { number, ..self }
    }

    pub fn state(self, state: &'static str) -> Self {
        Self { state, ..self }
    }

    pub fn proposed_by(self, side: &'static str) -> Self {
        Self { proposed_by: side, ..self }
    }

    pub fn share(self, percent: &str) -> Self {
        Self { share: percent.to_owned(), ..self }
    }

    /// The share is a part of the margin instead of revenue.
    pub fn of_margin(self) -> Self {
        Self { basis: "margin", ..self }
    }

    pub fn reseller_collects(self) -> Self {
        Self { collects: "reseller", ..self }
    }

    pub fn from(self, month: &str) -> Self {
        Self { from: month.to_owned(), ..self }
    }

    pub fn until(self, month: &str) -> Self {
        Self { until: Some(month.to_owned()), ..self }
    }

    pub fn for_bundle(mut self, bundle: BundleId, percent: &str) -> Self {
        self.bundles.push((bundle, percent.to_owned()));
        self
    }

    pub fn for_category(mut self, category: &str, percent: &str) -> Self {
        self.categories.push((category.to_owned(), percent.to_owned()));
        self
    }

    /// From an amount of the month's basis on, another share.
    pub fn tier(mut self, currency: &str, from: &str, percent: &str) -> Self {
        self.tiers.push((currency.to_owned(), from.to_owned(), percent.to_owned()));
        self
    }

    /// Minimum commitment and cap of a full month.
    pub fn limits(mut self, currency: &str, commitment: Option<&str>, cap: Option<&str>) -> Self {
        self.limits.push((currency.to_owned(), commitment.map(str::to_owned), cap.map(str::to_owned)));
        self
    }

    pub fn build(self, world: &World) -> Terms {
        world.write(|connection| {
            let answered = (self.state != "proposed").then(|| world.now());
            let id = TermsId::generate();
            diesel::insert_into(terms_versions::table)
                .values((
                    terms_versions::id.eq(id),
                    terms_versions::request_id.eq(self.request),
                    terms_versions::number.eq(self.number),
                    terms_versions::state.eq(self.state),
                    terms_versions::proposed_by.eq(self.proposed_by),
                    terms_versions::basis.eq(self.basis),
                    terms_versions::share.eq(parsed::<Percent>(&self.share)),
                    terms_versions::collects.eq(self.collects),
                    terms_versions::payment_days.eq(30),
                    terms_versions::valid_from.eq(&self.from),
                    terms_versions::valid_until.eq(&self.until),
                    terms_versions::note.eq(""),
                    terms_versions::created_at.eq(world.now()),
                    terms_versions::created_by.eq("Rosa Root"),
                    terms_versions::answered_at.eq(answered),
                    terms_versions::answered_by.eq(answered.map(|_| "Kim Kestrel")),
                ))
                .execute(connection)?;
            for (currency, from, share) in &self.tiers {
                diesel::insert_into(terms_tiers::table)
                    .values((
                        terms_tiers::terms_id.eq(id),
                        terms_tiers::currency.eq(currency),
                        terms_tiers::from_amount.eq(parsed::<Amount>(from)),
                        terms_tiers::share.eq(parsed::<Percent>(share)),
                    ))
                    .execute(connection)?;
            }
            for (currency, commitment, cap) in &self.limits {
                diesel::insert_into(terms_limits::table)
                    .values((
                        terms_limits::terms_id.eq(id),
                        terms_limits::currency.eq(currency),
                        terms_limits::commitment.eq(commitment.as_deref().map(parsed::<Amount>)),
                        terms_limits::cap.eq(cap.as_deref().map(parsed::<Amount>)),
                    ))
                    .execute(connection)?;
            }
            for (bundle, share) in &self.bundles {
                insert_rate(connection, id, Some(*bundle), None, share)?;
            }
            for (category, share) in &self.categories {
                insert_rate(connection, id, None, Some(category), share)?;
            }
            Ok(id)
        })
    }
}

fn insert_rate(
    connection: &mut AnyConnection,
    terms: TermsId,
    bundle: Option<BundleId>,
    category: Option<&str>,
    share: &str,
) -> QueryResult<usize> {
    diesel::insert_into(terms_rates::table)
        .values((
            terms_rates::id.eq(ComponentId::generate()),
            terms_rates::terms_id.eq(terms),
            terms_rates::bundle_id.eq(bundle),
            terms_rates::category.eq(category),
            terms_rates::share.eq(parsed::<Percent>(share)),
        ))
        .execute(connection)
}

/// A re-seller to make: its request accepted, its terms agreed, without a channel until [`super::a_channel`].
pub struct NewReseller {
    name: String,
    state: &'static str,
    terms: NewTermsChoice,
}

type NewTermsChoice = Box<dyn FnOnce(NewTerms) -> NewTerms>;

/// A re-seller that was made.
#[derive(Debug, Clone)]
pub struct Reseller {
    pub id: ResellerId,
    pub request: RequestId,
    pub terms: TermsId,
}

pub fn a_reseller(name: &str) -> NewReseller {
    NewReseller { name: name.to_owned(), state: "awaiting_channel", terms: Box::new(|terms| terms) }
}

impl NewReseller {
    pub fn state(self, state: &'static str) -> Self {
        Self { state, ..self }
    }

    pub fn share(self, percent: &str) -> Self {
        let percent = percent.to_owned();
        self.terms(move |terms| terms.share(&percent))
    }

    pub fn terms(self, terms: impl FnOnce(NewTerms) -> NewTerms + 'static) -> Self {
        Self { terms: Box::new(terms), ..self }
    }

    pub fn build(self, world: &World) -> Reseller {
        let request = a_request(&self.name).state("accepted").build(world);
        let terms = (self.terms)(some_terms(request)).build(world);
        let id = world.write(|connection| {
            diesel::insert_into(resellers::table)
                .values((
                    resellers::id.eq(ResellerId::generate()),
                    resellers::request_id.eq(request),
                    resellers::name.eq(&self.name),
                    resellers::name_key.eq(search_key(&self.name)),
                    resellers::country.eq("NO"),
                    resellers::state.eq(self.state),
                    resellers::created_at.eq(world.now()),
                ))
                .returning(resellers::id)
                .get_result(connection)
        });
        Reseller { id, request, terms }
    }
}

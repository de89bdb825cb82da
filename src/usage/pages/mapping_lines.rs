//! What there is to map of a source: names that rows wait for, and what is remembered already.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Product;
use crate::customers::Customer;
use crate::usage::MappingKind;
use crate::usage::resolve::Target;
use crate::usage::store::{Mappings, WaitingName};
use crate::web::filters::counted;

/// Where a name stands on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Customers,
    /// Groups of products; a mapping holds for each product of the group that has none of its own.
    Services,
    Products,
}

/// A name of the source and what it is mapped to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub section: Section,
    pub name: String,
    pub note: String,
    /// Records that wait for it.
    pub records: i64,
    /// External id or SKU; empty when it is not mapped.
    pub to: String,
}

impl Line {
    pub fn kind(&self) -> MappingKind {
        match self.section {
            Section::Customers => MappingKind::Customer,
            Section::Services | Section::Products => MappingKind::Product,
        }
    }
}

/// Every line, the ones with the most waiting records first within each section.
pub fn lines(
    waiting_customers: &[WaitingName],
    waiting_products: &[WaitingName],
    mappings: &Mappings,
    customers: &[Customer],
    products: &[Product],
) -> Vec<Line> {
    let to = |kind, name: &str| match mappings.get(&(kind, name.to_owned())) {
        Some(Target::Customer(id)) => {
            customers.iter().find(|customer| customer.id == *id).map(|customer| customer.external_id.clone())
        }
        Some(Target::Product(id)) => {
            products.iter().find(|product| product.id == *id).map(|product| product.sku.clone())
        }
        None => None,
    };
    let services = services(waiting_products);
    let mut lines = waiting_in(Section::Customers, waiting_customers);
    lines.extend(services.iter().map(|(name, (records, skus))| Line {
        section: Section::Services,
        name: (*name).to_owned(),
        note: counted(*skus, "SKU"),
        records: *records,
        to: String::new(),
    }));
    // A product that is named by its service alone is mapped there.
    let own = waiting_products.iter().filter(|waiting| !services.contains_key(waiting.name.as_str()));
    lines.extend(waiting_in(Section::Products, own));
    lines.extend(remembered(mappings, &lines));
    for line in &mut lines {
        line.to = to(line.kind(), &line.name).unwrap_or_default();
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.records));
    lines
}

fn waiting_in<'a>(section: Section, names: impl IntoIterator<Item = &'a WaitingName>) -> Vec<Line> {
    let line = |waiting: &WaitingName| Line {
        section,
        name: waiting.name.clone(),
        note: waiting.note.clone().unwrap_or_default(),
        records: waiting.records,
        to: String::new(),
    };
    names.into_iter().map(line).collect()
}

/// Records and products of each service.
fn services(products: &[WaitingName]) -> BTreeMap<&str, (i64, i64)> {
    let mut services: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for product in products {
        let name = product.note.as_deref().unwrap_or_default();
        if !name.is_empty() {
            let sum = services.entry(name).or_default();
            *sum = (sum.0 + product.records, sum.1 + 1);
        }
    }
    services
}

/// Mappings for which no record waits.
fn remembered(mappings: &Mappings, lines: &[Line]) -> Vec<Line> {
    let waiting: BTreeSet<_> = lines.iter().map(|line| (line.kind(), line.name.as_str())).collect();
    let line = |kind: MappingKind, name: &str| Line {
        section: match kind {
            MappingKind::Customer => Section::Customers,
            MappingKind::Product => Section::Products,
        },
        name: name.to_owned(),
        note: String::new(),
        records: 0,
        to: String::new(),
    };
    mappings
        .keys()
        .filter(|(kind, name)| !waiting.contains(&(*kind, name.as_str())))
        .map(|(kind, name)| line(*kind, name))
        .collect()
}

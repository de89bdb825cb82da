//! `/bundles/{id}/components`: puts a product into a draft bundle, or a bundle into a draft package; takes one out.
//!
//! **Permissions**: root.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::bundle;
use crate::catalog::draft_store::{self, Part};
use crate::catalog::{Bundle, BundleKind, BundleRefusal, BundleState, Component, store};
use crate::db::{Db, Decided};
use crate::values::{BundleId, ProductId, Quantity};
use crate::web::{Answer, Error, Errors, Form, Go, NoFields, RootStaff, Shell, Site, page_with};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ComponentForm {
    /// A product, or the bundle of a package.
    part: String,
    included: String,
}

impl ComponentForm {
    fn parse(&self, kind: BundleKind, errors: &mut Errors) -> Option<Component> {
        if kind == BundleKind::Package {
            let member = self.part.parse::<BundleId>().map_err(|_| "Choose a bundle");
            return errors.take("part", member).map(Component::Bundle);
        }
        let product = errors.take("part", self.part.parse::<ProductId>().map_err(|_| "Choose a product"));
        let included = errors.take("included", included(&self.included));
        Some(Component::Product { product: product?, included: included? })
    }
}

fn included(typed: &str) -> Result<Quantity, String> {
    let digits: String = typed.chars().filter(|letter| !matches!(letter, ',' | ' ')).collect();
    let quantity: Quantity = digits.parse().map_err(|error| format!("{error}"))?;
    if quantity < Quantity::ZERO { Err("Enter 0 or more".into()) } else { Ok(quantity) }
}

#[derive(Template)]
#[template(path = "catalog/component.html")]
struct ComponentPage {
    shell: Shell,
    bundle: Bundle,
    /// Value and label: products, or active bundles for a package.
    parts: Vec<(String, String)>,
    form: ComponentForm,
    errors: Errors,
}

impl ComponentPage {
    fn is_package(&self) -> bool {
        self.bundle.kind == BundleKind::Package
    }
}

pub async fn show(
    _root: RootStaff,
    shell: Shell,
    db: Data<Db>,
    id: Path<BundleId>,
    chosen: Query<ComponentForm>,
) -> Answer {
    let mut form = chosen.into_inner();
    let bundle = draft(&db, *id).await?;
    let is_chosen = |part: &&Component| matches!(part, Component::Product { product, .. } if product.to_string() == form.part);
    if let Some(Component::Product { included, .. }) = bundle.components.iter().find(is_chosen) {
        form.included = included.to_string();
    }
    form_page(shell, &db, bundle, form, Errors::default()).await
}

/// The bundle, which can be changed while it is a draft only.
pub(super) async fn draft(db: &Db, id: BundleId) -> Result<Bundle, Error> {
    let bundle = db.read(move |connection| store::bundle(connection, id)).await?;
    match bundle.state {
        BundleState::Draft => Ok(bundle),
        BundleState::Active | BundleState::Retired => {
            Err(Error::Conflict(BundleRefusal::NotDraft.to_string()))
        }
    }
}

async fn form_page(shell: Shell, db: &Db, bundle: Bundle, form: ComponentForm, errors: Errors) -> Answer {
    let is_package = bundle.kind == BundleKind::Package;
    let parts = db
        .read(move |connection| {
            if is_package {
                let is_offered = |member: &Bundle| {
                    member.kind == BundleKind::Bundle && member.state == BundleState::Active
                };
                let members = store::bundles(connection)?.into_iter().filter(is_offered);
                return Ok(members
                    .map(|one| (one.id.to_string(), format!("{} ({})", one.name, one.code)))
                    .collect());
            }
            let products = store::products(connection)?.into_iter();
            Ok(products
                .map(|one| (one.id.to_string(), format!("{}, in {} ({})", one.name, one.unit, one.sku)))
                .collect())
        })
        .await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(status, &ComponentPage { shell, bundle, parts, form, errors })
}

pub async fn submit(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    id: Path<BundleId>,
    form: Form<ComponentForm>,
) -> Answer {
    let (id, Form(form)) = (id.into_inner(), form);
    let bundle = draft(&db, id).await?;
    let mut errors = Errors::default();
    let Some(component) = form.parse(bundle.kind, &mut errors) else {
        return form_page(shell, &db, bundle, form, errors).await;
    };
    let act = root.act();
    let put = db.write(move |connection| draft_store::put_component(connection, id, &component, &act));
    match put.await.decided()? {
        Ok(()) => go.to(format!("/bundles/{id}"), "The component is saved"),
        Err(refusal) => {
            errors.add("part", refusal);
            form_page(shell, &db, bundle, form, errors).await
        }
    }
}

pub async fn remove(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    path: Path<(BundleId, String)>,
    _form: Form<NoFields>,
) -> Answer {
    let (id, part) = path.into_inner();
    let bundle = draft(&db, id).await?;
    let part = match bundle.kind {
        BundleKind::Bundle => part.parse().map(Part::Product),
        BundleKind::Package => part.parse().map(Part::Bundle),
    };
    let part = part.map_err(|_| Error::NotFound)?;
    let act = root.act();
    let removed = db.write(move |connection| draft_store::remove_component(connection, id, part, &act));
    match removed.await.decided()? {
        Ok(()) => go.to(format!("/bundles/{id}"), "The component is taken out"),
        Err(refusal) => {
            let mut errors = Errors::default();
            errors.add("", refusal);
            bundle::render(shell, &db, id, site.clock.now().day(), errors).await
        }
    }
}

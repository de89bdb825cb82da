//! `/bundles/{id}/charges`: adds a charge to a draft, or takes one out with its prices.
//!
//! **Permissions**: root.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::{bundle, component};
use crate::catalog::{Bundle, BundleRefusal, ChargeKind, ChargeModel, NewCharge, draft_store, store};
use crate::db::{Db, Decided};
use crate::values::{BundleId, ChargeId, ProductId};
use crate::web::{Answer, Errors, Form, Go, NoFields, RootAdmin, Shell, Site, page_with};

const KINDS: [(ChargeKind, &str); 3] = [
    (ChargeKind::Recurring, "Monthly: for each unit of the subscription"),
    (ChargeKind::OneTime, "One-time: when a subscription starts"),
    (ChargeKind::Usage, "Usage: for what is used of a metered product"),
];
const MODELS: [(ChargeModel, &str); 2] = [
    (ChargeModel::PerUnit, "A price for each unit above what is included"),
    (ChargeModel::CostPlus, "The list cost in the usage file, and a percent on top"),
];

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ChargeForm {
    kind: String,
    product: String,
    model: String,
}

impl ChargeForm {
    fn parse(&self, errors: &mut Errors) -> Option<NewCharge> {
        let kind = errors.take("kind", self.kind.parse().map_err(|_| "Choose when the charge is due"))?;
        if kind != ChargeKind::Usage {
            return Some(NewCharge { kind, model: ChargeModel::Flat, product: None });
        }
        let product: Option<ProductId> =
            errors.take("product", self.product.parse().map_err(|_| BundleRefusal::NotMetered));
        let model = errors.take("model", self.model.parse().map_err(|_| "Choose how usage is priced"));
        Some(NewCharge { kind, model: model?, product: Some(product?) })
    }
}

#[derive(Template)]
#[template(path = "catalog/charge.html")]
struct ChargePage {
    shell: Shell,
    bundle: Bundle,
    /// Value and label of each metered product.
    products: Vec<(String, String)>,
    form: ChargeForm,
    errors: Errors,
}

pub async fn show(_root: RootAdmin, shell: Shell, db: Data<Db>, id: Path<BundleId>) -> Answer {
    let bundle = component::draft(&db, *id).await?;
    let form = ChargeForm {
        kind: ChargeKind::Recurring.to_string(),
        model: ChargeModel::PerUnit.to_string(),
        ..ChargeForm::default()
    };
    form_page(shell, &db, bundle, form, Errors::default()).await
}

async fn form_page(shell: Shell, db: &Db, bundle: Bundle, form: ChargeForm, errors: Errors) -> Answer {
    let products = db.read(store::products).await?;
    let products = products
        .into_iter()
        .filter(|product| product.metered)
        .map(|product| {
            (product.id.to_string(), format!("{}, in {} ({})", product.name, product.unit, product.sku))
        })
        .collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(status, &ChargePage { shell, bundle, products, form, errors })
}

pub async fn submit(
    root: RootAdmin,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    id: Path<BundleId>,
    form: Form<ChargeForm>,
) -> Answer {
    let (id, Form(form)) = (id.into_inner(), form);
    let bundle = component::draft(&db, id).await?;
    let mut errors = Errors::default();
    let Some(new) = form.parse(&mut errors) else {
        return form_page(shell, &db, bundle, form, errors).await;
    };
    let act = root.act();
    match db.write(move |connection| draft_store::add_charge(connection, id, new, &act)).await.decided()? {
        Ok(_) => go.to(format!("/bundles/{id}"), "The charge is added"),
        Err(refusal) => {
            let field = if refusal == BundleRefusal::NotMetered { "product" } else { "kind" };
            errors.add(field, refusal);
            form_page(shell, &db, bundle, form, errors).await
        }
    }
}

pub async fn remove(
    root: RootAdmin,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    path: Path<(BundleId, ChargeId)>,
    _form: Form<NoFields>,
) -> Answer {
    let (id, charge) = path.into_inner();
    let act = root.act();
    let removed = db.write(move |connection| draft_store::remove_charge(connection, id, charge, &act));
    match removed.await.decided()? {
        Ok(()) => go.to(format!("/bundles/{id}"), "The charge is taken out"),
        Err(refusal) => {
            let mut errors = Errors::default();
            errors.add("", refusal);
            bundle::render(shell, &db, id, site.clock.now().day(), errors).await
        }
    }
}

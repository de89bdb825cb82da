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
use crate::values::{BundleId, ChargeId, ProductId, Quantity, QuantityFault};
use crate::web::{Answer, Errors, Form, Go, NoFields, RootStaff, Shell, Site, page_with};

const KINDS: [(ChargeKind, &str); 3] = [
    (ChargeKind::Recurring, "Monthly: for each unit of the subscription"),
    (ChargeKind::OneTime, "One-time: when a subscription starts"),
    (ChargeKind::Usage, "Usage: for what is used of a metered product"),
];
const MODELS: [(ChargeModel, &str); 5] = [
    (ChargeModel::PerUnit, "A price for each unit above what is included"),
    (ChargeModel::Graduated, "Graduated: each unit at the price of the tier it falls in"),
    (ChargeModel::Volume, "Volume: all units at the price of the tier of the month's total"),
    (ChargeModel::Package, "Packages of a number of units, rounded up once a month"),
    (ChargeModel::CostPlus, "The list cost in the usage file, and a percent on top"),
];

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ChargeForm {
    kind: String,
    product: String,
    model: String,
    /// One a line.
    edges: String,
    package: String,
}

impl ChargeForm {
    fn parse(&self, errors: &mut Errors) -> Option<NewCharge> {
        let kind = errors.take("kind", self.kind.parse().map_err(|_| "Choose when the charge is due"))?;
        if kind != ChargeKind::Usage {
            let (model, edges) = (ChargeModel::Flat, Vec::new());
            return Some(NewCharge { kind, model, product: None, edges, package: None });
        }
        let product: Option<ProductId> =
            errors.take("product", self.product.parse().map_err(|_| BundleRefusal::NotMetered));
        let model = errors.take("model", self.model.parse().map_err(|_| "Choose how usage is priced"));
        let edges = match model {
            Some(ChargeModel::Graduated | ChargeModel::Volume) => errors.take("edges", self.edges()),
            _ => Some(Vec::new()),
        };
        let package = match model {
            Some(ChargeModel::Package) => {
                errors.take("package", self.package.replace(',', "").parse().map(Some))
            }
            _ => Some(None),
        };
        Some(NewCharge { kind, model: model?, product: Some(product?), edges: edges?, package: package? })
    }

    fn edges(&self) -> Result<Vec<Quantity>, QuantityFault> {
        let typed = |line: &str| line.replace(',', "").parse();
        self.edges.lines().map(str::trim).filter(|line| !line.is_empty()).map(typed).collect()
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

pub async fn show(_root: RootStaff, shell: Shell, db: Data<Db>, id: Path<BundleId>) -> Answer {
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
    root: RootStaff,
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
    match db.write(move |connection| draft_store::add_charge(connection, id, &new, &act)).await.decided()? {
        Ok(_) => go.to(format!("/bundles/{id}"), "The charge is added"),
        Err(refusal) => {
            let field = match refusal {
                BundleRefusal::NotMetered => "product",
                BundleRefusal::Edges => "edges",
                BundleRefusal::PackageSize => "package",
                _ => "kind",
            };
            errors.add(field, refusal);
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

//! `/bundles/new` and `/bundles/{id}/edit`: what people read of a bundle. Code and kind are chosen once.
//!
//! **Permissions**: root.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::product::text;
use crate::catalog::{Bundle, BundleKind, NewBundle, bundle_store, store};
use crate::db::{Db, Decided};
use crate::values::{BundleId, Code};
use crate::web::{Answer, Errors, Form, Go, RootStaff, Shell, page, page_with};

/// The longest description, in letters.
const LONGEST: usize = 1000;

const KINDS: [(BundleKind, &str); 2] = [
    (BundleKind::Bundle, "Bundle: made of products"),
    (BundleKind::Package, "Package: made of bundles, with charges of its own"),
];

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct BundleForm {
    kind: String,
    code: String,
    name: String,
    description: String,
}

impl BundleForm {
    fn parse(&self, errors: &mut Errors) -> Option<NewBundle> {
        let kind = errors.take("kind", self.kind.parse().map_err(|_| "Choose a bundle or a package"));
        let code = errors.take("code", self.code.parse::<Code>());
        let name = text(errors, "name", &self.name, "Enter the name that people see");
        let description = self.description.trim().to_owned();
        if description.chars().count() > LONGEST {
            errors.add("description", format!("Enter at most {LONGEST} letters"));
        }
        Some(NewBundle { code: code?, name: name?, description, kind: kind? })
    }
}

#[derive(Template)]
#[template(path = "catalog/bundle_form.html")]
struct BundleFormPage {
    shell: Shell,
    /// `None` while it is being added.
    bundle: Option<Bundle>,
    form: BundleForm,
    errors: Errors,
}

pub async fn create(_root: RootStaff, shell: Shell) -> Answer {
    let form = BundleForm { kind: BundleKind::Bundle.to_string(), ..BundleForm::default() };
    page(&BundleFormPage { shell, bundle: None, form, errors: Errors::default() })
}

pub async fn submit_new(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    form: Form<BundleForm>,
) -> Answer {
    let Form(form) = form;
    let mut errors = Errors::default();
    if let Some(new) = form.parse(&mut errors).filter(|_| errors.is_empty()) {
        let (name, act) = (new.name.clone(), root.act());
        match db.write(move |connection| bundle_store::create(connection, &new, &act)).await.decided()? {
            Ok(id) => return go.to(format!("/bundles/{id}"), format!("{name} is added as a draft")),
            Err(refusal) => errors.add("code", refusal),
        }
    }
    let refused = BundleFormPage { shell, bundle: None, form, errors };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused)
}

pub async fn edit(_root: RootStaff, shell: Shell, db: Data<Db>, id: Path<BundleId>) -> Answer {
    let id = id.into_inner();
    let bundle = db.read(move |connection| store::bundle(connection, id)).await?;
    let form = BundleForm {
        kind: bundle.kind.to_string(),
        code: bundle.code.clone(),
        name: bundle.name.clone(),
        description: bundle.description.clone(),
    };
    page(&BundleFormPage { shell, bundle: Some(bundle), form, errors: Errors::default() })
}

pub async fn submit(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    id: Path<BundleId>,
    form: Form<BundleForm>,
) -> Answer {
    let (id, Form(form)) = (id.into_inner(), form);
    let bundle = db.read(move |connection| store::bundle(connection, id)).await?;
    let form = BundleForm { kind: bundle.kind.to_string(), code: bundle.code.clone(), ..form };
    let mut errors = Errors::default();
    match form.parse(&mut errors).filter(|_| errors.is_empty()) {
        Some(new) => {
            let act = root.act();
            db.write(move |connection| {
                bundle_store::describe(connection, id, &new.name, &new.description, &act)
            })
            .await?;
            go.to(format!("/bundles/{id}"), "The bundle is changed")
        }
        None => {
            let refused = BundleFormPage { shell, bundle: Some(bundle), form, errors };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused)
        }
    }
}

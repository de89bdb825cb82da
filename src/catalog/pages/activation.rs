//! `/bundles/{id}/activation`: makes a draft active, which fixes its components and charges.
//!
//! **Permissions**: root.

use actix_web::web::{Data, Path};

use super::bundle;
use crate::catalog::bundle_store;
use crate::db::{Db, Decided};
use crate::values::BundleId;
use crate::web::{Answer, Errors, Form, Go, NoFields, RootStaff, Shell, Site};

pub async fn submit(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<BundleId>,
    _form: Form<NoFields>,
) -> Answer {
    let (id, act) = (id.into_inner(), root.act());
    match db.write(move |connection| bundle_store::activate(connection, id, &act)).await.decided()? {
        Ok(()) => go.to(format!("/bundles/{id}"), "The bundle is active: channels can sell it"),
        Err(refusal) => {
            let mut errors = Errors::default();
            errors.add("", refusal);
            bundle::render(shell, &db, id, site.clock.now().day(), errors).await
        }
    }
}

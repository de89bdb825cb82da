//! `/bundles/{id}/retirement`: ends the sale of an active bundle, after saying what that means.
//!
//! **Permissions**: root.

use actix_web::web::{Data, Path};
use askama::Template;

use super::bundle;
use crate::catalog::{Bundle, BundleState, bundle_store, store};
use crate::db::{Db, Decided};
use crate::values::BundleId;
use crate::web::{Answer, Error, Errors, Form, Go, NoFields, RootStaff, Shell, Site, page};

#[derive(Template)]
#[template(path = "catalog/retirement.html")]
struct RetirementPage {
    shell: Shell,
    bundle: Bundle,
    /// Names of the channels that sell it now.
    channels: Vec<String>,
    unended: i64,
}

pub async fn show(
    _root: RootStaff,
    shell: Shell,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<BundleId>,
) -> Answer {
    let (id, today) = (id.into_inner(), site.clock.now().day());
    let (bundle, sellers, unended) = db
        .read(move |connection| {
            let bundle = store::bundle(connection, id)?;
            let sellers = bundle_store::sold_by(connection, id)?;
            Ok((bundle, sellers, bundle_store::unended_subscriptions(connection, id, today)?))
        })
        .await?;
    if bundle.state != BundleState::Active {
        return Err(Error::Conflict("Only an active bundle can be retired.".into()));
    }
    let channels = sellers.into_iter().filter(|(_, _, enabled)| *enabled).map(|(_, name, _)| name).collect();
    page(&RetirementPage { shell, bundle, channels, unended })
}

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
    match db.write(move |connection| bundle_store::retire(connection, id, &act)).await.decided()? {
        Ok(()) => go.to(format!("/bundles/{id}"), "The bundle is retired: nobody can sell it any more"),
        Err(refusal) => {
            let mut errors = Errors::default();
            errors.add("", refusal);
            bundle::render(shell, &db, id, site.clock.now().day(), errors).await
        }
    }
}

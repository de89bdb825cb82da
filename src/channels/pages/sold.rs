//! `/channels/{id}/bundles`: what a channel sells, and what the re-seller may do with each price; root.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::form;
use crate::catalog::{self, Bundle};
use crate::channels::{Channel, ChannelBundle, notices, store};
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::values::{ChannelId, Scope};
use crate::web::{Answer, Error, Errors, Fields, Form, Go, RootStaff, Shell, Site, page, page_with};

#[derive(Template)]
#[template(path = "channels/sold.html")]
struct SoldPage {
    shell: Shell,
    channel: Channel,
    bundles: Vec<Bundle>,
    fields: Fields,
    errors: Errors,
    policies: &'static [(&'static str, &'static str)],
}

impl SoldPage {
    fn has_bundle(&self, bundle: &Bundle) -> bool {
        let id = bundle.id.to_string();
        self.fields.all("bundle").any(|chosen| chosen == id)
    }

    fn of_bundle(&self, name: &str, bundle: &Bundle) -> &str {
        self.fields.get(&format!("{name}.{}", bundle.id))
    }

    fn fault(&self, name: &str, bundle: &Bundle) -> &str {
        self.errors.of(&format!("{name}.{}", bundle.id))
    }
}

async fn find(db: &Db, scope: Scope, id: &str) -> Result<(Channel, Vec<Bundle>, Fields), Error> {
    let id: ChannelId = id.parse().map_err(|_| Error::NotFound)?;
    let found = db.read(move |connection| {
        let channel = store::find(connection, scope, id)?;
        let sold = store::bundles(connection, id)?;
        let mut fields = form::sold_fields(&sold);
        fields.push(("revision".into(), channel.revision.to_string()));
        Ok((channel, form::sellable(catalog::store::bundles(connection)?, &sold), Fields(fields)))
    });
    Ok(found.await?)
}

pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let (channel, bundles, fields) = find(&db, root.scope(), &id).await?;
    page(&SoldPage { shell, channel, bundles, fields, errors: Errors::default(), policies: form::POLICIES })
}

pub async fn submit(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<String>,
    form: Form<Fields>,
) -> Answer {
    let (channel, bundles, _) = find(&db, root.scope(), &id).await?;
    let Form(fields) = form;
    let mut errors = Errors::default();
    let sold = form::parse_sold(&fields, &bundles, &mut errors);
    if !errors.is_empty() {
        let refused = SoldPage { shell, channel, bundles, fields, errors, policies: form::POLICIES };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    }
    let revision: i64 = fields.get("revision").parse().unwrap_or(0);
    let (id, act, letterhead) = (channel.id, root.act(), Letterhead::from(site.get_ref()));
    let saved = db.write(move |connection| {
        let before = store::bundles(connection, id)?;
        store::set_bundles(connection, id, revision, &sold, &act)?;
        let is_sold = |all: &[ChannelBundle], id| all.iter().any(|one| one.bundle == id && one.enabled);
        for new in bundles.iter().filter(|one| is_sold(&sold, one.id) && !is_sold(&before, one.id)) {
            notices::bundle_added(connection, &channel, &new.name, &letterhead, &act)?;
        }
        Ok(())
    });
    saved.await.decided()?.map_err(|refusal| Error::Conflict(refusal.to_string()))?;
    go.to(format!("/channels/{id}"), "The bundles are saved")
}

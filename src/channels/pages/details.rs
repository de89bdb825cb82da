//! `/channels/{id}/edit`: changes a channel's details and adds currencies; root.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::form;
use crate::channels::Channel;
use crate::channels::store::{self, Refusal};
use crate::db::{Db, Decided};
use crate::values::{ChannelId, Scope};
use crate::web::{Answer, Error, Errors, Fields, Form, Go, RootStaff, Shell, page, page_with};

#[derive(Template)]
#[template(path = "channels/details.html")]
struct DetailsPage {
    shell: Shell,
    channel: Channel,
    fields: Fields,
    errors: Errors,
    currencies: Vec<(&'static str, &'static str)>,
}

impl DetailsPage {
    fn chosen(&self) -> Vec<&str> {
        self.fields.all("currency").collect()
    }
}

async fn find(db: &Db, scope: Scope, id: &str) -> Result<Channel, Error> {
    let id: ChannelId = id.parse().map_err(|_| Error::NotFound)?;
    Ok(db.read(move |connection| store::find(connection, scope, id)).await?)
}

pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let channel = find(&db, root.scope(), &id).await?;
    let mut fields = form::details_fields(&channel);
    fields.push(("revision".into(), channel.revision.to_string()));
    let currencies = form::currency_options();
    page(&DetailsPage { shell, channel, fields: Fields(fields), errors: Errors::default(), currencies })
}

pub async fn submit(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    id: Path<String>,
    form: Form<Fields>,
) -> Answer {
    let channel = find(&db, root.scope(), &id).await?;
    let Form(fields) = form;
    let mut errors = Errors::default();
    let details = form::parse_details(&fields, &mut errors);
    let currencies = form::parse_currencies(&fields, &mut errors);
    let revision: i64 = fields.get("revision").parse().unwrap_or(0);
    let (Some(details), true) = (details, errors.is_empty()) else {
        let currencies = form::currency_options();
        let refused = DetailsPage { shell, channel, fields, errors, currencies };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    };
    let (id, act) = (channel.id, root.act());
    let saved =
        db.write(move |connection| store::edit(connection, id, revision, &details, &currencies, &act));
    match saved.await.decided()? {
        Ok(()) => go.to(format!("/channels/{id}"), "The channel is saved"),
        Err(refusal @ (Refusal::CodeTaken | Refusal::HostTaken)) => {
            let field = if refusal == Refusal::CodeTaken { "code" } else { "host" };
            errors.add(field, refusal);
            let currencies = form::currency_options();
            let refused = DetailsPage { shell, channel, fields, errors, currencies };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused)
        }
        Err(refusal) => Err(Error::Conflict(refusal.to_string())),
    }
}

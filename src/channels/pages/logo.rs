//! `/channels/{id}/logo`: the channel's own picture; root sets it, the re-seller's people see it beside the portal's name.

use actix_multipart::form::MultipartForm;
use actix_multipart::form::tempfile::TempFile;
use actix_multipart::form::text::Text;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::channels::logo::{self as logos, Unfit};
use crate::channels::{Channel, store};
use crate::db::{Db, Never};
use crate::values::{ChannelId, Scope};
use crate::web::upload::{read, typed};
use crate::web::{
    Answer, Error, Errors, Form, Go, Member, NoFields, RootStaff, Shell, csrf, links, page, page_with,
};

#[derive(MultipartForm)]
pub struct Upload {
    csrf: Option<Text<String>>,
    picture: Option<TempFile>,
}

#[derive(Template)]
#[template(path = "channels/logo.html")]
struct LogoPage {
    shell: Shell,
    channel: Channel,
    /// Where the logo is that the channel has.
    logo: Option<String>,
    errors: Errors,
}

async fn find(db: &Db, scope: Scope, id: ChannelId) -> Result<(Channel, Option<String>), Error> {
    let found = db.read(move |connection| {
        Ok((store::find(connection, scope, id)?, logos::store::changed_at(connection, scope, id)?))
    });
    let (channel, changed_at) = found.await?;
    Ok((channel, changed_at.map(|at| links::logo(id, at))))
}

pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>, id: Path<ChannelId>) -> Answer {
    let (channel, logo) = find(&db, root.scope(), id.into_inner()).await?;
    page(&LogoPage { shell, channel, logo, errors: Errors::default() })
}

pub async fn submit(
    root: RootStaff,
    request: HttpRequest,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    id: Path<ChannelId>,
    form: MultipartForm<Upload>,
) -> Answer {
    let form = form.into_inner();
    csrf::verify(&request, &typed(form.csrf)?, csrf::length(&request))?;
    let (id, scope) = (id.into_inner(), root.scope());
    let (channel, logo) = find(&db, scope, id).await?;
    let mut errors = Errors::default();
    let Some(png) = errors.take("picture", picture(form.picture).await?) else {
        let refused = LogoPage { shell, channel, logo, errors };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    };
    let act = root.act();
    db.write::<_, Never>(move |connection| Ok(logos::store::put(connection, scope, id, &png, &act)?)).await?;
    go.to(format!("/channels/{id}/logo"), "The logo is set")
}

/// The picture that was chosen, drawn anew.
async fn picture(file: Option<TempFile>) -> Result<Result<Vec<u8>, Unfit>, Error> {
    let Some(file) = file.filter(|file| file.size > 0) else { return Ok(Err(Unfit::NotAPicture)) };
    if file.size > logos::LARGEST {
        return Ok(Err(Unfit::TooLarge));
    }
    let content = read(file).await?;
    web::block(move || logos::drawn(&content)).await.map_err(|error| Error::Internal(error.to_string()))
}

pub async fn remove(
    root: RootStaff,
    go: Go,
    db: Data<Db>,
    id: Path<ChannelId>,
    _form: Form<NoFields>,
) -> Answer {
    let (id, scope, act) = (id.into_inner(), root.scope(), root.act());
    db.write::<_, Never>(move |connection| Ok(logos::store::take(connection, scope, id, &act)?)).await?;
    go.to(format!("/channels/{id}/logo"), "The channel has no logo of its own any more")
}

/// The picture itself. Its address changes with it, so that a browser keeps it.
pub async fn png(member: Member, db: Data<Db>, id: Path<ChannelId>) -> Answer {
    let (id, scope) = (id.into_inner(), member.scope);
    let png = db.read(move |connection| logos::store::find(connection, scope, id)).await?;
    Ok(HttpResponse::Ok()
        .content_type("image/png")
        .insert_header((header::CACHE_CONTROL, "private, max-age=31536000, immutable"))
        .body(png))
}

//! Builds the frame around a page from the request: who is there, what the menu shows, what was just done.

use std::future::{Ready, ready};

use actix_session::SessionExt;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::respond::FLASH;
use super::shell::{Person, Shell, ShellRole, Theme, keys_cookie, navigation};
use super::{Error, Role, Site, Visitor, csrf};
use crate::values::Right;

impl FromRequest for Shell {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(frame(request))
    }
}

pub(super) fn frame(request: &HttpRequest) -> Result<Shell, Error> {
    let site = request
        .app_data::<web::Data<Site>>()
        .ok_or_else(|| Error::Internal("the site is not set up".into()))?;
    let visitor = Visitor::of(request);
    let role = match &visitor.role {
        Role::Anonymous => ShellRole::Anonymous,
        Role::Applicant { .. } => ShellRole::Applicant,
        Role::Root { .. } => ShellRole::Root,
        Role::Reseller { channel, .. } => ShellRole::Reseller { channel_ready: channel.is_some() },
    };
    let theme =
        request.cookie(Theme::cookie(site.https)).map_or(Theme::Auto, |cookie| Theme::named(cookie.value()));
    let rights: Vec<Right> = Right::ALL.into_iter().filter(|right| visitor.may(*right)).collect();
    Ok(Shell {
        portal_name: site.name.clone(),
        logo: visitor.logo.clone(),
        person: person(&visitor),
        nav: navigation(role, &rights, request.path(), &visitor.waiting),
        role,
        rights,
        session: visitor.session.map(|lasting| (csrf::identity(&visitor), lasting)),
        csrf: csrf::token(request)?,
        as_of: None,
        flash: take_flash(request),
        demo: site.demo,
        theme,
        keys: request.cookie(keys_cookie(site.https)).is_none_or(|cookie| cookie.value() != "off"),
        path: request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned(),
    })
}

/// Read only when there is one: an anonymous visit must not write a session.
fn take_flash(request: &HttpRequest) -> Option<String> {
    let session = request.get_session();
    let said = session.get::<String>(FLASH).ok().flatten();
    if said.is_some() {
        session.remove(FLASH);
    }
    said
}

fn person(visitor: &Visitor) -> Option<Person> {
    let line = match &visitor.role {
        Role::Anonymous => return None,
        Role::Applicant { email, .. } => email.to_string(),
        Role::Root { .. } => format!("Root {}", visitor.staff.words().to_lowercase()),
        Role::Reseller { .. } => format!("Re-seller {}", visitor.staff.words().to_lowercase()),
    };
    Some(Person::new(&visitor.name, &line))
}

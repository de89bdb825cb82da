//! `/people/new`: invites somebody to one's own side.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use crate::access::people::{self, Invitation, PeopleRefusal};
use crate::db::{AnyConnection, Db, Decided};
use crate::mail::Letterhead;
use crate::values::{AccountSide, Email, Scope, StaffRole};
use crate::web::{Answer, Errors, Form, Go, Member, Shell, Site, kept_text, page, page_with};

const LONGEST_NAME: usize = 120;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Invite {
    full_name: String,
    email: String,
    role: String,
}

#[derive(Template)]
#[template(path = "access/invitation.html")]
struct InvitationPage {
    shell: Shell,
    roles: Vec<(&'static str, &'static str)>,
    form: Invite,
    errors: Errors,
}

/// The roles of a scope's side, as choices.
pub(super) fn choices(side: AccountSide) -> Vec<(&'static str, &'static str)> {
    StaffRole::of(side).iter().map(|role| (role.as_str(), role.words())).collect()
}

fn side(scope: Scope) -> AccountSide {
    if scope == Scope::Root { AccountSide::Root } else { AccountSide::Reseller }
}

fn asking(shell: Shell, scope: Scope, form: Invite, errors: Errors) -> InvitationPage {
    InvitationPage { shell, roles: choices(side(scope)), form, errors }
}

pub async fn show(member: Member, shell: Shell) -> Answer {
    let form = Invite { role: StaffRole::ReadOnly.as_str().into(), ..Invite::default() };
    page(&asking(shell, member.scope, form, Errors::default()))
}

pub async fn submit(
    member: Member,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    form: Form<Invite>,
) -> Answer {
    let (Form(form), scope) = (form, member.scope);
    let mut errors = Errors::default();
    let Some(invitation) = parse(&form, &mut errors) else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &asking(shell, scope, form, errors));
    };
    let (act, letterhead, name) = (member.act(), Letterhead::from(&**site), invitation.full_name.clone());
    let invite = move |connection: &mut AnyConnection| {
        people::invite(connection, scope.reseller(), &invitation, &letterhead, &act)
    };
    match db.write(invite).await.decided()? {
        Ok(_) => go.to("/people", format!("{name} is invited; the mail has a link that works for 14 days")),
        Err(refusal) => {
            let field = if refusal == PeopleRefusal::Role { "role" } else { "email" };
            errors.add(field, refusal);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &asking(shell, scope, form, errors))
        }
    }
}

fn parse(form: &Invite, errors: &mut Errors) -> Option<Invitation> {
    let full_name =
        kept_text(&form.full_name, LONGEST_NAME, "full_name", "Enter the name, at most 120 letters", errors);
    let email = errors.take("email", form.email.parse::<Email>());
    let role = errors.take("role", form.role.parse::<StaffRole>().map_err(|_| PeopleRefusal::Role));
    Some(Invitation { full_name: full_name?, email: email?, role: role? })
}

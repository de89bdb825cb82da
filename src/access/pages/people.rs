//! `/people`: the people of one's own side; and `/people/roles`: what each role may do.

use actix_web::web::Data;
use askama::Template;

use crate::access::{AccountState, User, people};
use crate::db::Db;
use crate::values::{AccountSide, Right, Scope, StaffRole};
use crate::web::{Answer, Member, Shell, page};

#[derive(Template)]
#[template(path = "access/people.html")]
struct PeoplePage {
    shell: Shell,
    people: Vec<User>,
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>) -> Answer {
    let scope = member.scope;
    let people = db.read(move |connection| people::own(connection, scope)).await?;
    page(&PeoplePage { shell, people })
}

/// What the roles of one side may do: a row for each right.
struct Table {
    id: &'static str,
    title: &'static str,
    roles: &'static [StaffRole],
    rows: Vec<(&'static str, Vec<bool>)>,
}

#[derive(Template)]
#[template(path = "access/roles.html")]
struct RolesPage {
    shell: Shell,
    tables: Vec<Table>,
}

/// Root sees both sides, a re-seller its own.
pub async fn roles(member: Member, shell: Shell) -> Answer {
    let sides: &[AccountSide] = match member.scope {
        Scope::Root => AccountSide::ALL,
        Scope::Reseller(_) => &[AccountSide::Reseller],
    };
    page(&RolesPage { shell, tables: sides.iter().map(|side| table(*side)).collect() })
}

fn table(side: AccountSide) -> Table {
    let roles = StaffRole::of(side);
    let row = |right: Right| (right.words(side), roles.iter().map(|role| right.is_of(side, *role)).collect());
    let title = match side {
        AccountSide::Root => "Root's people",
        AccountSide::Reseller => "A re-seller's people",
    };
    Table { id: side.as_str(), title, roles, rows: Right::of_side(side).map(row).collect() }
}

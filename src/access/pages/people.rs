//! `/people`: the people of one's own side; and `/people/roles`: what each role may do.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::{Deserialize, Serialize};

use crate::access::listed::{People, PersonKey};
use crate::access::{AccountState, User};
use crate::db::Db;
use crate::db::paging;
use crate::lists::{self, Asked, Cell, Column, List};
use crate::values::{AccountSide, Right, Scope, StaffRole};
use crate::web::sheet::FileKind;
use crate::web::{Answer, Member, Shell, Site, page};

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Search {
    q: String,
    state: String,
    #[serde(flatten, skip_serializing)]
    asked: Asked,
}

impl Search {
    fn listing(&self, scope: Scope) -> People {
        People { scope, text: self.q.clone(), state: self.state.parse().ok() }
    }
}

const STATES: [(AccountState, &str); 2] =
    [(AccountState::Active, "Active"), (AccountState::Disabled, "Deactivated")];

type Col = Column<User, PersonKey>;

/// Whoever keeps the people is led to each.
fn list(may_keep: bool) -> List<People> {
    let linked = |row: &User| Cell::link(format!("/people/{}", row.id), &row.full_name);
    let named = |row: &User| Cell::text(&row.full_name);
    let columns = vec![
        Col::text("Name", if may_keep { linked } else { named }).by(PersonKey::Name),
        Col::text("E-mail", |row| Cell::text(&row.email)).by(PersonKey::Email),
        Col::word("Role", |row| Cell::text(row.role.words())).by(PersonKey::Role),
        Col::word("State", |row| match row.state {
            AccountState::Active => Cell::Badge("ok", "Active"),
            AccountState::Disabled => Cell::Badge("plain", "Deactivated"),
        })
        .by(PersonKey::State),
        Col::time("Last sign-in", |row| Cell::of(row.last_sign_in_at, Cell::Moment))
            .by(PersonKey::LastSignIn),
    ];
    List { path: "/people", noun: "account", columns }
}

#[derive(Template)]
#[template(path = "access/people.html")]
struct PeoplePage {
    shell: Shell,
    search: Search,
    table: lists::Table,
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (listing, at) = (search.listing(member.scope), search.asked.place::<People>());
    let found = db.read(move |connection| paging::page(connection, &listing, at)).await?;
    let table = list(shell.may_keep_people()).table(&search, at.order, &found);
    page(&PeoplePage { shell, search, table })
}

/// The list as a file.
pub async fn download(
    member: Member,
    db: Data<Db>,
    site: Data<Site>,
    kind: FileKind,
    search: Query<Search>,
) -> Answer {
    let (listing, at) = (search.listing(member.scope), search.asked.place::<People>());
    list(false).download(&db, kind, listing, at.order, site.clock.now()).await
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

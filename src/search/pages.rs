//! `/search`: what is named or numbered so, for members.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::{Found, store};
use crate::db::Db;
use crate::web::{Answer, Member, Shell, page};

/// Fewer letters would find everything.
const LETTERS: usize = 2;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    q: String,
}

#[derive(Template)]
#[template(path = "search/show.html")]
struct SearchPage {
    shell: Shell,
    search: Search,
    found: Vec<Found>,
}

impl SearchPage {
    fn is_too_short(&self) -> bool {
        is_too_short(&self.search.q)
    }
}

fn is_too_short(text: &str) -> bool {
    text.trim().chars().count() < LETTERS
}

/// **Permissions**: any member; the scope decides what is found.
pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (scope, text) = (member.scope, search.q.trim().to_owned());
    let found = if is_too_short(&text) {
        Vec::new()
    } else {
        db.read(move |connection| store::find(connection, scope, &text)).await?
    };
    page(&SearchPage { shell, search, found })
}

//! `/customers/{id}`: a customer with its subscriptions and history, for members.

use actix_web::web::{Data, Path};
use askama::Template;

use crate::audit::{self, Entry};
use crate::channels;
use crate::customers::lists::{SubscriptionKey, SubscriptionRow, Subscriptions};
use crate::customers::{Customer, SaleRefusal, sales, store};
use crate::db::Db;
use crate::db::paging::{self, Cursor, Place, Slice, SortKey};
use crate::values::CustomerId;
use crate::web::{Answer, Error, Member, Shell, page};

#[derive(Template)]
#[template(path = "customers/customer.html")]
struct CustomerPage {
    shell: Shell,
    channel_name: String,
    customer: Customer,
    subscriptions: Slice<SubscriptionRow>,
    /// Why nothing new is sold to it.
    stopped: Option<SaleRefusal>,
    history: Vec<Entry>,
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let id: CustomerId = id.parse().map_err(|_| Error::NotFound)?;
    let (scope, today) = (member.scope, member.act().today());
    let (customer, channel, subscriptions, stopped, history) = db
        .read(move |connection| {
            let customer = store::customer(connection, scope, id)?;
            let channel = channels::store::find(connection, scope, customer.channel)?;
            let own = Subscriptions { customer: Some(id), ..Subscriptions::all(scope, today) };
            let newest = Place { order: SubscriptionKey::DEFAULT, cursor: Cursor::First };
            let subscriptions = paging::page(connection, &own, newest)?;
            let stopped = sales::stopped(connection, scope, customer.channel)?;
            Ok((customer, channel, subscriptions, stopped, audit::of_object(connection, id)?))
        })
        .await?;
    let channel_name = channel.name;
    page(&CustomerPage { shell, channel_name, customer, subscriptions, stopped, history })
}

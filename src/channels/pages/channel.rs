//! `/channels/{id}`: a channel, for root.

use actix_web::web::{Data, Path};
use askama::Template;

use crate::audit::{self, Entry};
use crate::catalog;
use crate::channels::{Channel, ChannelBundle, logo, store};
use crate::db::Db;
use crate::values::ChannelId;
use crate::web::{Answer, Error, RootStaff, Shell, page};

#[derive(Template)]
#[template(path = "channels/channel.html")]
struct ChannelPage {
    shell: Shell,
    channel: Channel,
    /// A bundle's name and its conditions.
    sold: Vec<(String, ChannelBundle)>,
    history: Vec<Entry>,
    has_logo: bool,
}

impl ChannelPage {
    /// Where its bundles are changed; empty for who may not.
    fn bundles_href(&self) -> String {
        if self.shell.may_keep_channels() {
            format!("/channels/{}/bundles", self.channel.id)
        } else {
            String::new()
        }
    }
}

pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let id: ChannelId = id.parse().map_err(|_| Error::NotFound)?;
    let scope = root.scope();
    let loaded = db.read(move |connection| {
        let channel = store::find(connection, scope, id)?;
        let sold = store::bundles(connection, id)?;
        let sold = catalog::store::bundles(connection)?
            .into_iter()
            .filter_map(|bundle| {
                sold.iter().find(|one| one.bundle == bundle.id).map(|one| (bundle.name, one.clone()))
            })
            .collect();
        let (history, logo) =
            (audit::of_object(connection, id)?, logo::store::changed_at(connection, scope, id)?);
        Ok(ChannelPage { shell, channel, sold, history, has_logo: logo.is_some() })
    });
    page(&loaded.await?)
}

//! `/resellers/{id}/channel`: makes the one channel of a re-seller in steps: details, currencies, bundles, review. What
//! was typed travels with the form, so that it works without scripts and nothing is lost on the way.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::form;
use crate::catalog::{self, Bundle};
use crate::channels::store::{self, Refusal};
use crate::db::{AnyConnection, Db, Decided, Failure};
use crate::mail::Letterhead;
use crate::requests::notices;
use crate::requests::resellers::{self, Reseller, ResellerState};
use crate::values::{ChannelId, ResellerId};
use crate::web::{
    Answer, Error, Errors, Fields, Form, Go, RootStaff, Shell, Site, page, page_with, see_other,
};

const STEPS: [&str; 4] = ["details", "currencies", "bundles", "review"];

#[derive(Template)]
#[template(path = "channels/wizard.html")]
struct WizardPage {
    shell: Shell,
    reseller: Reseller,
    /// Index in [`STEPS`].
    step: usize,
    fields: Fields,
    errors: Errors,
    bundles: Vec<Bundle>,
    currencies: Vec<(&'static str, &'static str)>,
    policies: &'static [(&'static str, &'static str)],
}

impl WizardPage {
    fn state(&self, step: usize) -> &'static str {
        match step.cmp(&self.step) {
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal => "now",
            std::cmp::Ordering::Greater => "todo",
        }
    }

    fn step_name(&self) -> &'static str {
        STEPS.get(self.step).copied().unwrap_or("details")
    }

    /// What the other steps hold, to travel along.
    fn carried(&self) -> Vec<&(String, String)> {
        let of_step = |name: &str| match name.split('.').next().unwrap_or_default() {
            "name" | "code" | "host" | "price_editable" | "shows_reference" | "may_import" => 0,
            "currency" => 1,
            "bundle" | "policy" | "floor" | "ceiling" | "margin" => 2,
            _ => 9,
        };
        self.fields.0.iter().filter(|(name, _)| of_step(name) != self.step && of_step(name) < 9).collect()
    }

    fn chosen(&self, name: &str) -> Vec<&str> {
        self.fields.0.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str()).collect()
    }

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

async fn find(db: &Db, id: &str) -> Result<(Reseller, Option<ChannelId>, Vec<Bundle>), Error> {
    let id: ResellerId = id.parse().map_err(|_| Error::NotFound)?;
    let found = db.read(move |connection| {
        let reseller = resellers::find(connection, id)?;
        let channel = store::of_reseller(connection, id)?.map(|channel| channel.id);
        Ok((reseller, channel, form::sellable(catalog::store::bundles(connection)?, &[])))
    });
    Ok(found.await?)
}

fn wizard(
    shell: Shell,
    reseller: Reseller,
    bundles: Vec<Bundle>,
    step: usize,
    fields: Fields,
    errors: Errors,
) -> WizardPage {
    let (currencies, policies) = (form::currency_options(), form::POLICIES);
    WizardPage { shell, reseller, step, fields, errors, bundles, currencies, policies }
}

pub async fn show(_root: RootStaff, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let (reseller, channel, bundles) = find(&db, &id).await?;
    if let Some(channel) = channel {
        return Ok(see_other(format!("/channels/{channel}")));
    }
    if reseller.state != ResellerState::AwaitingChannel {
        return Err(Error::Conflict(Refusal::NotAwaiting(reseller.state.to_string()).to_string()));
    }
    let code: String = reseller.name.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let fields = Fields(vec![
        field("name", &reseller.name),
        field("code", &code.to_uppercase()),
        field("price_editable", "on"),
        field("shows_reference", "on"),
        field("currency", "USD"),
    ]);
    page(&wizard(shell, reseller, bundles, 0, fields, Errors::default()))
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
    let (reseller, _, bundles) = find(&db, &id).await?;
    let Form(fields) = form;
    let step = STEPS.iter().position(|step| *step == fields.get("step")).unwrap_or(0);
    if fields.has("back") {
        return page(&wizard(shell, reseller, bundles, step.saturating_sub(1), fields, Errors::default()));
    }
    let mut errors = Errors::default();
    let details = form::parse_details(&fields, &mut errors);
    let details = if step >= 1 && !errors.is_empty() {
        return page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &wizard(shell, reseller, bundles, 0, fields, errors),
        );
    } else {
        details
    };
    let currencies = if step >= 1 { form::parse_currencies(&fields, &mut errors) } else { Vec::new() };
    let sold = if step >= 2 { form::parse_sold(&fields, &bundles, &mut errors) } else { Vec::new() };
    let (Some(details), true) = (details, errors.is_empty()) else {
        let step = step.min(2);
        return page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &wizard(shell, reseller, bundles, step, fields, errors),
        );
    };
    if step < 3 {
        return page(&wizard(shell, reseller, bundles, step + 1, fields, errors));
    }
    let (id, act, letterhead) = (reseller.id, root.act(), Letterhead::from(site.get_ref()));
    let create = move |connection: &mut AnyConnection| -> Result<ChannelId, Failure<Refusal>> {
        let channel = store::create(connection, id, &details, &currencies, &sold, &act)?;
        notices::channel_opened(connection, id, &letterhead, &act)?;
        Ok(channel)
    };
    match db.write(create).await.decided()? {
        Ok(channel) => {
            go.to(format!("/channels/{channel}"), "The channel is open and the re-seller has its mail")
        }
        Err(refusal @ (Refusal::CodeTaken | Refusal::HostTaken)) => {
            let field = if refusal == Refusal::CodeTaken { "code" } else { "host" };
            errors.add(field, refusal);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &wizard(shell, reseller, bundles, 0, fields, errors))
        }
        // Another administrator was faster: their channel is the one.
        Err(refusal @ Refusal::HasChannel(channel)) => {
            go.to(format!("/channels/{channel}"), format!("{refusal}; nothing was made"))
        }
        Err(refusal) => Err(Error::Conflict(refusal.to_string())),
    }
}

//! The site map: every address, its method and who may enter.
//!
//! A page exists only by a line here; the gate refuses whoever the line does not name, and the access test walks the
//! whole table as every kind of visitor.

use actix_web::Resource;
use actix_web::guard::{self, Guard};
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};

use crate::values::Right;
use crate::web::proof::Proof;
use crate::web::{Access, assets};
use crate::{
    access, audit, catalog, channels, customers, dashboards, mail, reports, requests, search, settlement,
    simulation, usage,
};

/// One line of the site map.
#[derive(Debug, Clone)]
pub struct Route {
    pub access: Access,
    /// What a member's role must allow, beside the side.
    pub right: Right,
    /// What it asks for again of who is signed in.
    pub proof: Proof,
    pub method: &'static str,
    pub path: &'static str,
}

macro_rules! right {
    () => {
        Right::Read
    };
    ($right:ident) => {
        Right::$right
    };
}

macro_rules! proof {
    () => {
        Proof::None
    };
    (proved) => {
        Proof::Recent
    };
    (fully_proved) => {
        Proof::Full
    };
}

/// A line is `who(right) METHOD "address" => handler`. Without a right it asks for `Read`; with `proved` beside the
/// right it asks again who somebody is, with `fully_proved` for everything that signing in asks for.
macro_rules! site_map {
    ($(
        $(#[$built:meta])?
        $access:ident $(($right:ident $(, $proved:ident)?))? $method:ident $path:literal => $handler:path;
    )*) => {
        /// Every line of the site map.
        pub const ROUTES: &[Route] = &[$($(#[$built])? Route {
            access: Access::$access,
            right: right!($($right)?),
            proof: proof!($($($proved)?)?),
            method: stringify!($method),
            path: $path,
        }),*];

        /// Joins each address with its handler.
        pub fn configure(config: &mut ServiceConfig) {
            let mut sections = Sections::default();
            $($(#[$built])? sections.add($path, web::route().guard(by_method(Method::$method)).to($handler));)*
            sections.join(config);
        }
    };
}

/// The routes below one first part of the address, in the order of the map: what follows, and who answers.
type Section = Vec<(&'static str, Vec<actix_web::Route>)>;

/// The site map by the first part of its addresses, so that an address is compared with few of the others.
#[derive(Default)]
struct Sections(Vec<(&'static str, Section)>);

impl Sections {
    fn add(&mut self, path: &'static str, route: actix_web::Route) {
        let end =
            path.char_indices().skip(1).find(|(_, letter)| *letter == '/').map_or(path.len(), |(at, _)| at);
        let (first, rest) = path.split_at(end);
        let place = self.0.iter().position(|(known, _)| *known == first).unwrap_or_else(|| {
            self.0.push((first, Section::new()));
            self.0.len() - 1
        });
        let Some((_, section)) = self.0.get_mut(place) else { return };
        match section.iter_mut().find(|(known, _)| *known == rest) {
            Some((_, routes)) => routes.push(route),
            None => section.push((rest, vec![route])),
        }
    }

    fn join(self, config: &mut ServiceConfig) {
        let resource = |path: &str, routes: Vec<actix_web::Route>| {
            routes.into_iter().fold(web::resource(path), Resource::route)
        };
        for (first, section) in self.0 {
            let scope = section
                .into_iter()
                .fold(web::scope(first), |scope, (rest, routes)| scope.service(resource(rest, routes)));
            config.service(scope);
        }
    }
}

/// What answers GET answers HEAD as well.
fn by_method(method: Method) -> impl Guard {
    guard::fn_guard(move |context| {
        let asked = &context.head().method;
        *asked == method || (method == Method::GET && *asked == Method::HEAD)
    })
}

/// The line of an address; `None` when the site map does not name it.
pub fn line(method: &Method, path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.method == method.as_str() && route.path == path)
}

site_map! {
    Anyone GET "/static/{file:.*}" => assets::serve;
    Anyone GET "/" => dashboards::pages::show;
    Anyone GET "/help" => dashboards::help::show;
    Anyone GET "/help/example" => dashboards::example::show;
    Anyone GET "/healthz" => crate::health::alive;
    Anyone GET "/readyz" => crate::health::ready;
    Anyone POST "/theme" => access::pages::theme::submit;
    Anyone POST "/keys" => access::pages::keys::submit;

    Anyone GET "/sign-in" => access::pages::sign_in::show;
    Anyone POST "/sign-in" => access::pages::sign_in::submit;
    Anyone GET "/sign-in/code" => access::pages::code::show;
    Anyone POST "/sign-in/code" => access::pages::code::submit;
    Anyone GET "/recovery" => access::pages::recovery::show;
    Anyone POST "/recovery" => access::pages::recovery::submit;
    Anyone POST "/sign-out" => access::pages::sign_in::sign_out;
    Anyone GET "/welcome/{secret}" => access::pages::welcome::show;
    Anyone POST "/welcome/{secret}" => access::pages::welcome::submit;
    Anyone GET "/sign-up" => access::pages::sign_up::show;
    Anyone POST "/sign-up" => access::pages::sign_up::submit;
    Anyone GET "/enter/{secret}" => access::pages::enter::show;
    Anyone POST "/enter/{secret}" => access::pages::enter::submit;

    Member GET "/account" => access::pages::account::show;
    Member(Read, proved) POST "/account/sessions/ending" => access::pages::account::end_others;
    Member(Read, proved) POST "/account/sessions/{id}/ending" => access::pages::account::end;
    Member GET "/account/password" => access::pages::password::show;
    Member(Read, fully_proved) POST "/account/password" => access::pages::password::submit;
    Member GET "/account/mail" => access::pages::mail::show;
    Member POST "/account/mail" => access::pages::mail::submit;
    Member GET "/account/second-factor" => access::pages::second_factor::show;
    Member(Read, fully_proved) POST "/account/second-factor" => access::pages::second_factor::submit;
    Member(Read, fully_proved) POST "/account/second-factor/removal" => access::pages::second_factor::remove;
    Member(Read, fully_proved) POST "/account/recovery-codes" => access::pages::second_factor::renew_codes;
    Member POST "/account/proof" => access::pages::proof::submit;
    Member GET "/people" => access::pages::people::show;
    Member GET "/people.csv" => access::pages::people::download;
    Member GET "/people.xlsx" => access::pages::people::download;
    Member GET "/people/roles" => access::pages::people::roles;
    Member(People) GET "/people/new" => access::pages::invitation::show;
    Member(People, proved) POST "/people/new" => access::pages::invitation::submit;
    Member(People) GET "/people/{id}" => access::pages::person::show;
    Member(People, proved) POST "/people/{id}/role" => access::pages::person::set_role;
    Member(People, proved) POST "/people/{id}/deactivation" => access::pages::person::deactivate;
    Member(People, proved) POST "/people/{id}/activation" => access::pages::person::activate;
    Member(People, proved) POST "/people/{id}/sessions/ending" => access::pages::person::end_sessions;
    Member(People, proved) POST "/people/{id}/second-factor/removal" => access::pages::person::remove_factor;
    Member(People, proved) POST "/people/{id}/links" => access::pages::person::send_link;

    Member GET "/search" => search::pages::show;
    Root GET "/design" => crate::web::design::show;
    Root GET "/design/charts" => crate::web::design::charts;
    Root GET "/audit" => audit::pages::show;
    Root GET "/audit.csv" => audit::pages::download;
    Root GET "/audit.xlsx" => audit::pages::download;
    Root(Outbox) GET "/outbox" => mail::pages::list;
    Root(Outbox) GET "/outbox.csv" => mail::pages::download;
    Root(Outbox) GET "/outbox.xlsx" => mail::pages::download;
    Root(Outbox) GET "/outbox/samples" => mail::pages::samples;
    Root(Outbox) GET "/outbox/{id}" => mail::pages::show;

    Member GET "/customers" => customers::pages::customers::show;
    Member GET "/customers.csv" => customers::pages::customers::download;
    Member GET "/customers.xlsx" => customers::pages::customers::download;
    Member(Selling) GET "/customers/new" => customers::pages::edit_customer::new;
    Member(Selling) POST "/customers/new" => customers::pages::edit_customer::create;
    Member GET "/customers/{id}" => customers::pages::customer::show;
    Member(Selling) GET "/customers/{id}/edit" => customers::pages::edit_customer::edit;
    Member(Selling) POST "/customers/{id}/edit" => customers::pages::edit_customer::save;
    Member(Selling) GET "/customers/{id}/subscriptions/new" => customers::pages::sell::show;
    Member(Selling) POST "/customers/{id}/subscriptions/new" => customers::pages::sell::submit;
    Member GET "/subscriptions" => customers::pages::subscriptions::show;
    Member GET "/subscriptions.csv" => customers::pages::subscriptions::download;
    Member GET "/subscriptions.xlsx" => customers::pages::subscriptions::download;
    Member GET "/subscriptions/{id}" => customers::pages::subscription::show;
    Member(Selling) POST "/subscriptions/{id}/quantities" => customers::pages::subscription::change_quantity;
    Member(Selling) GET "/subscriptions/{id}/cancellation" => customers::pages::subscription::confirm_cancel;
    Member(Selling) POST "/subscriptions/{id}/cancellation" => customers::pages::subscription::cancel;
    Member(Selling) POST "/subscriptions/{id}/continuation" => customers::pages::subscription::keep;

    Applicant GET "/application" => requests::pages::application::show;
    Applicant POST "/application" => requests::pages::application::begin;
    Applicant GET "/application/company" => requests::pages::steps::company;
    Applicant POST "/application/company" => requests::pages::steps::save_company;
    Applicant GET "/application/contact" => requests::pages::steps::contact;
    Applicant POST "/application/contact" => requests::pages::steps::save_contact;
    Applicant GET "/application/interest" => requests::pages::steps::interest;
    Applicant POST "/application/interest" => requests::pages::steps::save_interest;
    Applicant GET "/application/review" => requests::pages::steps::review;
    Applicant POST "/application/review" => requests::pages::steps::submit;
    Applicant POST "/application/answer" => requests::pages::application::answer;
    Applicant GET "/application/withdrawal" => requests::pages::application::confirm_withdrawal;
    Applicant POST "/application/withdrawal" => requests::pages::application::withdraw;
    Applicant GET "/application/offers" => requests::pages::answer::new;
    Applicant POST "/application/offers" => requests::pages::answer::create;
    Applicant POST "/application/offers/{number}/agreement" => requests::pages::answer::agree;
    Applicant POST "/application/offers/{number}/refusal" => requests::pages::answer::decline;

    Root GET "/requests" => requests::pages::list::show;
    Root GET "/requests.csv" => requests::pages::list::download;
    Root GET "/requests.xlsx" => requests::pages::list::download;
    Root GET "/requests/{id}" => requests::pages::review::show;
    Root(Requests) POST "/requests/{id}/review" => requests::pages::decide::start_review;
    Root(Requests) POST "/requests/{id}/assessment" => requests::pages::review::assess;
    Root(Requests) POST "/requests/{id}/assignee" => requests::pages::review::assign;
    Root(Requests) POST "/requests/{id}/contacts" => requests::pages::review::log_contact;
    Root(Requests) GET "/requests/{id}/question" => requests::pages::decide::question;
    Root(Requests) POST "/requests/{id}/question" => requests::pages::decide::send_question;
    Root(Requests) GET "/requests/{id}/rejection" => requests::pages::decide::rejection;
    Root(Requests) POST "/requests/{id}/rejection" => requests::pages::decide::reject;
    Root(Requests) GET "/requests/{id}/reopening" => requests::pages::decide::reopening;
    Root(Requests) POST "/requests/{id}/reopening" => requests::pages::decide::reopen;
    Root(Requests) POST "/requests/{id}/acceptance" => requests::pages::decide::accept;
    Root(Requests) GET "/requests/{id}/offers" => requests::pages::offers::new;
    Root(Requests, proved) POST "/requests/{id}/offers" => requests::pages::offers::create;
    Root(Requests, proved) POST "/requests/{id}/offers/{number}/agreement" => requests::pages::offers::agree;
    Root(Requests) POST "/requests/{id}/offers/{number}/refusal" => requests::pages::offers::decline;

    Root GET "/resellers" => requests::pages::resellers::show;
    Root GET "/resellers.csv" => requests::pages::resellers::download;
    Root GET "/resellers.xlsx" => requests::pages::resellers::download;
    Root GET "/resellers/{id}" => requests::pages::reseller::show;
    Root(Requests) GET "/resellers/{id}/suspension" => requests::pages::reseller::suspension;
    Root(Requests) POST "/resellers/{id}/suspension" => requests::pages::reseller::suspend;
    Root(Requests) GET "/resellers/{id}/resumption" => requests::pages::reseller::resumption;
    Root(Requests) POST "/resellers/{id}/resumption" => requests::pages::reseller::resume;
    Root(Requests) GET "/resellers/{id}/closure" => requests::pages::reseller::closure;
    Root(Requests) POST "/resellers/{id}/closure" => requests::pages::reseller::close;
    Reseller GET "/agreement" => requests::pages::agreement::show;
    Reseller(Agreeing) GET "/agreement/offers" => requests::pages::agreement::new;
    Reseller(Agreeing, proved) POST "/agreement/offers" => requests::pages::agreement::create;
    Reseller(Agreeing, proved) POST "/agreement/offers/{number}/agreement" => requests::pages::agreement::agree;
    Reseller(Agreeing) POST "/agreement/offers/{number}/refusal" => requests::pages::agreement::decline;

    Root GET "/products" => catalog::pages::products::show;
    Root GET "/products.csv" => catalog::pages::products::download;
    Root GET "/products.xlsx" => catalog::pages::products::download;
    Root(Catalog) GET "/products/new" => catalog::pages::product::create;
    Root(Catalog) POST "/products/new" => catalog::pages::product::submit_new;
    Root GET "/products/{id}" => catalog::pages::product::show;
    Root(Catalog) POST "/products/{id}" => catalog::pages::product::submit;
    Root GET "/bundles" => catalog::pages::bundles::show;
    Root GET "/bundles.csv" => catalog::pages::bundles::download;
    Root GET "/bundles.xlsx" => catalog::pages::bundles::download;
    Root(Catalog) GET "/bundles/new" => catalog::pages::bundle_form::create;
    Root(Catalog) POST "/bundles/new" => catalog::pages::bundle_form::submit_new;
    Root GET "/bundles/{id}" => catalog::pages::bundle::show;
    Root(Catalog) GET "/bundles/{id}/edit" => catalog::pages::bundle_form::edit;
    Root(Catalog) POST "/bundles/{id}/edit" => catalog::pages::bundle_form::submit;
    Root(Catalog) POST "/bundles/{id}/activation" => catalog::pages::activation::submit;
    Root(Catalog) GET "/bundles/{id}/retirement" => catalog::pages::retirement::show;
    Root(Catalog) POST "/bundles/{id}/retirement" => catalog::pages::retirement::submit;
    Root(Catalog) GET "/bundles/{id}/components/new" => catalog::pages::component::show;
    Root(Catalog) POST "/bundles/{id}/components" => catalog::pages::component::submit;
    Root(Catalog) POST "/bundles/{id}/components/{part}/removal" => catalog::pages::component::remove;
    Root(Catalog) GET "/bundles/{id}/charges/new" => catalog::pages::charge::show;
    Root(Catalog) POST "/bundles/{id}/charges" => catalog::pages::charge::submit;
    Root(Catalog) POST "/bundles/{id}/charges/{charge}/removal" => catalog::pages::charge::remove;
    Root(Catalog) GET "/bundles/{id}/prices" => catalog::pages::prices::choose;
    Root(Catalog) GET "/bundles/{id}/prices/{currency}" => catalog::pages::prices::show;
    Root(Catalog) POST "/bundles/{id}/prices/{currency}" => catalog::pages::prices::submit;
    Root(Catalog) POST "/bundles/{id}/prices/{currency}/{version}/removal" => catalog::pages::prices::drop_planned;

    Member GET "/reports/usage" => reports::pages::usage::show;
    Member GET "/reports/usage.csv" => reports::pages::usage::download;
    Member GET "/reports/usage.xlsx" => reports::pages::usage::download;
    Member GET "/reports/revenue" => reports::pages::revenue::show;
    Member GET "/reports/revenue.csv" => reports::pages::revenue::download;
    Member GET "/reports/revenue.xlsx" => reports::pages::revenue::download;

    Root(Channels) GET "/resellers/{id}/channel" => channels::pages::wizard::show;
    Root(Channels) POST "/resellers/{id}/channel" => channels::pages::wizard::submit;
    Root GET "/channels" => channels::pages::list::show;
    Root GET "/channels.csv" => channels::pages::list::download;
    Root GET "/channels.xlsx" => channels::pages::list::download;
    Root GET "/channels/{id}" => channels::pages::channel::show;
    Root(Channels) GET "/channels/{id}/edit" => channels::pages::details::show;
    Root(Channels) POST "/channels/{id}/edit" => channels::pages::details::submit;
    Root(Channels) GET "/channels/{id}/logo" => channels::pages::logo::show;
    Root(Channels) POST "/channels/{id}/logo" => channels::pages::logo::submit;
    Root(Channels) POST "/channels/{id}/logo/removal" => channels::pages::logo::remove;
    Member GET "/channels/{id}/logo.png" => channels::pages::logo::png;
    Root(Channels) GET "/channels/{id}/bundles" => channels::pages::sold::show;
    Root(Channels) POST "/channels/{id}/bundles" => channels::pages::sold::submit;
    Reseller GET "/prices" => channels::pages::prices::own;
    Member(Prices) GET "/channels/{id}/bulk-prices" => channels::pages::bulk::show;
    Member(Prices) POST "/channels/{id}/bulk-prices" => channels::pages::bulk::submit;
    Member GET "/channels/{id}/as-of" => channels::pages::as_of::show;
    Member GET "/channels/{id}/as-of.csv" => channels::pages::as_of::download;
    Member GET "/channels/{id}/as-of.xlsx" => channels::pages::as_of::download;
    Member GET "/channels/{id}/prices" => channels::pages::prices::show;
    Member(Prices) GET "/channels/{id}/prices/{bundle}/{currency}" => channels::pages::set_price::show;
    Member(Prices) POST "/channels/{id}/prices/{bundle}/{currency}" => channels::pages::set_price::submit;
    Member(Prices) POST "/channels/{id}/planned-prices/{version}/removal" => channels::pages::price_history::drop_planned;
    Member GET "/channels/{id}/prices/{bundle}/{currency}/history" => channels::pages::price_history::show;

    Root(Channels) GET "/bundles/{id}/channels" => channels::pages::push::show;
    Root(Channels) POST "/bundles/{id}/channels" => channels::pages::push::submit;
    Root(Prices) GET "/price-drift" => channels::pages::drift::show;
    Root(Prices) POST "/price-drift" => channels::pages::drift::submit;
    Member GET "/price-requests" => channels::pages::price_requests::show;
    Member GET "/price-requests.csv" => channels::pages::price_requests::download;
    Member GET "/price-requests.xlsx" => channels::pages::price_requests::download;
    Member GET "/price-requests/{id}" => channels::pages::price_request::show;
    Root(Prices) POST "/price-requests/{id}/approval" => channels::pages::price_request::approve;
    Root(Prices) POST "/price-requests/{id}/refusal" => channels::pages::price_request::decline;
    Reseller(Prices) POST "/price-requests/{id}/withdrawal" => channels::pages::price_request::withdraw;

    Member GET "/usage/files" => usage::pages::files::show;
    Member GET "/usage/files.csv" => usage::pages::files::download;
    Member GET "/usage/files.xlsx" => usage::pages::files::download;
    Member(Usage) GET "/usage/files/new" => usage::pages::upload::show;
    Member(Usage) POST "/usage/files/new" => usage::pages::upload::submit;
    Member GET "/usage/files/{id}" => usage::pages::file::show;
    Member GET "/usage/files/{id}/errors.csv" => usage::pages::bad_rows::download;
    Member(Usage) POST "/usage/files/{id}/acceptance" => usage::pages::decision::accept;
    Member(Usage) POST "/usage/files/{id}/partial-acceptance" => usage::pages::decision::accept_good_rows;
    Member(Usage) POST "/usage/files/{id}/rejection" => usage::pages::decision::reject;
    Member(Usage) GET "/usage/feeds" => usage::pages::feeds::show;
    Member(Usage, proved) POST "/usage/feeds" => usage::pages::feeds::submit;
    Member(Usage) GET "/usage/feeds/{id}/ending" => usage::pages::feeds::ending;
    Member(Usage) POST "/usage/feeds/{id}/ending" => usage::pages::feeds::end;
    Feed POST "/api/v1/events" => usage::pages::events::take;
    Member GET "/usage/unrated" => usage::pages::unrated::show;
    Member(Usage) POST "/usage/unrated/retry" => usage::pages::unrated::retry;
    Member(Usage) GET "/usage/mapping" => usage::pages::mapping::show;
    Member(Usage) POST "/usage/mapping" => usage::pages::mapping::save;

    Member GET "/simulation" => simulation::pages::show::show;
    Member GET "/simulation.csv" => simulation::pages::show::download;
    Member GET "/simulation.xlsx" => simulation::pages::show::download;

    Member GET "/statements" => settlement::pages::list::show;
    Member GET "/statements.csv" => settlement::pages::list::download;
    Member GET "/statements.xlsx" => settlement::pages::list::download;
    Root(Settling) GET "/statements/closing" => settlement::pages::closing::show;
    Root(Settling) POST "/statements/closing" => settlement::pages::closing::submit;
    Root GET "/statements/settling" => settlement::pages::settling::show;
    Root(Settling) POST "/statements/settling/closing" => settlement::pages::settling::close;
    Root(Settling) POST "/statements/settling/sending" => settlement::pages::settling::send;
    Root(Settling, proved) POST "/statements/settling/posting" => settlement::pages::settling::post;
    Root GET "/statements/runs/{id}" => settlement::pages::run::show;
    Member GET "/statements/{id}" => settlement::pages::statement::show;
    Member GET "/statements/{id}/lines.csv" => settlement::pages::downloads::lines;
    Member GET "/statements/{id}/lines.xlsx" => settlement::pages::downloads::lines;
    Member GET "/statements/{id}/shares" => settlement::pages::shares::show;
    Root(Settling) POST "/statements/{id}/waivers" => settlement::pages::steps::waive;
    Root(Settling) POST "/statements/{id}/sending" => settlement::pages::steps::send;
    Reseller GET "/statements/{id}/comparison" => settlement::pages::comparison::show;
    Reseller POST "/statements/{id}/comparison" => settlement::pages::comparison::submit;
    Reseller(Agreeing) POST "/statements/{id}/agreement" => settlement::pages::steps::agree;
    Reseller(Agreeing) GET "/statements/{id}/lines/{line}/dispute" => settlement::pages::disputes::new;
    Reseller(Agreeing) POST "/statements/{id}/lines/{line}/dispute" => settlement::pages::disputes::raise;
    Reseller(Agreeing) POST "/statements/{id}/disputes/{dispute}/withdrawal" => settlement::pages::disputes::withdraw;
    Root(Settling) GET "/statements/{id}/disputes/{dispute}/answer" => settlement::pages::disputes::show_answer;
    Root(Settling) POST "/statements/{id}/disputes/{dispute}/answer" => settlement::pages::disputes::answer;
    Root(Settling) GET "/statements/{id}/posting" => settlement::pages::steps::confirm_posting;
    Root(Settling, proved) POST "/statements/{id}/posting" => settlement::pages::steps::post;
    Root(Settling) GET "/statements/{id}/reopening" => settlement::pages::steps::confirm_reopening;
    Root(Settling) POST "/statements/{id}/reopening" => settlement::pages::steps::reopen;
    Root(Settling) GET "/statements/{id}/payments" => settlement::pages::payments::new;
    Root(Settling) POST "/statements/{id}/payments" => settlement::pages::payments::record;
    Root(Settling) POST "/statements/{id}/payments/{payment}/reversal" => settlement::pages::payments::reverse;
    Member GET "/lines" => settlement::pages::lines::show;
    Member GET "/lines/{id}" => settlement::pages::line::show;
    Root(Settling) GET "/lines/{id}/credit" => settlement::pages::credit::show;
    Root(Settling) POST "/lines/{id}/credit" => settlement::pages::credit::issue;
    Root GET "/verification" => settlement::pages::verification::show;

    #[cfg(feature = "planted-holes")]
    Member GET "/planted/search" => crate::planted::search;
    #[cfg(feature = "planted-holes")]
    Member GET "/planted/echo" => crate::planted::echo;
}

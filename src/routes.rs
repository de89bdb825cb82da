//! The site map: every address, its method and who may enter.
//!
//! A page exists only by a line here; the gate refuses whoever the line does not name, and the access test walks the
//! whole table as every kind of visitor.

use actix_web::guard::{self, Guard};
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};

use crate::web::{Access, assets};
use crate::{access, audit, customers, dashboards, mail};

/// One line of the site map.
#[derive(Debug, Clone)]
pub struct Route {
    pub access: Access,
    pub method: &'static str,
    pub path: &'static str,
}

macro_rules! site_map {
    ($($access:ident $method:ident $path:literal => $handler:path;)*) => {
        /// Every line of the site map.
        pub const ROUTES: &[Route] =
            &[$(Route { access: Access::$access, method: stringify!($method), path: $path }),*];

        /// Joins each address with its handler.
        pub fn configure(config: &mut ServiceConfig) {
            $(config.route($path, web::route().guard(by_method(Method::$method)).to($handler));)*
        }
    };
}

/// What answers GET answers HEAD as well.
fn by_method(method: Method) -> impl Guard {
    guard::fn_guard(move |context| {
        let asked = &context.head().method;
        *asked == method || (method == Method::GET && *asked == Method::HEAD)
    })
}

/// Who may enter an address; `None` when the site map does not name it.
pub fn access(method: &Method, path: &str) -> Option<Access> {
    ROUTES
        .iter()
        .find(|route| route.method == method.as_str() && route.path == path)
        .map(|route| route.access)
}

site_map! {
    Anyone GET "/static/{file:.*}" => assets::serve;
    Anyone GET "/" => dashboards::pages::show;
    Anyone GET "/help" => dashboards::help::show;
    Anyone GET "/healthz" => crate::health::show;
    Anyone POST "/theme" => access::pages::theme::submit;

    Anyone GET "/sign-in" => access::pages::sign_in::show;
    Anyone POST "/sign-in" => access::pages::sign_in::submit;
    Anyone POST "/sign-out" => access::pages::sign_in::sign_out;
    Anyone GET "/welcome/{secret}" => access::pages::welcome::show;
    Anyone POST "/welcome/{secret}" => access::pages::welcome::submit;
    Anyone GET "/sign-up" => access::pages::sign_up::show;
    Anyone POST "/sign-up" => access::pages::sign_up::submit;
    Anyone GET "/enter/{secret}" => access::pages::enter::show;
    Anyone POST "/enter/{secret}" => access::pages::enter::submit;

    Root GET "/design" => crate::web::design::show;
    Root GET "/audit" => audit::pages::list;
    Root GET "/outbox" => mail::pages::list;
    Root GET "/outbox/{id}" => mail::pages::show;

    Member GET "/customers" => customers::pages::customers::show;
    Member GET "/customers/new" => customers::pages::edit_customer::new;
    Member POST "/customers/new" => customers::pages::edit_customer::create;
    Member GET "/customers/{id}" => customers::pages::customer::show;
    Member GET "/customers/{id}/edit" => customers::pages::edit_customer::edit;
    Member POST "/customers/{id}/edit" => customers::pages::edit_customer::save;
    Member GET "/customers/{id}/subscriptions/new" => customers::pages::sell::show;
    Member POST "/customers/{id}/subscriptions/new" => customers::pages::sell::submit;
    Member GET "/subscriptions" => customers::pages::subscriptions::show;
    Member GET "/subscriptions/{id}" => customers::pages::subscription::show;
    Member POST "/subscriptions/{id}/quantities" => customers::pages::subscription::change_quantity;
    Member GET "/subscriptions/{id}/cancellation" => customers::pages::subscription::confirm_cancel;
    Member POST "/subscriptions/{id}/cancellation" => customers::pages::subscription::cancel;
    Member POST "/subscriptions/{id}/continuation" => customers::pages::subscription::keep;
}

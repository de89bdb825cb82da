//! People at their browsers, without the browser.

use std::sync::{Arc, Mutex};

use actix_session::storage::{SessionKey, SessionStore};
use actix_web::cookie::{Cookie, CookieJar, time};
use diesel::prelude::*;
use reqwest::Method;
use reqwest::blocking::multipart::{Form, Part};
use reqwest::blocking::{RequestBuilder, Response};
use reqwest::cookie::{CookieStore, Jar};
use reseller_portal::access::{DbSessionStore, Limits, SESSION_ACCOUNT, SESSION_LIMITS, SignedIn};
use reseller_portal::dashboards;
use reseller_portal::db::schema::users;
use reseller_portal::values::{ApplicantId, Email, ResellerId, StaffRole, Timestamp, UserId};

use super::builders::{an_account, an_applicant};
use super::{Page, World};

/// How long an inserted session lasts.
const SESSION: time::Duration = time::Duration::minutes(30);

/// A file to be sent with a form.
pub struct Upload<'a> {
    pub field: &'a str,
    pub name: &'a str,
    pub content: &'a [u8],
}

/// Somebody with a browser's cookies; redirects are not followed by themselves.
pub struct Client {
    pub base: String,
    pub http: reqwest::blocking::Client,
    jar: Arc<Jar>,
    /// The token of the newest page that had one; it dies when somebody signs in or out.
    token: Mutex<Option<String>>,
}

impl World {
    pub fn anonymous(&self) -> Client {
        Client::at(self.url())
    }

    /// The root administrator, made at the first call; each call is a new session.
    pub fn root(&self) -> Client {
        self.session_of(an_account("root@northgate.example").named("Rosa Root").build(self))
    }

    /// The re-seller's administrator, made at the first call; each call is a new session.
    pub fn reseller(&self, reseller: ResellerId) -> Client {
        let email = format!("admin-{}@reseller.example", reseller.as_uuid().simple());
        self.session_of(an_account(&email).named("Kim Kestrel").of(reseller).build(self))
    }

    /// One of root's people in a role.
    pub fn root_as(&self, role: StaffRole) -> Client {
        let email = format!("{role}@northgate.example");
        self.session_of(an_account(&email).named("Finn Staff").role(role).build(self))
    }

    /// One of the re-seller's people in a role.
    pub fn reseller_as(&self, reseller: ResellerId, role: StaffRole) -> Client {
        let email = format!("{}-{}@reseller.example", &role.as_str()[..4], reseller.as_uuid().simple());
        self.session_of(an_account(&email).named("Sam Staff").of(reseller).role(role).build(self))
    }

    pub fn applicant(&self, email: &str) -> Client {
        let id = an_applicant(self, email);
        self.session_of_applicant(id, email)
    }

    /// A new session of an account.
    pub fn session_of(&self, user: UserId) -> Client {
        self.session_since(user, true, self.now())
    }

    /// A session of an account, with or without a second factor, whose owner last proved who they are at that time.
    pub fn session_since(&self, user: UserId, factor: bool, proved_at: Timestamp) -> Client {
        let signed_in = SignedIn {
            user,
            since: self.now(),
            factor,
            proved_at,
            fully_proved_at: proved_at,
            address: None,
            browser: "Test".into(),
        };
        let side = self.read(|connection| users::table.find(user).select(users::side).first(connection));
        let limits = Limits::of(side, self.now());
        self.client_with(&[
            (SESSION_ACCOUNT, serde_json::to_string(&signed_in).unwrap()),
            (SESSION_LIMITS, serde_json::to_string(&limits).unwrap()),
        ])
    }

    fn session_of_applicant(&self, id: ApplicantId, email: &str) -> Client {
        let email: Email = email.parse().unwrap();
        self.client_with(&[("applicant", serde_json::to_string(&(id, email)).unwrap())])
    }

    /// A client whose session holds this already, as if somebody had signed in.
    fn client_with(&self, entries: &[(&str, String)]) -> Client {
        let store =
            DbSessionStore { db: self.db().clone(), clock: self.clock.clone(), counts: dashboards::waiting };
        let state = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        let saved = actix_web::rt::System::new().block_on(store.save(state, &SESSION));
        let session: SessionKey = saved.unwrap();
        let mut sealed = CookieJar::new();
        let keys = self.config.keys.cookie_keys();
        sealed.private_mut(&keys[0]).add(Cookie::new("session", session.as_ref().to_owned()));
        let client = self.anonymous();
        client.set_cookie(&sealed.get("session").unwrap().to_string());
        client
    }
}

impl Client {
    pub fn at(base: String) -> Self {
        let jar = Arc::new(Jar::default());
        let http = reqwest::blocking::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .cookie_provider(jar.clone())
            .no_proxy()
            .build()
            .unwrap();
        Self { base, http, jar, token: Mutex::default() }
    }

    pub fn get(&self, path: &str) -> Page {
        self.try_get(path).unwrap()
    }

    /// The same, for a portal that may break off.
    pub fn try_get(&self, path: &str) -> reqwest::Result<Page> {
        self.try_send(path, self.request(Method::GET, path))
    }

    /// Sends a form with this visitor's token.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.try_post(path, fields).unwrap()
    }

    /// The same, for a portal that may break off.
    pub fn try_post(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::Result<Page> {
        let token = self.token();
        let mut all = vec![("csrf", token.as_str())];
        all.extend(fields);
        self.try_send(path, self.request(Method::POST, path).form(&all))
    }

    /// Sends a form, and goes where its answer leads.
    #[track_caller]
    pub fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let answer = self.post(path, fields);
        self.follow(&answer)
    }

    /// Sends the form with this button as it stands on the page, with some fields changed.
    #[track_caller]
    pub fn press(&self, page: &Page, button: &str, changes: &[(&str, &str)]) -> Page {
        let kept = page.form(button).into_iter();
        let mut fields: Vec<(String, String)> =
            kept.filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name)).collect();
        fields.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        let action = page.action(button);
        let path = if action.is_empty() { page.asked.split(' ').nth(1).unwrap_or("/") } else { &action };
        self.post(path, &fields)
    }

    /// Sends a multipart form with a file and this visitor's token.
    pub fn post_file(&self, path: &str, fields: &[(&str, &str)], file: &Upload<'_>) -> Page {
        self.try_post_file(path, fields, file).unwrap()
    }

    /// The same, for a portal that may break off.
    pub fn try_post_file(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        file: &Upload<'_>,
    ) -> reqwest::Result<Page> {
        let part = Part::bytes(file.content.to_vec()).file_name(file.name.to_owned());
        let mut form = Form::new().text("csrf", self.token());
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        let form = form.part(file.field.to_owned(), part);
        self.try_send(path, self.request(Method::POST, path).multipart(form))
    }

    /// Goes where a redirect leads.
    #[track_caller]
    pub fn follow(&self, answer: &Page) -> Page {
        let location = answer.location().to_owned();
        self.get(&location)
    }

    /// A request to be completed by hand; it carries no token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    pub fn send(&self, path: &str, request: RequestBuilder) -> Page {
        self.try_send(path, request).unwrap()
    }

    /// The same, for a portal that may break off.
    pub fn try_send(&self, path: &str, request: RequestBuilder) -> reqwest::Result<Page> {
        let (http, request) = request.build_split();
        let request = request?;
        let asked = format!("{} {path}", request.method());
        let is_get = request.method() == Method::GET;
        let page = read(asked, http.execute(request)?)?;
        let identity_changes = ["/sign-in", "/sign-out", "/welcome/", "/enter/", "/account/"];
        if !is_get && identity_changes.iter().any(|start| path.starts_with(start)) {
            *self.token.lock().unwrap() = None;
        }
        if let Some(token) = page.csrf() {
            *self.token.lock().unwrap() = Some(token);
        }
        Ok(page)
    }

    /// This visitor's token, as a page that was just opened would carry it.
    pub fn token(&self) -> String {
        let known = self.token.lock().unwrap().clone();
        let token = known.unwrap_or_else(|| self.get("/sign-in").csrf().expect("a page with a form"));
        let (mac, _) = token.split_once('.').expect("the page's own part");
        format!("{mac}.{}", uuid::Uuid::now_v7().simple())
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let all = self.jar.cookies(&self.base.parse().unwrap())?;
        let found =
            all.to_str().unwrap().split("; ").find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        found.map(str::to_owned)
    }

    pub fn set_cookie(&self, cookie: &str) {
        self.jar.add_cookie_str(&format!("{cookie}; Path=/"), &self.base.parse().unwrap());
    }
}

fn read(asked: String, response: Response) -> reqwest::Result<Page> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Page { asked, status, headers, bytes: response.bytes()?.to_vec() })
}

//! What must stay secret is in no log, on no page and in no download, whatever fails.

use std::sync::Arc;

use actix_web::cookie::{Cookie, CookieJar};
use diesel::prelude::*;
use reseller_portal::access::{tokens, totp};
use reseller_portal::db::schema::{mails, sessions, tokens as links, users};
use reseller_portal::keyring::Keyring;
use reseller_portal::mail::{self, News, Occasion, Recipient};
use reseller_portal::values::{Timestamp, UserId};

use super::mail_server::{self, REFUSED};
use super::setting::business;
use crate::access::crawl::crawl;
use crate::support::builders::an_account;
use crate::support::{Client, PASSWORD, Page, Place, Program, Server, World, command, wait_for};

const KEY: &str = "kEy1CanaryWv83mTgB5xLr7HdPj2Uc";
const EARLIER_KEY: &str = "kEy2CanaryZq64nRsD9yMw3FbKt8Ah";
const DATABASE_PASSWORD: &str = "databaseCanary47";
const MAIL_PASSWORD: &str = "mailCanary58";
const WRONG_PASSWORD: &str = "a wrong sentence, canary 69";
/// Somebody may type a password where the name belongs.
const MISPLACED: &str = "a misplaced sentence, canary 70";
const FACTOR: &str = "MNQW4YLSPEQGSZLMEBRWC3TBOJ4SAZTM";

/// What was looked for, and in what it must not be.
struct Secrets(Vec<String>);

impl Secrets {
    #[track_caller]
    fn are_not_in(&self, place: &str, text: &str) {
        for secret in &self.0 {
            let at = text.find(secret.as_str());
            assert!(at.is_none(), "{place} tells {secret}: {}", around(text, at.unwrap_or_default()));
        }
        let at = text.find("$argon2");
        assert!(at.is_none(), "{place} tells a hash: {}", around(text, at.unwrap_or_default()));
    }

    fn are_not_on(&self, page: &Page) {
        self.are_not_in(&page.asked, &page.html());
    }
}

fn around(text: &str, at: usize) -> String {
    text.chars().skip(at.saturating_sub(200)).take(400).collect()
}

/// Two keys of enough characters.
fn keys() -> [String; 2] {
    [KEY, EARLIER_KEY].map(|key| format!("{key}{key}"))
}

/// A mail with a link that lets somebody set a password; the link's secret.
fn a_mail(world: &World, user: UserId, recipient: &str) -> String {
    world.write(|connection| {
        let path = tokens::set_password_path(connection, user, world.now())?;
        let news = News { path: path.clone(), ..News::default() };
        let to = [Recipient::Member(recipient.parse().unwrap())];
        mail::tell(connection, Occasion::PasswordLink, &to, &news, &world.config.letterhead(), world.now())?;
        Ok(path.trim_start_matches("/welcome/").to_owned())
    })
}

/// Signs in with password and code; the session's key.
fn sign_in(client: &Client, name: &str, factor: bool) -> String {
    client.post("/sign-in", &[("name", name), ("password", PASSWORD)]).expect(303);
    if factor {
        let code = totp::code(FACTOR, now()).unwrap();
        client.post("/sign-in/code", &[("code", &code)]).expect(303);
    }
    session_key(client)
}

fn now() -> Timestamp {
    Timestamp::new(chrono::Utc::now())
}

/// What the browser's cookie holds.
fn session_key(client: &Client) -> String {
    let [key, earlier] = keys();
    let mut jar = CookieJar::new();
    let cookie = format!("session={}", client.cookie("session").expect("a session"));
    jar.add_original(Cookie::parse_encoded(cookie).unwrap());
    let opening = Keyring::new(key, [earlier]).cookie_keys();
    jar.private(&opening[0]).get("session").expect("the program's own cookie").value().to_owned()
}

/// Requests that fail in every way that is known.
fn provoke(root: &Client, stranger: &Client) -> Vec<Page> {
    let form = |client: &Client, path: &str, body: &str| {
        let request = client.request(reqwest::Method::POST, path);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        client.send(path, request.body(body.to_owned()))
    };
    let mut pages = vec![
        stranger.post("/sign-in", &[("name", "rosa"), ("password", WRONG_PASSWORD)]),
        stranger.post("/sign-in", &[("name", MISPLACED), ("password", WRONG_PASSWORD)]),
        stranger.post("/sign-in/code", &[("code", FACTOR)]),
        stranger.get("/welcome/not-a-link"),
        form(stranger, "/sign-in", "name=%FF&password=%00&csrf"),
        form(root, "/products/new", "csrf=forged&name=Disk"),
        root.post("/account/password", &[("current", WRONG_PASSWORD), ("password", WRONG_PASSWORD)]),
        root.get("/usage/files/not-an-id"),
        root.get("/audit?page=%FF&q=%00"),
        root.post("/people/new", &[("email", "nobody")]),
    ];
    pages
        .extend((0..5).map(|_| stranger.post("/sign-in", &[("name", "rosa"), ("password", WRONG_PASSWORD)])));
    let unexpected = pages.iter().find(|page| page.status >= 500);
    assert!(unexpected.is_none(), "{}", unexpected.unwrap().describe());
    pages
}

/// Rosa of root's, and Kim of a re-seller's with two mails, of which one cannot be sent.
fn people(world: &World) -> [String; 2] {
    let reseller = business(world)[0].0;
    an_account("rosa@northgate.example").with_password().with_factor(FACTOR).build(world);
    let kim = an_account("kim@kestrel.example").of(reseller).with_password().build(world);
    ["kim@kestrel.example", REFUSED].map(|recipient| a_mail(world, kim, recipient))
}

fn settings(place: &Place, command: &mut std::process::Command) {
    let [key, earlier] = keys();
    let smtp = format!("smtp://portal:{MAIL_PASSWORD}@{}", mail_server::start());
    command.env("SECRET_KEY", key).env("PREVIOUS_SECRET_KEYS", earlier).env("SMTP_URL", smtp);
    command.env("DATABASE_URL", &place.url).env("LOG", "debug");
}

#[test]
fn no_secret_is_told_by_pages_downloads_or_the_log() {
    let mut server = Server::durable();
    let url = server.database("portal").replacen("postgres@", &format!("postgres:{DATABASE_PASSWORD}@"), 1);
    let place = Arc::new(Place::at(url));
    assert!(command(&place, &["migrate"]).output().unwrap().status.success());
    let mut world = World::beside(&place, ([127, 0, 0, 1], 0).into());
    let config = Arc::make_mut(&mut world.config);
    let [key, earlier] = keys();
    config.keys = Keyring::new(key.clone(), [earlier.clone()]);
    let [mailed, refused] = people(&world);
    let program = Program::serve_with(&place, |command| settings(&place, command));

    let (root, seller, stranger) = (program.anonymous(), program.anonymous(), program.anonymous());
    let (root_key, seller_key) = (sign_in(&root, "rosa", true), sign_in(&seller, "kim", false));
    wait_for("one mail is sent and one is refused", || {
        let outcomes: Vec<(bool, bool)> = world.read(|connection| {
            mails::table
                .select((mails::sent_at.is_not_null(), mails::last_error.is_not_null()))
                .load(connection)
        });
        outcomes.contains(&(true, false)) && outcomes.contains(&(false, true))
    });
    let mut secrets = vec![key, earlier, KEY.into(), EARLIER_KEY.into(), root_key, seller_key];
    secrets.extend([DATABASE_PASSWORD, MAIL_PASSWORD, PASSWORD, FACTOR].map(str::to_owned));
    secrets.extend([mailed, WRONG_PASSWORD.to_owned()]);
    secrets.extend(kept_as_hashes(&world));
    let mut secrets = Secrets(secrets);

    let provoked = provoke(&root, &stranger);
    let pages = [&root, &seller].into_iter().flat_map(|client| crawl(client, 3));
    let pages: Vec<Page> = pages.map(|(_, page)| page).chain([root.get("/audit.csv").expect(200)]).collect();
    assert!(pages.len() > 40, "{} pages", pages.len());
    server.stop_at_once();
    let away = [root.get("/audit"), stranger.post("/sign-in", &[("name", "rosa"), ("password", PASSWORD)])];
    pages.iter().chain(&provoked).chain(&away).for_each(|page| secrets.are_not_on(page));
    // Root passes on what could not be mailed, and sees again the name that was typed; the log has neither.
    secrets.0.extend([refused, MISPLACED.to_owned()]);
    assert!(program.log().contains("a mail was not sent"));
    secrets.are_not_in("the log", &program.said());
    secrets.are_not_in("a command without its database", &told(&place, &["verify"]));
    secrets.are_not_in("the help", &told(&place, &["--help"]));
}

/// All that a command says.
fn told(place: &Place, arguments: &[&str]) -> String {
    let mut command = command(place, arguments);
    settings(place, &mut command);
    let output = command.output().unwrap();
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

/// Hashes of passwords, sessions and links.
fn kept_as_hashes(world: &World) -> Vec<String> {
    let mut all: Vec<String> =
        world.read(|connection| sessions::table.select(sessions::key_hash).load(connection));
    all.extend(world.read(|connection| links::table.select(links::secret_hash).load::<String>(connection)));
    let passwords = users::table
        .filter(users::password_hash.is_not_null())
        .select(users::password_hash.assume_not_null());
    all.extend(world.read(|connection| passwords.load::<String>(connection)));
    assert!(all.len() >= 6);
    all
}

//! The frame around every page: who is looking, where they can go, and what the portal has to say.
//!
//! A page struct carries a [`Shell`] in a field named `shell`; `base.html` and `bare.html` read it.

use super::Lasting;
use crate::values::{Right, Timestamp};

/// Everything that the frame of a page shows. Plain data; pages never compute any of it themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    /// The provider's name for the portal, shown beside the mark and in the window title.
    pub portal_name: String,
    /// Where the re-seller's own logo is; the portal's mark stands in its place when there is none.
    pub logo: Option<String>,
    /// The signed-in person; `None` for visitors.
    pub person: Option<Person>,
    pub role: ShellRole,
    /// What the person's role lets them do.
    pub rights: Vec<Right>,
    pub nav: Vec<NavGroup>,
    /// Whose session it is and how long it lasts, so that the page does not stay readable after it.
    pub session: Option<(String, Lasting)>,
    /// The token that every form of the page carries.
    pub csrf: String,
    /// Of when the page's figures are, where they come from a copy that is behind.
    pub as_of: Option<Timestamp>,
    /// One sentence about the act that led here, shown once.
    pub flash: Option<String>,
    /// Whether the data is invented; each page then says so.
    pub demo: bool,
    pub theme: Theme,
    /// Whether keys of one letter are shortcuts; each person may switch them off.
    pub keys: bool,
    /// Path and query of the page, so that a theme change can come back to it.
    pub path: String,
}

/// The signed-in person as the sidebar names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    /// One line under the name: the role, the company, or the e-mail address.
    pub email_or_role: String,
    pub initials: String,
}

impl Person {
    /// A person whose initials are the first letters of the first and the last word of `name`.
    pub fn new(name: &str, email_or_role: &str) -> Self {
        Self { name: name.to_owned(), email_or_role: email_or_role.to_owned(), initials: initials(name) }
    }
}

/// The first letters of the first and the last word, in capitals; `?` when there is no word.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let Some(first) = words.next() else { return "?".to_owned() };
    first.to_uppercase().chain(words.next_back().into_iter().flat_map(char::to_uppercase)).collect()
}

/// The icon that goes with a tone, so that a state is never told by colour alone.
///
/// Tones are `ok`, `warn`, `bad`, `info`, `accent`; any other word is the plain one.
pub fn tone_icon(tone: &str) -> &'static str {
    match tone {
        "ok" => "circle-check",
        "warn" => "clock",
        "bad" => "circle-alert",
        "info" => "info",
        "accent" => "message-square",
        _ => "circle",
    }
}

/// Which menu a person gets. It only hides links; the guards decide what may be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShellRole {
    Anonymous,
    Applicant,
    Root,
    Reseller {
        /// False until the provider has made the channel; selling and reports come with it.
        channel_ready: bool,
    },
}

/// The colours that a person chose; `Auto` follows the device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    Auto,
    Light,
    Dark,
}

/// The cookie with `off` in it of somebody who wants no shortcuts of one letter.
pub fn keys_cookie(https: bool) -> &'static str {
    if https { "__Host-keys" } else { "keys" }
}

impl Theme {
    /// The name of the cookie that keeps the choice; over TLS with the prefix that binds it to this host.
    pub fn cookie(https: bool) -> &'static str {
        if https { "__Host-theme" } else { "theme" }
    }

    /// The theme that a cookie or a form names; anything unknown is `Auto`.
    pub fn named(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::Auto,
        }
    }

    /// The value for the cookie, the form and `data-theme`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// How many things wait for the person, shown beside a menu entry. Never totals; zero shows nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Requests that the provider has to act on.
    pub requests: i64,
    /// Re-sellers without a channel.
    pub channels: i64,
    /// Usage files that need a decision.
    pub usage_files: i64,
    /// Usage rows that could not be rated.
    pub unrated: i64,
    /// Mail that could not be sent.
    pub outbox: i64,
    /// Price requests that the provider has to answer.
    pub prices: i64,
    /// Terms that the re-seller has to answer.
    pub agreement: i64,
    /// Statements that the person has to act on.
    pub statements: i64,
    /// Questions that the applicant has to answer.
    pub application: i64,
}

impl Waiting {
    /// What waits for somebody with these rights: what others have to do is not counted.
    fn for_rights(&self, rights: &[Right]) -> Self {
        let own = |count: i64, right: Right| if rights.contains(&right) { count } else { 0 };
        Self {
            requests: own(self.requests, Right::Requests),
            channels: own(self.channels, Right::Channels),
            usage_files: own(self.usage_files, Right::Usage),
            unrated: own(self.unrated, Right::Usage),
            outbox: own(self.outbox, Right::Outbox),
            prices: own(self.prices, Right::Prices),
            agreement: own(self.agreement, Right::Agreeing),
            statements: own(self.statements, Right::Settling).max(own(self.statements, Right::Agreeing)),
            application: self.application,
        }
    }
}

/// Entries under one heading of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavGroup {
    pub title: Option<&'static str>,
    pub items: Vec<NavItem>,
}

/// One entry of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    pub label: &'static str,
    pub href: &'static str,
    /// Name of a symbol in `icons.svg`.
    pub icon: &'static str,
    pub count: Option<i64>,
    /// The letter that, after `g`, goes there.
    pub key: Option<char>,
    /// Whether the page is this one or below it.
    pub current: bool,
}

impl Shell {
    /// Whether to offer what asks for this right; the gate decides whether it may be done.
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// `23 Nov 2026, 09:45:12 UTC`, when the page's figures are not of now.
    pub fn as_of_words(&self) -> Option<String> {
        self.as_of.map(|as_of| as_of.utc().format("%-d %b %Y, %H:%M:%S UTC").to_string())
    }

    pub fn may_decide(&self) -> bool {
        self.may(Right::Requests)
    }

    pub fn may_keep_catalog(&self) -> bool {
        self.may(Right::Catalog)
    }

    pub fn may_keep_channels(&self) -> bool {
        self.may(Right::Channels)
    }

    pub fn may_price(&self) -> bool {
        self.may(Right::Prices)
    }

    pub fn may_sell(&self) -> bool {
        self.may(Right::Selling)
    }

    pub fn may_import(&self) -> bool {
        self.may(Right::Usage)
    }

    pub fn may_settle(&self) -> bool {
        self.may(Right::Settling)
    }

    pub fn may_agree(&self) -> bool {
        self.may(Right::Agreeing)
    }

    pub fn may_keep_people(&self) -> bool {
        self.may(Right::People)
    }
}

type Entry = (&'static str, &'static str, &'static str, i64);

/// The menu of a role, with the entry of `path` (without query) marked as current.
pub fn navigation(role: ShellRole, rights: &[Right], path: &str, waiting: &Waiting) -> Vec<NavGroup> {
    let waiting = &waiting.for_rights(rights);
    let groups = match role {
        ShellRole::Anonymous => Vec::new(),
        ShellRole::Applicant => {
            vec![(None, vec![("Your request", "/application", "file-text", waiting.application)])]
        }
        ShellRole::Root => root_menu(waiting, rights.contains(&Right::Outbox)),
        ShellRole::Reseller { channel_ready: false } => vec![overview(), account(waiting)],
        ShellRole::Reseller { channel_ready: true } => reseller_menu(waiting),
    };
    groups.into_iter().map(|(title, entries)| group(title, entries, path)).collect()
}

fn group(title: Option<&'static str>, entries: Vec<Entry>, path: &str) -> NavGroup {
    let item = |(label, href, icon, count): Entry| NavItem {
        label,
        href,
        icon,
        count: (count > 0).then_some(count),
        key: key(href),
        current: is_within(path, href),
    };
    NavGroup { title, items: entries.into_iter().map(item).collect() }
}

/// The letter of a page that is gone to often.
fn key(href: &str) -> Option<char> {
    match href {
        "/" => Some('o'),
        "/requests" | "/agreement" => Some('r'),
        "/resellers" => Some('e'),
        "/channels" => Some('h'),
        "/customers" => Some('c'),
        "/subscriptions" => Some('b'),
        "/prices" | "/price-requests" => Some('p'),
        "/reports/revenue" => Some('v'),
        "/reports/usage" => Some('u'),
        "/statements" => Some('s'),
        _ => None,
    }
}

fn is_within(path: &str, href: &str) -> bool {
    path == href || (href != "/" && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')))
}

type Group = (Option<&'static str>, Vec<Entry>);

fn overview() -> Group {
    (None, vec![("Overview", "/", "layout-dashboard", 0)])
}

fn account(waiting: &Waiting) -> Group {
    let people = ("People", "/people", "users", 0);
    (Some("Account"), vec![("Agreement", "/agreement", "signature", waiting.agreement), people])
}

fn reports() -> Group {
    let entries = vec![
        ("Revenue", "/reports/revenue", "chart-column", 0),
        ("Product usage", "/reports/usage", "chart-line", 0),
    ];
    (Some("Reports"), entries)
}

fn usage(waiting: &Waiting) -> Group {
    let entries = vec![
        ("Usage files", "/usage/files", "file-input", waiting.usage_files),
        ("Unrated usage", "/usage/unrated", "circle-question-mark", waiting.unrated),
    ];
    (Some("Usage"), entries)
}

fn money(waiting: &Waiting) -> Group {
    let statements = ("Statements", "/statements", "receipt-text", waiting.statements);
    (Some("Money"), vec![statements, ("Simulation", "/simulation", "chart-line", 0)])
}

fn root_menu(waiting: &Waiting, has_outbox: bool) -> Vec<Group> {
    let partners = vec![
        ("Requests", "/requests", "inbox", waiting.requests),
        ("Re-sellers", "/resellers", "handshake", 0),
        ("Channels", "/channels", "store", waiting.channels),
        ("Price requests", "/price-requests", "tag", waiting.prices),
    ];
    let sales =
        vec![("Customers", "/customers", "users", 0), ("Subscriptions", "/subscriptions", "repeat", 0)];
    let catalog = vec![("Bundles", "/bundles", "package", 0), ("Products", "/products", "boxes", 0)];
    let mut control = vec![("People", "/people", "users", 0), ("Audit log", "/audit", "scroll-text", 0)];
    if has_outbox {
        control.push(("Outbox", "/outbox", "mail", waiting.outbox));
    }
    vec![
        overview(),
        (Some("Partners"), partners),
        (Some("Sales"), sales),
        reports(),
        money(waiting),
        usage(waiting),
        (Some("Catalog"), catalog),
        (Some("Control"), control),
    ]
}

fn reseller_menu(waiting: &Waiting) -> Vec<Group> {
    let sell = vec![
        ("Customers", "/customers", "users", 0),
        ("Subscriptions", "/subscriptions", "repeat", 0),
        ("Prices", "/prices", "tag", waiting.prices),
    ];
    vec![overview(), (Some("Sell"), sell), usage(waiting), reports(), money(waiting), account(waiting)]
}

#[cfg(test)]
impl Shell {
    /// The frame as a root administrator of the demonstration sees it on `/`.
    pub fn for_test() -> Self {
        let waiting = Waiting { requests: 4, ..Waiting::default() };
        Self {
            portal_name: "Northgate Cloud".to_owned(),
            logo: None,
            person: Some(Person::new("Priya Raman", "Root administrator")),
            role: ShellRole::Root,
            rights: Right::ALL.to_vec(),
            nav: navigation(ShellRole::Root, &Right::ALL, "/", &waiting),
            csrf: "token-of-the-test".to_owned(),
            as_of: None,
            flash: None,
            demo: false,
            session: None,
            theme: Theme::Auto,
            keys: true,
            path: "/".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(role: ShellRole) -> Vec<&'static str> {
        navigation(role, &Right::ALL, "/", &Waiting::default())
            .iter()
            .flat_map(|group| group.items.iter().map(|item| item.label).collect::<Vec<_>>())
            .collect()
    }

    fn current(path: &str) -> Vec<&'static str> {
        navigation(ShellRole::Root, &Right::ALL, path, &Waiting::default())
            .iter()
            .flat_map(|group| group.items.clone())
            .filter_map(|item| item.current.then_some(item.href))
            .collect()
    }

    #[test]
    fn a_reseller_without_a_channel_sees_only_overview_and_agreement() {
        assert_eq!(labels(ShellRole::Reseller { channel_ready: false }), ["Overview", "Agreement", "People"]);
    }

    #[test]
    fn a_reseller_with_a_channel_sells_but_never_sees_requests_or_bundles() {
        let labels = labels(ShellRole::Reseller { channel_ready: true });
        assert!(labels.contains(&"Prices"));
        assert!(!labels.contains(&"Requests") && !labels.contains(&"Bundles"));
    }

    #[test]
    fn visitors_have_no_menu_and_applicants_one_entry() {
        assert!(labels(ShellRole::Anonymous).is_empty());
        assert_eq!(labels(ShellRole::Applicant), ["Your request"]);
    }

    #[test]
    fn exactly_one_entry_is_current_on_a_page_below_it() {
        assert_eq!(current("/"), ["/"]);
        assert_eq!(current("/requests/42/terms"), ["/requests"]);
        assert_eq!(current("/usage/files"), ["/usage/files"]);
        assert!(current("/requests-archive").is_empty());
    }

    #[test]
    fn no_two_entries_of_a_menu_have_the_same_key() {
        for role in [ShellRole::Root, ShellRole::Reseller { channel_ready: true }] {
            let menu = navigation(role, &Right::ALL, "/", &Waiting::default());
            let keys: Vec<char> =
                menu.iter().flat_map(|group| &group.items).filter_map(|item| item.key).collect();
            let distinct: std::collections::BTreeSet<&char> = keys.iter().collect();
            assert_eq!(keys.len(), distinct.len(), "{keys:?}");
            assert!(keys.len() > 5, "{keys:?}");
        }
    }

    #[test]
    fn a_count_of_zero_shows_nothing() {
        let menu =
            navigation(ShellRole::Root, &Right::ALL, "/", &Waiting { requests: 3, ..Waiting::default() });
        let counts: Vec<_> =
            menu.iter().flat_map(|group| &group.items).filter_map(|item| item.count).collect();
        assert_eq!(counts, [3]);
    }

    #[test]
    fn who_only_reads_is_not_told_of_what_others_have_to_do() {
        let all =
            Waiting { requests: 1, channels: 2, statements: 3, unrated: 4, prices: 5, ..Waiting::default() };
        let counts = |rights: &[Right]| -> Vec<i64> {
            let menu = navigation(ShellRole::Root, rights, "/", &all);
            menu.iter().flat_map(|group| &group.items).filter_map(|item| item.count).collect()
        };
        assert_eq!(counts(&[Right::Read]), Vec::<i64>::new());
        assert_eq!(counts(&[Right::Read, Right::Settling]), [3]);
        assert_eq!(counts(&Right::ALL), [1, 2, 5, 3, 4]);
    }

    #[test]
    fn initials_take_the_first_and_the_last_word() {
        assert_eq!(initials("Ingrid Maria Solberg"), "IS");
        assert_eq!(initials("priya"), "P");
        assert_eq!(initials(" "), "?");
    }
}

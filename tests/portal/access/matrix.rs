//! Every address, as every kind of visitor: the table says who enters, everybody else is kept out and changes nothing.

use std::collections::BTreeSet;

use diesel::prelude::*;
use reqwest::Method;
use reseller_portal::db::schema::{audit_events, users};
use reseller_portal::routes::ROUTES;
use reseller_portal::values::StaffRole::{Administrator, Finance, ReadOnly, Seller};
use reseller_portal::values::{ResellerId, Right, StaffRole};
use reseller_portal::web::Access;

use super::table::TABLE;
use crate::on_both;
use crate::support::builders::{a_bundle, a_channel, a_request, a_reseller, an_account};
use crate::support::{Client, Page, World};

/// Who comes to the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visitor {
    Nobody,
    Applicant,
    Root(StaffRole),
    Reseller(StaffRole),
}

impl Visitor {
    const ALL: [Self; 8] = [
        Self::Nobody,
        Self::Applicant,
        Self::Root(Administrator),
        Self::Root(Finance),
        Self::Root(ReadOnly),
        Self::Reseller(Administrator),
        Self::Reseller(Seller),
        Self::Reseller(ReadOnly),
    ];

    fn may_enter(self, access: Access, right: Right) -> bool {
        match access {
            Access::Anyone => true,
            // Nobody has a token.
            Access::Feed => false,
            Access::Applicant => self == Self::Applicant,
            Access::Root => matches!(self, Self::Root(_)) && self.has(right),
            Access::Reseller => matches!(self, Self::Reseller(_)) && self.has(right),
            Access::Member => matches!(self, Self::Root(_) | Self::Reseller(_)) && self.has(right),
        }
    }

    /// The rights of each role, written down once more by hand.
    fn has(self, right: Right) -> bool {
        match self {
            Self::Nobody | Self::Applicant => false,
            Self::Root(Administrator) => right != Right::Agreeing,
            Self::Root(Finance) => [Right::Read, Right::Usage, Right::Settling].contains(&right),
            Self::Reseller(Administrator) => {
                use Right::{Agreeing, People, Prices, Read, Selling, Usage};
                [Read, Prices, Selling, Usage, Agreeing, People].contains(&right)
            }
            Self::Reseller(Seller) => [Right::Read, Right::Selling, Right::Usage].contains(&right),
            Self::Root(_) | Self::Reseller(_) => right == Right::Read,
        }
    }

    /// A new session, since some addresses end it.
    fn at(self, world: &World, reseller: ResellerId) -> Client {
        match self {
            Self::Nobody => world.anonymous(),
            Self::Applicant => world.applicant("owner@halden.example"),
            Self::Root(role) => world.root_as(role),
            Self::Reseller(role) => world.reseller_as(reseller, role),
        }
    }
}

/// The address with an id that nothing has in each gap.
pub fn absent(path: &str) -> String {
    let part = |part: &str| match part {
        "{number}" => "1".to_owned(),
        "{currency}" => "USD".to_owned(),
        "{file:.*}" => "portal.css".to_owned(),
        gap if gap.starts_with('{') => "0198f2a0-0000-7000-8000-000000000000".to_owned(),
        fixed => fixed.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Asks for the address, with the right token and an empty form where it changes something.
fn knock(client: &Client, method: &str, path: &str) -> Page {
    match method {
        "GET" => client.get(path),
        _ => {
            let token = client.token();
            let method: Method = method.parse().unwrap();
            client.send(path, client.request(method, path).form(&[("csrf", token)]))
        }
    }
}

fn changes(world: &World) -> i64 {
    world.read(|connection| audit_events::table.count().get_result(connection))
}

fn is_sent_to_sign_in(page: &Page) -> bool {
    page.status == 303 && page.location().starts_with("/sign-in")
}

#[test]
fn the_table_names_each_line_of_the_site_map() {
    let named: BTreeSet<_> = TABLE
        .iter()
        .map(|(method, path, access, right)| format!("{access:?} {right:?} {method} {path}"))
        .collect();
    let mapped: BTreeSet<_> = ROUTES
        .iter()
        .map(|route| format!("{:?} {:?} {} {}", route.access, route.right, route.method, route.path))
        .collect();
    let unnamed: Vec<_> = mapped.difference(&named).collect();
    let gone: Vec<_> = named.difference(&mapped).collect();
    assert!(unnamed.is_empty() && gone.is_empty(), "without a row: {unnamed:#?}\nwithout a line: {gone:#?}");
    assert_eq!(named.len(), TABLE.len(), "a row stands twice");
}

on_both! {
    fn only_those_whom_the_table_names_enter(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        a_channel(kestrel).sells(&a_bundle("CLOUD").recurring("10").build(world)).build(world);
        a_request("Halden").state("draft").from("owner@halden.example").build(world);
        world.settle();
        for (method, pattern, access, right) in TABLE {
            let path = absent(pattern);
            for visitor in Visitor::ALL {
                let client = visitor.at(world, kestrel);
                let before = changes(world);
                let page = knock(&client, method, &path);
                let told = format!("{method} {path} as {visitor:?}: {}", page.status);
                if visitor.may_enter(*access, *right) {
                    assert!(!matches!(page.status, 401 | 403 | 500..), "{told}");
                    assert!(*path == *"/sign-out" || *access == Access::Anyone || !is_sent_to_sign_in(&page), "{told}");
                    continue;
                }
                match visitor {
                    _ if *access == Access::Feed => assert_eq!(page.status, 401, "{told}"),
                    Visitor::Nobody => assert!(is_sent_to_sign_in(&page), "{told}"),
                    _ => assert_eq!(page.status, 403, "{told}"),
                }
                assert_eq!(changes(world), before, "{told}, and yet something changed");
            }
        }
    }

    fn an_address_that_the_site_map_does_not_name_is_closed_to_everybody(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        for visitor in Visitor::ALL {
            for path in ["/backup", "/customers/", "/planted/search?text=a", "/planted/echo?text=a"] {
                visitor.at(world, kestrel).get(path).expect(404);
            }
        }
    }

    fn a_disabled_account_is_out_at_once(world) {
        let id = an_account("gone@northgate.example").build(world);
        let client = world.session_of(id);
        client.get("/audit").expect(200);
        world.write(|connection| {
            diesel::update(users::table.find(id)).set(users::state.eq("disabled")).execute(connection)
        });
        assert!(is_sent_to_sign_in(&client.get("/audit")));
    }
}

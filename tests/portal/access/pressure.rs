//! Nobody asks for more than the portal can answer.

use std::num::NonZeroU32;

use crate::on_both;
use crate::support::builders::a_reseller;
use crate::support::{Client, World};

/// The same portal with a limit of its own.
fn limited(world: &World, requests: u32) -> World {
    World::with(world.database(), |parts| {
        let mut config = (*parts.config).clone();
        config.requests_a_minute = NonZeroU32::new(requests);
        parts.config = config.into();
    })
}

/// How many of so many requests were answered before the first refusal.
fn answered(client: &Client, path: &str, most: usize) -> usize {
    (0..most).take_while(|_| client.get(path).status != 429).count()
}

on_both! {
    fn each_person_has_so_many_requests_a_minute_and_leaves_the_others_theirs(world) {
        let world = limited(world, 20);
        let reseller = a_reseller("Kestrel").build(&world).id;
        let (root, seller) = (world.root(), world.reseller(reseller));
        // A few come back while they are asked for.
        let some = 20..50;
        assert!(some.contains(&answered(&root, "/account", 60)));
        let refused = (0..20).map(|_| root.get("/account")).find(|page| page.status == 429).unwrap();
        assert_eq!((refused.h1().as_str(), refused.header("retry-after")), ("Too many requests", "2"));
        assert!(refused.header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!(answered(&seller, "/account", 20), 20);
        assert!(some.contains(&answered(&world.anonymous(), "/help", 60)));
        assert_eq!(answered(&world.anonymous(), "/healthz", 60), 60);
    }

    fn a_limit_of_none_is_none(world) {
        assert_eq!(answered(&limited(world, 0).root(), "/account", 60), 60);
    }
}

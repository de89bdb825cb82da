//! The warning that a request may be one that is there already.

use diesel::prelude::*;
use reseller_portal::db::schema::reseller_request_info as requests;
use reseller_portal::values::RequestId;

use crate::on_both;
use crate::support::World;
use crate::support::builders::a_request;

/// A submitted request with a tax id.
fn request(world: &World, name: &str, email: &str, tax_id: &str) -> RequestId {
    let id = a_request(name).from(email).build(world);
    world.write(|connection| {
        diesel::update(requests::table.find(id)).set(requests::tax_id.eq(tax_id)).execute(connection)
    });
    id
}

/// What root is warned of on a request's page.
fn warnings(world: &World, id: RequestId) -> Vec<String> {
    let page = world.root().get(&format!("/requests/{id}")).expect(200);
    let mut said = page.texts(".note.warn li");
    said.iter_mut()
        .for_each(|line| *line = line.split(':').next_back().unwrap_or_default().trim().to_owned());
    said
}

on_both! {
    fn the_same_tax_id_in_another_writing_is_a_duplicate(world) {
        let first = request(world, "Halden", "a@halden.example", "NO 987.654.321 MVA");
        let second = request(world, "Quite Different", "b@other.example", "no987654321mva");
        assert_eq!((warnings(world, first), warnings(world, second)), (vec!["Same tax id".to_owned()], vec!["Same tax id".to_owned()]));
    }

    fn the_same_domain_is_a_duplicate_but_for_free_mail(world) {
        let first = request(world, "Halden", "a@halden.example", "1");
        request(world, "Quite Different", "b@halden.example", "2");
        assert_eq!(warnings(world, first), ["Same e-mail domain"]);
        let free = request(world, "Aldous", "a@gmail.com", "3");
        request(world, "Brightwater", "b@gmail.com", "4");
        assert_eq!(warnings(world, free), Vec::<String>::new());
    }

    fn nearly_the_same_name_is_a_duplicate_whatever_the_form_of_company(world) {
        let first = request(world, "Halden Systems AS", "a@halden.example", "1");
        request(world, "Haldén System Ltd.", "b@other.example", "2");
        request(world, "Harbour Systems AS", "c@third.example", "3");
        assert_eq!(warnings(world, first), ["Nearly the same name"]);
    }

    fn nothing_is_a_duplicate_of_itself_or_of_a_draft(world) {
        let id = request(world, "Halden", "a@halden.example", "1");
        a_request("Halden").state("draft").from("b@halden.example").build(world);
        assert_eq!(warnings(world, id), Vec::<String>::new());
    }

    fn an_old_request_of_the_same_company_is_named_with_its_address(world) {
        let old = a_request("Halden").state("rejected").build(world);
        let new = a_request("Halden").build(world);
        let page = world.root().get(&format!("/requests/{new}")).expect(200);
        assert!(page.main().contains("This may be a duplicate"));
        assert_eq!(page.link("Halden"), format!("/requests/{old}"));
    }
}

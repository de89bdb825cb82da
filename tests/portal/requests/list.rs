//! Root's list of requests.

use crate::on_both;
use crate::support::Page;
use crate::support::builders::a_request;

fn names(page: &Page) -> Vec<String> {
    page.texts("tbody th a")
}

on_both! {
    fn an_empty_list_says_how_requests_come(world) {
        let page = world.root().get("/requests").expect(200);
        assert!(page.main().contains("No requests yet") && page.has_link("Open the form"));
    }

    fn it_is_searched_filtered_sorted_and_counted(world) {
        a_request("Zeta").state("in_review").build(world);
        a_request("Alpha").state("submitted").build(world);
        a_request("Mid").state("in_review").build(world);
        a_request("Hidden").state("draft").build(world);
        let root = world.root();
        let page = root.get("/requests");
        assert_eq!(names(&page), ["Mid", "Alpha", "Zeta"]);
        assert!(page.has_link("In review 2") && page.has_link("Submitted 1") && !page.main().contains("Draft"));
        assert_eq!(names(&root.get("/requests?sort=company")), ["Alpha", "Mid", "Zeta"]);
        assert_eq!(names(&root.get("/requests?state=in_review&sort=company")), ["Mid", "Zeta"]);
        assert_eq!(names(&root.get("/requests?q=ZET")), ["Zeta"]);
        assert_eq!(names(&root.get("/requests?q=owner@mid")), ["Mid"]);
        let page = root.get("/requests?q=nothing-like-it").expect(200);
        assert!(page.main().contains("No request matches") && page.has_link("Clear filters"));
    }

    fn a_long_list_goes_on_on_the_next_page(world) {
        for number in 0..60 {
            a_request(&format!("Company {number:02}")).build(world);
        }
        let root = world.root();
        let (mut page, mut seen) = (root.get("/requests?sort=company"), Vec::new());
        loop {
            seen.extend(names(&page));
            if !page.has_link("Next") {
                break;
            }
            page = root.get(&page.link("Next"));
        }
        assert_eq!((seen.len(), seen.first().unwrap().as_str(), seen.last().unwrap().as_str()), (60, "Company 00", "Company 59"));
    }
}

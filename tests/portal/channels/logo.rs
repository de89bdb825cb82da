//! A channel's own logo.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};

use crate::on_both;
use crate::support::builders::{a_channel, a_reseller};
use crate::support::{Client, Page, Upload};

fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::new(width, height)).write_to(&mut file, ImageFormat::Jpeg).unwrap();
    file.into_inner()
}

fn send(client: &Client, address: &str, name: &str, content: &[u8]) -> Page {
    client.post_file(address, &[], &Upload { field: "picture", name, content })
}

/// Where the logo beside the portal's name is.
fn beside_the_name(page: &Page) -> Vec<String> {
    page.attributes(".brand img", "src")
}

on_both! {
    fn a_channels_logo_stands_on_its_resellers_pages_and_nobody_elses(world) {
        let [kestrel, opal] = ["Kestrel", "Opal"].map(|name| a_reseller(name).build(world).id);
        let (channel, root) = (a_channel(kestrel).build(world), world.root());
        a_channel(opal).build(world);
        let (kim, oda, page) = (world.reseller(kestrel), world.reseller(opal), format!("/channels/{channel}/logo"));
        assert_eq!(beside_the_name(&kim.get("/prices")), [""; 0]);
        assert_eq!(send(&root, &page, "logo.jpg", &picture(800, 100)).expect(303).location(), page);
        let shown = beside_the_name(&kim.get("/prices"));
        let [address] = shown.as_slice() else { panic!("{shown:?}") };
        let logo = kim.get(address).expect(200);
        assert_eq!((logo.header("content-type"), &logo.bytes[1..4]), ("image/png", &b"PNG"[..]));
        assert!(logo.header("cache-control").starts_with("private"));
        oda.get(address).expect(404);
        assert_eq!(beside_the_name(&oda.get("/prices")), [""; 0]);
        assert_eq!(beside_the_name(&root.get(&page)), [""; 0]);
        assert_eq!(root.get(&page).attributes(".card img", "src"), shown);
        // Another picture has another address, so that no browser shows the old one.
        world.clock.advance(chrono::Duration::seconds(1));
        send(&root, &page, "logo.jpg", &picture(80, 80)).expect(303);
        assert_ne!(beside_the_name(&kim.get("/prices")), shown);
        root.post(&format!("{page}/removal"), &[]).expect(303);
        assert_eq!(beside_the_name(&kim.get("/prices")), [""; 0]);
        kim.get(address).expect(404);
        assert!(root.get(&format!("/channels/{channel}")).main().contains("taken away"));
    }

    fn what_is_no_picture_is_refused_beside_its_field(world) {
        let channel = a_channel(a_reseller("Kestrel").build(world).id).build(world);
        let (root, page) = (world.root(), format!("/channels/{channel}/logo"));
        let wrong = "Choose a picture in PNG or JPEG format, of at most 4,096 pixels a side";
        for content in [&b"<svg/>"[..], b"", &picture(5_000, 1)] {
            assert_eq!(send(&root, &page, "logo.png", content).expect(422).error_of("picture"), wrong);
        }
        let large = send(&root, &page, "logo.png", &vec![0; 1024 * 1024 + 1]).expect(422);
        assert_eq!(large.error_of("picture"), "Choose a picture of at most 1 MiB");
        assert!(!root.get(&page).has(".card img"));
    }
}

//! The disk is full.

use super::cases::{Case, close, import, imported};
use super::setting::{Original, business, is_sound, is_thorough, look, number};
use super::strace::{Fault, under};
use super::work::{add_product, upload};
use crate::support::builders::an_account;
use crate::support::{PASSWORD, Page, Program, wait_for};
use crate::web::is_hardened;

/// What SQLite calls that needs space.
const WRITES: &str = "pwrite64,ftruncate,fallocate";
const FULL: &str = "error=ENOSPC";

/// The page says that nothing can be saved, and to come back.
fn says_that_it_is_full(page: Page) {
    let page = page.expect(503);
    is_hardened(&page);
    assert_eq!(page.header("retry-after"), "60");
    assert!(page.html().contains("Nothing can be saved now"), "{}", page.html());
}

/// From some write on there is no space.
fn from_some_write_on(case: &Case) {
    let points: Vec<u32> = if is_thorough() { (1..150).step_by(3).collect() } else { vec![2, 9, 40] };
    for point in points {
        let place = case.place();
        let told = under(&place, WRITES, &format!("{FULL}:when={point}+"), case.arguments);
        let said = String::from_utf8_lossy(&told.stderr).into_owned();
        assert!(told.status.success() || said.contains("error: "), "write {point}: {said}");
        case.check(&place, told.status.success(), &format!("full from write {point} on"));
    }
}

#[test]
fn a_command_on_a_full_disk_says_so_and_leaves_nothing_half_done() {
    from_some_write_on(&import(1_000));
    from_some_write_on(&close());
}

#[test]
fn while_the_disk_is_full_pages_say_so_reading_goes_on_and_saving_comes_back() {
    let (original, partners) = Original::of(business);
    let place = original.copy();
    let program = Program::serve(&place);
    let (root, channel) = (program.root(), partners[0].1);
    assert_eq!(add_product(&root, "BEFORE").status, 303);

    let fault = Fault::of(&program, WRITES, FULL);
    says_that_it_is_full(add_product(&root, "DURING"));
    says_that_it_is_full(upload(&root, channel, 100));
    // The first of them still shows the sentence after the last change.
    for path in ["/products", "/", "/audit", "/usage/files", "/products"] {
        is_hardened(&root.get(path).expect(200));
    }
    program.anonymous().get("/healthz").expect(200);
    fault.end();

    assert_eq!(add_product(&root, "DURING").status, 303);
    assert_eq!(upload(&root, channel, 100).status, 303);
    let kept = "SELECT count(*) FROM products WHERE sku IN ('BEFORE', 'DURING')";
    assert_eq!(look(&place, |connection| number(connection, kept)), 2);
    program.kill();
    is_sound(&place, "after a full disk");
}

#[test]
fn somebody_who_signs_in_on_a_full_disk_is_told_so() {
    let (original, ()) = Original::of(|world| {
        an_account("rosa@northgate.example").with_password().build(world);
    });
    let program = Program::serve(&original.copy());
    let stranger = program.anonymous();
    stranger.token();
    let _fault = Fault::of(&program, WRITES, FULL);
    says_that_it_is_full(stranger.post("/sign-in", &[("name", "rosa"), ("password", PASSWORD)]));
}

#[test]
fn background_work_that_meets_a_full_disk_goes_on_when_there_is_space() {
    let (original, partners) = Original::of(business);
    let place = original.copy();
    let program = Program::serve(&place);
    let root = program.root();
    let file = upload(&root, partners[0].1, 2_000).location().to_owned();
    let checked = || root.get(&file).expect(200);
    wait_for("the file is checked", || checked().has_button("Import file"));
    let page = checked();
    // Each thread has some writes left: enough to take the job, and far too few to end it.
    let fault = Fault::of(&program, WRITES, "error=ENOSPC:when=100+");
    root.press(&page, "Import file", &[]).expect(303);
    wait_for("the import fails, and its end cannot be noted", || {
        let told = program.said();
        let has_failed = |line: &str| line.contains("accept_file") && line.contains("disk is full");
        told.lines().any(has_failed) && told.contains("the job queue could not be read")
    });
    fault.end();
    wait_for("the file is imported", || look(&place, imported)[0] == [2_000, 2_000, 2_000, 1, 1]);
    program.kill();
    is_sound(&place, "after a full disk");
}

//! The server is killed while somebody brings a usage file.

use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use reseller_portal::db::schema::usage_files;
use reseller_portal::jobs::store::unfinished;
use reseller_portal::values::{ChannelId, UsageFileId};

use super::cases::imported;
use super::setting::{Original, business, is_sound, look, moments, timed};
use super::work::try_upload;
use crate::support::{Client, Place, Program, World, wait_for};

const ROWS: i64 = 2_000;

/// How far somebody came.
#[derive(Default)]
struct Came {
    uploaded: bool,
    decided: bool,
}

/// Uploads a file, waits for its check and imports it, until the program breaks off.
fn bring(client: &Client, channel: ChannelId, came: &mut Came) -> reqwest::Result<()> {
    let rows = usize::try_from(ROWS).unwrap();
    let file = try_upload(client, channel, rows)?.location().to_owned();
    came.uploaded = true;
    while !client.try_get(&file)?.expect(200).has_button("Import file") {
        std::thread::sleep(Duration::from_millis(20));
    }
    came.decided = client.try_post(&format!("{file}/acceptance"), &[])?.expect(303).status == 303;
    Ok(())
}

/// Decides as soon as the file is read, unless that was done before the answer could be sent. While the import runs
/// the database takes nothing else.
fn go_on(client: &Client, file: &str) {
    wait_for("the file is decided", || {
        let answer = client.post(&format!("{file}/acceptance"), &[]);
        match answer.status {
            303 => true,
            503 => false,
            _ => answer.expect(409).main().contains("was accepted or rejected before"),
        }
    });
}

/// Root's session in a database that nobody serves.
fn session(place: &Arc<Place>) -> String {
    World::beside(place, ([127, 0, 0, 1], 0).into()).root().cookie("session").unwrap()
}

/// Serves, for somebody who has a session.
fn serve(place: &Arc<Place>) -> (Program, Client) {
    let session = session(place);
    let program = Program::serve(place);
    let client = program.anonymous();
    client.set_cookie(&format!("session={session}"));
    client.get("/account").expect(200);
    (program, client)
}

fn is_imported(place: &Arc<Place>) -> bool {
    look(place, imported)[0] == [ROWS, ROWS, ROWS, 1, 1]
}

/// The address of the only file, if there is one.
fn address(place: &Arc<Place>) -> Option<String> {
    let ids: Vec<UsageFileId> =
        look(place, |connection| usage_files::table.select(usage_files::id).load(connection));
    assert!(ids.len() < 2);
    ids.first().map(|id| format!("/usage/files/{id}"))
}

/// How far somebody came by the moment at which the program is killed.
fn killed_after(place: &Arc<Place>, channel: ChannelId, moment: Duration) -> Came {
    let (program, root) = serve(place);
    std::thread::scope(|scope| {
        let work = scope.spawn(|| {
            let mut came = Came::default();
            // That it breaks off is what is tried; how far it came is told.
            let _ = bring(&root, channel, &mut came);
            came
        });
        std::thread::sleep(moment);
        program.kill();
        work.join().unwrap()
    })
}

#[test]
fn a_file_whose_server_is_killed_is_checked_and_imported_once_after_the_restart() {
    let (original, partners) = Original::of(business);
    let channel = partners[0].1;
    let whole = {
        let place = original.copy();
        let (_program, root) = serve(&place);
        timed(|| {
            bring(&root, channel, &mut Came::default()).unwrap();
            wait_for("the file is imported", || is_imported(&place));
        })
    };
    for moment in moments(whole) {
        let (place, when) = (original.copy(), format!("killed after {moment:?}"));
        let came = killed_after(&place, channel, moment);
        is_sound(&place, &when);
        let parts = look(&place, imported).remove(0);
        assert!(is_imported(&place) || parts == [0; 5], "{when}: {parts:?}");
        let file = address(&place);
        assert!(file.is_some() || !came.uploaded, "{when}: the file is lost");

        let (program, root) = serve(&place);
        match file {
            None => bring(&root, channel, &mut Came::default()).unwrap(),
            Some(_) if came.decided => {}
            Some(file) => go_on(&root, &file),
        }
        wait_for("the file is imported", || is_imported(&place));
        wait_for("the work has ended", || look(&place, unfinished) == 0);
        program.kill();
        is_sound(&place, &when);
    }
}

//! What the source must not have, whatever it does: other programs, other connections, statements and markup made
//! from text.

use super::{files, names_any, none, sources};

/// The files that use the word; all of them, unless a list says where it may stand.
fn only_in(allowed: &[&str], words: &[&'static str]) -> Vec<String> {
    let elsewhere = sources().into_iter().filter(|source| !allowed.contains(&&*source.name));
    let found = elsewhere.filter_map(|source| {
        names_any(&source.code(), words).map(|word| format!("{} uses {word}", source.name))
    });
    found.collect()
}

#[test]
fn the_program_is_memory_safe_and_starts_no_other() {
    let manifest = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
    none(only_in(&[], &["process::Command", "Command::new", "libc::", "extern \"C\""]));
}

#[test]
fn only_the_database_and_the_mail_server_are_connected_to() {
    none(only_in(&[], &["TcpStream", "UdpSocket", "reqwest", "hyper::", "awc::", "ureq"]));
    none(only_in(&["mail/sender.rs"], &["SmtpTransport"]));
    none(only_in(&["db/connection.rs"], &["Connection::establish"]));
}

#[test]
fn the_log_goes_to_standard_error_and_the_database_only() {
    let (_, program) = files("src/cli", "mod.rs").remove(0);
    assert_eq!(program.matches(".with_writer(").count(), 1);
    assert!(program.contains(".with_writer(std::io::stderr)"));
    none(only_in(&["cli/mod.rs"], &["tracing_subscriber"]));
    none(only_in(&["cli/mod.rs", "cli/demo.rs"], &["eprintln!"]));
    none(only_in(&["private.rs"], &["OpenOptions", "File::create", "fs::write"]));
    none(only_in(&["audit/store.rs"], &["insert_into(audit_events"]));
}

#[test]
fn no_statement_is_put_together_from_text() {
    none(only_in(&[], &["dsl::sql(", "dsl::sql::", ".sql(", "push_sql(&", "push_sql(f"]));
    // Whole tables are moved by statements of the names that the schema declares; values are bound.
    none(only_in(&["db/tables.rs"], &["sql_query"]));
    none(only_in(&["db/connection.rs"], &["batch_execute"]));
}

#[test]
fn cryptography_comes_from_few_libraries_and_stands_in_few_files() {
    let weak = ["md5", "Md5", "sha1", "Sha1", "Sha224", "Des::", "Rc4", "Ecb", "Cbc", "aes::", "rsa::"];
    let guessable = ["SmallRng", "StdRng", "seed_from_u64", "from_seed", "fastrand", "new_v1("];
    none(only_in(&[], &weak));
    none(only_in(&[], &guessable));
    none(only_in(&["keyring.rs"], &["chacha20poly1305", "hmac::"]));
    none(only_in(&["access/password.rs"], &["argon2::"]));
    none(only_in(&["access/totp.rs"], &["totp_rs"]));
    none(only_in(&["access/totp.rs", "keyring.rs", "web/respond.rs"], &["rand::"]));
}

#[test]
fn the_script_makes_no_markup_from_text_runs_none_and_keeps_nothing() {
    let (_, script) = files("static", "portal.js").remove(0);
    // The portal's own tabs talk over a channel, which no other origin hears or speaks on.
    assert_eq!(script.matches("const tabs = new BroadcastChannel(").count(), 1);
    let script = script.replace("tabs.postMessage", "").replace("tabs.onmessage", "");
    let makes =
        ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "createContextualFragment"];
    let runs = ["eval(", "Function(", "import(", "setTimeout(\"", "postMessage", "\"message\"", ".onmessage"];
    let keeps =
        ["localStorage", "sessionStorage", "indexedDB", "caches.", "document.cookie", "serviceWorker"];
    let pollutes = ["__proto__", ".prototype", "Object.assign", "JSON.parse"];
    for words in [&makes[..], &runs, &keeps, &pollutes] {
        assert_eq!(names_any(&script, words), None);
    }
}

#[test]
fn pages_load_nothing_but_the_portals_own_files() {
    let own = "{{ crate::web::assets::asset(";
    // Loads nothing: it names a part of the page itself.
    let waits = " rel=\"expect\" href=\"#";
    let mut faults = Vec::new();
    for (name, text) in files("templates", ".html") {
        for start in ["<script", "<link"] {
            for element in text.split(start).skip(1).filter_map(|rest| rest.split("\n").next()) {
                if !element.contains(own) && !element.starts_with(waits) {
                    faults.push(format!("templates/{name} has {start}{element}"));
                }
            }
        }
        let outside = [
            "<iframe",
            "<frame",
            "<object",
            "<embed",
            "<applet",
            "<base ",
            "<img",
            "src=\"http",
            "href=\"http",
        ];
        // A channel's logo is the one picture; the portal drew it itself.
        let text = text.replace("<img class=\"logo\" src=\"{{ ", "");
        faults.extend(names_any(&text, &outside).map(|word| format!("templates/{name} has {word}")));
    }
    none(faults);
}

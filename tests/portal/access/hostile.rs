//! Hostile values in every field of every form: the answer is never an error of the portal's own. A value is refused
//! with a message, and comes back in its field to the letter; or it is taken, and kept to the letter.

use super::forms::{forms, session};
use crate::on_both;
use crate::support::catalogue::{self, Column};
use crate::support::{Input, Page, PageForm, World};

/// How many values each field gets.
const EACH: usize = 6;
/// Who is offered forms: the provider, a re-seller, somebody with a draft.
const PEOPLE: [&str; 3] = ["root", "ingrid", "marek@pixelforge.example"];

const SHAPE: &str = "has one form, in which it is kept and shown";
const VALUE: &str = "is kept as a number, not as a text";

/// Fields with a text that is read into something: by the start of their names, and why they are not kept to the letter.
const FORMED: &[(&str, &str)] = &[
    ("code", SHAPE),
    ("sku", SHAPE),
    ("host", SHAPE),
    ("email", SHAPE),
    ("phone", SHAPE),
    ("user_name", SHAPE),
    ("quantity", VALUE),
    ("expected_customers", VALUE),
    ("payment_days", VALUE),
    ("percent", VALUE),
    ("to.", "names a customer or a product"),
    ("table", "is a table, of which each row is kept"),
];
/// What people and attackers send in place of what a field asks for.
fn values() -> Vec<String> {
    let texts = [
        "",
        " ",
        "\u{202e}gnp.exe",
        "a\u{200d}b",
        "e\u{301}",
        "é",
        "👩‍👩‍👧",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "' OR 1=1 --",
        "\"><img src=x onerror=alert(1)>",
        "a\r\nSet-Cookie: x=1",
        "../../etc/passwd",
        "%00",
        "\u{feff}x",
        "=1+1",
        "NULL",
        "true",
        "[]",
        "00000000-0000-0000-0000-000000000000",
    ];
    let numbers = [
        "-0",
        "-1",
        "NaN",
        "Infinity",
        "1e400",
        "1e-400",
        "0x10",
        "1_000",
        "1,5",
        "1.234,56",
        "\u{661}",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "0.1234567890123456789",
        "99999999999999999999999999999999999999",
        "-99999999999999999999",
    ];
    let dates = [
        "0000-00-00",
        "0000-01",
        "2023-02-29",
        "9999-12-31",
        "9999-12",
        "-1-01-01",
        "262143-12-31",
        "2026-13",
    ];
    let long = ["x".repeat(100_000), "e\u{301}".repeat(1_000)];
    texts.iter().chain(&numbers).chain(&dates).map(|text| (*text).to_owned()).chain(long).collect()
}

/// The values for one field: each field takes up where the one before it left off, so that all are sent many times;
/// with `HOSTILE=all` each field gets every one.
fn chosen(tried: usize) -> Vec<String> {
    let all = values();
    if std::env::var("HOSTILE").is_ok_and(|asked| asked == "all") {
        return all;
    }
    let count = all.len();
    all.into_iter().cycle().skip(tried % count).take(EACH).collect()
}

/// The tables in which what is typed ends up; those of usage hold what files say.
fn kept_in(world: &World) -> Vec<Column> {
    let columns = world.read(catalogue::columns).into_iter();
    let is_typed = |column: &Column| {
        let table = column.in_table.as_str();
        column.is_text
            && !table.starts_with("usage_")
            && !["charge_lines", "audit_events", "sessions"].contains(&table)
    };
    columns.filter(is_typed).collect()
}

/// Whether a text stands in the database, to the letter.
fn is_kept(world: &World, columns: &[Column], text: &str) -> bool {
    let start: String = text.chars().take(200).collect();
    let (start, length) = (start.replace('\'', "''"), text.chars().count());
    let one = |column: &Column| {
        let Column { in_table, called, .. } = column;
        format!(
            "SELECT '{called}' AS content FROM {in_table} WHERE length({called}) = {length} AND substr({called}, 1, 200) = '{start}'"
        )
    };
    // A reason that no table has is the end of what the log of changes says.
    let logged = format!(
        "SELECT summary AS content FROM audit_events WHERE substr(summary, length(summary) - {length} + 1, 200) = '{start}'"
    );
    let query = columns.iter().map(one).chain([logged]).collect::<Vec<_>>().join(" UNION ALL ");
    !world.read(|connection| catalogue::texts(connection, &query)).is_empty()
}

/// As HTML reads a text: a line ends in LF.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Refused: with a message, and what was typed is still in its field, but for the blanks around it.
fn refused(input: &Input, value: &str, answer: &Page) -> Option<String> {
    if answer.errors().is_empty() && !answer.has(".field-error, .note.bad") {
        return Some("is refused without a word".into());
    }
    let fields = answer.values_of_fields(&input.name);
    let is_back = fields.iter().flatten().any(|back| lines(back).trim() == lines(value).trim());
    (input.is_typed() && !is_back).then(|| format!("does not come back: {fields:.80?}"))
}

/// Taken: a text is kept as it was typed, but for the blanks around it.
fn taken(world: &World, columns: &[Column], field: &str, value: &str) -> Option<String> {
    let kept = value.trim();
    // Names of things on offer are written on one line, with single blanks.
    let joined = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_kept = kept.is_empty() || is_kept(world, columns, kept) || is_kept(world, columns, &joined);
    (!is_kept && !FORMED.iter().any(|(name, _)| field.starts_with(name)))
        .then(|| "is taken and kept as something else".into())
}

/// What is wrong with an answer to a value in a field.
fn fault(
    world: &World,
    columns: &[Column],
    form: &PageForm,
    field: &str,
    value: &str,
    answer: &Page,
) -> Option<String> {
    let input = form.inputs.iter().find(|input| input.name == field)?;
    if ["<script>alert", "<img src=x"].iter().any(|raw| answer.html().contains(raw)) {
        return Some("stands in the page as it is".into());
    }
    match answer.status {
        500.. => Some(format!("ends in {}", answer.status)),
        // A code that serves once is typed anew.
        422 if !form.action.starts_with("/account/") => refused(input, value, answer),
        303 if ["text", "textarea"].contains(&input.kind.as_str()) => taken(world, columns, field, value),
        _ => None,
    }
}

on_both! {
    fn every_value_in_any_field_is_refused_with_a_message_or_kept_as_it_is(world) {
        let world = &World::demonstration(world.database());
        let columns = kept_in(world);
        let (mut faults, mut tried, mut kept) = (Vec::new(), 0, 0);
        for name in PEOPLE {
            let forms = forms(&session(world, name));
            assert!(forms.len() >= 3, "{name} is offered only {:?}; {faults:#?}", forms.keys());
            for (pattern, form) in forms {
                // Some forms end what the next one needs.
                let client = session(world, name);
                for field in form.names() {
                    for value in chosen(tried).iter().map(|value| Some(value.as_str())).chain([None]) {
                        let answer = client.fill(&form, &form.changed(field, value));
                        tried += 1;
                        kept += usize::from(answer.status == 303);
                        let value = value.unwrap_or_default();
                        if let Some(fault) = fault(world, &columns, &form, field, value, &answer) {
                            let shown: String = value.chars().take(40).collect();
                            faults.push(format!("{name}: {pattern}: {field} = {shown:?} {fault}"));
                        }
                    }
                }
            }
        }
        assert!(tried > 1_000 && kept > 100, "{tried}, {kept}");
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    }
}

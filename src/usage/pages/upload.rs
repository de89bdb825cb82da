//! `/usage/files/new`: bring a usage file; its rows are checked in the background.
//!
//! **Permissions**: root; a re-seller when its channel allows it, else the page says who can permit it.

use actix_multipart::MultipartError;
use std::io::Seek;

use actix_multipart::form::tempfile::TempFile;
use actix_multipart::form::text::Text;
use actix_multipart::form::{MultipartForm, MultipartFormConfig};
use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use super::{choice, chosen, may_import, may_import_some, own_channel, wording};
use crate::channels::choice::{Choice, missing};
use crate::db::{Db, Failure, Never};
use crate::usage::Format;
use crate::usage::formats::{LARGEST_FILE, recognise};
use crate::usage::store::{self, NewFile};
use crate::web::upload::{named, typed};
use crate::web::{Answer, Error, Errors, Go, Member, Shell, csrf, pace, page_with};

/// Room for the other fields of a form with a file: tables of prices and books travel in one.
const FORM: usize = 1024 * 1024;
const LONGEST_NAME: usize = 150;
/// Chosen when the portal is to find out how the file is written.
const AUTO: &str = "auto";
const ENDINGS: &[&str] = &[".csv", ".json", ".jsonl", ".ndjson", ".xml"];
const OTHER_ENDING: &str = "Choose a file whose name ends in .csv, .json, .jsonl, .ndjson or .xml";

/// The form as sent; the file lies on disk.
#[derive(Debug, MultipartForm)]
pub struct Upload {
    csrf: Option<Text<String>>,
    channel: Option<Text<String>>,
    format: Option<Text<String>>,
    usage: Option<TempFile>,
}

#[derive(Template)]
#[template(path = "usage/upload.html")]
struct UploadPage {
    shell: Shell,
    is_root: bool,
    may_import: bool,
    channel: Choice,
    formats: Vec<(&'static str, &'static str)>,
    format: String,
    errors: Errors,
}

/// How much of an upload is read; the rest is cut off before it is kept.
pub fn limits() -> MultipartFormConfig {
    MultipartFormConfig::default().total_limit(LARGEST_FILE + FORM).memory_limit(FORM).error_handler(
        |error, _| {
            match error {
                MultipartError::Payload(PayloadError::Overflow) => {
                    Error::TooLarge("A usage file has at most 100 MiB, a table of prices or books far less. Split it and upload the parts.".into())
                }
                MultipartError::ContentTypeMissing
                | MultipartError::ContentTypeIncompatible
                | MultipartError::ContentTypeParse => Error::StaleForm(None),
                MultipartError::Payload(error) if pace::is_too_slow(&error) => Error::TooSlow,
                error => Error::BadRequest(format!("The upload broke off or cannot be read: {error}.")),
            }
            .into()
        },
    )
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>) -> Answer {
    let form = upload_page(shell, &member, &db, "", "", Errors::default()).await?;
    page_with(if form.may_import { StatusCode::OK } else { StatusCode::FORBIDDEN }, &form)
}

pub async fn submit(
    member: Member,
    request: HttpRequest,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    form: MultipartForm<Upload>,
) -> Answer {
    let form = form.into_inner();
    csrf::verify(&request, &typed(form.csrf)?, csrf::length(&request))?;
    let (channel, format) = (typed(form.channel)?, typed(form.format)?);
    let mut errors = Errors::default();
    let target = chosen(&db, &member, &channel).await?;
    if target.is_none() {
        errors.add("channel", missing(&channel));
    }
    let file = named(form.usage, ENDINGS, OTHER_ENDING, "usage", &mut errors);
    if file.is_none() {
        errors.add("usage", "Choose a file that is not empty");
    }
    let parsed = match (format.as_str(), &file) {
        // It cannot be told of a file that is not there.
        ("" | AUTO, None) => None,
        ("" | AUTO, Some(file)) => {
            let known = recognise(&file.file.path().to_owned());
            errors.take("format", known.map_err(|error| error.to_string()))
        }
        (word, _) => {
            errors.take("format", word.parse::<Format>().map_err(|_| "Choose how the file is written"))
        }
    };
    let (Some(target), Some(parsed), Some(file)) = (target, parsed, file) else {
        let form = upload_page(shell, &member, &db, &channel, &format, errors).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &form);
    };
    if !may_import(&member, &target) {
        return Err(Error::Forbidden);
    }
    let new = NewFile { name: file_name(file.file_name.as_deref()), format: parsed };
    let said = format!("{} is uploaded; its rows are being checked", new.name);
    let act = member.act();
    let mut content = file.file.into_file();
    let id = db
        .write::<_, Never>(move |connection| {
            content.rewind().map_err(|error| Failure::Unavailable(error.to_string()))?;
            Ok(store::upload(connection, &target, &new, &mut content, &act)?)
        })
        .await?;
    go.to(format!("/usage/files/{id}"), said)
}

/// The last part of the name that the browser gave, without what could not be shown.
fn file_name(given: Option<&str>) -> String {
    let name = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect();
    if name.trim().is_empty() { "usage.csv".to_owned() } else { name }
}

async fn upload_page(
    shell: Shell,
    member: &Member,
    db: &Db,
    channel: &str,
    format: &str,
    errors: Errors,
) -> Result<UploadPage, Error> {
    Ok(UploadPage {
        shell,
        is_root: member.is_root(),
        may_import: may_import_some(member, own_channel(db, member).await?.as_ref()),
        channel: choice(db, member, channel).await?,
        formats: std::iter::once((AUTO, "Recognise it"))
            .chain(Format::ALL.iter().map(|format| (format.as_str(), wording::format_name(*format))))
            .collect(),
        format: if format.is_empty() { AUTO.to_owned() } else { format.to_owned() },
        errors,
    })
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_file_is_named_without_its_folder() {
        assert_eq!(file_name(Some("C:\\usage\\october.csv")), "october.csv");
        assert_eq!(file_name(Some("../../etc/passwd\n")), "passwd");
        assert_eq!(file_name(Some("")), "usage.csv");
        assert_eq!(file_name(None), "usage.csv");
    }
}

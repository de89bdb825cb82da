//! Files that come with a form.

use actix_multipart::form::tempfile::TempFile;
use actix_multipart::form::text::Text;
use actix_web::web;

use super::{Error, Errors};

/// A text field as typed; empty when it was not sent.
pub fn typed(field: Option<Text<String>>) -> Result<String, Error> {
    let text = field.map(Text::into_inner).unwrap_or_default();
    if text.contains('\0') { Err(Error::unkept()) } else { Ok(text) }
}

/// The file that was chosen; one that is named as something other than CSV gets a message beside the field.
pub fn named_csv(file: Option<TempFile>, field: &str, errors: &mut Errors) -> Option<TempFile> {
    named(file, &[".csv"], "Choose a file whose name ends in .csv", field, errors)
}

/// The file that was chosen; one whose name ends in another way gets a message beside the field.
pub fn named(
    file: Option<TempFile>,
    endings: &[&str],
    message: &'static str,
    field: &str,
    errors: &mut Errors,
) -> Option<TempFile> {
    let file = file.filter(|file| file.size > 0)?;
    let name = file.file_name.as_deref().unwrap_or_default().to_ascii_lowercase();
    let fits = endings.iter().any(|ending| name.ends_with(ending));
    errors.take(field, if fits { Ok(file) } else { Err(message) })
}

/// The content of a file that lies on disk.
pub async fn read(file: TempFile) -> Result<Vec<u8>, Error> {
    let failed =
        |error: &dyn std::fmt::Display| Error::Internal(format!("an upload cannot be read: {error}"));
    let content =
        web::block(move || std::fs::read(file.file.path())).await.map_err(|error| failed(&error))?;
    content.map_err(|error| failed(&error))
}

//! The files under `static/`, inside the binary, each under a name that carries its content's fingerprint.
//!
//! A fingerprinted answer may be kept by browsers for ever, because changed content gets another name.
//! The style sheet is written in small files under `static/css/` and leaves as one, `portal.css`.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use actix_web::{
    HttpResponse,
    http::header,
    web::{Bytes, Path},
};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// The parts of the style sheet, in the order of their cascade layers.
const STYLE_PARTS: [&str; 9] = [
    "css/tokens.css",
    "css/base.css",
    "css/layout.css",
    "css/components.css",
    "css/forms.css",
    "css/tables.css",
    "css/content.css",
    "css/charts.css",
    "css/print.css",
];

struct Assets {
    /// Plain name to fingerprinted address.
    addresses: HashMap<String, String>,
    /// Fingerprinted name to content.
    served: HashMap<String, Served>,
}

struct Served {
    kind: &'static str,
    bytes: Bytes,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::load);

/// The address of a file under `static/`, such as `/static/portal.1a2b3c4d.css` for `portal.css`.
///
/// A name that does not exist gives an address that answers 404.
pub fn asset(name: &str) -> String {
    ASSETS.addresses.get(name).cloned().unwrap_or_else(|| format!("/static/{name}"))
}

/// Answers a fingerprinted file; every other name is 404. **Permissions**: anyone.
pub async fn serve(file: Path<String>) -> HttpResponse {
    let Some(served) = ASSETS.served.get(file.as_str()) else {
        return HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("Not found");
    };
    HttpResponse::Ok()
        .content_type(served.kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(served.bytes.clone())
}

impl Assets {
    fn load() -> Self {
        let mut assets = Self { addresses: HashMap::new(), served: HashMap::new() };
        for name in Files::iter().filter(|name| !name.ends_with(".css")) {
            if let Some(file) = Files::get(&name) {
                assets.add(&name, bytes_of(file.data));
            }
        }
        let style = assets.style_sheet();
        assets.add("portal.css", Bytes::from(style));
        assets
    }

    fn add(&mut self, name: &str, bytes: Bytes) {
        let fingerprinted = fingerprinted(name, &bytes);
        self.addresses.insert(name.to_owned(), format!("/static/{fingerprinted}"));
        self.served.insert(fingerprinted, Served { kind: content_type(name), bytes });
    }

    /// The parts joined, with the plain names in `url("...")` replaced by fingerprinted addresses.
    fn style_sheet(&self) -> String {
        let parts = STYLE_PARTS.iter().filter_map(|name| Files::get(name));
        let mut style: String = parts.map(|file| String::from_utf8_lossy(&file.data).into_owned()).collect();
        for (name, address) in &self.addresses {
            style = style.replace(&format!("url(\"{name}\")"), &format!("url(\"{address}\")"));
        }
        style
    }
}

/// The content without a copy when it lies in the binary.
fn bytes_of(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    }
}

fn fingerprinted(name: &str, bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hash: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{name}.{hash}"),
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml; charset=utf-8",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    async fn get(address: &str) -> HttpResponse {
        serve(Path::from(address.trim_start_matches("/static/").to_owned())).await
    }

    #[actix_web::test]
    async fn every_address_answers_its_content_for_ever() {
        for name in ["portal.css", "portal.js", "icon.svg", "vendor/icons.svg"] {
            let response = get(&asset(name)).await;
            assert_eq!(response.status(), 200, "{name}");
            assert_eq!(
                response.headers().get("cache-control").and_then(|value| value.to_str().ok()),
                Some("public, max-age=31536000, immutable"),
                "{name}"
            );
        }
    }

    #[actix_web::test]
    async fn a_name_without_its_fingerprint_is_not_found() {
        assert_eq!(get("/static/portal.css").await.status(), 404);
        assert_eq!(get("/static/../Cargo.toml").await.status(), 404);
    }

    #[actix_web::test]
    async fn the_style_sheet_points_only_at_files_that_exist() {
        let body = to_bytes(get(&asset("portal.css")).await.into_body()).await.unwrap_or_default();
        let style = String::from_utf8_lossy(&body);
        let targets: Vec<_> =
            style.split("url(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(!targets.is_empty());
        for target in targets {
            assert_eq!(get(target).await.status(), 200, "{target}");
        }
    }

    #[test]
    fn every_part_of_the_style_sheet_exists_and_none_is_left_out() {
        let mut found: Vec<_> = Files::iter().filter(|name| name.ends_with(".css")).collect();
        let mut expected = STYLE_PARTS.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
}

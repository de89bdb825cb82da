//! An answer, read as people read it.

use reqwest::header::HeaderMap;
use scraper::{ElementRef, Html, Selector};

/// An answer of the app.
#[derive(Debug, Clone)]
pub struct Page {
    /// What was asked for: `GET /requests`.
    pub asked: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Page {
    /// The body as text.
    pub fn html(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The page itself, once its status is this.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.describe());
        self
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where a redirect leads.
    #[track_caller]
    pub fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.describe());
        self.header("location")
    }

    /// The text of the first element that matches, blanks joined.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        match self.texts(selector).into_iter().next() {
            Some(text) => text,
            None => panic!("nothing matches {selector}: {}", self.describe()),
        }
    }

    pub fn texts(&self, selector: &str) -> Vec<String> {
        self.select(selector, |element| text_of(&element))
    }

    pub fn has(&self, selector: &str) -> bool {
        !self.select(selector, |_| ()).is_empty()
    }

    /// An attribute of each element that matches and has it.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let values = self.select(selector, |element| element.value().attr(name).map(str::to_owned));
        values.into_iter().flatten().collect()
    }

    /// All that the page says in its main part.
    pub fn main(&self) -> String {
        self.text("main")
    }

    #[track_caller]
    pub fn h1(&self) -> String {
        self.text("h1")
    }

    /// The sentence after a change; empty when there is none.
    pub fn flash(&self) -> String {
        self.texts(".flash").into_iter().next().unwrap_or_default()
    }

    /// The messages of the summary on top of a form.
    pub fn errors(&self) -> Vec<String> {
        self.texts(".error-summary li")
    }

    /// The message beside a field; empty when there is none.
    pub fn error_of(&self, field: &str) -> String {
        let said = self.texts(&format!("[id='f-{field}-error']")).into_iter().next().unwrap_or_default();
        said.strip_prefix("Error: ").map_or(said.clone(), str::to_owned)
    }

    /// What a field holds: typed, chosen or ticked. An unticked box holds nothing.
    #[track_caller]
    pub fn field_value(&self, name: &str) -> String {
        let found = self.values_of_fields(name);
        assert!(!found.is_empty(), "no field {name}: {}", self.describe());
        found.into_iter().flatten().next().unwrap_or_default()
    }

    /// What each field of that name holds.
    pub fn values_of_fields(&self, name: &str) -> Vec<Option<String>> {
        let fields = self.select("input, textarea, select", |element| {
            (element.value().attr("name") == Some(name)).then(|| value_of(&element))
        });
        fields.into_iter().flatten().collect()
    }

    /// Every field of the form with this button, as a browser would send it; without its token.
    #[track_caller]
    pub fn form(&self, button: &str) -> Vec<(String, String)> {
        let form = self.form_of(button);
        let (document, named) = (Html::parse_fragment(&form), selector("[name]:not([name='csrf'], button)"));
        let fields = document.select(&named);
        let mut sent: Vec<(String, String)> = fields
            .filter_map(|field| Some((field.value().attr("name")?.to_owned(), value_of(&field)?)))
            .collect();
        let pressed = selector("button[name]");
        let pressed = document.select(&pressed).find(|element| text_of(element) == button);
        sent.extend(pressed.and_then(|pressed| {
            let attribute = |name| pressed.value().attr(name).map(str::to_owned);
            Some((attribute("name")?, attribute("value").unwrap_or_default()))
        }));
        sent
    }

    /// Where this button sends its form.
    #[track_caller]
    pub fn action(&self, button: &str) -> String {
        let form = Html::parse_fragment(&self.form_of(button));
        let own = form.select(&selector("button[formaction]")).find(|element| text_of(element) == button);
        let of_form = || form.select(&selector("form")).next().and_then(|form| form.value().attr("action"));
        own.and_then(|own| own.value().attr("formaction")).or_else(of_form).unwrap_or_default().to_owned()
    }

    pub fn has_button(&self, text: &str) -> bool {
        self.texts("button").iter().any(|button| button == text)
    }

    #[track_caller]
    fn form_of(&self, button: &str) -> String {
        let has_button = |form: &ElementRef<'_>| {
            form.select(&selector("button")).any(|element| text_of(&element) == button)
        };
        let found = self.select("form", |form| has_button(&form).then(|| form.html()));
        found
            .into_iter()
            .flatten()
            .next()
            .unwrap_or_else(|| panic!("no form has the button {button}: {}", self.describe()))
    }

    /// Where the first link with this text leads.
    #[track_caller]
    pub fn link(&self, text: &str) -> String {
        let found = self.select("a[href]", |link| {
            (text_of(&link) == text).then(|| link.value().attr("href").unwrap_or_default().to_owned())
        });
        found
            .into_iter()
            .flatten()
            .next()
            .unwrap_or_else(|| panic!("no link says {text}: {}", self.describe()))
    }

    pub fn has_link(&self, text: &str) -> bool {
        self.texts("a[href]").iter().any(|link| link == text)
    }

    /// The cells of the first table row that says this.
    #[track_caller]
    pub fn row(&self, text: &str) -> Vec<String> {
        let found = self.rows().into_iter().find(|row| row.iter().any(|cell| cell.contains(text)));
        found.unwrap_or_else(|| panic!("no row says {text}: {}", self.describe()))
    }

    /// The cells of every row of the tables' bodies and feet.
    pub fn rows(&self) -> Vec<Vec<String>> {
        self.select("tbody tr, tfoot tr", |row| {
            row.select(&selector("th, td")).map(|cell| text_of(&cell)).collect()
        })
    }

    /// The token of the page's forms.
    pub fn csrf(&self) -> Option<String> {
        self.attributes("input[name='csrf']", "value").into_iter().next()
    }

    pub(super) fn select<T>(&self, matching: &str, read: impl FnMut(ElementRef<'_>) -> T) -> Vec<T> {
        Html::parse_document(&self.html()).select(&selector(matching)).map(read).collect()
    }

    /// The answer in a few lines, for a test that failed.
    pub fn describe(&self) -> String {
        let said = if self.header("content-type").starts_with("text/html") {
            let document = Html::parse_document(&self.html());
            let main = document.select(&selector("main")).next().map(|main| text_of(&main));
            main.unwrap_or_else(|| self.html())
        } else {
            self.html()
        };
        let said: String = said.chars().take(1500).collect();
        format!("{} answered {} {}\n{said}", self.asked, self.status, self.header("location"))
    }
}

pub(super) fn selector(text: &str) -> Selector {
    Selector::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn text_of(element: &ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a browser would send for a field; nothing for an unticked box.
pub(super) fn value_of(field: &ElementRef<'_>) -> Option<String> {
    let attribute = |name: &str| field.value().attr(name).map(str::to_owned);
    match (field.value().name(), attribute("type").as_deref()) {
        ("textarea", _) => {
            let text: String = field.text().collect();
            Some(text.strip_prefix('\n').map_or(text.clone(), str::to_owned))
        }
        ("select", _) => {
            let options: Vec<ElementRef<'_>> = field.select(&selector("option")).collect();
            let chosen = options.iter().find(|option| option.value().attr("selected").is_some());
            let option = chosen.or(options.first())?;
            Some(option.value().attr("value").map_or_else(|| text_of(option), str::to_owned))
        }
        (_, Some("checkbox" | "radio")) => {
            attribute("checked")?;
            Some(attribute("value").unwrap_or_else(|| "on".into()))
        }
        _ => Some(attribute("value").unwrap_or_default()),
    }
}

//! Forms as they stand on a page, and how a browser sends them.

use scraper::ElementRef;

use super::page::{selector, value_of};
use super::{Client, Page, Upload};

/// A form of a page.
#[derive(Debug, Clone)]
pub struct PageForm {
    pub action: String,
    pub has_file: bool,
    pub inputs: Vec<Input>,
}

/// A field, a box or a button with a name.
#[derive(Debug, Clone)]
pub struct Input {
    pub name: String,
    /// `textarea`, `select`, `button`, `decimal`, or the type of an `input`.
    pub kind: String,
    /// `None` when a browser sends nothing for it.
    pub value: Option<String>,
    /// What can be chosen, of a `select`; what is sent when it is ticked, of a box.
    pub options: Vec<String>,
}

impl Input {
    fn of(element: &ElementRef<'_>) -> Self {
        let attribute = |name: &str| element.value().attr(name).map(str::to_owned);
        let name = attribute("name").unwrap_or_default();
        let kind = match (element.value().name(), attribute("type")) {
            ("input", Some(_)) if attribute("inputmode").is_some() => "decimal".into(),
            ("input", kind) => kind.unwrap_or_else(|| "text".into()),
            (other, _) => other.to_owned(),
        };
        let value = if kind == "button" { attribute("value") } else { value_of(element) };
        let options = match kind.as_str() {
            "select" => element
                .select(&selector("option"))
                .filter_map(|option| option.value().attr("value"))
                .map(str::to_owned)
                .collect(),
            "checkbox" | "radio" => vec![attribute("value").unwrap_or_else(|| "on".into())],
            _ => Vec::new(),
        };
        Self { name, kind, value, options }
    }

    /// Whether people type into it and see what they typed.
    pub fn is_typed(&self) -> bool {
        ["text", "textarea", "decimal", "date", "month", "email", "search", "tel", "url"]
            .contains(&&*self.kind)
    }
}

impl PageForm {
    fn of(form: &ElementRef<'_>) -> Self {
        let action = form.value().attr("action").unwrap_or_default().to_owned();
        let has_file = form.value().attr("enctype") == Some("multipart/form-data");
        let first_button =
            form.select(&selector("button")).next().filter(|one| one.value().attr("name").is_some());
        let fields = selector("[name]:not([name='csrf'], button, [type='file'])");
        let inputs = form.select(&fields).chain(first_button).map(|element| Input::of(&element)).collect();
        Self { action, has_file, inputs }
    }

    /// What is sent when somebody presses the first button.
    pub fn sent(&self) -> Vec<(String, String)> {
        let sent = self.inputs.iter().filter_map(|input| Some((input.name.clone(), input.value.clone()?)));
        sent.collect()
    }

    /// Each name once, in the order of the page.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for input in &self.inputs {
            if !names.contains(&input.name.as_str()) {
                names.push(&input.name);
            }
        }
        names
    }

    /// What is sent with another value for a field, or without it.
    pub fn changed(&self, name: &str, value: Option<&str>) -> Vec<(String, String)> {
        let mut sent = self.sent();
        let at = sent.iter().position(|(sent, _)| sent == name).unwrap_or(sent.len());
        sent.retain(|(sent, _)| sent != name);
        if let Some(value) = value {
            sent.insert(at.min(sent.len()), (name.to_owned(), value.to_owned()));
        }
        sent
    }
}

impl Page {
    /// Every form that changes something; one without an address of its own goes to the page's.
    pub fn posting_forms(&self) -> Vec<PageForm> {
        self.forms("post")
    }

    /// Every form that searches or filters.
    pub fn searching_forms(&self) -> Vec<PageForm> {
        self.forms("get")
    }

    fn forms(&self, method: &str) -> Vec<PageForm> {
        let own = self.asked.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default();
        let mut forms = self.select(&format!("form[method='{method}']"), |form| PageForm::of(&form));
        for form in forms.iter_mut().filter(|form| form.action.is_empty()) {
            own.clone_into(&mut form.action);
        }
        forms
    }
}

impl Client {
    /// Sends a form with these fields, and with no file.
    pub fn fill(&self, form: &PageForm, fields: &[(String, String)]) -> Page {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if form.has_file {
            let nothing = Upload { field: "file", name: "", content: b"" };
            return self.post_file(&form.action, &fields, &nothing);
        }
        self.post(&form.action, &fields)
    }
}

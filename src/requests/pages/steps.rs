//! `/application/company`, `/contact`, `/interest`, `/review`: the form in steps, each saved as a draft.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use super::application::{own, step};
use super::conflict;
use crate::catalog::{self, BundleState};
use crate::db::{Db, Decided};
use crate::requests::state::Step;
use crate::requests::{CONDITIONS_VERSION, Company, Contact, Interest, Request, RequestState, store};
use crate::values::{Amount, Country, Currency, Phone, UserName, whole_number};
use crate::web::{
    Answer, Applicant, Error, Errors, Fields, Form, Go, NoFields, Shell, Site, optional_text, page,
    page_with, see_other,
};

#[derive(Template)]
#[template(path = "requests/company.html")]
struct CompanyPage {
    shell: Shell,
    request: Request,
    form: Fields,
    errors: Errors,
    countries: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "requests/contact.html")]
struct ContactPage {
    shell: Shell,
    request: Request,
    form: Fields,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "requests/interest.html")]
struct InterestPage {
    shell: Shell,
    form: Fields,
    errors: Errors,
    bundles: Vec<(String, String)>,
    currencies: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "requests/submit.html")]
struct SubmitPage {
    shell: Shell,
    request: Request,
    missing: Vec<(&'static str, &'static str)>,
}

impl InterestPage {
    fn chosen(&self) -> Vec<&str> {
        self.form.all("bundles").collect()
    }

    fn accepts(&self) -> bool {
        self.form.has("conditions")
    }

    fn conditions(&self) -> &'static str {
        CONDITIONS_VERSION
    }
}

/// The applicant's draft; once it is submitted the form is closed.
async fn draft(db: &Db, applicant: &Applicant) -> Result<Request, Error> {
    let request = own(db, applicant).await?;
    match request.state {
        RequestState::Draft => Ok(request),
        _ => Err(Error::Conflict("Your request is submitted; it can be withdrawn, not changed.".into())),
    }
}

fn text(form: &Fields, name: &str) -> String {
    form.get(name).trim().to_owned()
}

/// A text that must be there.
fn required(form: &Fields, errors: &mut Errors, name: &str, message: &str) -> String {
    let typed = text(form, name);
    match typed.chars().count() {
        0 => errors.add(name, message),
        301.. => errors.add(name, "Enter 300 characters or fewer"),
        _ => {}
    }
    typed
}

/// `Save draft` stays on the page; `Save and continue` goes on.
fn next(form: &Fields, go: &Go, here: &str, next: &str) -> Answer {
    if form.has("later") { go.to(here, "The draft is saved") } else { Ok(see_other(next)) }
}

/// A draft may leave fields empty; what was typed and cannot be kept comes back all the same.
fn comes_back(form: &Fields, errors: &mut Errors) -> bool {
    if form.has("later") {
        errors.retain(|field| !form.get(field).trim().is_empty());
    }
    !errors.is_empty()
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

pub async fn company(applicant: Applicant, shell: Shell, db: Data<Db>) -> Answer {
    let request = draft(&db, &applicant).await?;
    let known = &request.company;
    let form = fields(&[
        ("legal_name", &known.legal_name),
        ("trading_name", &known.trading_name),
        ("registration_number", &known.registration_number),
        ("tax_id", &known.tax_id),
        ("website", &known.website),
        ("country", &known.country),
        ("address", &known.address),
    ]);
    page(&company_page(shell, request, form, Errors::default()))
}

fn company_page(shell: Shell, request: Request, form: Fields, errors: Errors) -> CompanyPage {
    let countries = Country::all().map(|country| (country.code(), country.name())).collect();
    CompanyPage { shell, request, form, errors, countries }
}

pub async fn save_company(
    applicant: Applicant,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    form: Form<Fields>,
) -> Answer {
    let Form(form) = form;
    let request = draft(&db, &applicant).await?;
    let mut errors = Errors::default();
    let company = Company {
        legal_name: required(&form, &mut errors, "legal_name", "Enter the legal name as registered"),
        trading_name: text(&form, "trading_name"),
        registration_number: required(
            &form,
            &mut errors,
            "registration_number",
            "Enter the registration number",
        ),
        tax_id: required(&form, &mut errors, "tax_id", "Enter the tax id"),
        website: text(&form, "website"),
        country: text(&form, "country"),
        address: required(&form, &mut errors, "address", "Enter the address"),
    };
    errors.take("country", company.country.parse::<Country>());
    if !company.website.is_empty() && !validator::ValidateUrl::validate_url(&company.website) {
        errors.add("website", "Enter a web address, such as https://halden.example, or leave it empty");
    }
    if comes_back(&form, &mut errors) {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &company_page(shell, request, form, errors));
    }
    let (id, act) = (request.id, applicant.act());
    let saved = db.write(move |connection| store::save_company(connection, id, &company, &act));
    saved.await.decided()?.map_err(conflict)?;
    next(&form, &go, "/application/company", "/application/contact")
}

pub async fn contact(applicant: Applicant, shell: Shell, db: Data<Db>) -> Answer {
    let request = draft(&db, &applicant).await?;
    let known = &request.contact;
    let form = fields(&[
        ("contact_name", &known.name),
        ("job_title", &known.job_title),
        ("phone", &known.phone),
        ("user_name", &known.user_name),
    ]);
    page(&ContactPage { shell, request, form, errors: Errors::default() })
}

pub async fn save_contact(
    applicant: Applicant,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    form: Form<Fields>,
) -> Answer {
    let Form(form) = form;
    let request = draft(&db, &applicant).await?;
    let mut errors = Errors::default();
    let name = required(&form, &mut errors, "contact_name", "Enter your full name");
    let job_title = required(&form, &mut errors, "job_title", "Enter your job title");
    let phone = errors.take("phone", form.get("phone").parse::<Phone>());
    let user_name = errors.take("user_name", form.get("user_name").parse::<UserName>());
    if comes_back(&form, &mut errors) {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &ContactPage { shell, request, form, errors });
    }
    let contact = Contact {
        name,
        job_title,
        phone: phone.map_or_else(|| text(&form, "phone"), |phone| phone.to_string()),
        user_name: user_name.map_or_else(|| text(&form, "user_name"), |name| name.to_string()),
    };
    let (id, act) = (request.id, applicant.act());
    let saved = db.write(move |connection| store::save_contact(connection, id, &contact, &act));
    saved.await.decided()?.map_err(conflict)?;
    next(&form, &go, "/application/contact", "/application/interest")
}

pub async fn interest(applicant: Applicant, shell: Shell, db: Data<Db>) -> Answer {
    let request = draft(&db, &applicant).await?;
    let known = &request.interest;
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let revenue = known.expected_revenue.map(|amount| amount.to_string()).unwrap_or_default();
    let mut form = fields(&[
        ("sells_today", &known.sells_today),
        ("target_market", &known.target_market),
        ("expected_customers", &number(known.expected_customers)),
        ("expected_revenue", &revenue),
        ("expected_currency", known.expected_currency.map_or("USD", Currency::code)),
        ("message", &known.message),
    ]);
    let names = known.bundles.split(", ").filter(|name| !name.is_empty());
    form.0.extend(names.map(|name| ("bundles".to_owned(), name.to_owned())));
    if request.conditions.is_some() {
        form.0.push(("conditions".into(), CONDITIONS_VERSION.into()));
    }
    page(&interest_page(shell, &db, form, Errors::default()).await?)
}

async fn interest_page(shell: Shell, db: &Db, form: Fields, errors: Errors) -> Result<InterestPage, Error> {
    let bundles = db.read(catalog::store::bundles).await?;
    let bundles = bundles
        .into_iter()
        .filter(|bundle| bundle.state == BundleState::Active)
        .map(|bundle| (bundle.name.clone(), bundle.name))
        .collect();
    let currencies = Currency::all().map(|currency| (currency.code(), currency.code())).collect();
    Ok(InterestPage { shell, form, errors, bundles, currencies })
}

pub async fn save_interest(
    applicant: Applicant,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    form: Form<Fields>,
) -> Answer {
    let Form(form) = form;
    let request = draft(&db, &applicant).await?;
    let mut errors = Errors::default();
    let interest = parse_interest(&form, &mut errors);
    if !form.has("conditions") {
        errors.add("conditions", "Accept the conditions to go on");
    }
    if comes_back(&form, &mut errors) {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &interest_page(shell, &db, form, errors).await?);
    }
    let conditions = form.has("conditions").then_some(CONDITIONS_VERSION);
    let (id, act) = (request.id, applicant.act());
    let saved = db.write(move |connection| store::save_interest(connection, id, &interest, conditions, &act));
    saved.await.decided()?.map_err(conflict)?;
    next(&form, &go, "/application/interest", "/application/review")
}

fn parse_interest(form: &Fields, errors: &mut Errors) -> Interest {
    let customers =
        whole_number(form.get("expected_customers")).filter(|number| (0..=10_000_000).contains(number));
    let revenue = form.get("expected_revenue").parse::<Amount>().ok().filter(|amount| !amount.is_negative());
    let chosen: Vec<&str> = form.all("bundles").collect();
    Interest {
        sells_today: required(form, errors, "sells_today", "Say what you sell today"),
        target_market: required(form, errors, "target_market", "Say where and to whom you will sell"),
        expected_customers: errors
            .take("expected_customers", customers.ok_or("Enter how many customers you expect, such as 140")),
        expected_revenue: errors.take(
            "expected_revenue",
            revenue.ok_or("Enter the revenue a month that you expect, such as 22,000"),
        ),
        expected_currency: errors
            .take("expected_currency", form.get("expected_currency").parse::<Currency>()),
        bundles: chosen.join(", "),
        message: optional_text(form.get("message"), 4000, "message", errors).unwrap_or_default(),
    }
}

/// What is still missing, with the step that asks for it.
fn missing(request: &Request) -> Vec<(&'static str, &'static str)> {
    let mut missing = Vec::new();
    if request.company.legal_name.is_empty()
        || request.country().is_none()
        || request.company.tax_id.is_empty()
    {
        missing.push(("/application/company", "Company"));
    }
    let contact = &request.contact;
    let has_contact = contact.phone.parse::<Phone>().is_ok() && contact.user_name.parse::<UserName>().is_ok();
    if contact.name.is_empty() || !has_contact {
        missing.push(("/application/contact", "Contact"));
    }
    if request.interest.sells_today.is_empty() || request.forecast().is_none() || request.conditions.is_none()
    {
        missing.push(("/application/interest", "Business interest"));
    }
    missing
}

pub async fn review(applicant: Applicant, shell: Shell, db: Data<Db>) -> Answer {
    let request = draft(&db, &applicant).await?;
    let missing = missing(&request);
    page(&SubmitPage { shell, request, missing })
}

pub async fn submit(
    applicant: Applicant,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    _form: Form<NoFields>,
) -> Answer {
    let request = draft(&db, &applicant).await?;
    let missing = missing(&request);
    if !missing.is_empty() {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &SubmitPage { shell, request, missing });
    }
    let act = applicant.act();
    step(&db, &site, request.id, Step::Submit, String::new(), act).await?.map_err(conflict)?;
    go.to("/application", "Your request is submitted")
}

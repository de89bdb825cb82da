//! A request as the columns of its table.

use crate::requests::{Company, Contact, Interest, Request, RequestState};
use crate::values::{Amount, ApplicantId, Currency, Email, RequestId, Timestamp, UserId};

/// A row, in the parts that diesel can read.
pub(super) type Row = (
    (RequestId, String, ApplicantId, RequestState, Option<RequestState>, i64, Timestamp, Option<Timestamp>),
    (String, String, String, String, String, String, String),
    (String, String, Email, String, String, Option<String>, Option<Timestamp>, Option<UserId>),
    (String, String, Option<i64>, Option<Amount>, Option<Currency>, String, String),
);

/// The columns of a row.
macro_rules! columns {
    () => {
        (
            (
                r::id,
                r::reference,
                r::applicant_id,
                r::state,
                r::resume_state,
                r::revision,
                r::created_at,
                r::submitted_at,
            ),
            (
                r::legal_name,
                r::trading_name,
                r::registration_number,
                r::tax_id,
                r::website,
                r::country,
                r::address,
            ),
            (
                r::contact_name,
                r::job_title,
                r::email,
                r::phone,
                r::user_name,
                r::conditions_version,
                r::conditions_accepted_at,
                r::assignee_id,
            ),
            (
                r::sells_today,
                r::target_market,
                r::expected_customers,
                r::expected_revenue,
                r::expected_currency,
                r::bundles_of_interest,
                r::message,
            ),
        )
    };
}

pub(super) use columns;

/// The request that a row tells of.
pub(super) fn request(row: Row) -> Request {
    let (head, company, contact, interest) = row;
    let (id, reference, applicant, state, resume_state, revision, created_at, submitted_at) = head;
    let (legal_name, trading_name, registration_number, tax_id, website, country, address) = company;
    let (name, job_title, email, phone, user_name, conditions, accepted_at, assignee) = contact;
    let (
        sells_today,
        target_market,
        expected_customers,
        expected_revenue,
        expected_currency,
        bundles,
        message,
    ) = interest;
    Request {
        id,
        reference,
        applicant,
        state,
        resume_state,
        company: Company { legal_name, trading_name, registration_number, tax_id, website, country, address },
        contact: Contact { name, job_title, phone, user_name },
        email,
        interest: Interest {
            sells_today,
            target_market,
            expected_customers,
            expected_revenue,
            expected_currency,
            bundles,
            message,
        },
        conditions: conditions.zip(accepted_at),
        assignee,
        revision,
        created_at,
        submitted_at,
    }
}

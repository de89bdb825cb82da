//! Mails about requests, terms and accounts, through the outbox in the change's own transaction. What root notes for
//! itself, the reasons it keeps in the history among it, is in none of them.

use diesel::prelude::*;

use super::resellers::{self, Reseller, ResellerState};
use super::state::Step;
use super::{Request, RequestState, store};
use crate::access::{self, tokens};
use crate::db::AnyConnection;
use crate::mail::{self, Letterhead, News, Occasion, Recipient, TWO_WEEKS, people};
use crate::terms::{Offer, ShareBasis, Side};
use crate::values::{Act, RequestId, ResellerId, UserId};
use crate::web::filters::group_digits;

/// Tells the other side of a step, with what was written at it.
pub fn step(
    connection: &mut AnyConnection,
    request: &Request,
    step: Step,
    text: &str,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let (occasion, quote) = match step {
        Step::Submit => (Occasion::RequestSubmitted, ""),
        Step::AskInformation => (Occasion::QuestionAsked, text),
        Step::AnswerQuestion => (Occasion::QuestionAnswered, text),
        Step::Reject => (Occasion::RequestRejected, text),
        // Why root looks at it again is root's own.
        Step::Reopen => (Occasion::RequestReopened, ""),
        // A draft that nobody has seen is nobody's news.
        Step::Withdraw if request.submitted_at.is_some() => (Occasion::RequestWithdrawn, ""),
        // The account and its terms have mails of their own; that a review begins asks nobody for anything.
        Step::Accept | Step::Negotiate | Step::StartReview | Step::Withdraw => return Ok(()),
    };
    let news = News { quote: quote.to_owned(), ..about(request) };
    match step {
        Step::Submit => {
            let facts = submitted(request);
            tell_root(connection, occasion, &News { facts, ..news }, letterhead, act)
        }
        Step::AnswerQuestion | Step::Withdraw => tell_root(connection, occasion, &news, letterhead, act),
        _ => tell_applicant(connection, request, occasion, news, letterhead, act),
    }
}

/// Tells somebody that a request is theirs now.
pub fn assigned(
    connection: &mut AnyConnection,
    request: &Request,
    to: UserId,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let people = people::one(connection, to, Occasion::RequestAssigned, act)?;
    mail::tell(connection, Occasion::RequestAssigned, &people, &about(request), letterhead, act.at)
}

/// Tells the applicant that the request is accepted; the way in comes with the channel.
pub fn accepted(
    connection: &mut AnyConnection,
    request: &Request,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let news = News { path: String::new(), ..about(request) };
    let to = [Recipient::Applicant(request.email.clone())];
    mail::tell(connection, Occasion::RequestAccepted, &to, &news, letterhead, act.at)
}

/// Tells the other side of an offer, or of the answer to one.
pub fn terms(
    connection: &mut AnyConnection,
    id: RequestId,
    by: Side,
    occasion: Occasion,
    (number, offer): (i64, &Offer),
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let request = store::find(connection, id)?;
    let quote = if occasion == Occasion::TermsOffered { offer.note.clone() } else { String::new() };
    let news = News { quote, facts: terms_facts(number, offer), ..about(&request) };
    if by == Side::Reseller {
        return tell_root(connection, occasion, &news, letterhead, act);
    }
    let news = News { who: letterhead.portal.clone(), ..news };
    if request.state != RequestState::Accepted {
        return tell_applicant(connection, &request, occasion, news, letterhead, act);
    }
    let Some(reseller) = resellers::of_request(connection, id)? else { return Ok(()) };
    let people = people::of_reseller(connection, reseller, occasion, act)?;
    let news = News { path: "/agreement".into(), ..news };
    mail::tell(connection, occasion, &people, &news, letterhead, act.at)
}

/// Tells a re-seller's people that their account is suspended, active again or closed, as it is about to be: who is
/// closed out gets this mail as the last one.
pub fn account(
    connection: &mut AnyConnection,
    reseller: &Reseller,
    next: ResellerState,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let news = News { who: reseller.name.clone(), path: "/".into(), ..News::default() };
    let (occasion, people, news) = match next {
        ResellerState::Closed => {
            let people = people::all_of_reseller(connection, reseller.id)?;
            (Occasion::ChannelClosed, people, News { path: String::new(), ..news })
        }
        ResellerState::Suspended => {
            let occasion = Occasion::ChannelSuspended;
            (occasion, people::of_reseller(connection, reseller.id, occasion, act)?, news)
        }
        ResellerState::Active | ResellerState::AwaitingChannel => {
            let occasion = Occasion::ChannelResumed;
            (occasion, people::of_reseller(connection, reseller.id, occasion, act)?, news)
        }
    };
    mail::tell(connection, occasion, &people, &news, letterhead, act.at)
}

/// Tells a re-seller's people that their channel is open: user name, and a one-use link to set the password.
pub fn channel_opened(
    connection: &mut AnyConnection,
    reseller: ResellerId,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    for user in access::store::of_reseller(connection, reseller)? {
        let news = News {
            facts: vec![("User name", user.user_name.to_string())],
            path: tokens::set_password_path(connection, user.id, act.at)?,
            once: Some(TWO_WEEKS),
            ..News::default()
        };
        let to = [Recipient::Member(user.email)];
        mail::tell(connection, Occasion::ChannelOpened, &to, &news, letterhead, act.at)?;
    }
    Ok(())
}

fn about(request: &Request) -> News {
    News {
        about: request.reference.clone(),
        who: request.name().to_owned(),
        facts: vec![("Request", request.reference.clone())],
        path: format!("/requests/{}", request.id),
        ..News::default()
    }
}

fn submitted(request: &Request) -> Vec<(&'static str, String)> {
    let country = request.country().map(|country| country.name().to_owned());
    let customers = request.interest.expected_customers.map(|count| group_digits(&count.to_string()));
    let revenue = request
        .forecast()
        .map(|(amount, currency)| format!("{currency} {}", group_digits(&amount.plain(currency))));
    let known = [
        ("Request", Some(request.reference.clone())),
        ("Country", country),
        ("Expected customers", customers),
        ("Expected monthly revenue", revenue),
    ];
    known.into_iter().filter_map(|(label, value)| Some((label, value?))).collect()
}

fn terms_facts(number: i64, offer: &Offer) -> Vec<(&'static str, String)> {
    let basis = match offer.rule.basis {
        ShareBasis::Revenue => "revenue",
        ShareBasis::Margin => "margin",
    };
    vec![
        ("Version", number.to_string()),
        ("Re-seller share", format!("{}% of {basis}", offer.rule.general)),
        ("Valid from", offer.valid_from.first_day().format("%B %Y").to_string()),
        ("Payment", format!("{} days", offer.payment_days)),
    ]
}

fn tell_root(
    connection: &mut AnyConnection,
    occasion: Occasion,
    news: &News,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let people = people::roots(connection, occasion, act)?;
    mail::tell(connection, occasion, &people, news, letterhead, act.at)
}

/// The applicant's button lets in, once.
fn tell_applicant(
    connection: &mut AnyConnection,
    request: &Request,
    occasion: Occasion,
    news: News,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let path = tokens::applicant_path(connection, request.applicant, act.at)?;
    let to = [Recipient::Applicant(request.email.clone())];
    let news = News { path, once: Some(TWO_WEEKS), ..news };
    mail::tell(connection, occasion, &to, &news, letterhead, act.at)
}

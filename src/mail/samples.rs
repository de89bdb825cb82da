//! One mail of each occasion as it would be written, for root to look at. Nothing here is anybody's.

use super::{Group, Letter, Letterhead, News, Occasion, Recipient};
use crate::values::{Email, TextError};

/// A sample of every occasion, in the order of their declaration.
pub fn all(letterhead: &Letterhead) -> Result<Vec<(Occasion, Letter)>, TextError> {
    let address: Email = "kim@kestrel.example".parse()?;
    let one = |occasion: &Occasion| (*occasion, sample(*occasion, &address, letterhead));
    Ok(Occasion::ALL.iter().map(one).collect())
}

fn sample(occasion: Occasion, address: &Email, letterhead: &Letterhead) -> Letter {
    let to = match occasion {
        Occasion::QuestionAsked
        | Occasion::RequestRejected
        | Occasion::RequestReopened
        | Occasion::RequestAccepted
        | Occasion::SignUpLink => Recipient::Applicant(address.clone()),
        _ => Recipient::Member(address.clone()),
    };
    let news = match occasion.group() {
        Group::Request => request(occasion),
        Group::Terms => terms(),
        Group::Channel => channel(occasion),
        Group::PriceRequest => price_request(),
        Group::Statement => statement(occasion),
        Group::Access => access(occasion),
    };
    Letter::of(occasion, &news, &to, letterhead)
}

fn company() -> News {
    News { who: "Kestrel Networks".into(), ..News::default() }
}

fn facts(rows: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    rows.iter().map(|(label, value)| (*label, (*value).to_owned())).collect()
}

fn request(occasion: Occasion) -> News {
    let quote = match occasion {
        Occasion::QuestionAsked => "How many of your customers use a cloud service today?",
        Occasion::QuestionAnswered => "Forty of them, most with two servers.",
        Occasion::RequestRejected => "We cannot serve this market at present.",
        _ => "",
    };
    let path = if occasion == Occasion::RequestAccepted { "" } else { "/requests/sample" };
    let rows = [("Request", "RR-2026-00042"), ("Country", "Norway")];
    News { facts: facts(&rows), quote: quote.into(), path: path.into(), ..company() }
}

fn terms() -> News {
    let rows = [
        ("Version", "2"),
        ("Re-seller share", "18% of revenue"),
        ("Valid from", "December 2026"),
        ("Payment", "30 days"),
    ];
    News { facts: facts(&rows), path: "/agreement".into(), ..company() }
}

fn channel(occasion: Occasion) -> News {
    match occasion {
        Occasion::ChannelOpened => News {
            facts: facts(&[("User name", "kim")]),
            path: "/welcome/sample".into(),
            once: Some(super::news::TWO_WEEKS),
            ..company()
        },
        Occasion::ChannelClosed => company(),
        Occasion::BundleAdded => {
            News { facts: facts(&[("Bundle", "Compute M")]), path: "/prices".into(), ..company() }
        }
        Occasion::PricesSet => News {
            facts: facts(&[("Prices", "Compute M in USD"), ("From", "1 December 2026")]),
            path: "/prices".into(),
            ..company()
        },
        _ => News { path: "/".into(), ..company() },
    }
}

fn price_request() -> News {
    let rows = [
        ("Price request", "PR-2026-00007"),
        ("Bundle", "Compute M"),
        ("Currency", "USD"),
        ("From", "1 December 2026"),
    ];
    News {
        facts: facts(&rows),
        quote: "A competitor sells it for less.".into(),
        path: "/price-requests/sample".into(),
        ..company()
    }
}

fn statement(occasion: Occasion) -> News {
    let mut rows = vec![("Statement", "KESTREL 2026-10 USD"), ("Month", "October 2026")];
    rows.extend(match occasion {
        Occasion::StatementSent => Some(("Counts as agreed from", "8 December 2026")),
        Occasion::LineDisputed | Occasion::DisputeAnswered | Occasion::DisputeWithdrawn => {
            Some(("Line", "Compute M, monthly charge"))
        }
        Occasion::StatementPosted => Some(("Due on", "23 December 2026")),
        Occasion::StatementPaid | Occasion::PaymentReversed => Some(("Amount", "USD 1,335.21")),
        Occasion::CreditIssued => Some(("Credit", "USD 20.00")),
        _ => None,
    });
    let quote = match occasion {
        Occasion::LineDisputed => "We ended this subscription in September.",
        Occasion::DisputeAnswered => "You are right; the line is credited.",
        Occasion::CreditIssued => "The storage was slow for a day.",
        _ => "",
    };
    News { facts: facts(&rows), quote: quote.into(), path: "/statements/sample".into(), ..company() }
}

fn access(occasion: Occasion) -> News {
    let (path, once) = match occasion {
        Occasion::SignUpLink => ("/enter/sample", Some(super::news::TWO_WEEKS)),
        Occasion::AccountKnown => ("/sign-in", None),
        Occasion::PasswordForgotten => ("/welcome/sample", Some(super::news::HALF_AN_HOUR)),
        _ => ("/welcome/sample", Some(super::news::TWO_WEEKS)),
    };
    let facts = match occasion {
        Occasion::PasswordLink => facts(&[("User name", "kim")]),
        _ => Vec::new(),
    };
    News { who: "Priya Raman".into(), facts, path: path.into(), once, ..News::default() }
}

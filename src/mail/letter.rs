//! One mail as its reader sees it. Text and HTML are two renderings of the same letter, so that they cannot differ.

use askama::Template;
use serde::{Deserialize, Serialize};

use super::{Group, Letterhead, News, Occasion, Recipient};

/// The parts of a mail, in the order in which they are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Letter {
    pub heading: String,
    pub said: String,
    /// What somebody wrote; empty for nothing.
    pub quote: String,
    pub facts: Vec<(String, String)>,
    pub button: Option<Button>,
    /// How often and how long the button's address works; empty when it is like any other.
    pub once: String,
    /// Why the reader gets it.
    pub why: String,
    /// Where the reader chooses; `None` when there is nothing to choose.
    pub choose: Option<String>,
    /// Who writes.
    pub portal: String,
}

/// The one thing to do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Button {
    pub label: String,
    pub address: String,
}

#[derive(Template)]
#[template(path = "mail/letter.txt", whitespace = "preserve")]
struct TextLetter<'a> {
    letter: &'a Letter,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct HtmlLetter<'a> {
    letter: &'a Letter,
}

impl Letter {
    /// The letter on an occasion to somebody.
    pub fn of(occasion: Occasion, news: &News, to: &Recipient, letterhead: &Letterhead) -> Self {
        let Letterhead { portal, public_url } = letterhead;
        let button = (!news.path.is_empty()).then(|| Button {
            label: occasion.button().to_owned(),
            address: format!("{public_url}{}", news.path),
        });
        let once = news.once.map(|days| format!("The link works once, for {days}."));
        let facts = news.facts.iter().map(|(label, value)| ((*label).to_owned(), one_line(value)));
        let may_choose = matches!(to, Recipient::Member(_))
            && !occasion.is_always_sent()
            && occasion.group() != Group::Access;
        Self {
            heading: occasion.title().to_owned(),
            said: occasion.said(&one_line(&news.who), portal),
            quote: news.quote.trim().to_owned(),
            facts: facts.collect(),
            button,
            once: once.unwrap_or_default(),
            why: why(occasion, to, portal),
            choose: may_choose.then(|| format!("{public_url}/account/mail")),
            portal: portal.clone(),
        }
    }

    /// As text.
    pub fn text(&self) -> askama::Result<String> {
        TextLetter { letter: self }.render()
    }

    /// As HTML for mail programs: no picture, no script and nothing that is loaded.
    pub fn html(&self) -> askama::Result<String> {
        HtmlLetter { letter: self }.render()
    }

    /// The quote, line by line.
    pub fn quoted(&self) -> Vec<&str> {
        self.quote.lines().map(str::trim_end).collect()
    }

    /// The same with every word changed.
    pub(super) fn with_words(self, change: impl Fn(&str) -> String) -> Self {
        Self {
            heading: change(&self.heading),
            said: change(&self.said),
            quote: change(&self.quote),
            facts: self.facts.into_iter().map(|(label, value)| (change(&label), change(&value))).collect(),
            button: self.button.map(|button| Button { address: change(&button.address), ..button }),
            ..self
        }
    }
}

/// Blanks joined, so that what somebody typed is no second line.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn why(occasion: Occasion, to: &Recipient, portal: &str) -> String {
    match (occasion, to) {
        (Occasion::SignUpLink | Occasion::AccountKnown, _) => {
            format!("You get this mail because somebody entered your address at {portal}. If it was not you, nothing happens.")
        }
        (Occasion::PasswordForgotten, _) => {
            "You get this mail because it is about how you get in. If you did not ask for it, nothing happens.".to_owned()
        }
        (Occasion::ChannelClosed, _) => format!("You get this mail because you had an account at {portal}."),
        (_, Recipient::Applicant(_)) => {
            format!("You get this mail because you asked {portal} for a re-seller account.")
        }
        _ if occasion.is_always_sent() => {
            "You get this mail because it is about how you get in; such mails are always sent.".to_owned()
        }
        _ => format!("You get this mail because of your account at {portal}."),
    }
}

#[cfg(test)]
mod tests {
    use scraper::{Html, Selector};

    use super::*;
    use crate::mail::{TWO_WEEKS, samples};

    fn letterhead() -> Letterhead {
        Letterhead { portal: "Northgate & Sons".into(), public_url: "https://portal.example".into() }
    }

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().filter(|word| !matches!(*word, ">" | "--")).map(str::to_owned).collect()
    }

    /// What a reader of the HTML reads; text has a colon where HTML has a table or a button.
    fn read(html: &str) -> Vec<String> {
        let document = Html::parse_document(html);
        let body = Selector::parse("body").unwrap();
        let texts = document.select(&body).flat_map(|body| body.text()).collect::<Vec<_>>();
        words(&texts.join(" "))
    }

    fn hostile() -> Letter {
        let news = News {
            who: "<img src=x onerror=alert(1)>\r\nBcc: all".into(),
            quote: "</blockquote><script>alert(1)</script>\nSecond".into(),
            facts: vec![("Country", "Norway\n\n\"Read\" <b>this</b>".into())],
            path: "/requests/1".into(),
            once: Some(TWO_WEEKS),
            ..News::default()
        };
        let to = Recipient::Member("kim@kestrel.example".parse().unwrap());
        Letter::of(Occasion::RequestSubmitted, &news, &to, &letterhead())
    }

    #[test]
    fn text_and_html_say_the_same_words_in_the_same_order() {
        let mut letters = samples::all(&letterhead()).unwrap();
        letters.push((Occasion::RequestSubmitted, hostile()));
        let without_colons = |words: Vec<String>| -> Vec<String> {
            words.into_iter().map(|word| word.trim_end_matches(':').to_owned()).collect()
        };
        for (occasion, letter) in letters {
            let text = without_colons(words(&letter.text().unwrap()));
            let html = without_colons(read(&letter.html().unwrap()));
            assert_eq!(text, html, "{occasion}");
            assert!(!text.is_empty());
        }
    }

    #[test]
    fn what_people_type_is_no_markup_and_no_line_of_its_own() {
        let letter = hostile();
        let html = letter.html().unwrap();
        let document = Html::parse_document(&html);
        for forbidden in ["img", "script", "b", "link", "style", "iframe"] {
            assert_eq!(document.select(&Selector::parse(forbidden).unwrap()).count(), 0, "{forbidden}");
        }
        let text = letter.text().unwrap();
        assert!(text.contains("onerror=alert(1)> Bcc: all asks to become"), "{text}");
        assert!(text.contains("\nCountry: Norway \"Read\" <b>this</b>\n"), "{text}");
        assert!(text.contains("\n> </blockquote><script>alert(1)</script>\n> Second\n"), "{text}");
    }

    #[test]
    fn html_loads_nothing_and_tells_its_language() {
        let address = Selector::parse("[src], [background], link, style").unwrap();
        for (occasion, letter) in samples::all(&letterhead()).unwrap() {
            let html = letter.html().unwrap();
            assert_eq!(Html::parse_document(&html).select(&address).count(), 0, "{occasion}");
            assert!(html.contains("<html lang=\"en\">") && !html.contains("url("), "{occasion}");
            assert!(html.contains(&format!("<title>{}</title>", letter.heading)), "{occasion}");
        }
    }

    #[test]
    fn the_text_of_a_letter_is_as_it_is_read() {
        let news = News {
            who: "Halden".into(),
            quote: "Forty.\nMore soon.".into(),
            facts: vec![("Request", "RR-2026-00042".into())],
            path: "/requests/1".into(),
            ..News::default()
        };
        let to = Recipient::Member("kim@kestrel.example".parse().unwrap());
        let text = Letter::of(Occasion::QuestionAnswered, &news, &to, &letterhead()).text().unwrap();
        assert_eq!(
            text,
            "A question was answered\n\n\
             Halden has answered. The request goes on where it stood.\n\n\
             > Forty.\n> More soon.\n\n\
             Request: RR-2026-00042\n\n\
             Open the request:\nhttps://portal.example/requests/1\n\n\
             --\nYou get this mail because of your account at Northgate & Sons.\n\
             Choose your mails: https://portal.example/account/mail\nNorthgate & Sons\n"
        );
    }
}

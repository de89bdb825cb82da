//! Every text, control, edge and mark of a chart stands out from its ground, in each theme and contrast, by calculation.

use std::collections::BTreeMap;

use palette::Srgb;
use palette::color_difference::Wcag21RelativeContrast;

const TOKENS: &str = include_str!("../../../static/css/tokens.css");
const GROUNDS: [&str; 4] = ["bg", "surface", "sunken", "hover"];
const TONES: [&str; 5] = ["accent", "ok", "warn", "bad", "info"];

/// A theme's colours by the name of their token.
type Colours = BTreeMap<String, Srgb<f64>>;

/// What the tokens of a part of the file say: in the light theme, and in the dark one.
fn themes(css: &str) -> [Colours; 2] {
    let mut themes = [Colours::new(), Colours::new()];
    for line in css.lines() {
        let Some((name, value)) =
            line.trim().strip_prefix("--").and_then(|line| line.split_once(": light-dark("))
        else {
            continue;
        };
        let Some((light, dark)) = value.trim_end_matches(");").split_once(", ") else { continue };
        for (theme, colour) in themes.iter_mut().zip([light, dark]) {
            if let Ok(colour) = colour.parse::<Srgb<u8>>() {
                theme.insert(name.to_owned(), colour.into_format());
            }
        }
    }
    themes
}

/// Text on its ground with the least that its contrast must be; marks and edges with `mark`.
fn pairs(text: f64, mark: f64) -> Vec<(String, String, f64)> {
    let mut pairs = Vec::new();
    let mut pair =
        |front: &str, ground: &str, least| pairs.push((front.to_owned(), ground.to_owned(), least));
    for ground in GROUNDS {
        for front in ["text", "text-2", "text-3", "accent"] {
            pair(front, ground, text);
        }
        for front in ["control-line", "focus", "chart-1", "chart-2", "chart-3", "chart-4", "chart-5"] {
            pair(front, if ground == "hover" { "surface" } else { ground }, mark);
        }
    }
    for tone in TONES {
        pair(tone, "surface", text);
        for front in [tone, "text", "text-2"] {
            pair(front, &format!("{tone}-soft"), text);
        }
    }
    for (front, fill) in [("on-accent", "accent-fill"), ("on-bad", "bad-fill")] {
        pair(front, fill, text);
        pair(front, &format!("{fill}-hover"), text);
    }
    pairs
}

#[track_caller]
fn stand_out(colours: &Colours, pairs: &[(String, String, f64)], which: &str) {
    for (front, ground, least) in pairs {
        let contrast = colours[front].relative_contrast(colours[ground]);
        assert!(contrast >= *least, "{which}: {front} on {ground} has {contrast:.2} of {least}");
    }
}

#[test]
fn text_and_controls_stand_out_in_both_themes() {
    let (normal, _) = TOKENS.split_once("prefers-contrast: more").unwrap();
    for (colours, which) in themes(normal).iter().zip(["light", "dark"]) {
        stand_out(colours, &pairs(4.5, 3.0), which);
    }
}

#[test]
fn who_asks_for_more_contrast_gets_it() {
    let (normal, more) = TOKENS.split_once("prefers-contrast: more").unwrap();
    for ((mut colours, more), which) in themes(normal).into_iter().zip(themes(more)).zip(["light", "dark"]) {
        assert!(!more.is_empty());
        colours.extend(more);
        stand_out(&colours, &pairs(7.0, 4.5), which);
        for edge in ["line", "line-2"] {
            stand_out(&colours, &[(edge.to_owned(), "surface".to_owned(), 4.5)], which);
        }
    }
}

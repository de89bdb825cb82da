//! How series are told apart without colour: each has its own pattern, dash and marker.

/// How a series is drawn, and so how its key looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Bar,
    Line,
    /// The dashed line of the period before.
    Before,
}

/// The name of a series with how it looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub name: String,
    /// `c1` to `c5`: colour, dash, and the end of the pattern's id.
    pub class: String,
    pub look: Look,
    /// The marker of a line in the middle of a key, as an SVG path.
    pub marker: String,
}

impl Key {
    pub fn new(name: &str, number: usize, look: Look) -> Self {
        let (class, marker) = match look {
            Look::Before => ("before".to_owned(), marker(0, "12", "6")),
            Look::Bar | Look::Line => (class(number), marker(number, "12", "6")),
        };
        Self { name: name.to_owned(), class, look, marker }
    }

    pub fn is_bar(&self) -> bool {
        self.look == Look::Bar
    }
}

/// The class of the series at this place.
pub fn class(number: usize) -> String {
    format!("c{}", number + 1)
}

/// Circle, square, triangle, diamond and cross: from the point that they mark.
const SHAPES: [&str; 5] = [
    "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z",
    "m-3.2-3.2h6.4v6.4h-6.4z",
    "m0-4.2l4.2 7.4h-8.4z",
    "m0-4.6l4.6 4.6l-4.6 4.6l-4.6-4.6z",
    "m-1.3-4h2.6v2.7h2.7v2.6h-2.7v2.7h-2.6v-2.7h-2.7v-2.6h2.7z",
];

/// The marker of the series at this place, as an SVG path around a point.
pub fn marker(number: usize, x: impl std::fmt::Display, y: impl std::fmt::Display) -> String {
    let shape = SHAPES.get(number).or(SHAPES.last()).copied().unwrap_or_default();
    format!("M{x} {y}{shape}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::MOST_SERIES;
    use super::*;

    const STYLE: &str = include_str!("../../../static/css/charts.css");
    const PATTERNS: &str = include_str!("../../../templates/parts/chart_marks.html");

    #[test]
    fn every_series_that_can_be_drawn_has_a_marker_of_its_own() {
        let markers: BTreeSet<String> = (0..=MOST_SERIES).map(|number| marker(number, 0, 0)).collect();
        assert_eq!(markers.len(), MOST_SERIES + 1);
    }

    /// A pattern as the template has it, without its number.
    fn pattern(number: usize) -> String {
        let class = class(number);
        let start = format!("-{class}\"");
        let from = PATTERNS.split(&start).nth(1).unwrap_or_else(|| panic!("no pattern {class}"));
        from.split("</pattern>").next().unwrap_or_default().replace(&class, "")
    }

    #[test]
    fn every_series_that_can_be_drawn_has_a_pattern_and_a_dash_of_its_own() {
        let patterns: BTreeSet<String> = (0..=MOST_SERIES).map(pattern).collect();
        assert_eq!(patterns.len(), MOST_SERIES + 1);
        let dash = |number| {
            let from = STYLE.split(&format!(".line.{} {{", class(number))).nth(1).unwrap_or_default();
            from.split('}').next().unwrap_or_default().to_owned()
        };
        let dashes: BTreeSet<String> = (0..=MOST_SERIES).map(dash).collect();
        assert_eq!(dashes.len(), MOST_SERIES + 1);
    }
}

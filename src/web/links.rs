//! Addresses with what they carry.

use crate::values::{ChannelId, Timestamp};

/// The path with a query of the parts that are not empty: `/customers?q=halden&after=...`.
pub fn address(path: &str, parts: &[(&str, &str)]) -> String {
    let filled: Vec<_> = parts.iter().filter(|(_, value)| !value.is_empty()).collect();
    match serde_urlencoded::to_string(filled) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

/// Where a channel's logo of that moment is; another logo has another address.
pub fn logo(channel: ChannelId, changed_at: Timestamp) -> String {
    format!("/channels/{channel}/logo.png?of={}", changed_at.micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_parts_are_left_out() {
        assert_eq!(address("/customers", &[("q", ""), ("after", "")]), "/customers");
        assert_eq!(address("/customers", &[("q", "a&b"), ("after", "")]), "/customers?q=a%26b");
    }
}

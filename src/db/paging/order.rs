//! By which column a list is sorted, as addresses say it: `sort=name`, or `sort=-name` from large to small.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// The columns that a list can be sorted by, each with its word in the address.
pub trait SortKey: Copy + PartialEq + Display + FromStr {
    /// The order of a list that nobody has sorted.
    const DEFAULT: Order<Self>;
}

/// A column, and whether its largest value comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<K> {
    pub by: K,
    pub is_descending: bool,
}

impl<K> Order<K> {
    /// From small to large.
    pub const fn ascending(by: K) -> Self {
        Self { by, is_descending: false }
    }

    /// From large to small, or from the newest to the oldest.
    pub const fn descending(by: K) -> Self {
        Self { by, is_descending: true }
    }
}

impl<K: SortKey> Order<K> {
    /// What an address asks for; the list's own order when it names none of its columns.
    pub fn typed(sort: &str) -> Self {
        let (word, is_descending) = match sort.strip_prefix('-') {
            Some(word) => (word, true),
            None => (sort, false),
        };
        word.parse().map_or(K::DEFAULT, |by| Self { by, is_descending })
    }

    /// Nothing for the list's own order, so that its address stays short.
    pub fn address(self) -> String {
        if self == K::DEFAULT { String::new() } else { self.to_string() }
    }
}

impl<K: Display> Display for Order<K> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sign = if self.is_descending { "-" } else { "" };
        write!(f, "{sign}{}", self.by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::text_enum! {
        pub enum Key { Name => "name", Since => "since" }
    }

    impl SortKey for Key {
        const DEFAULT: Order<Self> = Order::descending(Self::Since);
    }

    #[test]
    fn an_address_names_a_column_and_a_direction() {
        assert_eq!(Order::typed("name"), Order::ascending(Key::Name));
        assert_eq!(Order::typed("-name"), Order::descending(Key::Name));
        for word in ["", "-", "--name", "-since", "nonsense", "Name"] {
            assert_eq!(Order::<Key>::typed(word), Key::DEFAULT, "{word}");
        }
    }

    #[test]
    fn an_order_is_read_back_as_it_is_written() {
        for by in Key::ALL {
            for order in [Order::ascending(*by), Order::descending(*by)] {
                assert_eq!(Order::typed(&order.address()), order);
            }
        }
        assert_eq!(Key::DEFAULT.address(), "");
    }
}

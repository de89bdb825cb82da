//! Lists in pages by key: a page begins after, or ends before, a row that the reader has seen.

/// Where a page lies, by the id of a row beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cursor<I> {
    #[default]
    First,
    After(I),
    Before(I),
}

impl<I: std::str::FromStr> Cursor<I> {
    /// The cursor that an address names; the first page when it names none that can be read.
    pub fn typed(after: &str, before: &str) -> Self {
        match (after.parse(), before.parse()) {
            (Ok(after), _) => Self::After(after),
            (_, Ok(before)) => Self::Before(before),
            _ => Self::First,
        }
    }
}

/// The rows of one page, in the list's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice<T> {
    pub rows: Vec<T>,
    pub has_earlier: bool,
    pub has_later: bool,
    /// How many rows the whole list has.
    pub count: i64,
}

impl<T> Slice<T> {
    /// From one row more than the page's `size`, read in the list's order, or backwards for a page before a row.
    pub fn new<I>(mut rows: Vec<T>, cursor: Cursor<I>, size: i64, count: i64) -> Self {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let has_more = rows.len() > size;
        rows.truncate(size);
        let (has_earlier, has_later) = match cursor {
            Cursor::First => (false, has_more),
            Cursor::After(_) => (true, has_more),
            Cursor::Before(_) => {
                rows.reverse();
                (has_more, true)
            }
        };
        Self { rows, has_earlier, has_later, count }
    }

    /// The same page with each row turned into what the page shows.
    pub fn map<U>(self, row: impl FnMut(T) -> U) -> Slice<U> {
        let rows = self.rows.into_iter().map(row).collect();
        Slice { rows, has_earlier: self.has_earlier, has_later: self.has_later, count: self.count }
    }
}

/// Narrows and orders a boxed query to the rows beside a cursor, by a text column and the id. The cursor's row is one
/// of the query's own, so that a row outside of the reader's scope is as absent. The caller adds the limit: one row
/// more than the page.
#[macro_export]
macro_rules! page_by {
    ($connection:expr, $query:expr, $table:ident :: $key:ident, $cursor:expr) => {
        match $cursor {
            $crate::db::paging::Cursor::First => $query.order(($table::$key, $table::id)),
            $crate::db::paging::Cursor::After(id) => {
                let key: String = $query.filter($table::id.eq(id)).select($table::$key).first($connection)?;
                let later = $table::$key.gt(key.clone()).or($table::$key.eq(key).and($table::id.gt(id)));
                $query.filter(later).order(($table::$key, $table::id))
            }
            $crate::db::paging::Cursor::Before(id) => {
                let key: String = $query.filter($table::id.eq(id)).select($table::$key).first($connection)?;
                let earlier = $table::$key.lt(key.clone()).or($table::$key.eq(key).and($table::id.lt(id)));
                $query.filter(earlier).order(($table::$key.desc(), $table::id.desc()))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_more_than_the_page_tells_that_there_is_another() {
        let first = Slice::new(vec![1, 2, 3], Cursor::<u8>::First, 2, 5);
        assert_eq!((first.rows, first.has_earlier, first.has_later), (vec![1, 2], false, true));
        let before = Slice::new(vec![4, 3], Cursor::Before(5u8), 2, 5);
        assert_eq!((before.rows, before.has_earlier, before.has_later), (vec![3, 4], false, true));
        let last = Slice::new(vec![5], Cursor::After(4u8), 2, 5);
        assert_eq!((last.rows, last.has_earlier, last.has_later), (vec![5], true, false));
    }
}

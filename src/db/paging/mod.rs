//! Lists in pages by key: a page begins after, or ends before, a row that the reader has seen, in the order of one
//! column and of the id. Nothing is counted off, so that the last page is as quick as the first.

mod by_key;
mod order;

use diesel::QueryResult;

use super::AnyConnection;
pub use order::{Order, SortKey};

/// Rows on a page.
pub const PAGE: i64 = 50;
/// Rows that are counted and added up; a list of more says so, as counting all of them costs more than showing some.
pub const COUNTED: i64 = 1_000;
/// Rows that are read at once when a whole list is.
const AT_ONCE: i64 = 1_000;

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

impl<I> Cursor<I> {
    /// The row beside the page.
    pub fn row(self) -> Option<I> {
        match self {
            Self::First => None,
            Self::After(id) | Self::Before(id) => Some(id),
        }
    }

    /// Whether the page is read from its end.
    pub fn is_backwards(&self) -> bool {
        matches!(self, Self::Before(_))
    }
}

/// Which page of a list, in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<I, K> {
    pub order: Order<K>,
    pub cursor: Cursor<I>,
}

impl<I, K> Place<I, K> {
    /// Whether the rows are read from small to large.
    pub fn goes_up(&self) -> bool {
        self.order.is_descending == self.cursor.is_backwards()
    }
}

/// The rows of one page, in the list's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice<T> {
    pub rows: Vec<T>,
    pub has_earlier: bool,
    pub has_later: bool,
    /// How many rows the whole list has; one more than [`COUNTED`] when it has more than these and nothing tells how many.
    pub count: i64,
}

impl<T> Slice<T> {
    /// Whether it is short enough for its rows to be added up.
    pub fn is_counted(&self) -> bool {
        self.count <= COUNTED
    }

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
}

/// Records that are shown in pages: filtered, bound to the reader's scope, in the order of one of several columns.
pub trait Listing {
    type Id: Copy;
    type Key: SortKey;
    type Row;

    fn id(row: &Self::Row) -> Self::Id;

    /// How many rows the filters leave; see [`count_of!`](crate::count_of).
    fn count(&self, connection: &mut AnyConnection) -> QueryResult<i64>;

    /// The first rows beside a place, read away from it. `NotFound` when the row beside it is none of the list's: a row
    /// outside of the reader's scope is as absent as one that never was.
    fn rows(
        &self,
        connection: &mut AnyConnection,
        at: Place<Self::Id, Self::Key>,
        limit: i64,
    ) -> QueryResult<Vec<Self::Row>>;
}

/// One page of a list.
pub fn page<L: Listing>(
    connection: &mut AnyConnection,
    listing: &L,
    at: Place<L::Id, L::Key>,
) -> QueryResult<Slice<L::Row>> {
    let count = listing.count(connection)?;
    page_of(connection, listing, at, count)
}

/// One page of a list of so many rows; see [`Slice::count`].
pub fn page_of<L: Listing>(
    connection: &mut AnyConnection,
    listing: &L,
    at: Place<L::Id, L::Key>,
    count: i64,
) -> QueryResult<Slice<L::Row>> {
    let rows = listing.rows(connection, at, PAGE + 1)?;
    Ok(Slice::new(rows, at.cursor, PAGE, count))
}

/// Hands every row of a list to `work`, some at a time, until it says that it wants no more.
pub fn each<L: Listing>(
    connection: &mut AnyConnection,
    listing: &L,
    order: Order<L::Key>,
    mut work: impl FnMut(&L::Row) -> bool,
) -> QueryResult<()> {
    let mut at = Place { order, cursor: Cursor::First };
    loop {
        let rows = listing.rows(connection, at, AT_ONCE)?;
        let is_full = i64::try_from(rows.len()).is_ok_and(|count| count == AT_ONCE);
        let is_wanted = rows.iter().all(&mut work);
        match rows.last() {
            Some(last) if is_full && is_wanted => at.cursor = Cursor::After(L::id(last)),
            _ => return Ok(()),
        }
    }
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

    #[test]
    fn a_page_before_a_row_is_read_against_the_order() {
        let goes_up = |is_descending, cursor| {
            Place::<u8, ()> { order: Order { by: (), is_descending }, cursor }.goes_up()
        };
        assert!(goes_up(false, Cursor::First) && goes_up(false, Cursor::After(1)));
        assert!(!goes_up(false, Cursor::Before(1)) && goes_up(true, Cursor::Before(1)));
        assert!(!goes_up(true, Cursor::First) && !goes_up(true, Cursor::After(1)));
    }
}

//! The query of one page.

/// Narrows and orders a boxed query to the rows beside a place, by a column and the id; `Option<..>` marks a column that
/// may be empty, whose empty rows come last in both directions. The row beside the place is one of the query's own, so
/// that a row outside of the reader's scope is as absent. The caller adds the limit.
///
/// ```ignore
/// page_by!(connection, filtered(), at, customers::id, customers::name_key => String)
/// ```
#[macro_export]
macro_rules! page_by {
    ($connection:expr, $query:expr, $at:expr, $id:expr, $key:expr => Option<$kind:ty>) => {{
        let (goes_up, is_backwards) = ($at.goes_up(), $at.cursor.is_backwards());
        let query = match $at.cursor.row() {
            None => $query,
            Some(id) => {
                let key: Option<$kind> = $query.filter($id.eq(id)).select($key).first($connection)?;
                match (key, goes_up, is_backwards) {
                    (Some(key), true, false) => $query
                        .filter($key.gt(key.to_owned()).or($key.eq(key).and($id.gt(id))).or($key.is_null())),
                    (Some(key), false, false) => $query
                        .filter($key.lt(key.to_owned()).or($key.eq(key).and($id.lt(id))).or($key.is_null())),
                    (Some(key), true, true) => {
                        $query.filter($key.gt(key.to_owned()).or($key.eq(key).and($id.gt(id))))
                    }
                    (Some(key), false, true) => {
                        $query.filter($key.lt(key.to_owned()).or($key.eq(key).and($id.lt(id))))
                    }
                    (None, true, false) => $query.filter($key.is_null().and($id.gt(id))),
                    (None, false, false) => $query.filter($key.is_null().and($id.lt(id))),
                    (None, true, true) => $query.filter($key.is_not_null().or($id.gt(id))),
                    (None, false, true) => $query.filter($key.is_not_null().or($id.lt(id))),
                }
            }
        };
        match (goes_up, is_backwards) {
            (true, false) => query.order(($key.is_null(), $key, $id)),
            (false, false) => query.order(($key.is_null(), $key.desc(), $id.desc())),
            (true, true) => query.order(($key.is_not_null(), $key, $id)),
            (false, true) => query.order(($key.is_not_null(), $key.desc(), $id.desc())),
        }
    }};
    ($connection:expr, $query:expr, $at:expr, $id:expr, $key:expr => $kind:ty) => {{
        let goes_up = $at.goes_up();
        // The bound on the column alone lets an index begin there.
        let query = match $at.cursor.row() {
            None => $query,
            Some(id) => {
                let key: $kind = $query.filter($id.eq(id)).select($key).first($connection)?;
                if goes_up {
                    $query.filter($key.ge(key.to_owned()).and($key.gt(key).or($id.gt(id))))
                } else {
                    $query.filter($key.le(key.to_owned()).and($key.lt(key).or($id.lt(id))))
                }
            }
        };
        if goes_up { query.order(($key, $id)) } else { query.order(($key.desc(), $id.desc())) }
    }};
}

/// Counts the rows of a query by their ids, up to one more than [`COUNTED`](crate::db::paging::COUNTED).
#[macro_export]
macro_rules! count_of {
    ($connection:expr, $query:expr, $id:expr) => {{
        use diesel::RunQueryDsl as _;
        let some = $query.select($id).limit($crate::db::paging::COUNTED + 1);
        diesel::select($crate::db::query::CountOf(some)).get_result($connection)
    }};
}

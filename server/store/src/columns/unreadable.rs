//! The error of a column whose value nobody can read.

use sea_orm::{ColIdx, DbErr, QueryResult};

/// Says which row of which `table` holds `value` in the column at `index`, and that it means nothing.
pub(crate) fn unreadable<I: ColIdx>(
    table: &str,
    row: &QueryResult,
    index: I,
    value: &str,
) -> DbErr {
    let column = index.as_str().unwrap_or("a column without a name");
    let id = match id_of(row, column) {
        Some(id) => format!("row {id}"),
        None => "a row".to_owned(),
    };
    DbErr::Type(format!(
        "{table}.{column} of {id} holds {value:?}, which cannot be read"
    ))
}

/// The `id` that was selected with a column: beside `state` it is `id`, beside `credit_state`, as a
/// join names it, `credit_id`.
fn id_of(row: &QueryResult, column: &str) -> Option<i64> {
    let ends = column.match_indices('_').map(|(end, _)| end + 1);
    let prefixes = ends.map(|end| &column[..end]).chain([""]);
    prefixes
        .filter_map(|prefix| row.try_get(prefix, "id").ok())
        .next()
}

/// The same of a row that was read.
pub(crate) fn unreadable_value(table: &str, id: i64, column: &str, value: &str) -> DbErr {
    DbErr::Type(format!(
        "{table}.{column} of row {id} holds {value:?}, which cannot be read"
    ))
}

//! The error for a column whose value cannot be read.

use sea_orm::{ColIdx, DbErr, QueryResult};

/// An error that names the table, the row and the column at `index` that hold the unreadable
/// `value`.
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

/// Reads the `id` that was selected beside a column: `id` beside `state`, but `credit_id` beside
/// `credit_state`, since a join adds such a prefix.
fn id_of(row: &QueryResult, column: &str) -> Option<i64> {
    let ends = column.match_indices('_').map(|(end, _)| end + 1);
    let prefixes = ends.map(|end| &column[..end]).chain([""]);
    prefixes
        .filter_map(|prefix| row.try_get(prefix, "id").ok())
        .next()
}

/// The same error for a row that has already been read.
pub(crate) fn unreadable_value(table: &str, id: i64, column: &str, value: &str) -> DbErr {
    DbErr::Type(format!(
        "{table}.{column} of row {id} holds {value:?}, which cannot be read"
    ))
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, Database, Statement};

    use super::*;

    async fn named(columns: &str, column: &str) -> String {
        let db = Database::connect("sqlite::memory:").await.unwrap();
        let select = Statement::from_string(db.get_database_backend(), format!("SELECT {columns}"));
        let row = db.query_one_raw(select).await.unwrap().unwrap();
        unreadable("credits", &row, column, "bogus").to_string()
    }

    #[tokio::test]
    async fn a_column_is_named_with_the_row_that_it_was_selected_of() {
        for (columns, column, row) in [
            ("17 AS id, 'x' AS state", "state", "row 17"),
            (
                "17 AS id, 'x' AS failure_reason",
                "failure_reason",
                "row 17",
            ),
            (
                "3 AS id, 17 AS credit_id, 'x' AS credit_state",
                "credit_state",
                "row 17",
            ),
            (
                "3 AS id, 17 AS credit_id, 'x' AS credit_failure_reason",
                "credit_failure_reason",
                "row 17",
            ),
            ("'x' AS state", "state", "a row"),
        ] {
            let said = named(columns, column).await;
            let expected = format!("credits.{column} of {row} holds \"bogus\"");
            assert!(said.contains(&expected), "{said}, not {expected}");
        }
    }
}

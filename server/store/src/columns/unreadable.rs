//! The error for a column whose value cannot be read.

use sea_orm::{ColIdx, DbErr, EntityTrait, IdenStatic, Iterable, QueryResult};

/// An error that names the table of the entity `E`, the row and the column at `index` that hold the
/// unreadable `value`.
pub(crate) fn unreadable<E: EntityTrait, I: ColIdx>(
    row: &QueryResult,
    index: I,
    value: &str,
) -> DbErr {
    let selected = index.as_str().unwrap_or("a column without a name");
    let column = column_of::<E>(selected);
    let prefix = selected.strip_suffix(column).unwrap_or_default();
    let mut keys = E::PrimaryKey::iter().map(|key| key.as_str());
    let id = keys.find_map(|key| row.try_get(prefix, key).ok());
    error(E::default().table_name(), id, column, value)
}

/// The entity's own name of a column: a join selects `state` as `credit_state`.
fn column_of<E: EntityTrait>(selected: &str) -> &str {
    E::Column::iter()
        .map(|column| column.as_str().len())
        .filter_map(|length| selected.split_at_checked(selected.len().checked_sub(length)?))
        .filter(|(prefix, _)| prefix.is_empty() || prefix.ends_with('_'))
        .map(|(_, column)| column)
        .filter(|name| E::Column::iter().any(|column| column.as_str() == *name))
        .max_by_key(|name| name.len())
        .unwrap_or(selected)
}

/// The same error for a row that has already been read.
pub(crate) fn unreadable_value(table: &str, id: i64, column: &str, value: &str) -> DbErr {
    error(table, Some(id), column, value)
}

fn error(table: &str, id: Option<i64>, column: &str, value: &str) -> DbErr {
    let row = id.map_or_else(|| "a row".to_owned(), |id| format!("row {id}"));
    DbErr::Type(format!(
        "{table}.{column} of {row} holds {value:?}, which cannot be read"
    ))
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, Database, Statement};

    use super::*;
    use crate::entities::{credit, site_settings};

    async fn named<E: EntityTrait>(columns: &str, column: &str) -> String {
        let db = Database::connect("sqlite::memory:").await.unwrap();
        let select = Statement::from_string(db.get_database_backend(), format!("SELECT {columns}"));
        let row = db.query_one_raw(select).await.unwrap().unwrap();
        unreadable::<E, _>(&row, column, "bogus").to_string()
    }

    #[tokio::test]
    async fn a_column_is_named_with_the_row_that_it_was_selected_of() {
        for (columns, column, named_as) in [
            ("17 AS id, 'x' AS state", "state", "state of row 17"),
            (
                "17 AS id, 'x' AS failure_reason",
                "failure_reason",
                "failure_reason of row 17",
            ),
            (
                "3 AS id, 17 AS credit_id, 'x' AS credit_state",
                "credit_state",
                "state of row 17",
            ),
            (
                "3 AS id, 17 AS credit_id, 'x' AS credit_failure_reason",
                "credit_failure_reason",
                "failure_reason of row 17",
            ),
            ("'x' AS state", "state", "state of a row"),
        ] {
            let said = named::<credit::Entity>(columns, column).await;
            let expected = format!("credits.{named_as} holds \"bogus\"");
            assert!(said.contains(&expected), "{said}, not {expected}");
        }
    }

    #[tokio::test]
    async fn a_row_is_named_by_the_key_of_its_table() {
        let columns = "3 AS id, 17 AS settings_site_id, 'x' AS settings_currency";
        let said = named::<site_settings::Entity>(columns, "settings_currency").await;
        let expected = "site_settings.currency of row 17 holds";
        assert!(said.contains(expected), "{said}, not {expected}");
    }
}

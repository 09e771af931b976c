//! Hints for SQLite's planner, which knows how many rows share a value only for unique indexes.
//! PostgreSQL has statistics.

use sea_orm::{ColumnTrait, DatabaseBackend, Iden, sea_query::Expr, sea_query::SimpleExpr};

/// A column in a filter. Where another index is the right one (`elsewhere`), a `+` keeps SQLite
/// from using an index on this column.
pub fn no_index<C: ColumnTrait>(
    backend: DatabaseBackend,
    column: C,
    elsewhere: bool,
) -> SimpleExpr {
    if elsewhere && backend == DatabaseBackend::Sqlite {
        let (table, column) = (column.entity_name().to_string(), Iden::unquoted(&column));
        Expr::cust(format!("+{table}.{column}"))
    } else {
        Expr::col(column.as_column_ref())
    }
}

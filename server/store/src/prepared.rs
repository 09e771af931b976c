//! Statements whose SQL is built once. Building the SQL of a dashboard's six statements for each
//! request, as sea-query does, took a twelfth of the dashboard's time.

use std::sync::OnceLock;

use sea_orm::{DbBackend, Statement, Value, sea_query::SelectStatement};

/// A statement whose SQL never changes, only its values.
#[derive(Default)]
pub struct Prepared {
    sqlite: OnceLock<String>,
    postgres: OnceLock<String>,
}

impl Prepared {
    /// Creates an empty one to keep in a `static`.
    pub const fn new() -> Self {
        Self {
            sqlite: OnceLock::new(),
            postgres: OnceLock::new(),
        }
    }

    /// The statement for this database with `values`, in the order in which `write` uses them.
    /// `write` is called only for the first request.
    ///
    /// # Panics
    /// Panics if `write` uses other values.
    pub fn with(
        &self,
        backend: DbBackend,
        values: Vec<Value>,
        write: impl FnOnce() -> SelectStatement,
    ) -> Statement {
        let text = match backend {
            DbBackend::Postgres => &self.postgres,
            _ => &self.sqlite,
        };
        let text = text.get_or_init(|| {
            let written = backend.build(&write());
            let its_values = written.values.map(|values| values.0);
            assert_eq!(its_values.as_deref(), Some(&*values), "{}", written.sql);
            written.sql
        });
        Statement::from_sql_and_values(backend, text, values)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

    use super::*;
    use crate::entities::site;

    fn newest_of(id: i64, limit: u64) -> SelectStatement {
        site::Entity::find()
            .filter(site::Column::Id.eq(id))
            .limit(limit)
            .into_query()
    }

    #[test]
    fn only_the_values_differ() {
        let prepared = Prepared::new();
        for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
            let of = |id: i64| {
                prepared.with(backend, vec![id.into(), 9_u64.into()], || newest_of(id, 9))
            };
            assert_eq!(of(1), backend.build(&newest_of(1, 9)));
            assert_eq!(of(2), backend.build(&newest_of(2, 9)));
        }
    }

    #[test]
    fn the_text_is_written_once_for_each_kind_of_database() {
        let (prepared, mut written) = (Prepared::new(), 0);
        for backend in [DbBackend::Sqlite, DbBackend::Postgres, DbBackend::Sqlite] {
            prepared.with(backend, vec![1_i64.into(), 9_u64.into()], || {
                written += 1;
                newest_of(1, 9)
            });
        }
        assert_eq!(written, 2);
    }

    #[test]
    #[should_panic(expected = "SELECT")]
    fn values_in_another_order_are_noticed() {
        let values = vec![9_u64.into(), 1_i64.into()];
        Prepared::new().with(DbBackend::Sqlite, values, || newest_of(1, 9));
    }
}

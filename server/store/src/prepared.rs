//! Statements whose text is written once. Written anew for each request, as sea-query does it, the
//! six of a dashboard took a twelfth of its time.

use std::sync::OnceLock;

use sea_orm::{DbBackend, Statement, Value, sea_query::SelectStatement};

/// One statement whose text never differs, only its values.
#[derive(Default)]
pub struct Prepared {
    sqlite: OnceLock<String>,
    postgres: OnceLock<String>,
}

impl Prepared {
    /// To be kept in a `static`.
    pub const fn new() -> Self {
        Self {
            sqlite: OnceLock::new(),
            postgres: OnceLock::new(),
        }
    }

    /// The statement for this kind of database with `values`, in the order in which `write` has
    /// them; `write` is called for the first one alone.
    ///
    /// # Panics
    /// If the values that `write` has are others.
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

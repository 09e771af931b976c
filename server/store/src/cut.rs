//! Connections to the database that were cut.

use sea_orm::{DbErr, RuntimeErr};

/// Whether the connection was cut, as by a restart of PostgreSQL: on another one the same may succeed.
pub fn was_cut(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let of_orm = cause.downcast_ref::<DbErr>().and_then(|error| match error {
            DbErr::Conn(inner) | DbErr::Exec(inner) | DbErr::Query(inner) => Some(inner),
            _ => None,
        });
        match of_orm {
            Some(RuntimeErr::SqlxError(error)) => is_cut(error),
            _ => cause.downcast_ref::<sqlx::Error>().is_some_and(is_cut),
        }
    })
}

/// PostgreSQL's codes (class 57P) say that it ends the connection, or starts.
fn is_cut(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(error, sqlx::Error::Io(_)) || code.is_some_and(|code| code.starts_with("57P"))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn what_says_nothing_of_the_connection_is_not_repeated() {
        let cut = || sqlx::Error::Io(io::Error::from(io::ErrorKind::ConnectionReset));
        assert!(was_cut(&anyhow::Error::new(cut()).context("migrations")));
        let other = DbErr::Custom("APP_SECRET".to_owned());
        assert!(!was_cut(&anyhow::Error::new(other)));
        assert!(!was_cut(&anyhow::Error::new(sqlx::Error::RowNotFound)));
    }
}

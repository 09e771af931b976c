//! Where a database is, and where it was when it was last served: what tells a copy from the
//! original, and one that was restored from one that went on.

use crate::Timestamp;
use std::{os::unix::fs::MetadataExt, time::UNIX_EPOCH};

use anyhow::Context;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Set};

use super::{
    Db, Pool,
    entities::database_location::{ActiveModel, Entity, Model},
};
use crate::Write;

/// The id of the row; the migration makes it.
const ROW: i64 = 1;

/// The migration that makes the table.
const STEP: &str = "m20261127_000014_location";

/// PostgreSQL says who it is: a number that `initdb` makes, and one of the database within it.
const IDENTITY: &str = "SELECT 'PostgreSQL system ' || system_identifier || ', database ' || \
    (SELECT oid FROM pg_database WHERE datname = current_database()) \
    FROM pg_control_system()";

/// Whether the database is where it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is, or was never served before.
    Original,
    /// It is a copy that `server detach` made one for trying things out.
    Detached,
    /// It is somewhere else: a copy, or the same one after a move or a restore. Until somebody says
    /// which, nothing may act in the original's name.
    Elsewhere {
        /// Where it was last served.
        recorded: String,
        /// Where it is.
        found: String,
    },
}

impl Db {
    /// Where the database is, in words that differ for any two: of a SQLite file its path, inode and
    /// when it was made, of PostgreSQL the system's identifier and the database's number.
    ///
    /// # Errors
    /// If the file cannot be looked at, or PostgreSQL does not say.
    pub async fn location(&self) -> anyhow::Result<String> {
        match (self.pool(), self.file()) {
            (Pool::Postgres(pool), _) => {
                let identity = sqlx::query_scalar(IDENTITY).fetch_one(pool).await;
                identity.context(
                    "PostgreSQL does not say which system it is: GRANT EXECUTE ON FUNCTION \
                     pg_control_system() TO the user in DATABASE_URL",
                )
            }
            (Pool::Sqlite(_), file) => {
                let file = file.context("the database is in no file")?;
                let path = file.canonicalize().context("DATABASE_URL")?;
                let found = path.metadata().context("DATABASE_URL")?;
                // Two fresh disks number their files alike, and a removed file's number is given
                // again: only when a file was made tells a copy. Not every file system keeps that.
                let made = found.created().ok();
                let made = made.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
                let made =
                    made.map(|at| format!(", made at {}.{:09}", at.as_secs(), at.subsec_nanos()));
                let made = made.unwrap_or_default();
                Ok(format!(
                    "SQLite file {}, inode {}{made}",
                    path.display(),
                    found.ino()
                ))
            }
        }
    }

    /// Whether it is where it was; before the migration that keeps it, nobody can tell.
    ///
    /// # Errors
    /// If the database fails, or [`Self::location`] does.
    pub async fn standing(&self) -> anyhow::Result<Standing> {
        if !self.has_taken(STEP).await? {
            return Ok(Standing::Original);
        }
        let found = self.location().await?;
        let row = get(self.reader()).await?;
        Ok(match (row.location, row.detached_at) {
            (Some(recorded), _) if recorded != found => Standing::Elsewhere { recorded, found },
            (_, Some(_)) => Standing::Detached,
            _ => Standing::Original,
        })
    }

    /// Whether it was ever served since its location is kept.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_location(&self) -> Result<bool, DbErr> {
        Ok(get(self.reader()).await?.location.is_some())
    }

    /// Remembers where it is now.
    ///
    /// # Errors
    /// If the database fails, or [`Self::location`] does.
    pub async fn record_location(&self, now: Timestamp) -> anyhow::Result<()> {
        let row = ActiveModel {
            id: Set(ROW),
            location: Set(Some(self.location().await?)),
            recorded_at: Set(Some(now)),
            ..Default::default()
        };
        Entity::update(row)
            .exec_without_returning(self.writer())
            .await?;
        Ok(())
    }
}

/// Remembers in `db` that this is a copy, at `location`.
///
/// # Errors
/// If the database fails.
pub async fn set_detached(db: &impl Write, location: String, now: Timestamp) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(ROW),
        location: Set(Some(location)),
        recorded_at: Set(Some(now)),
        detached_at: Set(Some(now)),
    };
    Entity::update(row).exec_without_returning(db).await?;
    Ok(())
}

async fn get(db: &impl ConnectionTrait) -> Result<Model, DbErr> {
    let row = Entity::find_by_id(ROW).one(db).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("database_location".to_owned()))
}

//! Records where the database was last served, so that a copy is not mistaken for the original, nor
//! a restored database for one that ran on.

use std::{os::unix::fs::MetadataExt, time::UNIX_EPOCH};

use anyhow::Context;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Set};

use super::{
    Db, Pool,
    entities::database_location::{ActiveModel, Entity, Model},
};
use crate::{Timestamp, Write};

/// The id of the only row, which the migration inserts.
const ROW: i64 = 1;

/// The migration that creates the table.
const STEP: &str = "m20261127_000014_location";

/// Identifies a PostgreSQL database: the system identifier from `initdb` and the database's oid.
const IDENTITY: &str = "SELECT 'PostgreSQL system ' || system_identifier || ', database ' || \
    (SELECT oid FROM pg_database WHERE datname = current_database()) \
    FROM pg_control_system()";

/// Whether the database is still where it was last served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is, or it was never served before.
    Original,
    /// It is a copy that `server detach` made for experiments.
    Detached,
    /// It is elsewhere: a copy, or the original after a move or a restore. Until the operator says
    /// which, this server must not act for the original.
    Elsewhere {
        /// The location where the database was last served.
        recorded: String,
        /// The location where the database is now.
        found: String,
    },
}

impl Db {
    /// The database's location as text that is unique to it. For SQLite: the file's path, inode and
    /// creation time. For PostgreSQL: the system identifier and the database's oid.
    ///
    /// # Errors
    /// Fails if the file's metadata cannot be read, or if PostgreSQL denies access to its
    /// identifier.
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
                // Two new disks may assign equal inodes, and an inode is reused after its file is
                // removed. Only the creation time tells a copy; some file systems do not record it.
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

    /// Compares the location with the recorded one. Before the migration that records it, the
    /// database counts as the original.
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

    /// Whether the database was served since locations are recorded.
    pub async fn has_location(&self) -> Result<bool, DbErr> {
        Ok(get(self.reader()).await?.location.is_some())
    }

    /// Records the current location.
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

/// Marks the copy in `db` as detached, at `location`.
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

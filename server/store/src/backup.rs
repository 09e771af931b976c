//! Backs up a SQLite database while it is in use.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};

use super::{Db, Pool};

/// The first migration. A database without it is empty.
const FIRST_STEP: &str = "m20261122_000001_sites";

impl Db {
    /// Writes a complete copy of a SQLite database to `file`, readable only by its owner. The copy
    /// is written to `file` with `.part` appended and then renamed, so that `file` is never
    /// incomplete. Writers do not wait meanwhile.
    ///
    /// # Errors
    /// Fails if `file` exists or cannot be written, or if the database has no tables, for instance
    /// because `DATABASE_URL` is misspelled. For PostgreSQL the error names the command that makes
    /// the backup.
    pub async fn back_up(&self, file: &Path) -> anyhow::Result<()> {
        if let Pool::Postgres(_) = self.pool() {
            bail!(
                "PostgreSQL makes its own backup. Run\n\n    \
                 pg_dump --format=custom --file={:?} \"$DATABASE_URL\"\n\nand bring it back with\n\n    \
                 pg_restore --clean --if-exists --dbname=\"$DATABASE_URL\" {:?}",
                file.display(),
                file.display(),
            );
        }
        let path = file.to_str().context("FILE: write a name in UTF-8")?;
        ensure!(
            self.has_taken(FIRST_STEP).await?,
            "DATABASE_URL: this database is empty, so there is nothing to back up"
        );
        let part = PathBuf::from(format!("{path}.part"));
        let mut new = OpenOptions::new();
        let made = new.write(true).create_new(true).mode(0o600).open(&part);
        made.with_context(|| {
            format!(
                "{} cannot be created. If it exists, another backup is running, or one was \
                 interrupted: then remove it",
                part.display()
            )
        })?;
        let written = self.copy_to(&part, file).await;
        if written.is_err() {
            fs::remove_file(&part).ok();
        }
        written.with_context(|| format!("no backup was made in {path}"))
    }

    async fn copy_to(&self, part: &Path, file: &Path) -> anyhow::Result<()> {
        // This check also catches a broken symbolic link.
        ensure!(
            file.symlink_metadata().is_err(),
            "{} exists; a backup goes to a new file",
            file.display()
        );
        self.vacuum_into(part).await?;
        // SQLite does not sync this file to disk.
        File::open(part)?.sync_all()?;
        fs::rename(part, file)?;
        File::open(folder_of(file))?.sync_all()?;
        Ok(())
    }

    async fn vacuum_into(&self, file: &Path) -> anyhow::Result<()> {
        let path = file.to_str().context("FILE: write a name in UTF-8")?;
        let reader = self.reader.0.get_sqlite_connection_pool();
        sqlx::query("VACUUM INTO ?1")
            .bind(path)
            .execute(reader)
            .await?;
        Ok(())
    }
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

//! A copy of the database while it is served.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};

use super::{Db, Pool};

/// The first migration: a database without it holds nothing to keep.
const FIRST_STEP: &str = "m20261122_000001_sites";

impl Db {
    /// Writes a whole copy of a SQLite database to `file`, which only its owner may read: first to
    /// `file` with `.part` at its end, so that under its own name it is never half a copy. Who writes
    /// meanwhile does not wait.
    ///
    /// # Errors
    /// If `file` exists or cannot be written, if the database has no tables, as where `DATABASE_URL`
    /// is misspelled, or if it is PostgreSQL's, whose own program makes the copy: the error names the
    /// command.
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
        // Also a link that leads nowhere.
        ensure!(
            file.symlink_metadata().is_err(),
            "{} exists; a backup goes to a new file",
            file.display()
        );
        self.vacuum_into(part).await?;
        // SQLite does not wait for the disk with this file.
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

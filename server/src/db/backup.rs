//! A copy of the database while it is served.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};

use super::{Db, Pool, connect::create_private};

impl Db {
    /// Writes a whole copy of a SQLite database to `file`, which only its owner may read. Who writes
    /// meanwhile does not wait.
    ///
    /// # Errors
    /// If `file` exists or cannot be written, or the database is PostgreSQL's, whose own program
    /// makes the copy: the error names the command.
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
        ensure!(!file.exists(), "{path} exists; a backup goes to a new file");
        create_private(file).with_context(|| format!("{path} cannot be written"))?;
        let written = self.vacuum_into(path).await.and_then(|()| on_disk(file));
        if written.is_err() {
            std::fs::remove_file(file).ok();
        }
        written.with_context(|| format!("no backup was made in {path}"))
    }

    async fn vacuum_into(&self, path: &str) -> anyhow::Result<()> {
        let reader = self.conn().get_sqlite_connection_pool();
        sqlx::query("VACUUM INTO ?1")
            .bind(path)
            .execute(reader)
            .await?;
        Ok(())
    }
}

/// SQLite does not wait for the disk with this file.
fn on_disk(file: &Path) -> anyhow::Result<()> {
    File::open(file)?.sync_all()?;
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    File::open(folder)?.sync_all()?;
    Ok(())
}

//! What a process leaves behind: one complete file that nobody else may read. Also, a backup of it.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

use serde_json::json;
use server::serve;
use store::Pool;

use super::program::{ANYWHERE, Process};
use crate::support::{Database, PASSWORD, TestApp, on_both_databases, settings};

on_both_databases!(a_database_that_is_not_closed_is_no_success);

/// The files that SQLite writes beside the database while it is open.
fn beside(file: &Path) -> [String; 2] {
    ["-wal", "-shm"].map(|ending| format!("{}{ending}", file.display()))
}

fn assert_whole(file: &Path, after: &str) {
    for beside in beside(file) {
        assert!(!Path::new(&beside).exists(), "{beside} after {after}");
    }
}

fn assert_private(file: impl AsRef<Path>) {
    let file = file.as_ref();
    let mode = fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{}", file.display());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_leaves_one_whole_private_file() {
    let database = Database::empty_sqlite();
    let config = settings(&database);
    let file = database.file();
    const SITE: [&str; 8] = [
        "site",
        "add",
        "--key",
        "detroit-arms",
        "--name",
        "Detroit Arms",
        "--host",
        "localhost",
    ];
    const ADMIN: [&str; 14] = [
        "admin",
        "create",
        "--site",
        "detroit-arms",
        "--email",
        "dana@example.com",
        "--first-name",
        "Dana",
        "--last-name",
        "Stone",
        "--date-of-birth",
        "1984-06-02",
        "--password",
        PASSWORD,
    ];
    const SETTINGS: [&str; 5] = [
        "settings",
        "--site",
        "detroit-arms",
        "--tenant-credit",
        "1000",
    ];
    const DISCONNECT: [&str; 4] = ["stripe", "disconnect", "--site", "detroit-arms"];
    for command in [&["migrate"][..], &SITE, &ADMIN, &SETTINGS, &DISCONNECT] {
        Process::start(&config, command).succeeds().await;
        assert_whole(&file, command[0]);
        assert_private(&file);
    }
    let refused = ["settings", "--site", "nobody", "--tenant-credit", "1000"];
    Process::start(&config, &refused).fails().await;
    assert_whole(&file, "a command that failed");

    let process = Process::serve(&config, ANYWHERE, &[]);
    process.address().await;
    for beside in beside(&file) {
        assert_private(&beside);
    }
    process.terminate();
    process.succeeds().await;
    assert_whole(&file, "serve");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_made_while_it_is_served_and_serves() {
    let mut app = TestApp::on_sqlite().await;
    app.referred().await;
    let process = app.serve(&[]).await;
    let backup = app.database.folder.path().join("backup.db");
    let path = backup.to_str().unwrap().to_owned();
    let config = app.state.config.clone();
    let phone = app.phone_of("mia@example.com").await;
    let body = json!({
        "email": "last@example.com",
        "password": PASSWORD,
        "first_name": "Last",
        "last_name": "One",
        "date_of_birth": "1990-01-15",
    });
    let told = phone.post("/api/v1/auth/register", &body).await;
    assert_eq!(told.status, 201, "{told:?}");
    Process::start(&config, &["backup", &path]).succeeds().await;
    assert_private(&backup);
    assert_whole(&backup, "backup");
    assert!(!Path::new(&format!("{path}.part")).exists());
    let made = fs::read(&backup).unwrap();
    let told = Process::start(&config, &["backup", &path]).fails().await;
    assert!(told.contains("exists"), "{told}");
    assert_eq!(fs::read(&backup).unwrap(), made, "it stays as it was");
    let folder = app.database.folder.path();
    let (link, nowhere) = (folder.join("link.db"), folder.join("nowhere.db"));
    symlink(&nowhere, &link).unwrap();
    let link = ["backup", link.to_str().unwrap()];
    let told = Process::start(&config, &link).fails().await;
    assert!(told.contains("exists"), "{told}");
    assert!(!nowhere.exists(), "nothing is written through a link");
    process.terminate();
    process.succeeds().await;

    // The disk is lost; the backup replaces the file.
    fs::rename(&backup, app.database.file()).unwrap();
    let process = app.serve_again(&["--moved"]).await;
    app.phone_of("last@example.com").await;
    app.phone_of("mia@example.com").await;
    let ready = reqwest::get(format!("http://{}/readyz", app.address)).await;
    assert_eq!(ready.unwrap().status(), 200);
    process.terminate();
    process.succeeds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_is_backed_up_by_its_own_program() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let file = database.folder.path().join("backup.dump");
    let command = ["backup", file.to_str().unwrap()];
    let told = Process::start(&settings(&database), &command).fails().await;
    assert!(told.contains("pg_dump --format=custom"), "{told}");
    assert!(!file.exists());
}

/// The state after a typing error in `DATABASE_URL`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_database_is_not_backed_up() {
    let database = Database::empty_sqlite();
    let file = database.folder.path().join("backup.db");
    let command = ["backup", file.to_str().unwrap()];
    let told = Process::start(&settings(&database), &command).fails().await;
    assert!(told.contains("this database is empty"), "{told}");
    assert!(!file.exists());
}

/// PostgreSQL keeps what was committed, however we disconnect.
async fn a_database_that_is_not_closed_is_no_success(app: TestApp) {
    let under_way = app.state.db.begin().await.unwrap();
    let closed = serve::close(&app.state.db).await;
    match app.state.db.pool() {
        Pool::Sqlite(_) => {
            let told = format!("{:#}", closed.unwrap_err());
            assert!(told.contains("-wal"), "{told}");
        }
        Pool::Postgres(_) => closed.unwrap(),
    }
    drop(under_way);
}

//! The program itself: what it prints, to which stream, and that it exits with an error where it
//! refuses.

use std::process::Command;

use super::{ADDRESS, OPERATORS};
use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_says_what_was_done() {
    let app = TestApp::spawn().await;
    let admin = |arguments: &[&str], password: &str| {
        let told = Command::new(env!("CARGO_BIN_EXE_server"))
            .arg("admin")
            .args(arguments)
            .env_clear()
            .env("DATABASE_URL", &app.state.config.database_url)
            .env("APP_SECRET", &app.state.config.app_secret)
            .env("ADMIN_PASSWORD", password)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(told.stdout), text(told.stderr));
        assert!(password.is_empty() || !format!("{out}{err}").contains(password));
        (told.status.success(), out, err)
    };
    let whom = ["--site", "detroit-arms", "--email", ADDRESS];
    let name = ["--first-name", "Dana", "--last-name", "Real"];
    let born = ["--date-of-birth", "1984-06-02"];
    let create = [&["create"][..], &whom, &name, &born].concat();
    let (done, _, err) = admin(&create, "");
    assert!(
        !done && err.contains("ADMIN_PASSWORD or --password: Use at least"),
        "{err}"
    );
    let (done, out, err) = admin(&create, OPERATORS);
    assert!(done, "{err}");
    assert_eq!(out, format!("detroit-arms: Dana Real, {ADDRESS}, Owner.\n"));
    let (done, _, err) = admin(&create, "another good password");
    assert!(!done && err.contains("--promote"), "{err}");
    let promote = [&["create", "--promote", "--platform"][..], &whom].concat();
    assert!(
        !admin(&[&promote[..], &name].concat(), OPERATORS).0,
        "the name is theirs"
    );
    let (done, out, err) = admin(&promote, "another good password");
    assert!(done && out.contains("Owner, Platform owner."), "{out}{err}");
    let (_, out, _) = admin(&["list"], "");
    assert!(out.contains(ADDRESS), "{out}");
    let revoke = [&["revoke", "--only", "tenant"][..], &whom].concat();
    let (done, out, err) = admin(&revoke, "");
    assert!(done && out.contains("Platform owner."), "{out}");
    assert!(
        err.contains("Warning: the site detroit-arms has no owner now."),
        "{err}"
    );
    let reset = [&["reset"][..], &whom].concat();
    assert!(!admin(&reset, "").0);
    assert!(admin(&reset, OPERATORS).0);
}

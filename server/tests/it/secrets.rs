//! `APP_SECRET` is replaced: meanwhile both open, and afterwards the former one is not needed any more
//! (`docs/rules.md` 150 to 152).

use std::process::Command;

use domain::mail::MailTopic;
use reqwest::cookie::Jar;
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Statement};
use server_core::{random::Random, sealing::Sealer};
use services::{
    accounts::second_factor,
    idempotency::{self, Call, Kept, Standing},
    mail::{self, unsubscribe},
    operator::rotate_secret::{Rotation, rotate},
};
use store::{
    entities::{audit_entry, data_key, mail as mail_row, user},
    stripe_accounts,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use web::{listen::listen, state::AppState};

use crate::support::{Browser, CODE, GOOD_FORM, STRIPE_KEY, TestApp, on_both_databases};

on_both_databases!(
    with mail:
    everything_opens_after_the_former_secret_is_dropped,
    a_rotation_that_was_stopped_goes_on,
    what_neither_secret_opens_is_told_and_left,
    a_lost_secret_is_given_up,
    every_sealed_column_is_sealed_anew,
    fingerprints_of_before_keep_their_key,
    a_wrong_secret_leaves_no_key_behind,
    a_link_counts_while_the_secret_of_its_cookie_opens,
);

const NEW: &str = "f0e1d2c3b4a5968778695a4b3c2d1e0f";
const NEWER: &str = "00f1e2d3c4b5a6978869788a9bacbdce";
const WRONG: &str = "neither the former nor the new one";

/// What is kept for a phone.
const CALL: Call<'_> = Call {
    key: b"key",
    content: b"content",
};

impl TestApp {
    /// The secret under which the test began.
    fn former(&self) -> String {
        self.state.config.app_secret.clone()
    }

    /// Replaces `APP_SECRET` and drops the former one. The web goes on under the former one.
    pub async fn replace_secret(&mut self, new: &str) {
        let both = self.with_secrets(new, Some(&self.former())).await.unwrap();
        assert!(rotate(&both, false).await.unwrap().is_done);
        self.state.sealer = self.with_secrets(new, None).await.unwrap().sealer.clone();
    }
}

/// Something of each kind that is sealed; returns whose second factor it is.
async fn seal_something(app: &TestApp) -> user::Model {
    let referred = app.referred().await;
    second_factor::begin(&app.state, &referred.mia)
        .await
        .unwrap();
    let Standing::Ours(claim) = idempotency::claim(&app.state, &CALL).await.unwrap() else {
        panic!("somebody else's");
    };
    let kept = Kept {
        status: 201,
        headers: Vec::new(),
        body: "kept".to_owned(),
    };
    idempotency::keep(&app.state, &claim, &kept).await.unwrap();
    referred.mia
}

/// Sees that a process opens all that [`seal_something`] sealed.
async fn assert_it_opens(app: &TestApp, state: &AppState, mia: &user::Model) {
    let account = app.account().await;
    let account = stripe_accounts::by_id(state.db.reader(), &state.sealer, account).await;
    assert_eq!(account.unwrap().unwrap().secret_key, STRIPE_KEY);
    let setup = second_factor::setup(state, &app.detroit, mia).await;
    assert_eq!(setup.unwrap().unwrap().recovery_codes.len(), 10);
    let Standing::Done(kept) = idempotency::claim(state, &CALL).await.unwrap() else {
        panic!("the answer is gone");
    };
    assert_eq!(kept.body, "kept");
}

fn has(rotation: &Rotation, words: &str) -> bool {
    rotation.lines.iter().any(|line| line.contains(words))
}

async fn everything_opens_after_the_former_secret_is_dropped(app: TestApp) {
    let mia = seal_something(&app).await;
    let query = unsubscribe::query(&app.state, &mia, MailTopic::Referrals);
    let both = app.with_secrets(NEW, Some(&app.former())).await.unwrap();
    assert_it_opens(&app, &both, &mia).await;
    let rotation = rotate(&both, false).await.unwrap();
    assert!(rotation.is_done, "{rotation:?}");
    assert!(has(&rotation, "Start all processes without APP_SECRET_OLD"));
    for words in [
        "Keys of fingerprints: 1 sealed anew, 0 before",
        "Secret keys of Stripe accounts: 1 sealed anew, 0 before",
        "Second factors: 1 sealed anew, 0 before",
        "Kept answers of the mobile API: 1 sealed anew, 0 before",
    ] {
        assert!(has(&rotation, words), "{words}: {rotation:?}");
    }
    let new = app.with_secrets(NEW, None).await.unwrap();
    assert_it_opens(&app, &new, &mia).await;
    assert!(rotate(&new, false).await.unwrap().is_done);
    // Mails that were written before are sent, and their links count.
    let due = mail_row::Entity::find().all(new.db.reader()).await.unwrap();
    let due: Vec<_> = due
        .iter()
        .filter(|mail| mail.sealed_body.is_some())
        .collect();
    assert!(!due.is_empty());
    for mail in &due {
        mail::send(&new, mail.id).await.unwrap();
    }
    assert_eq!(app.mailbox.mails().len(), due.len());
    let parts: Vec<&str> = query
        .split('&')
        .map(|part| part.split_once('=').unwrap().1)
        .collect();
    let query = unsubscribe::Query {
        member: parts[0],
        topic: parts[1],
        key: parts[2],
    };
    assert!(
        unsubscribe::find(&new, &app.detroit, query)
            .await
            .unwrap()
            .is_some()
    );
    // Under the former secret alone nothing opens any more.
    let db = new.db.reader();
    let before = stripe_accounts::sealed_otherwise(db, &app.state.sealer).await;
    assert_eq!(before.unwrap(), 1);
    let told = audit_entry::Entity::find().all(db).await.unwrap();
    assert!(told.iter().any(|entry| entry.subject == "APP_SECRET"));
    app.leave_jobs();
}

/// It stopped after the first value; whoever wrote meanwhile wrote under the new secret.
async fn a_rotation_that_was_stopped_goes_on(app: TestApp) {
    let mia = seal_something(&app).await;
    let both = app.with_secrets(NEW, Some(&app.former())).await.unwrap();
    second_factor::begin(&both, &mia).await.unwrap();
    let rotation = rotate(&both, false).await.unwrap();
    assert!(
        has(&rotation, "Second factors: 0 sealed anew, 1 before"),
        "{rotation:?}"
    );
    assert!(has(
        &rotation,
        "Webhook secrets of Stripe accounts: 1 sealed anew, 0 before"
    ));
    let again = rotate(&both, false).await.unwrap();
    assert!(again.is_done);
    assert!(
        again
            .lines
            .iter()
            .all(|line| !line.contains(": 1 sealed anew")),
        "{again:?}"
    );
    assert_it_opens(&app, &app.with_secrets(NEW, None).await.unwrap(), &mia).await;
    app.leave_jobs();
}

async fn what_neither_secret_opens_is_told_and_left(app: TestApp) {
    let mia = seal_something(&app).await;
    let wrong = app.with_secrets(NEW, Some(WRONG)).await.unwrap();
    let rotation = rotate(&wrong, false).await.unwrap();
    assert!(!rotation.is_done);
    assert!(has(
        &rotation,
        "Second factors: 0 sealed anew, 0 before, 1 opened by neither"
    ));
    assert!(has(
        &rotation,
        "open neither under APP_SECRET nor under APP_SECRET_OLD"
    ));
    assert_it_opens(&app, &app.state, &mia).await;
    let right = app.with_secrets(NEW, Some(&app.former())).await.unwrap();
    assert!(rotate(&right, false).await.unwrap().is_done);
    app.leave_jobs();
}

/// The former secret is gone for good. From then on fingerprints outlive the new one.
async fn a_lost_secret_is_given_up(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let print = |sealer: &Sealer| sealer.fingerprint("purpose", b"content");
    let alone = app.with_secrets(NEW, None).await.unwrap();
    let lost = rotate(&alone, false).await.unwrap();
    assert!(has(
        &lost,
        "Keys of fingerprints: 0 sealed anew, 0 before, 1 opened by neither"
    ));
    let given_up = rotate(&alone, true).await.unwrap();
    assert!(
        given_up.is_done && has(&given_up, "A new key of fingerprints"),
        "{given_up:?}"
    );
    let after = app.with_secrets(NEWER, Some(NEW)).await.unwrap();
    assert_eq!(print(&after.sealer), print(&alone.sealer));
    // A key that opens is never given up.
    let rotated = rotate(&after, true).await.unwrap();
    assert!(rotated.is_done && !has(&rotated, "A new key of fingerprints"));
    let newer = app.with_secrets(NEWER, None).await.unwrap();
    assert_eq!(print(&newer.sealer), print(&alone.sealer));
}

/// A new column of sealed values must be added to `store::sealed`.
async fn every_sealed_column_is_sealed_anew(app: TestApp) {
    let db = app.state.db.reader();
    let select = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT tables.name || '.' || columns.name FROM sqlite_master tables \
             JOIN pragma_table_info(tables.name) columns \
             WHERE tables.type = 'table' AND columns.name LIKE '%sealed%'"
        }
        _ => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns \
             WHERE table_schema = 'public' AND column_name LIKE '%sealed%'"
        }
    };
    let select = Statement::from_string(db.get_database_backend(), select);
    let rows = db.query_all_raw(select).await.unwrap();
    let mut columns: Vec<String> = rows.iter().map(|row| row.try_get_by(0).unwrap()).collect();
    columns.sort();
    assert_eq!(
        columns,
        [
            "data_keys.sealed_key",
            "idempotency_keys.sealed_answer",
            "mails.sealed_body",
            "second_factors.sealed_secret",
            "stripe_accounts.secret_key_sealed",
            "stripe_accounts.webhook_secrets_sealed",
        ]
    );
}

/// As after an update from a version whose fingerprints followed from `APP_SECRET`.
async fn fingerprints_of_before_keep_their_key(app: TestApp) {
    let print = |sealer: &Sealer| sealer.fingerprint("purpose", b"content");
    let before = print(&Sealer::new(&app.former(), Random::system()).unwrap());
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let db = app.state.db.writer();
    data_key::Entity::delete_many().exec(db).await.unwrap();
    let early = app.with_secrets(NEW, Some(&app.former())).await;
    let told = early.err().unwrap().to_string();
    assert!(
        told.contains("once with the APP_SECRET of before"),
        "{told}"
    );
    let first = app.with_secrets(&app.former(), None).await.unwrap();
    assert_eq!(print(&first.sealer), before);
    let both = app.with_secrets(NEW, Some(&app.former())).await.unwrap();
    assert_eq!(print(&both.sealer), before);
    assert!(rotate(&both, false).await.unwrap().is_done);
    let new = app.with_secrets(NEW, None).await.unwrap();
    assert_eq!(print(&new.sealer), before);
}

async fn a_wrong_secret_leaves_no_key_behind(app: TestApp) {
    app.referred().await;
    let db = app.state.db.writer();
    data_key::Entity::delete_many().exec(db).await.unwrap();
    app.with_secrets(WRONG, None).await.unwrap();
    assert!(data_key::Entity::find().all(db).await.unwrap().is_empty());
    app.with_secrets(&app.former(), None).await.unwrap();
    assert_eq!(data_key::Entity::find().all(db).await.unwrap().len(), 1);
    app.leave_jobs();
}

/// Cookies follow from the secret itself: they end with it.
async fn a_link_counts_while_the_secret_of_its_cookie_opens(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let page = app.browser().get(&format!("/?ref={CODE}")).await;
    let cookies = page.cookies();
    let cookie = cookies.iter().find(|cookie| cookie.contains("visitor="));
    let cookie = cookie.unwrap().split(';').next().unwrap();
    let former = app.former();
    for (old, counts) in [(Some(former.as_str()), true), (None, false)] {
        let state = app.with_secrets(NEW, old).await.unwrap();
        rotate(&state, false).await.unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(listen(state, listener, CancellationToken::new()));
        let browser = Browser::new("localhost", address);
        let jar = Jar::default();
        jar.add_cookie_str(cookie, &browser.origin.parse().unwrap());
        let browser = browser.with_cookies(jar, address);
        let email = format!("{}@example.com", app.state.random.token());
        let form = GOOD_FORM.map(|(name, good)| match name {
            "email" => (name, email.as_str()),
            _ => (name, good),
        });
        browser.go("register", &form).await;
        let friend = app.find(&app.detroit, &email).await.unwrap();
        assert_eq!(friend.referred_by_user_id.is_some(), counts, "{old:?}");
    }
    app.leave_jobs();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_says_what_is_left() {
    let app = TestApp::spawn().await;
    app.referred().await;
    let rotate = |old: &str| {
        let told = Command::new(env!("CARGO_BIN_EXE_server"))
            .arg("rotate-secret")
            .env_clear()
            .env("DATABASE_URL", &app.state.config.database_url)
            .env("APP_SECRET", NEW)
            .env("APP_SECRET_OLD", old)
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (told.status.success(), text(told.stdout), text(told.stderr))
    };
    let (done, out, _) = rotate(WRONG);
    assert!(!done && out.contains("1 opened by neither"), "{out}");
    let (done, out, err) = rotate(&app.former());
    assert!(done, "{out}");
    assert!(err.contains("log=\"audit\""), "{err}");
    let (done, out, _) = rotate("");
    assert!(
        done && out.contains("Secret keys of Stripe accounts: 0 sealed anew, 1 before"),
        "{out}"
    );
    app.leave_jobs();
}

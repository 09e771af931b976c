//! A database knows where it lives: a copy of it does nothing in the original's name.

use std::{fs, os::unix::fs::MetadataExt};

use domain::credit::CreditState;
use reqwest::Method;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::Value;
use server_core::config::Config;
use store::{
    Db,
    entities::{api_token, credit, session, stripe_account, stripe_event},
    location::Standing,
};

use super::{
    program::{ANYWHERE, Process},
    scene::until,
};
use crate::support::{
    Database, Referred, STRIPE_KEY, TestApp, event, moment, on_both_databases, session as checkout,
};

on_both_databases!(
    a_copy_serves_pages_and_does_nothing_else,
    a_detached_copy_is_for_trying_things_out,
    who_says_moved_goes_on,
    the_original_is_not_detached,
);

const DANA: &str = "dana@example.com";
const OFF: &str = "this database was moved or copied, so";
const LIVE_KEY: [&str; 6] = [
    "stripe",
    "connect",
    "--site",
    "detroit-arms",
    "--secret-key",
    "sk_live_51abcdefghij",
];

/// A database that was served once, with a paid purchase whose credit is not decided, an admin with
/// a session and a member with a token; and a copy of it.
struct Scene {
    referred: Referred,
    copy: Database,
    config: Config,
    token: Option<String>,
}

async fn scene(app: &mut TestApp) -> Scene {
    let referred = app.referred().await;
    app.open_purchase(&referred, "cs_1").await;
    app.admin(&app.detroit, DANA).await;
    let process = app.serve(&[]).await;
    app.signed_in(DANA).await;
    let token = app.phone_of("jane@example.com").await.token;
    process.terminate();
    process.succeeds().await;
    app.take_back().await;
    app.sell(&referred).await;
    app.state.db.close().await.unwrap();
    let copy = app.database.copied().await;
    let config = Config {
        database_url: copy.url.clone(),
        ..Config::clone(&app.state.config)
    };
    Scene {
        referred,
        copy,
        config,
        token,
    }
}

async fn readiness(app: &TestApp) -> (u16, Value) {
    let answer = reqwest::get(format!("http://{}/readyz", app.address)).await;
    let answer = answer.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn delivered(app: &TestApp, scene: &Scene) -> u16 {
    let body = event(
        "evt_1",
        "checkout.session.completed",
        checkout("cs_1", "paid"),
    );
    app.deliver(&scene.referred.webhook, &body).await
}

async fn a_copy_serves_pages_and_does_nothing_else(mut app: TestApp) {
    app.leave_jobs();
    let scene = scene(&mut app).await;
    let asked = app.stripe.requests().len();
    let process = Process::serve(&scene.config, ANYWHERE, &[]);
    process.says(OFF).await;
    app.address = process.address().await;
    let (status, why) = readiness(&app).await;
    assert_eq!(status, 503);
    assert!(why["reasons"][0].as_str().unwrap().contains(OFF), "{why}");
    assert_eq!(delivered(&app, &scene).await, 503);
    let dana = app.signed_in(DANA).await;
    let console = dana.get("/admin/referrals").await;
    assert_eq!(console.status, 200);
    assert!(console.text.contains("This database was moved or copied."));
    let home = dana.get("/").await;
    assert!(
        !home.text.contains("moved or copied"),
        "visitors need not know"
    );
    let bought = app.phone_of("jane@example.com").await;
    let order = serde_json::json!({ "product_id": scene.referred.ticket.id });
    let bought = bought
        .request(Method::POST, "/api/v1/purchases")
        .json(&order);
    assert!(bought.send().await.unwrap().status().as_u16() >= 400);
    process.terminate();
    process.succeeds().await;
    if scene.config.database_url.starts_with("postgres") {
        let told = Process::start(&scene.config, &["worker"]).fails().await;
        assert!(told.contains(OFF), "{told}");
    }
    let told = Process::start(&scene.config, &LIVE_KEY).fails().await;
    assert!(told.contains("Stripe is off"), "{told}");

    assert_eq!(app.stripe.requests().len(), asked, "nobody asks Stripe");
    let db = Db::connect(&scene.copy.url).await.unwrap();
    let credits = credit::Entity::find().count(db.reader()).await.unwrap();
    let events = stripe_event::Entity::find()
        .count(db.reader())
        .await
        .unwrap();
    assert_eq!((credits, events), (0, 0));
    db.close().await.unwrap();
}

async fn a_detached_copy_is_for_trying_things_out(mut app: TestApp) {
    app.leave_jobs();
    let scene = scene(&mut app).await;
    let asked = app.stripe.requests().len();
    Process::start(&scene.config, &["detach"]).succeeds().await;
    let told = Process::start(&scene.config, &LIVE_KEY).fails().await;
    assert!(told.contains("This database is a copy"), "{told}");
    let db = Db::connect(&scene.copy.url).await.unwrap();
    let tokens = api_token::Entity::find().count(db.reader()).await.unwrap();
    let sessions = session::Entity::find().count(db.reader()).await.unwrap();
    assert_eq!((tokens, sessions), (0, 0));
    for account in stripe_account::Entity::find()
        .all(db.reader())
        .await
        .unwrap()
    {
        assert_eq!(account.secret_key_sealed, "");
        assert_eq!(account.webhook_secrets_sealed, "");
    }
    db.close().await.unwrap();

    let process = Process::serve(&scene.config, ANYWHERE, &[]);
    app.address = process.address().await;
    assert_eq!(readiness(&app).await.0, 200);
    assert_eq!(delivered(&app, &scene).await, 503);
    let mut phone = app.phone();
    phone.token = scene.token.clone();
    assert_eq!(phone.get("/api/v1/me").await.status, 401);
    let home = app.browser().get("/").await;
    assert!(home.text.contains("This is a copy."));
    app.signed_in(DANA).await;
    process.terminate();
    process.succeeds().await;
    assert_eq!(app.stripe.requests().len(), asked, "nobody asks Stripe");

    let db = Db::connect(&scene.copy.url).await.unwrap();
    let events = stripe_event::Entity::find()
        .count(db.reader())
        .await
        .unwrap();
    assert_eq!(events, 0);
    db.close().await.unwrap();
}

async fn who_says_moved_goes_on(mut app: TestApp) {
    app.leave_jobs();
    let scene = scene(&mut app).await;
    for options in [&["--moved"][..], &[]] {
        let process = Process::serve(&scene.config, ANYWHERE, options);
        app.address = process.address().await;
        until("it is ready", async || readiness(&app).await.0 == 200).await;
        assert_eq!(delivered(&app, &scene).await, 200, "{options:?}");
        let db = Db::connect(&scene.copy.url).await.unwrap();
        let issued = async || {
            let credits = credit::Entity::find().all(db.reader()).await.unwrap();
            credits.len() == 1 && credits[0].state == CreditState::Issued
        };
        until("the credit is issued", issued).await;
        db.close().await.unwrap();
        process.terminate();
        process.succeeds().await;
    }
    let books = app.stripe.objects(STRIPE_KEY, None);
    let entries = books["balance_transactions"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{entries:?}");
}

async fn the_original_is_not_detached(mut app: TestApp) {
    app.leave_jobs();
    let scene = scene(&mut app).await;
    let config = Config::clone(&app.state.config);
    let told = Process::start(&config, &["detach"]).fails().await;
    assert!(told.contains("this is the original"), "{told}");
    let process = app.serve_again(&[]).await;
    let mut phone = app.phone();
    phone.token = scene.token;
    assert_eq!(phone.get("/api/v1/me").await.status, 200);
    process.terminate();
    process.succeeds().await;

    // The state as if the whole server had been cloned.
    let force = ["detach", "--force"];
    Process::start(&config, &force).succeeds().await;
    let process = app.serve_again(&[]).await;
    assert_eq!(phone.get("/api/v1/me").await.status, 401);
    let home = app.browser().get("/").await;
    assert!(home.text.contains("This is a copy."));
    process.terminate();
    process.succeeds().await;
}

/// The state as in a container: the original and its copy are the first files of two disks that are
/// mounted at the same path.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_with_the_path_and_the_inode_of_the_original_is_found_elsewhere() {
    let database = Database::sqlite().await;
    let db = Db::connect(&database.url).await.unwrap();
    db.record_location(moment(1)).await.unwrap();
    db.close().await.unwrap();
    let copy = database.copied().await;
    let inode = || fs::metadata(database.file()).unwrap().ino();
    let of_original = inode();
    fs::remove_file(database.file()).unwrap();
    for number in 0..100 {
        fs::copy(copy.file(), database.file()).unwrap();
        if inode() == of_original {
            break;
        }
        // The file keeps its inode number, so the next one gets another.
        let aside = database.folder.path().join(format!("aside-{number}"));
        fs::rename(database.file(), aside).unwrap();
    }
    if !database.file().exists() {
        fs::copy(copy.file(), database.file()).unwrap();
    }
    let db = Db::connect(&database.url).await.unwrap();
    let standing = db.standing().await.unwrap();
    assert!(
        matches!(standing, Standing::Elsewhere { .. }),
        "{standing:?}"
    );
    db.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_comes_first_remembers_where_the_database_is() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let worker = Process::start(&app.state.config, &["worker"]);
    let remembered = async || app.state.db.has_location().await.unwrap();
    until("it is remembered", remembered).await;
    worker.terminate();
    worker.succeeds().await;
}

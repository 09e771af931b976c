//! The disk of a process is full for a while: whatever is answered as done is done, and once there
//! is space everything works without a restart.

use std::fs::{self, File};

use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;
use server_core::config::Config;
use store::{
    Db,
    entities::{stripe_event, user},
};
use tokio::net::TcpListener;

use super::{program::Process, scene::until};
use crate::support::{GOOD_FORM, PASSWORD, TestApp, event, session};

impl TestApp {
    async fn register_by_phone(&self, name: &str) -> u16 {
        let body = json!({
            "email": format!("{name}@example.com"),
            "password": PASSWORD,
            "first_name": "Jane",
            "last_name": "Doe",
            "date_of_birth": "1990-01-15",
        });
        let told = self.phone().post("/api/v1/auth/register", &body).await;
        told.status
    }

    /// Where the form leads, without JavaScript: back to the form, which says that it failed, or to
    /// the next page.
    async fn register_on_the_web(&self, name: &str) -> String {
        let email = format!("{name}@example.com");
        let form = GOOD_FORM.map(|(field, good)| match field {
            "email" => (field, email.as_str()),
            _ => (field, good),
        });
        let page = self.browser().submit("register", &form).await;
        assert_eq!(page.status, 303);
        page.header("location").to_owned()
    }

    async fn is_ready(&self) -> bool {
        let answer = reqwest::get(format!("http://{}/readyz", self.address)).await;
        answer.unwrap().status() == 200
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_answered_is_on_disk() {
    let mut app = TestApp::on_sqlite().await;
    let referred = app.referred().await;
    app.open_purchase(&referred, "cs_1").await;
    let process = app.serve(&[]).await;
    until("it is ready", async || app.is_ready().await).await;
    let paid = event(
        "evt_1",
        "checkout.session.completed",
        session("cs_1", "paid"),
    );
    let beside = Db::connect(&app.state.config.database_url).await.unwrap();
    let members = async || user::Entity::find().count(beside.reader()).await.unwrap();
    let before = members().await;

    process.may_write(false);
    for round in 0..3 {
        let status = app.register_by_phone(&format!("phone{round}")).await;
        assert!(status >= 500, "round {round}: {status}");
        let to = app.register_on_the_web(&format!("web{round}")).await;
        assert_eq!(to, "/register", "round {round}");
        let status = app.deliver(&referred.webhook, &paid).await;
        assert_eq!(status, 500, "round {round}");
    }
    process.says("ERROR SQLite rolled back a transaction").await;
    until("it is not ready", async || !app.is_ready().await).await;
    assert_eq!(members().await, before);

    process.may_write(true);
    for round in 0..3 {
        let name = format!("phone{round}");
        assert_eq!(app.register_by_phone(&name).await, 201, "round {round}");
        let name = format!("web{round}");
        assert_eq!(
            app.register_on_the_web(&name).await,
            "/dashboard",
            "round {round}"
        );
    }
    assert_eq!(app.deliver(&referred.webhook, &paid).await, 200);
    assert_eq!(members().await, before + 6);
    let events = stripe_event::Entity::find().count(beside.reader()).await;
    assert_eq!(events.unwrap(), 1);
    beside.close().await.unwrap();
    until("it is ready again", async || app.is_ready().await).await;

    process.terminate();
    process.succeeds().await;
    app.take_back().await;
    app.go_on().await;
    app.assert_credited_once(&referred.mia).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_on_the_same_disk_ends_nobody() {
    let mut app = TestApp::on_sqlite().await;
    app.referred().await;
    app.hand_over().await;
    let free = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    app.address = free.local_addr().unwrap();
    drop(free);
    let config = Config {
        listen: app.address,
        ..Config::clone(&app.state.config)
    };
    let log = app.database.folder.path().join("log");
    let file = File::create(&log).unwrap();
    let process = Process::start_with_log(&config, &["serve"], file);
    let said = || fs::read_to_string(&log).unwrap();
    until("it listens", async || said().contains("listening on")).await;

    process.may_write(false);
    for round in 0..3 {
        let status = app.register_by_phone(&format!("phone{round}")).await;
        assert!(status >= 500, "round {round}: {status}");
    }
    process.may_write(true);
    assert_eq!(app.register_by_phone("phone0").await, 201);
    process.terminate();
    process.succeeds().await;
}

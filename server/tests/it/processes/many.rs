//! Several processes on one PostgreSQL database: a request may reach any of them.

use domain::credit::CreditState;
use reqwest::{Method, Response};
use sea_orm::ConnectionTrait;
use sqlx::PgPool;
use store::Pool;
use tokio::time::timeout;

use super::{
    call::POST,
    program::{ANYWHERE, PATIENCE, Process},
    scene::until,
};
use crate::support::{Browser, PASSWORD, STRIPE_KEY, TestApp, event, session};

on_postgres!(
    who_signs_in_at_one_is_known_at_the_other,
    wrong_passwords_count_for_all_of_them,
    a_credit_is_seen_wherever_its_member_looks,
    news_are_heard_again_after_a_cut,
    two_sweeps_at_once_issue_each_credit_once,
);

const MIA: &str = "mia@example.com";

fn two(app: &TestApp, start: impl Fn(&TestApp) -> Process) -> [Process; 2] {
    [start(app), start(app)]
}

fn web(app: &TestApp) -> Process {
    Process::serve(&app.state.config, ANYWHERE, &["--no-worker"])
}

fn worker(app: &TestApp) -> Process {
    Process::start(&app.state.config, &["worker"])
}

async fn who_signs_in_at_one_is_known_at_the_other(mut app: TestApp) {
    app.member(&app.detroit, "Mia", MIA).await;
    let [one, other] = two(&app, web);
    let (one, other) = (one.address().await, other.address().await);

    let here = Browser::new("localhost", one);
    let credentials = [("email", MIA), ("password", PASSWORD)];
    let signed_in = here.fetch("sign_in", &credentials).await;
    let cookies = signed_in.cookies();
    let session = cookies.iter().find(|one| one.starts_with("session="));
    let cookie = session.unwrap().split(';').next().unwrap();
    let there = Browser::new("localhost", other);
    let dashboard = async || {
        let page = there.request(Method::GET, "/dashboard");
        page.header("cookie", cookie).send().await.unwrap()
    };
    let page = dashboard().await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("Mia"));
    here.go("sign_out", &[]).await;
    assert_eq!(dashboard().await.status(), 303, "signed out everywhere");

    app.address = one;
    let token = app.phone_of(MIA).await.token;
    app.address = other;
    let mut phone = app.phone();
    phone.token = token;
    assert_eq!(phone.get("/api/v1/me").await.status, 200);
}

async fn wrong_passwords_count_for_all_of_them(app: TestApp) {
    app.member(&app.detroit, "Mia", MIA).await;
    let processes = two(&app, web);
    let mut browsers = Vec::new();
    for process in &processes {
        browsers.push(Browser::new("localhost", process.address().await));
    }
    let guess = [("email", MIA), ("password", "a guess!")];
    let mut too_many = 0;
    for number in 0..8 {
        let answer = browsers[number % 2].fetch("sign_in", &guess).await.text;
        too_many += usize::from(answer.contains("Too many attempts"));
    }
    assert!((2..=3).contains(&too_many), "five of eight: {too_many}");
}

async fn a_credit_is_seen_wherever_its_member_looks(mut app: TestApp) {
    let referred = app.referred().await;
    app.open_purchase(&referred, "cs_1").await;
    let webs = two(&app, web);
    let _workers = two(&app, worker);
    let mut streams = Vec::new();
    for web in &webs {
        app.address = web.address().await;
        let mia = app.signed_in(MIA).await;
        let stream = mia.request(Method::GET, "/notifications/stream");
        streams.push(stream.send().await.unwrap());
    }
    // Both processes, and the test's own.
    until("all listen", async || listeners(&app).await == 3).await;
    let body = event(
        "evt_1",
        "checkout.session.completed",
        session("cs_1", "paid"),
    );
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    for stream in &mut streams {
        hears(stream, "You earned a $10.00 credit").await;
    }
    app.assert_credited_once(&referred.mia).await;
}

async fn news_are_heard_again_after_a_cut(mut app: TestApp) {
    let referred = app.referred().await;
    app.open_purchase(&referred, "cs_1").await;
    let here = web(&app);
    let _worker = worker(&app);
    app.address = here.address().await;
    let mia = app.signed_in(MIA).await;
    let stream = mia.request(Method::GET, "/notifications/stream");
    let mut stream = stream.send().await.unwrap();
    // The process, and the test itself.
    until("both listen", async || listeners(&app).await == 2).await;
    let pool = postgres(&app);
    hears(&mut stream, r#"{"unread":0,"arrived":null}"#).await;
    let cut = sqlx::query_scalar::<_, i64>(CUT);
    assert_eq!(cut.fetch_one(pool).await.unwrap(), 2);
    // Notifications may have been missed while nobody listened, so the count is sent again.
    hears(&mut stream, r#"{"unread":0,"arrived":null}"#).await;
    until("both listen again", async || listeners(&app).await == 2).await;
    let body = event(
        "evt_1",
        "checkout.session.completed",
        session("cs_1", "paid"),
    );
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    hears(&mut stream, "You earned a $10.00 credit").await;
    app.assert_credited_once(&referred.mia).await;
}

/// Ends the connections on which processes listen, and counts them.
const CUT: &str = "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity \
    WHERE datname = current_database() AND query LIKE 'LISTEN %'";

fn postgres(app: &TestApp) -> &PgPool {
    let Pool::Postgres(pool) = app.state.db.pool() else {
        panic!("not on PostgreSQL")
    };
    pool
}

async fn listeners(app: &TestApp) -> i64 {
    const LISTENERS: &str = "SELECT count(*) FROM pg_stat_activity \
        WHERE datname = current_database() AND query LIKE 'LISTEN %'";
    let count = sqlx::query_scalar::<_, i64>(LISTENERS);
    count.fetch_one(postgres(app)).await.unwrap()
}

async fn hears(stream: &mut Response, text: &str) {
    let mut heard = String::new();
    let hearing = async {
        while !heard.contains(text) {
            let chunk = stream.chunk().await.unwrap().expect("more to come");
            heard.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    let came = timeout(PATIENCE, hearing).await;
    assert!(came.is_ok() && heard.contains("event: news\n"), "{heard}");
}

async fn two_sweeps_at_once_issue_each_credit_once(app: TestApp) {
    const MANY: usize = 6;
    let mut referred = app.referred().await;
    for _ in 0..MANY {
        app.refer_anew(&mut referred).await;
        app.sell(&referred).await;
    }
    app.lose_jobs().await;
    let db = app.state.db.reader();
    // Longer ago than the sweep waits before it takes a job for lost.
    let earlier = "UPDATE purchases SET paid_at = paid_at - 60000";
    db.execute_unprepared(earlier).await.unwrap();

    let workers = two(&app, worker);
    until("each is issued", async || {
        let credits = app.credits().await;
        credits.len() == MANY
            && credits
                .iter()
                .all(|credit| credit.state == CreditState::Issued)
    })
    .await;
    for worker in workers {
        worker.terminate();
        worker.succeeds().await;
    }
    assert_eq!(app.balance_transactions().len(), MANY);
    assert_eq!(
        POST.times(&app, STRIPE_KEY),
        MANY,
        "none is asked for twice"
    );
    app.assert_nothing_is_left().await;
}

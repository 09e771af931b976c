//! Event streams: few for each member, none for a session that has ended, and no time-out ends one.

use std::time::Duration;

use reqwest::{Method, Response};
use server_core::zone::Zone;
use services::{live::NewNotification, notifications::view, operator::admins};
use store::{entities::user, notifications};
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use web::listen::{Bounds, listen_within};

use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    the_oldest_stream_makes_room,
    a_session_that_has_ended_hears_nothing,
);

const PATIENCE: Duration = Duration::from_secs(30);

async fn open(browser: &Browser) -> Response {
    let request = browser.request(Method::GET, "/notifications/stream");
    let mut stream = request.send().await.unwrap();
    assert_eq!(stream.status(), 200);
    let first = stream.chunk().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).starts_with("event: news"));
    stream
}

async fn tell(app: &TestApp, user: &user::Model, text: &str) {
    let (db, now) = (app.state.db.writer(), app.state.now());
    let row = notifications::insert(db, user.site_id, user.id, None, text, now);
    let arrival = NewNotification {
        user_id: user.id,
        notification: view(&row.await.unwrap(), &Zone::utc()),
    };
    app.state.live.notify(&app.state.db, arrival).await;
}

async fn next(stream: &mut Response) -> reqwest::Result<Option<String>> {
    let next = timeout(PATIENCE, stream.chunk()).await;
    let next = next.expect("something comes")?;
    Ok(next.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

async fn the_oldest_stream_makes_room(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.member(&app.detroit, "Max", "max@example.com").await;
    let (of_mia, of_max) = (
        app.signed_in("mia@example.com").await,
        app.signed_in("max@example.com").await,
    );
    let mut max = open(&of_max).await;
    let mut oldest = open(&of_mia).await;
    let mut others = Vec::new();
    for _ in 0..5 {
        others.push(open(&of_mia).await);
    }
    assert_eq!(
        next(&mut oldest).await.unwrap().unwrap(),
        "retry: 60000\n\n"
    );
    assert_eq!(next(&mut oldest).await.unwrap(), None, "it has ended");
    tell(&app, &mia, "for Mia").await;
    for stream in &mut others {
        let heard = next(stream).await.unwrap().unwrap();
        assert!(heard.contains("for Mia"), "{heard}");
    }
    let ours = app.find(&app.detroit, "max@example.com").await.unwrap();
    tell(&app, &ours, "for Max").await;
    assert!(next(&mut max).await.unwrap().unwrap().contains("for Max"));
}

async fn a_session_that_has_ended_hears_nothing(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let mut stream = open(&app.signed_in("mia@example.com").await).await;
    let (site, password) = ("detroit-arms", "green range wednesday");
    let reset = admins::reset(&app.state, site, &mia.email, password).await;
    reset.unwrap();
    tell(&app, &mia, "for Mia alone").await;
    // The stream breaks off.
    assert!(next(&mut stream).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_time_out_ends_a_stream() {
    let mut app = TestApp::spawn().await;
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let bounds = Bounds {
        headers: Duration::from_millis(200),
        body: Duration::from_millis(200),
        answer: Duration::from_millis(200),
        connections: 64,
        of_address: 64,
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    app.address = listener.local_addr().unwrap();
    let stopping = CancellationToken::new();
    let served = listen_within(bounds, app.state.clone(), listener, stopping.clone());
    let _stop = stopping.drop_guard();
    tokio::spawn(served);
    let mut stream = open(&app.signed_in("mia@example.com").await).await;
    // Another connection times out, twice.
    for _ in 0..2 {
        let mut silent = TcpStream::connect(app.address).await.unwrap();
        let ended = timeout(PATIENCE, silent.read_u8()).await;
        assert!(ended.expect("it ends").is_err());
    }
    tell(&app, &mia, "for Mia").await;
    let heard = next(&mut stream).await.unwrap().unwrap();
    assert!(heard.contains("for Mia"), "{heard}");
}

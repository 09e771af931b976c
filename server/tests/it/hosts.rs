//! Which site answers for which host.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    each_host_has_its_site,
    an_unknown_host_is_told_so,
    odd_hosts_break_nothing
);

/// The answer to a request that is written byte by byte.
async fn raw(app: &TestApp, request: &str) -> String {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

async fn get_at(app: &TestApp, host: &str) -> String {
    raw(
        app,
        &format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
    )
    .await
}

fn status(answer: &str) -> u16 {
    answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_default()
}

async fn each_host_has_its_site(app: TestApp) {
    for host in ["localhost", "LocalHost:3000", "localhost.", "localhost.:80"] {
        let answer = get_at(&app, host).await;
        assert_eq!(status(&answer), 200, "{host}");
        assert!(
            answer.contains("Detroit Arms") && !answer.contains("Motor City"),
            "{host}"
        );
    }
    assert!(
        get_at(&app, "coaching.localhost:3000")
            .await
            .contains("Motor City Coaching")
    );
}

async fn an_unknown_host_is_told_so(app: TestApp) {
    for host in [
        "nowhere.example",
        "127.0.0.1:3000",
        "[::1]:3000",
        "localhost.evil.example",
    ] {
        let answer = get_at(&app, host).await;
        assert_eq!(status(&answer), 404, "{host}");
        assert!(answer.contains("There is no site at"), "{host}");
        assert!(
            answer
                .to_lowercase()
                .contains("content-security-policy: default-src 'none'")
        );
    }
}

async fn odd_hosts_break_nothing(app: TestApp) {
    let long = "a".repeat(5000);
    for host in [
        "",
        ".",
        ":",
        "a b",
        "user:pw@localhost",
        "localhost:99999",
        "<script>",
        "loc%61lhost",
        "ä",
        &long,
    ] {
        let status = status(&get_at(&app, host).await);
        assert!((400..500).contains(&status), "{host:?}: {status}");
    }
    let two =
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert_eq!(status(&raw(&app, two).await), 400);
    assert_eq!(status(&raw(&app, "GET / HTTP/1.0\r\n\r\n").await), 400);
    for line in [
        "OPTIONS *",
        "CONNECT localhost:80",
        "GET http://localhost/?ref=%zz",
        "PUT /",
        "TRACE /",
    ] {
        let request = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = raw(&app, &request).await;
        assert!((200..500).contains(&status(&answer)), "{line}: {answer}");
    }
}

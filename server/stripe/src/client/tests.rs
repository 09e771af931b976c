//! The client, in front of a server that counts its connections.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use ::stripe::{StripeError as ClientError, StripeRequest};
use stripe_core::customer::ListCustomer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::*;

const NOBODY: &str = r#"{"object":"list","data":[],"has_more":false,"url":"/v1/customers"}"#;
const DECLINED: &str = r#"{"error":{"type":"card_error","code":"card_declined"}}"#;

/// Answers each request on a connection with the next of `answers`, `None` with silence; after the last
/// one it closes the connection.
async fn serve(mut connection: TcpStream, answers: Vec<Option<String>>) {
    for answer in answers {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let Ok(byte) = connection.read_u8().await else {
                return;
            };
            request.push(byte);
        }
        match answer {
            Some(answer) => connection.write_all(answer.as_bytes()).await.unwrap(),
            None => std::future::pending().await,
        }
    }
}

fn http(status: &str, body: &str) -> Option<String> {
    let length = body.len();
    Some(format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}"
    ))
}

/// A client of a server that gives each of its connections these answers, and how many connections there
/// were.
async fn client(patience: Duration, answers: Vec<Option<String>>) -> (Client, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            counted.fetch_add(1, Relaxed);
            tokio::spawn(serve(connection, answers.clone()));
        }
    });
    let client = Client::new(Connections::new(), &base, "sk_test_1", patience).unwrap();
    (client, connections)
}

async fn call(client: &Client) -> Result<(), ClientError> {
    ListCustomer::new().send(client).await.map(drop)
}

const LONG: Duration = Duration::from_secs(30);

#[tokio::test]
async fn requests_share_a_connection_whatever_the_key() {
    let (first, connections) = client(LONG, vec![http("200 OK", NOBODY); 3]).await;
    let pool = first.connections.clone();
    let second = Client::new(pool, &first.base, "sk_test_2", LONG).unwrap();
    for client in [&first, &second, &first] {
        call(client).await.unwrap();
    }
    assert_eq!(connections.load(Relaxed), 1);
}

#[tokio::test]
async fn a_connection_that_was_closed_is_replaced() {
    let (client, connections) = client(LONG, vec![http("200 OK", NOBODY)]).await;
    call(&client).await.unwrap();
    // The pool learns of the end by a read of its own; until then a request may meet it.
    let mut answered = false;
    for _ in 0..10 {
        answered = answered || call(&client).await.is_ok();
    }
    assert!(answered);
    assert!(connections.load(Relaxed) > 1);
}

#[tokio::test]
async fn no_request_follows_one_that_had_no_answer() {
    let answers = vec![http("200 OK", NOBODY), None];
    let (patient, connections) = client(LONG, answers).await;
    let pool = patient.connections.clone();
    let short = Duration::from_millis(200);
    let impatient = Client::new(pool, &patient.base, "sk_test_1", short).unwrap();
    call(&patient).await.unwrap();
    let silent = call(&impatient).await.unwrap_err();
    assert!(matches!(silent, ClientError::Timeout), "{silent}");
    call(&patient).await.unwrap();
    assert_eq!(connections.load(Relaxed), 2);
}

#[tokio::test]
async fn why_there_is_no_answer_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(Connections::new(), &base, "sk_test_1", LONG).unwrap();
    let error = call(&client).await.unwrap_err().to_string();
    assert!(error.contains("Connection refused"), "{error}");
}

#[tokio::test]
async fn stripes_errors_are_told_from_those_on_the_way() {
    let answers = vec![
        http("402 Payment Required", DECLINED),
        http("502 Bad Gateway", "<html>"),
    ];
    let (client, _) = client(LONG, answers).await;
    match call(&client).await {
        Err(ClientError::Stripe(error, 402)) => {
            assert_eq!(error.code.unwrap().as_str(), "card_declined");
        }
        other => panic!("{other:?}"),
    }
    let foreign = call(&client).await.unwrap_err();
    assert!(
        matches!(foreign, ClientError::JSONDeserialize(_)),
        "{foreign}"
    );
}

/// An operator types the address of `STRIPE_API_BASE`.
#[test]
fn the_root_may_end_with_a_slash() {
    for base in ["http://stripe:4200", "http://stripe:4200/"] {
        let client = Client::new(Connections::new(), base, "sk_test_1", LONG).unwrap();
        let list = ListCustomer::new().limit(1);
        let http = client.http_request(list.build(), None).unwrap();
        assert_eq!(http.uri(), "http://stripe:4200/v1/customers?limit=1");
    }
}

#[test]
fn a_request_has_its_key_version_and_form() {
    let client = Client::new(Connections::new(), "http://stripe/", "sk_test_1", LONG).unwrap();
    let update = stripe_core::customer::UpdateCustomer::new("cus_1").name("Mia");
    let key = IdempotencyKey::new("credit-1").unwrap();
    let http = client.http_request(update.build(), Some(&key)).unwrap();
    assert_eq!(http.method(), Method::POST);
    assert_eq!(http.uri(), "http://stripe/v1/customers/cus_1");
    let header = |name: &str| http.headers().get(name).unwrap().to_str().unwrap();
    assert_eq!(header("authorization"), "Bearer sk_test_1");
    assert_eq!(header("idempotency-key"), "credit-1");
    assert_eq!(header("stripe-version"), VERSION.as_str());
    assert_eq!(header("content-type"), "application/x-www-form-urlencoded");
}

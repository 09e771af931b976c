//! A shop that receives webhooks, and the sessions that it makes.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::caller::Caller;

#[derive(Default)]
struct Inbox {
    got: Vec<Value>,
    refusals: usize,
}

/// Receives webhooks and keeps them; stops when dropped.
pub struct Shop {
    pub url: String,
    inbox: Arc<Mutex<Inbox>>,
    server: JoinHandle<()>,
}

async fn receive(State(inbox): State<Arc<Mutex<Inbox>>>, body: Bytes) -> StatusCode {
    let mut inbox = inbox.lock().expect("the inbox");
    inbox.got.push(serde_json::from_slice(&body).expect("JSON"));
    if inbox.refusals == 0 {
        return StatusCode::OK;
    }
    inbox.refusals -= 1;
    StatusCode::INTERNAL_SERVER_ERROR
}

impl Shop {
    /// Refuses so many deliveries before it takes any.
    pub async fn refusing(refusals: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let inbox = Arc::new(Mutex::new(Inbox {
            refusals,
            ..Inbox::default()
        }));
        let router = Router::new()
            .route("/hook", post(receive))
            .with_state(inbox.clone());
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("a server");
        });
        Self { url, inbox, server }
    }

    pub fn got(&self) -> Vec<Value> {
        self.inbox.lock().expect("the inbox").got.clone()
    }

    /// The types of the events received, in the order of their coming.
    pub fn types(&self) -> Vec<String> {
        self.got()
            .iter()
            .map(|event| event["type"].as_str().expect("a type").into())
            .collect()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.server.abort();
    }
}

const COMMON: [(&str, &str); 5] = [
    (
        "success_url",
        "https://shop.test/done?s={CHECKOUT_SESSION_ID}",
    ),
    ("cancel_url", "https://shop.test/cart"),
    ("line_items[0][price_data][currency]", "usd"),
    ("line_items[0][price_data][product_data][name]", "Ticket"),
    ("line_items[0][quantity]", "1"),
];

/// The form of a session over $20.00, in the mode given.
pub fn session_form<'a>(mode: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = COMMON.to_vec();
    form.push(("mode", mode));
    if mode == "subscription" {
        form.push(("line_items[0][price_data][recurring][interval]", "month"));
    }
    if !more.iter().any(|(name, _)| name.ends_with("[unit_amount]")) {
        form.push(("line_items[0][price_data][unit_amount]", "2000"));
    }
    form.extend(more);
    form
}

/// Makes a session and gives its id.
pub async fn session(caller: &Caller, mode: &str, more: &[(&str, &str)]) -> String {
    let answer = caller
        .post("/v1/checkout/sessions", &session_form(mode, more))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.id()
}

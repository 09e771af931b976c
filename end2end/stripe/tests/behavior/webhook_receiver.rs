//! A webhook endpoint that records the events that it receives.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

#[derive(Default)]
struct Inbox {
    received: Vec<Value>,
    refusals: usize,
}

/// Receives webhooks and records them; stops when dropped.
pub struct WebhookReceiver {
    pub url: String,
    inbox: Arc<Mutex<Inbox>>,
    server: JoinHandle<()>,
}

async fn receive(State(inbox): State<Arc<Mutex<Inbox>>>, body: Bytes) -> StatusCode {
    let mut inbox = inbox.lock().expect("the inbox");
    inbox
        .received
        .push(serde_json::from_slice(&body).expect("JSON"));
    if inbox.refusals == 0 {
        return StatusCode::OK;
    }
    inbox.refusals -= 1;
    StatusCode::INTERNAL_SERVER_ERROR
}

impl WebhookReceiver {
    /// Refuses this number of deliveries before it accepts any.
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

    pub fn received(&self) -> Vec<Value> {
        self.inbox.lock().expect("the inbox").received.clone()
    }

    /// The types of the events received, in order.
    pub fn types(&self) -> Vec<String> {
        self.received()
            .iter()
            .map(|event| event["type"].as_str().expect("a type").into())
            .collect()
    }
}

impl Drop for WebhookReceiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

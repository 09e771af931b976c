//! A webhook endpoint that records the events that it receives.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::{net::TcpListener, task::JoinHandle};

#[derive(Default)]
struct Inbox {
    received: Vec<Delivered>,
    refusals: usize,
}

struct Delivered {
    body: Bytes,
    signature: String,
}

impl Delivered {
    fn event(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// Whether the header `Stripe-Signature` was made with this secret alone.
    fn is_signed_with(&self, secret: &str) -> bool {
        let (time, signature) = self.signature.split_once(",v1=").expect("a signature");
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
        mac.update(time.trim_start_matches("t=").as_bytes());
        mac.update(b".");
        mac.update(&self.body);
        hex::encode(mac.finalize().into_bytes()) == signature
    }
}

/// Receives webhooks and records them; stops when dropped.
pub struct WebhookReceiver {
    pub url: String,
    inbox: Arc<Mutex<Inbox>>,
    server: JoinHandle<()>,
}

async fn receive(
    State(inbox): State<Arc<Mutex<Inbox>>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let mut inbox = inbox.lock().expect("the inbox");
    let signature = headers["stripe-signature"].to_str().expect("text").into();
    inbox.received.push(Delivered { body, signature });
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
        let inbox = self.inbox.lock().expect("the inbox");
        inbox.received.iter().map(Delivered::event).collect()
    }

    /// How many of the deliveries were signed with this secret.
    pub fn signed_with(&self, secret: &str) -> usize {
        let inbox = self.inbox.lock().expect("the inbox");
        let signed = inbox.received.iter();
        signed.filter(|one| one.is_signed_with(secret)).count()
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

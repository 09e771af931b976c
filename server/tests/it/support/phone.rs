//! A phone with the mobile app: it calls the API, and fails the test on an undocumented answer.

use std::net::SocketAddr;

use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};

use super::{PASSWORD, TestApp, contract};

/// An app that calls one site.
pub struct Phone {
    client: Client,
    /// `http://localhost:12345`.
    pub origin: String,
    /// Sent with every call.
    pub token: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub struct ApiResponse {
    pub status: u16,
    pub headers: HeaderMap,
    /// Null if the body is empty.
    pub json: Value,
}

impl TestApp {
    /// A phone that calls Detroit Arms.
    pub fn phone(&self) -> Phone {
        self.phone_at("localhost")
    }

    /// A phone that calls the site at `host`.
    pub fn phone_at(&self, host: &str) -> Phone {
        Phone::new(host, self.address)
    }

    /// A phone on which the member of Detroit Arms with this e-mail address is signed in.
    pub async fn phone_of(&self, email: &str) -> Phone {
        let mut phone = self.phone();
        phone.log_in(email).await;
        phone
    }
}

impl Phone {
    fn new(host: &str, address: SocketAddr) -> Self {
        Self {
            client: Client::builder().resolve(host, address).build().unwrap(),
            origin: format!("http://{host}:{}", address.port()),
            token: None,
        }
    }

    /// Signs in, and keeps the token.
    pub async fn log_in(&mut self, email: &str) {
        let credentials = json!({ "email": email, "password": PASSWORD });
        let outcome = self.post("/api/v1/auth/login", &credentials).await;
        assert_eq!(outcome.status, 200, "{outcome:?}");
        self.token = Some(outcome.text("token"));
    }

    /// Begins a call.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .client
            .request(method, format!("{}{path}", self.origin));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> ApiResponse {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> ApiResponse {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> ApiResponse {
        self.send(self.request(Method::PATCH, path).json(body))
            .await
    }

    /// Posts without a body.
    pub async fn order(&self, path: &str) -> ApiResponse {
        self.send(self.request(Method::POST, path)).await
    }

    /// Posts a body under an idempotency key.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> ApiResponse {
        let request = self.request(Method::POST, path).json(body);
        self.send(request.header("Idempotency-Key", key)).await
    }

    /// Posts a body as it is, with the content type of JSON.
    pub async fn post_raw(&self, path: &str, body: impl Into<reqwest::Body>) -> ApiResponse {
        let request = self.request(Method::POST, path).body(body);
        self.send(request.header("Content-Type", "application/json"))
            .await
    }

    /// Sends a call, and compares the answer with the document.
    pub async fn send(&self, request: RequestBuilder) -> ApiResponse {
        let request = request.build().unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = self.client.execute(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let outcome = ApiResponse {
            status,
            headers,
            json: serde_json::from_str(&text).unwrap_or_default(),
        };
        let kept = path.starts_with("/api/v1/products") && [200, 304].contains(&status);
        let caching = if kept {
            "private, max-age=60"
        } else {
            "no-store"
        };
        assert_eq!(outcome.header("cache-control"), caching, "{path}");
        match contract::operation(&method, &path) {
            Some(operation) => {
                operation.assert_documented(status, |name| outcome.header(name), &text);
            }
            None => contract::assert_problem(&text),
        }
        outcome
    }
}

impl ApiResponse {
    /// The header's value; empty if it is missing.
    pub fn header(&self, name: &str) -> String {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap()).to_owned()
    }

    /// The value of a text field of the answer.
    pub fn text(&self, name: &str) -> String {
        let text = self.json[name].as_str();
        text.unwrap_or_else(|| panic!("no {name} in {self:?}"))
            .to_owned()
    }

    /// The problem's kind: `invalid-fields`.
    pub fn kind(&self) -> String {
        let kind = self.text("type");
        let name = kind.strip_prefix("urn:pewpros:problem:");
        name.expect("a problem of ours").to_owned()
    }

    /// The fields that the problem names.
    pub fn fields(&self) -> Vec<&str> {
        let errors = self.json["errors"].as_array();
        let errors = errors.into_iter().flatten();
        errors.map(|one| one["field"].as_str().unwrap()).collect()
    }

    /// The fields that the problem names, with the codes of their mistakes.
    pub fn codes(&self) -> Vec<(&str, &str)> {
        let errors = self.json["errors"].as_array().into_iter().flatten();
        errors
            .map(|one| {
                (
                    one["field"].as_str().unwrap(),
                    one["code"].as_str().unwrap(),
                )
            })
            .collect()
    }

    /// Fails unless the answer is this problem.
    #[track_caller]
    pub fn assert_problem(&self, status: u16, kind: &str) {
        assert_eq!(
            (self.status, self.kind().as_str()),
            (status, kind),
            "{self:?}"
        );
    }
}

//! An HTTP client for the stand-in.

use serde_json::Value;
use stripe_stand_in::{Options, StandIn, start};

pub const KEY: &str = "sk_test_a";

#[derive(Debug)]
pub struct StripeResponse {
    pub status: u16,
    pub replayed: bool,
    pub text: String,
}

impl StripeResponse {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("JSON")
    }

    pub fn id(&self) -> String {
        self.json()["id"].as_str().expect("an id").to_owned()
    }

    pub fn error(&self, field: &str) -> String {
        self.json()["error"][field]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

pub type Form<'a> = &'a [(&'a str, &'a str)];

/// Sends API requests. The `try_…` methods return `None` if the connection was closed without a
/// response.
#[derive(Clone)]
pub struct StripeClient {
    base_url: String,
    key: String,
    account: Option<String>,
    http: reqwest::Client,
}

pub async fn stand_in() -> (StandIn, StripeClient) {
    let stand_in = start(Options::default()).await.expect("a free port");
    let client = StripeClient::new(&stand_in, KEY);
    (stand_in, client)
}

impl StripeClient {
    pub fn new(stand_in: &StandIn, key: &str) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self {
            base_url: stand_in.base_url.clone(),
            key: key.into(),
            account: None,
            http,
        }
    }

    pub fn for_account(mut self, account: &str) -> Self {
        self.account = Some(account.into());
        self
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse::<reqwest::Method>().expect("a method");
        let url = format!("{}{}", self.base_url, path.trim_start_matches('/'));
        let request = self.http.request(method, url).bearer_auth(&self.key);
        match &self.account {
            Some(account) => request.header("stripe-account", account),
            None => request,
        }
    }

    async fn send(request: reqwest::RequestBuilder) -> Option<StripeResponse> {
        let response = request.send().await.ok()?;
        Some(StripeResponse {
            status: response.status().as_u16(),
            replayed: response.headers().contains_key("idempotent-replayed"),
            text: response.text().await.ok()?,
        })
    }

    pub async fn get(&self, path: &str) -> StripeResponse {
        Self::send(self.request("GET", path))
            .await
            .expect("a response")
    }

    pub async fn try_post(&self, path: &str, form: Form<'_>) -> Option<StripeResponse> {
        Self::send(self.request("POST", path).form(form)).await
    }

    pub async fn post(&self, path: &str, form: Form<'_>) -> StripeResponse {
        self.try_post(path, form).await.expect("a response")
    }

    pub async fn delete(&self, path: &str) -> StripeResponse {
        Self::send(self.request("DELETE", path))
            .await
            .expect("a response")
    }

    pub async fn try_post_with_key(
        &self,
        key: &str,
        path: &str,
        form: Form<'_>,
    ) -> Option<StripeResponse> {
        Self::send(
            self.request("POST", path)
                .header("idempotency-key", key)
                .form(form),
        )
        .await
    }

    pub async fn post_with_key(&self, key: &str, path: &str, form: Form<'_>) -> StripeResponse {
        self.try_post_with_key(key, path, form)
            .await
            .expect("a response")
    }

    /// Creates a customer with an email and returns its id.
    pub async fn customer(&self) -> String {
        self.post("/v1/customers", &[("email", "a@example.com")])
            .await
            .id()
    }

    pub async fn count(&self, path: &str) -> usize {
        self.get(&format!("{path}?limit=100")).await.json()["data"]
            .as_array()
            .expect("data")
            .len()
    }
}

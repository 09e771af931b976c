//! An HTTP client that behaves as a person with a browser or a phone: it repeats a request that
//! failed.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use rand::{Rng, rngs::StdRng};
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url, redirect::Policy};
use serde_json::Value;

use crate::activity_log::ActivityLog;

/// How often a request is sent before the user gives up.
const MAX_ATTEMPTS: u32 = 400;

/// A user of one site.
pub struct SimulatedUser {
    client: Client,
    /// The site's URL without a path, `http://localhost:3000`.
    pub origin: String,
    /// The user's own IP address, because rate limits count by address.
    address: String,
    log: Arc<ActivityLog>,
}

pub struct Response {
    pub status: StatusCode,
    /// The header `Location`; empty if there is none.
    pub location: String,
    /// Null if the body is not JSON.
    pub json: Value,
    pub text: String,
}

impl std::fmt::Debug for Response {
    /// Without the text, which may be a whole page.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            status,
            location,
            json,
            ..
        } = self;
        write!(f, "{status} {location:?} {json}")
    }
}

impl SimulatedUser {
    pub fn new(
        origin: &str,
        balancer: SocketAddr,
        log: Arc<ActivityLog>,
        rng: &mut StdRng,
    ) -> anyhow::Result<Self> {
        let url: Url = origin.parse()?;
        let host = url.host_str().context("a site has a host")?;
        let client = Client::builder()
            .resolve(host, balancer)
            .cookie_store(true)
            .redirect(Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(45))
            // Each request opens a new connection, so that it may reach any process.
            .pool_max_idle_per_host(0)
            .build()?;
        let address = std::net::Ipv4Addr::from(0x0a00_0000 | rng.random_range(1..0xff_ffff));
        Ok(Self {
            client,
            origin: origin.to_owned(),
            address: address.to_string(),
            log,
        })
    }

    pub async fn open_page(&self, path: &str, rng: &mut StdRng) -> anyhow::Result<Response> {
        let page = || {
            self.request(Method::GET, path)
                .header("accept", "text/html")
        };
        self.send_with_retries(page, rng).await
    }

    /// Posts an empty form to `path`.
    pub async fn post_form(&self, path: &str, rng: &mut StdRng) -> anyhow::Result<Response> {
        let form = || {
            self.request(Method::POST, path)
                .header("origin", &self.origin)
                .header("accept", "text/html")
        };
        self.send_with_retries(form, rng).await
    }

    /// Submits a form of one of Stripe's pages, once.
    pub async fn post_to(&self, url: &str, fields: &[(&str, &str)]) -> anyhow::Result<Response> {
        Ok(read(self.client.post(url).form(fields)).await?)
    }

    /// Calls a server function with form fields, as an island does.
    pub async fn submit_form(
        &self,
        function: &str,
        fields: &[(&str, &str)],
        rng: &mut StdRng,
    ) -> anyhow::Result<Response> {
        let form = || {
            self.request(Method::POST, &format!("/rpc/{function}"))
                .header("origin", &self.origin)
                .header("accept", "application/json")
                .form(fields)
        };
        self.send_with_retries(form, rng).await
    }

    /// Calls the mobile API with an idempotency key.
    pub async fn call_api(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
        rng: &mut StdRng,
    ) -> anyhow::Result<Response> {
        let key = format!("{:032x}", rng.random::<u128>());
        let request = || {
            let mut request = self
                .request(method.clone(), &format!("/api/v1/{path}"))
                .header("idempotency-key", &key);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        };
        loop {
            let response = self.send_with_retries(request, rng).await?;
            let kind = response.json["type"].as_str().unwrap_or_default();
            if !kind.ends_with(":idempotency-key-in-use") {
                return Ok(response);
            }
            self.wait_before_retry(rng).await;
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.origin))
            .header("x-forwarded-for", &self.address)
    }

    /// Repeats a request until there is a response that is not a temporary failure.
    async fn send_with_retries(
        &self,
        request: impl Fn() -> RequestBuilder,
        rng: &mut StdRng,
    ) -> anyhow::Result<Response> {
        let mut last = String::new();
        for _ in 0..MAX_ATTEMPTS {
            match read(request()).await {
                Ok(response) if !is_retryable(response.status) => {
                    use std::sync::atomic::Ordering::Relaxed;
                    self.log.responses.fetch_add(1, Relaxed);
                    return Ok(response);
                }
                Ok(response) => last = format!("{response:?}"),
                Err(error) => last = format!("{error:#}"),
            }
            self.wait_before_retry(rng).await;
        }
        bail!("no success in {MAX_ATTEMPTS} attempts; the last response: {last}")
    }

    pub fn record_abandoned_checkout(&self) {
        self.log.record_abandoned_checkout();
    }

    /// Waits as long as a person would before a retry.
    pub async fn wait_before_retry(&self, rng: &mut StdRng) {
        self.log.record_retry();
        tokio::time::sleep(Duration::from_millis(rng.random_range(50..1_000))).await;
    }
}

/// Whether the same request may succeed later.
fn is_retryable(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

async fn read(request: RequestBuilder) -> reqwest::Result<Response> {
    let response = request.send().await?;
    let location = response.headers().get("location");
    let location = location.and_then(|to| to.to_str().ok()).unwrap_or_default();
    let (status, location) = (response.status(), location.to_owned());
    let text = response.text().await?;
    Ok(Response {
        status,
        location,
        json: serde_json::from_str(&text).unwrap_or_default(),
        text,
    })
}

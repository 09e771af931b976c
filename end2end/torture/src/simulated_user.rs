//! Somebody with a browser or a phone, who asks again when nothing comes back.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use rand::{Rng, rngs::StdRng};
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url, redirect::Policy};
use serde_json::Value;

use crate::activity_log::Diary;

/// How often somebody asks for the same thing before giving up.
const TRIES: u32 = 400;

/// Somebody in front of one site.
pub struct Person {
    client: Client,
    /// `http://localhost:3000`
    pub origin: String,
    /// An address of their own: limits are for each address.
    address: String,
    diary: Arc<Diary>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    /// `Location`, empty if there is none.
    pub location: String,
    /// Null where it is no JSON.
    pub json: Value,
}

impl Person {
    pub fn new(
        origin: &str,
        balancer: SocketAddr,
        diary: Arc<Diary>,
        chance: &mut StdRng,
    ) -> anyhow::Result<Self> {
        let url: Url = origin.parse()?;
        let host = url.host_str().context("a site has a host")?;
        let client = Client::builder()
            .resolve(host, balancer)
            .cookie_store(true)
            .redirect(Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(45))
            // Each request is a connection of its own, and comes to any process.
            .pool_max_idle_per_host(0)
            .build()?;
        let address = std::net::Ipv4Addr::from(0x0a00_0000 | chance.random_range(1..0xff_ffff));
        Ok(Self {
            client,
            origin: origin.to_owned(),
            address: address.to_string(),
            diary,
        })
    }

    /// Opens a page.
    pub async fn open(&self, path: &str, chance: &mut StdRng) -> anyhow::Result<Answer> {
        let page = || {
            self.request(Method::GET, path)
                .header("accept", "text/html")
        };
        self.insist(page, chance).await
    }

    /// Presses the button of a page that posts to its own address.
    pub async fn press(&self, path: &str, chance: &mut StdRng) -> anyhow::Result<Answer> {
        let form = || {
            self.request(Method::POST, path)
                .header("origin", &self.origin)
                .header("accept", "text/html")
        };
        self.insist(form, chance).await
    }

    /// Sends a form as an island does.
    pub async fn submit(
        &self,
        function: &str,
        fields: &[(&str, &str)],
        chance: &mut StdRng,
    ) -> anyhow::Result<Answer> {
        let form = || {
            self.request(Method::POST, &format!("/rpc/{function}"))
                .header("origin", &self.origin)
                .header("accept", "application/json")
                .form(fields)
        };
        self.insist(form, chance).await
    }

    /// Calls the mobile API.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
        chance: &mut StdRng,
    ) -> anyhow::Result<Answer> {
        let key = format!("{:032x}", chance.random::<u128>());
        let call = || {
            let mut call = self
                .request(method.clone(), &format!("/api/v1/{path}"))
                .header("idempotency-key", &key);
            if let Some(token) = token {
                call = call.bearer_auth(token);
            }
            match body {
                Some(body) => call.json(body),
                None => call,
            }
        };
        loop {
            let answer = self.insist(call, chance).await?;
            let kind = answer.json["type"].as_str().unwrap_or_default();
            if !kind.ends_with(":idempotency-key-in-use") {
                return Ok(answer);
            }
            self.pause(chance).await;
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.origin))
            .header("x-forwarded-for", &self.address)
    }

    /// Asks until something comes back that is an answer.
    async fn insist(
        &self,
        request: impl Fn() -> RequestBuilder,
        chance: &mut StdRng,
    ) -> anyhow::Result<Answer> {
        let mut last = String::new();
        for _ in 0..TRIES {
            match read(request()).await {
                Ok(answer) if !passes(answer.status) => {
                    use std::sync::atomic::Ordering::Relaxed;
                    self.diary.answers.fetch_add(1, Relaxed);
                    return Ok(answer);
                }
                Ok(answer) => last = format!("{answer:?}"),
                Err(error) => last = format!("{error:#}"),
            }
            self.pause(chance).await;
        }
        bail!("asked {TRIES} times; the last answer: {last}")
    }

    /// Left a page of Stripe's without paying.
    pub fn left_a_page(&self) {
        self.diary.left_a_page();
    }

    /// Waits a moment, as a person does before asking again.
    pub async fn pause(&self, chance: &mut StdRng) {
        self.diary.repeated();
        tokio::time::sleep(Duration::from_millis(chance.random_range(50..1_000))).await;
    }
}

/// An answer of trouble that passes.
fn passes(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

async fn read(request: RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let location = response.headers().get("location");
    let location = location.and_then(|to| to.to_str().ok()).unwrap_or_default();
    let (status, location) = (response.status(), location.to_owned());
    let text = response.text().await?;
    Ok(Answer {
        status,
        location,
        json: serde_json::from_str(&text).unwrap_or_default(),
    })
}

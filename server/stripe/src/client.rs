//! Sends async-stripe's requests over connections that stay open. Its own client opens one for each
//! request (1.0.0-rc.10, `pool_max_idle_per_host(0)`): over TLS, two round trips to Stripe before each.

use std::{error::Error, iter::successors, time::Duration};

use ::stripe::StripeError as ClientError;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, StatusCode,
    body::Bytes,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, InvalidHeaderValue, USER_AGENT},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client as Pool, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use stripe_client_core::{
    CustomizedStripeRequest, IdempotencyKey, RequestBuilder, StripeClient, StripeMethod, VERSION,
};
use tokio::time::timeout;

/// How long a connection stays open without a request. Short, so that hardly any request meets a
/// connection that Stripe is just closing: it would have no answer.
const IDLE: Duration = Duration::from_secs(20);
/// The most connections that stay open without a request, as many as a worker has jobs at a time.
const MOST_IDLE: usize = 32;
const CONNECT: Duration = Duration::from_secs(5);
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const PRODUCT: HeaderValue =
    HeaderValue::from_static(concat!("PewPros-Referrals/", env!("CARGO_PKG_VERSION")));

/// The connections to Stripe, of all keys. HTTP/1.1, so that one that went dead without a word costs the
/// request that is on it and no other.
#[derive(Clone)]
pub struct Connections(Pool<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Connections {
    pub fn new() -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let pool = Pool::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(MOST_IDLE)
            .build(connector);
        Self(pool)
    }
}

/// Sends requests under one secret key, each once: whether a request is sent again is for the rules
/// (`docs/rules.md` 27 and 28). The pool repeats only one of which nothing was sent.
#[derive(Clone)]
pub struct Client {
    connections: Connections,
    /// The API's root URL, without the slash at its end.
    base: String,
    /// How long a request may take.
    patience: Duration,
    authorization: HeaderValue,
}

impl Client {
    /// `base` is the API's root URL, with or without a slash at its end.
    ///
    /// # Errors
    /// If the key cannot be sent in an HTTP header.
    pub fn new(
        connections: Connections,
        base: &str,
        secret_key: &str,
        patience: Duration,
    ) -> Result<Self, InvalidHeaderValue> {
        let mut authorization = HeaderValue::try_from(format!("Bearer {secret_key}"))?;
        authorization.set_sensitive(true);
        Ok(Self {
            connections,
            base: base.trim_end_matches('/').to_owned(),
            patience,
            authorization,
        })
    }

    fn http_request(
        &self,
        request: RequestBuilder,
        key: Option<&IdempotencyKey>,
    ) -> Result<Request<Full<Bytes>>, ClientError> {
        let Self { base, .. } = self;
        let path = request.path;
        let url = match request.query {
            Some(query) => format!("{base}/v1{path}?{query}"),
            None => format!("{base}/v1{path}"),
        };
        let mut http = Request::builder()
            .method(match request.method {
                StripeMethod::Get => Method::GET,
                StripeMethod::Post => Method::POST,
                StripeMethod::Delete => Method::DELETE,
            })
            .uri(url)
            .header(AUTHORIZATION, &self.authorization)
            .header(USER_AGENT, PRODUCT)
            .header("stripe-version", VERSION.as_str());
        if let Some(key) = key {
            http = http.header("idempotency-key", key.as_str());
        }
        if request.body.is_some() {
            http = http.header(CONTENT_TYPE, FORM);
        }
        let body = Full::from(request.body.unwrap_or_default());
        Ok(http.body(body)?)
    }

    async fn answer(&self, http: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), ClientError> {
        let response = self.connections.0.request(http).await;
        let response = response.map_err(|error| unanswered(&error))?;
        let status = response.status();
        let body = response.into_body().collect().await;
        let body = body.map_err(|error| unanswered(&error))?;
        Ok((status, body.to_bytes()))
    }
}

/// With all causes: hyper's errors alone do not tell a refused connection from a name that is not known.
fn unanswered(error: &dyn Error) -> ClientError {
    let causes = successors(Some(error), |&error| error.source());
    let causes: Vec<_> = causes.map(ToString::to_string).collect();
    ClientError::ClientError(causes.join(": "))
}

impl StripeClient for Client {
    type Err = ClientError;

    async fn execute(&self, request: CustomizedStripeRequest) -> Result<Bytes, ClientError> {
        let (request, custom) = request.into_pieces();
        let (method, path) = (request.method, request.path.clone());
        let key = custom
            .request_strategy
            .and_then(|strategy| strategy.get_key());
        let http = self.http_request(request, key.as_ref())?;
        let answered = match timeout(self.patience, self.answer(http)).await {
            Ok(answered) => answered,
            Err(_) => Err(ClientError::Timeout),
        };
        match answered {
            Ok((status, body)) if status.is_success() => Ok(body),
            Ok((status, body)) => {
                tracing::warn!(?method, path, %status, "Stripe did not do what was asked");
                Err(error_of(status, &body))
            }
            Err(error) => {
                tracing::warn!(?method, path, %error, "Stripe gave no answer");
                Err(error)
            }
        }
    }
}

/// What Stripe says of a request that failed. An answer of something else on the way to Stripe says
/// nothing about the request.
fn error_of(status: StatusCode, body: &[u8]) -> ClientError {
    let said = str::from_utf8(body).ok();
    let said = said.and_then(|said| miniserde::json::from_str::<stripe_shared::Error>(said).ok());
    match said {
        Some(said) => ClientError::Stripe(said.error, status.as_u16()),
        None => ClientError::JSONDeserialize(format!("HTTP {status} without an error of Stripe")),
    }
}

#[cfg(test)]
mod tests;

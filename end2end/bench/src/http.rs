//! Requests as browsers, phones and Stripe send them.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result, ensure};
use axum::{
    body::Bytes,
    http::{
        Method,
        header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE},
    },
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{
    clock,
    load::{Connection, Request},
};

/// The `Host` of the demo's first tenant.
fn host(addr: SocketAddr) -> String {
    format!("localhost:{}", addr.port())
}

/// A client address that was not used before in this run, because rate limits by address are not
/// what is measured.
fn new_client_address() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let [_, a, b, c] = NUMBER.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    format!("10.{a}.{b}.{c}")
}

fn request(addr: SocketAddr, method: Method, path: &str) -> axum::http::request::Builder {
    hyper::Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, host(addr))
        .header("x-forwarded-for", new_client_address())
}

/// A request for a page, signed out.
///
/// # Errors
/// If the path is invalid.
pub fn get(addr: SocketAddr, path: &str) -> Result<Request> {
    Ok(request(addr, Method::GET, path).body(Bytes::new().into())?)
}

/// A request for a page with the cookie of [`sign_in`].
///
/// # Errors
/// If the path or the cookie is invalid.
pub fn get_as(addr: SocketAddr, path: &str, cookie: &str) -> Result<Request> {
    let request = request(addr, Method::GET, path).header(COOKIE, cookie);
    Ok(request.body(Bytes::new().into())?)
}

/// A request with a JSON body.
///
/// # Errors
/// If the path is invalid.
pub fn post_json(addr: SocketAddr, path: &str, body: &serde_json::Value) -> Result<Request> {
    let request = request(addr, Method::POST, path).header(CONTENT_TYPE, "application/json");
    Ok(request.body(Bytes::from(body.to_string()).into())?)
}

/// A delivery of a Stripe event, signed now with `secret`.
///
/// # Errors
/// If the path is invalid.
pub fn post_event(addr: SocketAddr, path: &str, secret: &str, body: String) -> Result<Request> {
    let time = clock::now_ms() / 1000;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).context("a signing secret")?;
    mac.update(format!("{time}.{body}").as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    let request = request(addr, Method::POST, path)
        .header(CONTENT_TYPE, "application/json; charset=utf-8")
        .header("stripe-signature", format!("t={time},v1={signature}"));
    Ok(request.body(Bytes::from(body).into())?)
}

/// Signs in with the form. Returns the session cookie, `session=…`.
///
/// # Errors
/// If the email or the password is not accepted.
pub async fn sign_in(addr: SocketAddr, email: &str, password: &str) -> Result<String> {
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("email", email), ("password", password)])
        .append_pair("next", "")
        .finish();
    let request = request(addr, Method::POST, "/rpc/sign_in")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .header(ORIGIN, format!("http://{}", host(addr)))
        .body(Bytes::from(form).into())?;
    let response = Connection::open(addr).await?.send(request).await?;
    let to = response.headers().get(LOCATION).map(|to| to.to_str());
    ensure!(
        response.status().is_redirection() && !matches!(to, Some(Ok(to)) if to.contains("sign-in")),
        "{email} cannot sign in: {}",
        response.status()
    );
    let cookies = response.headers().get_all(SET_COOKIE).iter();
    let mut pairs = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    let session = pairs.find(|pair| pair.starts_with("session="));
    session.map(str::to_owned).context("no session was given")
}

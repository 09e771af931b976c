//! Requests as member, phones and Stripe send them.

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

/// A site of the product is known by its host; this is the demo's first tenant.
fn host(addr: SocketAddr) -> String {
    format!("localhost:{}", addr.port())
}

/// An address that nobody had before in this run: limits by address are not what is measured.
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

/// A page, for new_client_address who is not signed in.
///
/// # Errors
/// If the path is none.
pub fn get(addr: SocketAddr, path: &str) -> Result<Request> {
    Ok(request(addr, Method::GET, path).body(Bytes::new().into())?)
}

/// A page, with a cookie as [`sign_in`] gives it.
///
/// # Errors
/// If path or cookie are none.
pub fn get_as(addr: SocketAddr, path: &str, cookie: &str) -> Result<Request> {
    let request = request(addr, Method::GET, path).header(COOKIE, cookie);
    Ok(request.body(Bytes::new().into())?)
}

/// A call with JSON.
///
/// # Errors
/// If the path is none.
pub fn post_json(addr: SocketAddr, path: &str, body: &serde_json::Value) -> Result<Request> {
    let request = request(addr, Method::POST, path).header(CONTENT_TYPE, "application/json");
    Ok(request.body(Bytes::from(body.to_string()).into())?)
}

/// An event as Stripe delivers it, signed with `secret` now.
///
/// # Errors
/// If the path is none.
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

/// Signs in by the form; gives the session's cookie, `session=…`.
///
/// # Errors
/// If the login is not taken.
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
    let answer = Connection::open(addr).await?.send(request).await?;
    let to = answer.headers().get(LOCATION).map(|to| to.to_str());
    ensure!(
        answer.status().is_redirection() && !matches!(to, Some(Ok(to)) if to.contains("sign-in")),
        "{email} cannot sign in: {}",
        answer.status()
    );
    let cookies = answer.headers().get_all(SET_COOKIE).iter();
    let mut pairs = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    let session = pairs.find(|pair| pair.starts_with("session="));
    session.map(str::to_owned).context("no session was given")
}

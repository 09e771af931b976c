//! A signed-in member who has referred ten friends.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context, Result};
use axum::http::{HeaderValue, header::AUTHORIZATION};
use serde_json::{Value, json};

use crate::{
    bulk_insert,
    database::Database,
    http,
    load::{Connection, RequestSource},
};

/// Not in any word list, so that the product accepts it.
pub const PASSWORD: &str = "violet harbor lantern 41";

pub struct Member {
    pub email: &'static str,
    /// The session cookie, `session=…`.
    pub cookie: String,
}

impl Member {
    /// Registers on the server at `addr`, requests a referral link, and gets ten referrals.
    ///
    /// # Errors
    /// If the product refuses.
    pub async fn new(addr: SocketAddr, database: &Database) -> Result<Self> {
        let email = "ten.friends@example.com";
        let mut connection = Connection::open(addr).await?;
        let register = http::post_json(addr, "/api/v1/auth/register", &form(email))?;
        let registered = connection.send_successful(register).await?;
        let registered: Value = serde_json::from_slice(registered.body())?;
        let token = registered["token"].as_str().context("a token")?;
        let mut code = http::post_json(addr, "/api/v1/me/referral-link", &json!({}))?;
        let bearer = HeaderValue::from_str(&format!("Bearer {token}"))?;
        code.headers_mut().insert(AUTHORIZATION, bearer);
        connection.send_successful(code).await?;
        let id = format!("SELECT id FROM users WHERE email = '{email}'");
        let id = database.number(&id).await?;
        bulk_insert::insert_ten_referrals(database, id).await?;
        Ok(Self {
            email,
            cookie: http::sign_in(addr, email, PASSWORD).await?,
        })
    }

    /// Requests for the page at `path`, signed in.
    pub fn page_requests(&self, addr: SocketAddr, path: &'static str) -> RequestSource {
        page_requests(addr, path, &self.cookie)
    }
}

/// Requests for a page with a session cookie.
pub fn page_requests(addr: SocketAddr, path: &'static str, cookie: &str) -> RequestSource {
    let cookie = cookie.to_owned();
    Arc::new(move || http::get_as(addr, path, &cookie).map(Some))
}

/// The JSON body of a registration.
pub fn form(email: &str) -> Value {
    json!({
        "email": email, "password": PASSWORD, "first_name": "Erin", "last_name": "Lake",
        "date_of_birth": "1990-01-15",
    })
}

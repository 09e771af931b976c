//! A dashboard's reads, one after the other as the product makes them, and 8 KB written from them.

use std::fmt::Write;

use anyhow::{Result, bail};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header::COOKIE},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

use crate::{clock, store::Pool};

/// What the page weighs at least, in bytes.
const PAGE: usize = 8 * 1024;

/// On SQLite.
pub async fn router(database: &str) -> Result<Router> {
    let Pool::Sqlite(pool) = Pool::connect(database).await? else {
        bail!("this yardstick reads SQLite");
    };
    Ok(Router::new()
        .route("/dashboard", get(dashboard))
        .with_state(pool))
}

async fn dashboard(State(pool): State<SqlitePool>, headers: HeaderMap) -> Response {
    match page(&pool, &headers).await {
        Ok(page) => Html(page).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
    }
}

/// Of a row that was found by whole: what the page shows, and no more than a glance at the rest.
fn text(row: &SqliteRow, column: &str) -> String {
    row.try_get(column).unwrap_or_default()
}

async fn page(pool: &SqlitePool, headers: &HeaderMap) -> Result<String> {
    let now = clock::now_ms();
    let host = sqlx::query("SELECT host, site_id FROM site_hosts WHERE host = $1")
        .bind("localhost")
        .fetch_one(pool)
        .await?;
    let site_id: i64 = host.try_get("site_id")?;
    let site = sqlx::query("SELECT * FROM sites WHERE id = $1")
        .bind(site_id)
        .fetch_one(pool)
        .await?;
    let settings = sqlx::query("SELECT * FROM site_settings WHERE site_id = $1")
        .bind(site_id)
        .fetch_one(pool)
        .await?;
    let cookie = headers.get(COOKIE).and_then(|cookie| cookie.to_str().ok());
    let session = cookie.and_then(|cookie| cookie.strip_prefix("session="));
    let hash = hex::encode(Sha256::digest(session.unwrap_or_default()));
    let session = sqlx::query("SELECT * FROM sessions WHERE id_hash = $1 AND expires_at > $2")
        .bind(hash)
        .bind(now)
        .fetch_one(pool)
        .await?;
    let session: serde_json::Value = serde_json::from_str(&text(&session, "data"))?;
    let user_id = session["member"].as_i64().unwrap_or_default();
    let user = sqlx::query("SELECT * FROM users WHERE site_id = $1 AND id = $2")
        .bind(site_id)
        .bind(user_id)
        .fetch_one(pool)
        .await?;
    let unread: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM notifications WHERE site_id = $1 AND user_id = $2 \
         AND read_at IS NULL",
    )
    .bind(site_id)
    .bind(user_id)
    .fetch_one(pool)
    .await?;
    let devices = sqlx::query(
        "SELECT * FROM api_tokens WHERE site_id = $1 AND user_id = $2 AND expires_at > $3 \
         ORDER BY id DESC",
    )
    .bind(site_id)
    .bind(user_id)
    .bind(now)
    .fetch_all(pool)
    .await?;
    let purchases = sqlx::query(
        "SELECT purchases.*, products.slug FROM purchases \
         LEFT JOIN products ON products.id = purchases.product_id \
         WHERE purchases.site_id = $1 AND buyer_id = $2 AND state NOT IN ('open', 'expired') \
         ORDER BY purchases.id DESC LIMIT 50",
    )
    .bind(site_id)
    .bind(user_id)
    .fetch_all(pool)
    .await?;
    let referrals = sqlx::query(
        "SELECT referrals.*, users.first_name, users.last_name FROM referrals \
         LEFT JOIN users ON users.id = referrals.referred_id \
         WHERE referrals.site_id = $1 AND referrer_id = $2 ORDER BY referrals.id DESC LIMIT 50",
    )
    .bind(site_id)
    .bind(user_id)
    .fetch_all(pool)
    .await?;
    let mut page = String::with_capacity(PAGE + 1024);
    write!(
        page,
        "<!DOCTYPE html><title>{}</title><h1>Hello, {}</h1><p>{unread} new, {} each</p>",
        text(&site, "name"),
        text(&user, "first_name"),
        settings.try_get::<i64, _>("tenant_credit_cents")?
    )?;
    for device in &devices {
        write!(page, "<li>{}</li>", text(device, "device_name"))?;
    }
    for purchase in &purchases {
        let (name, slug) = (text(purchase, "product_name"), text(purchase, "slug"));
        let cents: i64 = purchase.try_get("price_cents")?;
        write!(page, "<li><a href=\"/{slug}\">{name}</a> {cents}</li>")?;
    }
    for referral in &referrals {
        let (first, last) = (text(referral, "first_name"), text(referral, "last_name"));
        let status = text(referral, "status");
        let at: i64 = referral.try_get("created_at")?;
        write!(page, "<li>{first} {last} {status} {at}</li>")?;
    }
    for number in 0.. {
        if page.len() >= PAGE {
            break;
        }
        write!(page, "<p class=\"line\">{number} of the rest of a page</p>")?;
    }
    Ok(page)
}

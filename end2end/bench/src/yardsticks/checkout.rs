//! Starts a purchase: finds the member by their API token, writes the purchase and its Checkout
//! session in one transaction, asks Stripe to create it, and writes the answer. It runs the
//! product's statements, sends Stripe the product's request, and does nothing else.

use anyhow::{Context, Result};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    routing::post,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::Row;

use crate::{clock, database::Pool};

#[derive(Clone)]
struct Shop {
    pool: Pool,
    stripe: String,
    key: String,
    client: reqwest::Client,
}

pub async fn router(database_url: &str, stripe: String, key: String) -> Result<Router> {
    let shop = Shop {
        pool: Pool::connect(database_url).await?,
        stripe,
        key,
        client: reqwest::Client::new(),
    };
    Ok(Router::new()
        .route("/api/v1/purchases", post(begin))
        .with_state(shop))
}

async fn begin(
    State(shop): State<Shop>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, String) {
    let begun = match &shop.pool {
        Pool::Sqlite(pool) => on_sqlite::begin(&shop, pool, &headers, &body).await,
        Pool::Postgres(pool) => on_postgres::begin(&shop, pool, &headers, &body).await,
    };
    match begun {
        Ok(url) => (StatusCode::CREATED, url),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")),
    }
}

const FIND_TOKEN: &str = "SELECT * FROM api_tokens WHERE hash = $1";
const FIND_USER: &str = "SELECT * FROM users WHERE id = $1";
const FIND_SITE: &str = "SELECT * FROM sites WHERE id = $1";
const FIND_ACCOUNT: &str = "SELECT * FROM stripe_accounts WHERE id = $1";
const FIND_PRODUCT: &str = "SELECT * FROM products WHERE id = $1";
const FIND_CUSTOMER: &str =
    "SELECT * FROM stripe_customers WHERE stripe_account_id = $1 AND user_id = $2";
const FIND_OPEN: &str =
    "SELECT * FROM checkout_sessions WHERE stripe_account_id = $1 AND open_for = $2";
const INSERT_PURCHASE: &str = "INSERT INTO purchases (site_id, buyer_id, product_id, \
    product_name, kind, price_cents, currency, state, in_person, stripe_account_id, livemode, \
    credit_check, created_at) VALUES ($1, $2, $3, 'Night shoot', 'event_ticket', 2500, 'usd', \
    'open', false, $4, false, 'none', $5) RETURNING *";
const INSERT_SESSION: &str = "INSERT INTO checkout_sessions (token, program, site_id, \
    purchase_id, stripe_account_id, livemode, request, state, open_for, last_sent_at, \
    next_check_at, created_at) VALUES ($1, 'tenant', $2, $3, $4, false, $5, 'requested', $6, $7, \
    $7, $7) RETURNING *";
const SET_OPEN: &str =
    "UPDATE checkout_sessions SET state = 'open', session_id = $1, url = $2 WHERE id = $3";
const SET_SESSION: &str = "UPDATE purchases SET checkout_session_id = $1 WHERE id = $2";

/// Has Stripe create a session; answers its id and the page's address.
async fn create(shop: &Shop, token: &str) -> Result<(String, String)> {
    let answer = shop
        .client
        .post(format!("{}v1/checkout/sessions", shop.stripe))
        .bearer_auth(&shop.key)
        .header("idempotency-key", token)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(
            include_str!("../checkout.txt")
                .trim()
                .replace("TOKEN", token),
        )
        .send()
        .await?;
    let answer: Value = serde_json::from_slice(&answer.bytes().await?)?;
    let text = |key: &str| answer[key].as_str().map(str::to_owned);
    text("id")
        .zip(text("url"))
        .with_context(|| answer.to_string())
}

/// The same steps for both databases, which differ in how a transaction begins.
macro_rules! begin {
    ($name:ident, $pool:ty, $begin:ident ( $($how:literal)? )) => {
        mod $name {
            use super::*;

            pub async fn begin(shop: &Shop, pool: &$pool, headers: &HeaderMap, body: &Value) -> Result<String> {
                let sent = headers.get(AUTHORIZATION).context("no token")?.to_str()?;
                let hash = hex::encode(Sha256::digest(sent.trim_start_matches("Bearer ")));
                let token = sqlx::query(FIND_TOKEN).bind(hash).fetch_one(pool).await?;
                let (site, user): (i64, i64) = (token.try_get("site_id")?, token.try_get("user_id")?);
                sqlx::query(FIND_USER).bind(user).fetch_one(pool).await?;
                let site_row = sqlx::query(FIND_SITE).bind(site).fetch_one(pool).await?;
                let account: i64 = site_row.try_get("stripe_account_id")?;
                sqlx::query(FIND_ACCOUNT).bind(account).fetch_one(pool).await?;
                let product = body["product_id"].as_i64().context("no product")?;
                sqlx::query(FIND_PRODUCT).bind(product).fetch_one(pool).await?;
                sqlx::query(FIND_CUSTOMER).bind(account).bind(user).fetch_optional(pool).await?;
                let open_for = format!("member {user}: product {product}");
                sqlx::query(FIND_OPEN).bind(account).bind(&open_for).fetch_optional(pool).await?;
                let now = clock::now_ms();
                let token = format!("bench{user}at{now}");
                let mut tx = pool.$begin($($how)?).await?;
                let purchase = sqlx::query(INSERT_PURCHASE)
                    .bind(site)
                    .bind(user)
                    .bind(product)
                    .bind(account)
                    .bind(now)
                    .fetch_one(&mut *tx)
                    .await?;
                let purchase: i64 = purchase.try_get("id")?;
                let session = sqlx::query(INSERT_SESSION)
                    .bind(&token)
                    .bind(site)
                    .bind(purchase)
                    .bind(account)
                    .bind(include_str!("../request.json").trim())
                    .bind(&open_for)
                    .bind(now)
                    .fetch_one(&mut *tx)
                    .await?;
                let session: i64 = session.try_get("id")?;
                tx.commit().await?;
                let (id, url) = create(shop, &token).await?;
                let mut tx = pool.$begin($($how)?).await?;
                sqlx::query(SET_OPEN).bind(&id).bind(&url).bind(session).execute(&mut *tx).await?;
                sqlx::query(SET_SESSION).bind(&id).bind(purchase).execute(&mut *tx).await?;
                tx.commit().await?;
                Ok(json!({ "id": purchase, "checkout_url": url }).to_string())
            }
        }
    };
}

begin!(on_sqlite, sqlx::SqlitePool, begin_with("BEGIN IMMEDIATE"));
begin!(on_postgres, sqlx::PgPool, begin());

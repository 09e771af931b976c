//! Runs the queries of a dashboard and writes 16 KB from the result: with one plain statement for
//! each thing that it reads, or with what a request reads joined as the product joins it.

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

use crate::{clock, database::Pool};

/// Minimum size of the page, in bytes.
const MIN_PAGE_BYTES: usize = 16 * 1024;

/// Reads from SQLite.
pub async fn router(database_url: &str) -> Result<Router> {
    let Pool::Sqlite(pool) = Pool::connect(database_url).await? else {
        bail!("this yardstick reads SQLite");
    };
    Ok(Router::new()
        .route("/dashboard", get(dashboard))
        .route("/dashboard-joined", get(dashboard_joined))
        .with_state(pool))
}

async fn dashboard(State(pool): State<SqlitePool>, headers: HeaderMap) -> Response {
    let page = async {
        let context = request_context(&pool, &headers).await?;
        page(&pool, &context).await
    };
    respond(page.await)
}

async fn dashboard_joined(State(pool): State<SqlitePool>, headers: HeaderMap) -> Response {
    let page = async {
        let context = request_context_joined(&pool, &headers).await?;
        page(&pool, &context).await
    };
    respond(page.await)
}

fn respond(page: Result<String>) -> Response {
    match page {
        Ok(page) => Html(page).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
    }
}

/// The site and the member of a request.
struct RequestContext {
    site: SqliteRow,
    site_id: i64,
    credit_cents: i64,
    user: SqliteRow,
    user_id: i64,
    unread: i64,
}

/// A column of a row, or an empty text.
fn text(row: &SqliteRow, column: &str) -> String {
    row.try_get(column).unwrap_or_default()
}

/// With six statements.
async fn request_context(pool: &SqlitePool, headers: &HeaderMap) -> Result<RequestContext> {
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
    let user_id = signed_in_user(pool, headers).await?;
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
    Ok(RequestContext {
        site,
        site_id,
        credit_cents: settings.try_get("tenant_credit_cents")?,
        user,
        user_id,
        unread,
    })
}

/// With the product's three statements.
async fn request_context_joined(pool: &SqlitePool, headers: &HeaderMap) -> Result<RequestContext> {
    let site = sqlx::query(
        "SELECT sites.*, site_settings.* FROM sites \
         JOIN site_hosts ON site_hosts.site_id = sites.id \
         LEFT JOIN site_settings ON site_settings.site_id = sites.id WHERE site_hosts.host = $1",
    )
    .bind("localhost")
    .fetch_one(pool)
    .await?;
    let site_id: i64 = site.try_get("site_id")?;
    let user_id = signed_in_user(pool, headers).await?;
    let user = sqlx::query(
        "SELECT users.*, (SELECT COUNT(id) FROM notifications \
           WHERE site_id = $1 AND user_id = $2 AND read_at IS NULL) AS unread \
         FROM users WHERE site_id = $1 AND id = $2",
    )
    .bind(site_id)
    .bind(user_id)
    .fetch_one(pool)
    .await?;
    Ok(RequestContext {
        credit_cents: site.try_get("tenant_credit_cents")?,
        site,
        site_id,
        unread: user.try_get("unread")?,
        user,
        user_id,
    })
}

/// The id of the signed-in member.
async fn signed_in_user(pool: &SqlitePool, headers: &HeaderMap) -> Result<i64> {
    let cookie = headers.get(COOKIE).and_then(|cookie| cookie.to_str().ok());
    let session = cookie.and_then(|cookie| cookie.strip_prefix("session="));
    let hash = hex::encode(Sha256::digest(session.unwrap_or_default()));
    let session = sqlx::query("SELECT * FROM sessions WHERE id_hash = $1 AND expires_at > $2")
        .bind(hash)
        .bind(clock::now_ms())
        .fetch_one(pool)
        .await?;
    let session: serde_json::Value = serde_json::from_str(&text(&session, "data"))?;
    Ok(session["member"].as_i64().unwrap_or_default())
}

/// With eight more statements: what the member bought, which memberships they have, whom they referred, with what was
/// earned and bought, what is on the balance, and which event is next.
async fn page(pool: &SqlitePool, context: &RequestContext) -> Result<String> {
    let (site_id, user_id) = (context.site_id, context.user_id);
    let of_member = async |sql: &'static str| {
        let rows = sqlx::query(sql).bind(site_id).bind(user_id);
        rows.fetch_all(pool).await
    };
    let purchases = of_member(PURCHASES).await?;
    let memberships = of_member(MEMBERSHIPS).await?;
    let referrals = of_member(REFERRALS).await?;
    let credits = of_member(CREDITS).await?;
    let bought = of_member(BOUGHT_BY_FRIENDS).await?;
    let counts = of_member(COUNTS).await?;
    let customers = of_member(CUSTOMERS).await?;
    let events = sqlx::query(NEXT_EVENT)
        .bind(site_id)
        .bind(user_id)
        .bind(clock::now_ms())
        .fetch_all(pool)
        .await?;
    let mut page = String::with_capacity(MIN_PAGE_BYTES + 1024);
    write!(
        page,
        "<!DOCTYPE html><title>{}</title><h1>Hello, {}</h1><p>{} new, {} each</p>",
        text(&context.site, "name"),
        text(&context.user, "first_name"),
        context.unread,
        context.credit_cents
    )?;
    for event in &events {
        write!(page, "<p>{}</p>", text(event, "name"))?;
    }
    for count in &counts {
        let number: i64 = count.try_get("referrals")?;
        write!(page, "<p>{} {number}</p>", text(count, "status"))?;
    }
    for row in memberships.iter().chain(&customers) {
        let id: i64 = row.try_get("id")?;
        write!(page, "<li>{id}</li>")?;
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
    for row in credits.iter().chain(&bought) {
        let at: i64 = row.try_get("created_at")?;
        write!(page, "<li>{at}</li>")?;
    }
    for number in 0.. {
        if page.len() >= MIN_PAGE_BYTES {
            break;
        }
        write!(page, "<p class=\"line\">{number} of the rest of a page</p>")?;
    }
    Ok(page)
}

const PURCHASES: &str = "SELECT purchases.id, product_name, purchases.kind, purchases.price_cents, \
      purchases.currency, state, in_person, purchases.created_at, products.kind AS product_kind, products.slug \
    FROM purchases LEFT JOIN products ON products.id = purchases.product_id \
    WHERE purchases.site_id = $1 AND buyer_id = $2 AND state NOT IN ('open', 'expired') \
    ORDER BY purchases.id DESC LIMIT 50";
const MEMBERSHIPS: &str = "SELECT * FROM purchases WHERE site_id = $1 AND buyer_id = $2 \
    AND subscription_id IS NOT NULL ORDER BY id DESC";
const REFERRALS: &str = "SELECT referrals.id, status, failure_reason, credit_cents, currency, \
      referrals.created_at, users.first_name, users.last_name FROM referrals \
    LEFT JOIN users ON users.id = referrals.referred_id \
    WHERE referrals.site_id = $1 AND referrer_id = $2 ORDER BY referrals.id DESC LIMIT 50";
const CREDITS: &str = "SELECT credits.* FROM referrals JOIN credits ON credits.referral_id = referrals.id \
    WHERE referrals.site_id = $1 AND referrals.referrer_id = $2";
const BOUGHT_BY_FRIENDS: &str = "SELECT purchases.* FROM referrals \
    JOIN purchases ON purchases.site_id = referrals.site_id AND purchases.buyer_id = referrals.referred_id \
    WHERE referrals.site_id = $1 AND referrals.referrer_id = $2 AND purchases.state IN ('paid', 'processing')";
const COUNTS: &str = "SELECT status, currency, COUNT(*) AS referrals, SUM(credit_cents) AS cents FROM referrals \
    WHERE site_id = $1 AND referrer_id = $2 GROUP BY status, currency";
const CUSTOMERS: &str = "SELECT stripe_customers.*, stripe_accounts.public_id FROM stripe_customers \
    LEFT JOIN stripe_accounts ON stripe_accounts.id = stripe_customers.stripe_account_id \
    WHERE $1 > 0 AND user_id = $2 ORDER BY stripe_customers.id DESC";
const NEXT_EVENT: &str = "SELECT products.* FROM purchases JOIN products ON products.id = purchases.product_id \
    WHERE purchases.site_id = $1 AND buyer_id = $2 AND state = 'paid' AND products.starts_at > $3 \
    ORDER BY products.starts_at, purchases.id LIMIT 1";

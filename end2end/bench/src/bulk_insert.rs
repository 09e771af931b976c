//! Inserts many rows directly into the tables: the data of a site after some years.

use anyhow::Result;
use sha2::{Digest, Sha256};

use crate::{
    clock,
    database::{Database, DatabaseKind},
};

/// Inserted rows have ids above this one, far above the ids that the product assigns.
pub const BASE: i64 = 10_000_000;
/// The largest number of members who have referred somebody.
const REFERRERS: i64 = 20_000;
/// December 1, 2023, in milliseconds.
const FIRST_DAY_MS: i64 = 1_701_388_800_000;
/// The time over which the referrals are spread: three years, in milliseconds.
const SPAN_MS: i64 = 94_608_000_000;

/// The rows that inserted rows refer to.
#[derive(Clone, Copy)]
pub struct Ids {
    pub site: i64,
    pub account: i64,
    pub product: i64,
}

impl Ids {
    /// Those of the demo's first tenant.
    ///
    /// # Errors
    /// If the demo has none.
    pub async fn of(database: &Database) -> Result<Self> {
        let account = &database.demo.site()?.account;
        let account = format!("SELECT id FROM stripe_accounts WHERE public_id = '{account}'");
        let account = database.number(&account).await?;
        let site = format!("SELECT id FROM sites WHERE stripe_account_id = {account}");
        let site = database.number(&site).await?;
        let product = format!(
            "SELECT id FROM products WHERE site_id = {site} AND kind = 'event_ticket' ORDER BY id"
        );
        Ok(Self {
            site,
            account,
            product: database.number(&product).await?,
        })
    }
}

/// A table expression with the numbers `n` from 1 to `count`.
fn numbers(kind: DatabaseKind, count: i64) -> String {
    match kind {
        DatabaseKind::Sqlite => format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers \
             WHERE n < {count})"
        ),
        DatabaseKind::Postgres => {
            format!("WITH numbers (n) AS (SELECT generate_series(1, {count}::bigint))")
        }
    }
}

/// Statements that insert `count` members with ids from `base` + 1 on.
fn members(kind: DatabaseKind, ids: Ids, base: i64, count: i64) -> [String; 2] {
    let numbers = numbers(kind, count);
    let site = ids.site;
    let email = format!("'m' || ({base} + n) || '@example.com'");
    [
        format!(
            "INSERT INTO users (id, site_id, email, email_account, password_hash, first_name, \
             last_name, date_of_birth, role, stripe_customer_generation, token, created_at) \
             {numbers} SELECT {base} + n, {site}, {email}, {email}, 'x', 'Erin' || n, 'Number', \
             '1985-04-12', 'member', 0, 'bench' || ({base} + n), 0 FROM numbers"
        ),
        format!(
            "INSERT INTO search_words (subject, site_id, word, row_id) {numbers} \
             SELECT 'member', {site}, 'erin' || n, {base} + n FROM numbers UNION ALL \
             SELECT 'member', {site}, 'number', {base} + n FROM numbers UNION ALL \
             SELECT 'member', {site}, {email}, {base} + n FROM numbers"
        ),
    ]
}

/// Statements that insert purchases of a $25 ticket, with ids from `base` + 1 on, whose Checkout
/// sessions `cs_bench_1`, `cs_bench_2`, … are open. `buyer` is an SQL expression that may use `n`.
fn open_purchases(kind: DatabaseKind, ids: Ids, base: i64, count: i64, buyer: &str) -> [String; 2] {
    let Ids {
        site,
        account,
        product,
    } = ids;
    // What was begun long ago and is still open would need attention, which the console counts.
    let (numbers, now) = (numbers(kind, count), clock::now_ms());
    let request = include_str!("request.json").trim().replace('\'', "''");
    [
        format!(
            "INSERT INTO purchases (id, site_id, buyer_id, product_id, product_name, kind, \
             price_cents, currency, state, in_person, stripe_account_id, checkout_session_id, \
             credit_check, created_at, livemode) {numbers} SELECT {base} + n, {site}, {buyer}, \
             {product}, 'Night shoot', 'event_ticket', 2500, 'usd', 'open', false, {account}, \
             'cs_bench_' || n, 'none', {now}, false FROM numbers"
        ),
        format!(
            "INSERT INTO checkout_sessions (id, token, program, site_id, purchase_id, \
             stripe_account_id, livemode, request, state, open_for, session_id, url, \
             last_sent_at, created_at) {numbers} SELECT {base} + n, 'bench' || n, 'tenant', \
             {site}, {base} + n, {account}, false, '{request}', 'open', 'bench ' || n, \
             'cs_bench_' || n, 'https://checkout.stripe.com/c/pay/cs_bench_' || n, {now}, {now} \
             FROM numbers"
        ),
    ]
}

/// Inserts unpaid purchases of the site's oldest member, whom nobody referred and whose dashboard
/// is not measured.
///
/// # Errors
/// If a statement fails.
pub async fn insert_unpaid_purchases(database: &Database, count: i64) -> Result<()> {
    let ids = Ids::of(database).await?;
    let site = ids.site;
    let buyer = format!("(SELECT MIN(id) FROM users WHERE site_id = {site})");
    // Far above the ids that [`insert_large_site`] uses.
    let base = 10 * BASE;
    let statements = open_purchases(database.kind, ids, base, count, &buyer);
    run_without_triggers(database, statements.to_vec()).await
}

/// The API token of the `number`th member of [`insert_buyers`].
pub fn api_token(number: i64) -> String {
    format!("pewpros_bench_{number}")
}

/// Inserts `count` members whom nobody referred, each with a device that is signed in.
///
/// # Errors
/// If a statement fails.
pub async fn insert_buyers(database: &Database, count: i64) -> Result<()> {
    const AT_ONCE: usize = 500;
    let (kind, ids) = (database.kind, Ids::of(database).await?);
    let (site, now) = (ids.site, clock::now_ms());
    let expires = now + 86_400_000;
    let row = |number: &i64| {
        let hash = hex::encode(Sha256::digest(api_token(*number)));
        format!("({site}, {BASE} + {number}, '{hash}', 'Phone', {now}, {now}, {expires}, 0)")
    };
    let numbers: Vec<i64> = (1..=count).collect();
    let tokens = numbers.chunks(AT_ONCE).map(|chunk| {
        let rows: Vec<String> = chunk.iter().map(row).collect();
        format!(
            "INSERT INTO api_tokens (site_id, user_id, hash, device_name, created_at, \
             last_used_at, expires_at, session_version) VALUES {}",
            rows.join(", ")
        )
    });
    let members = members(kind, ids, BASE, count);
    run_without_triggers(database, members.into_iter().chain(tokens).collect()).await
}

/// The token of a member, which the member's Stripe customer carries.
pub fn member_token(number: i64) -> String {
    format!("bench{}", BASE + number)
}

/// Inserts `count` friends referred by `referrers` members, each with an unpaid purchase that earns
/// a credit. Referrer `n` has the Stripe customer `cus_bench_n`.
///
/// # Errors
/// If a statement fails.
pub async fn insert_referred_purchases(
    database: &Database,
    referrers: i64,
    count: i64,
) -> Result<()> {
    let (kind, ids) = (database.kind, Ids::of(database).await?);
    let Ids { site, account, .. } = ids;
    let [users, words] = members(kind, ids, BASE, referrers + count);
    let numbers = numbers(kind, count);
    let customers = format!(
        "INSERT INTO stripe_customers (stripe_account_id, user_id, customer_id, marked, source) \
         SELECT {account}, id, 'cus_bench_' || (id - {BASE}), true, 'made' FROM users \
         WHERE id > {BASE} AND id <= {BASE} + {referrers}"
    );
    let friend = format!("{BASE} + {referrers} + n");
    let referrals = format!(
        "INSERT INTO referrals (id, token, site_id, referrer_id, referred_id, status, created_at) \
         {numbers} SELECT {BASE} + n, 'bench' || n, {site}, {BASE} + 1 + n % {referrers}, \
         {friend}, 'pending', {FIRST_DAY_MS} FROM numbers"
    );
    let [purchases, sessions] = open_purchases(kind, ids, BASE, count, &friend);
    let member = [users, words, customers, referrals];
    run_without_triggers(
        database,
        [member.to_vec(), vec![purchases, sessions]].concat(),
    )
    .await
}

/// Inserts ten referrals of `referrer` (six Pending, three Credited, one Failed) and three tickets
/// that the referrer bought.
///
/// # Errors
/// If a statement fails.
pub async fn insert_ten_referrals(database: &Database, referrer: i64) -> Result<()> {
    let (kind, ids) = (database.kind, Ids::of(database).await?);
    let Ids { site, product, .. } = ids;
    let base = BASE / 2;
    let [users, words] = members(kind, ids, base, 10);
    let numbers_10 = numbers(kind, 10);
    let credited = |value: &str| format!("CASE WHEN n IN (2, 5, 8) THEN {value} END");
    let (cents, currency) = (credited("1000"), credited("'usd'"));
    let referrals = format!(
        "INSERT INTO referrals (id, site_id, referrer_id, referred_id, status, failure_reason, \
         purchase_kind, credit_cents, currency, created_at) {numbers_10} \
         SELECT {base} + n, {site}, {referrer}, {base} + n, \
         CASE WHEN n IN (2, 5, 8) THEN 'credited' WHEN n = 9 THEN 'failed' ELSE 'pending' END, \
         CASE WHEN n = 9 THEN '\"stripe_not_connected\"' END, \
         CASE WHEN n IN (2, 5, 8, 9) THEN 'event_ticket' END, {cents}, {currency}, \
         {FIRST_DAY_MS} FROM numbers"
    );
    let purchases = format!(
        "INSERT INTO purchases (id, site_id, buyer_id, product_id, product_name, kind, \
         price_cents, currency, paid_cents, state, in_person, credit_check, created_at, paid_at) \
         {} SELECT {base} + n, {site}, {referrer}, {product}, 'Night shoot', 'event_ticket', \
         2500, 'usd', 2500, 'paid', true, 'done', {FIRST_DAY_MS}, {FIRST_DAY_MS} FROM numbers",
        numbers(kind, 3)
    );
    run_without_triggers(database, vec![users, words, referrals, purchases]).await
}

/// Inserts `count` referrals, each of another member who has bought something.
///
/// # Errors
/// If a statement fails.
pub async fn insert_large_site(database: &Database, count: i64) -> Result<()> {
    let (kind, ids) = (database.kind, Ids::of(database).await?);
    let Ids { site, product, .. } = ids;
    let [users, words] = members(kind, ids, BASE, count);
    let numbers = numbers(kind, count);
    let referrers = count.min(REFERRERS);
    let credited = |value: &str| format!("CASE WHEN n % 20 <> 0 AND n % 3 = 0 THEN {value} END");
    let cents = credited("CASE WHEN n % 2 = 0 THEN 1000 ELSE 2500 END");
    let currency = credited("'usd'");
    // One kind is very common and one very rare.
    let bought = "CASE WHEN n % 5000 = 3 THEN 'membership' WHEN n % 7 = 0 THEN 'course' \
                  WHEN n % 11 = 0 THEN 'shop_item' ELSE 'event_ticket' END";
    let at = format!("{FIRST_DAY_MS} + n * ({SPAN_MS} / {count})");
    let referrals = format!(
        "INSERT INTO referrals (id, site_id, referrer_id, referred_id, status, purchase_kind, \
         credit_cents, currency, created_at) {numbers} \
         SELECT {BASE} + n, {site}, {BASE} + n * 7919 % {referrers} + 1, {BASE} + n, \
         CASE WHEN n % 20 = 0 THEN 'failed' WHEN n % 3 = 0 THEN 'credited' ELSE 'pending' END, \
         CASE WHEN n % 20 = 0 OR n % 3 = 0 THEN {bought} END, {cents}, {currency}, {at} \
         FROM numbers"
    );
    let purchases = format!(
        "INSERT INTO purchases (id, site_id, buyer_id, product_id, product_name, kind, \
         price_cents, currency, paid_cents, state, in_person, credit_check, created_at, paid_at) \
         {numbers} SELECT {BASE} + n, {site}, {BASE} + n, {product}, 'Night shoot', {bought}, \
         2500, 'usd', 2500, 'paid', true, 'done', {at}, {at} FROM numbers"
    );
    run_without_triggers(database, vec![users, words, referrals, purchases]).await
}

const RECOUNT: [&str; 4] = [
    "DELETE FROM referral_counts WHERE program = 'tenant'",
    "INSERT INTO referral_counts (program, site_id, day, status, kind, currency, referrals, \
     credit_cents) SELECT 'tenant', site_id, created_at / 86400000, status, \
     COALESCE(purchase_kind, ''), COALESCE(currency, ''), COUNT(*), \
     SUM(COALESCE(credit_cents, 0)) FROM referrals GROUP BY 2, 3, 4, 5, 6",
    "DELETE FROM referral_count_spans WHERE program = 'tenant'",
    "INSERT INTO referral_count_spans (program, site_id, span, status, kind, currency, referrals, \
     credit_cents) SELECT program, site_id, day / 32, status, kind, currency, SUM(referrals), \
     SUM(credit_cents) FROM referral_counts WHERE program = 'tenant' GROUP BY 1, 2, 3, 4, 5, 6",
];

/// Runs the statements without foreign keys and without the triggers that count referrals, and
/// counts the referrals afterward. This is many times faster.
async fn run_without_triggers(database: &Database, statements: Vec<String>) -> Result<()> {
    let counted = RECOUNT.map(str::to_owned);
    let work = [statements, counted.to_vec()].concat();
    let (before, after) = match database.kind {
        DatabaseKind::Sqlite => {
            let triggers = "FROM sqlite_master WHERE type = 'trigger'";
            let names = database.texts(&format!("SELECT name {triggers}")).await?;
            let made = database.texts(&format!("SELECT sql {triggers}")).await?;
            let dropped = names.iter().map(|name| format!("DROP TRIGGER {name}"));
            let begin = [
                "PRAGMA foreign_keys = OFF",
                "PRAGMA cache_size = -400000",
                "BEGIN",
            ];
            let end = [
                "COMMIT",
                "PRAGMA cache_size = -2000",
                "PRAGMA foreign_keys = ON",
                "PRAGMA wal_checkpoint(TRUNCATE)",
            ];
            (
                begin
                    .map(str::to_owned)
                    .into_iter()
                    .chain(dropped)
                    .collect(),
                made.into_iter().chain(end.map(str::to_owned)).collect(),
            )
        }
        DatabaseKind::Postgres => (
            vec!["SET session_replication_role = replica".to_owned()],
            vec![
                "RESET session_replication_role".to_owned(),
                "VACUUM ANALYZE".to_owned(),
            ],
        ),
    };
    database.run(&[before, work, after].concat()).await
}

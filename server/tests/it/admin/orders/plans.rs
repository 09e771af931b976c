//! However many orders there are, no page reads them all, nor sorts more than it shows.

use domain::purchase::{OrderCursor, PurchaseState};
use sea_orm::{ConnectionTrait, DatabaseBackend, QueryResult, QueryTrait, Statement};
use store::{
    MemberId, ProductId, PurchaseId, checkout_sessions, credits,
    entities::{dispute, platform_purchase, purchase, refund},
    orders::{Orders, Source, Wanted, of_other_amount, select},
    paid_purchases, referrals, stripe_events,
    without_purchase::matching,
};

use crate::support::{TestApp, on_both_databases, subscription};

on_both_databases!(a_page_is_read_from_an_index_in_its_order);

/// SQLite knows how many rows share a value only for unique indexes, so that it took all rows of a
/// site for fewer than those of a few people, and all events for fewer than those that wait.
#[tokio::test]
async fn of_a_few_people_or_events_only_those_rows_are_read() {
    let app = TestApp::spawn().await;
    let (site, backend) = (
        app.detroit.id(),
        app.state.db.writer().get_database_backend(),
    );
    let people: Vec<_> = (1..=25).map(MemberId::new).collect();
    let bought = paid_purchases::newest(backend, site, &people).build(backend);
    let referred = referrals::all_referred(backend, site, people.iter().copied()).build(backend);
    let waiting = stripe_events::waiting_of(backend, Some(site), 10).build(backend);
    for (query, index) in [
        (bought, "ix_purchases_buyer_id_id (buyer_id=?)"),
        (referred, "ux_referrals_referred_id (referred_id=?)"),
        (waiting, "ix_stripe_events_unmatched (unmatched_since>?)"),
    ] {
        let plan = plan(&app, query).await;
        assert!(plan.contains(index), "{plan}");
    }
}

/// What the sweep asks each minute, and what each return of credit asks, reads few rows of many.
#[tokio::test]
async fn of_refunds_returns_and_sessions_only_those_that_are_asked_for_are_read() {
    let app = TestApp::spawn().await;
    let backend = app.state.db.writer().get_database_backend();
    let returned = credits::all_returned(PurchaseId::new(1)).build(backend);
    let refunds = matching::<refund::Entity>(100).build(backend);
    let disputes = matching::<dispute::Entity>(100).build(backend);
    let sessions = checkout_sessions::to_blank(backend, app.state.now(), 100).build(backend);
    let amounts = of_other_amount(app.detroit.id(), app.state.now(), 100).build(backend);
    for (query, index) in [
        (returned, "ix_credits_purchase_id (purchase_id=?)"),
        (
            refunds,
            "SCAN refunds USING INDEX ix_refunds_without_purchase",
        ),
        (
            disputes,
            "SCAN disputes USING INDEX ix_disputes_without_purchase",
        ),
        (
            sessions,
            "ix_checkout_sessions_created_at_kept (created_at<?)",
        ),
        (
            amounts,
            "ix_purchases_other_amount (site_id=? AND paid_at>?)",
        ),
    ] {
        let plan = plan(&app, query).await;
        assert!(plan.contains(index), "{plan}");
    }
}

/// Enough for plans that hold for any number, and quickly written.
const MANY: i64 = 20_000;

/// Copies the first row of `table` many times, each one second older. Half of the copies are paid.
async fn multiply(app: &TestApp, table: &str, columns: &str) {
    let db = app.state.db.writer();
    let copied = format!(
        "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {MANY}) \
         INSERT INTO {table} (created_at, checkout_session_id, {columns}) \
         SELECT created_at - n * 1000, 'cs_' || n, {columns} FROM {table}, number \
         WHERE id = (SELECT min(id) FROM {table})"
    );
    db.execute_unprepared(&copied).await.unwrap();
    let paid = format!("UPDATE {table} SET state = 'paid' WHERE id % 2 = 0");
    db.execute_unprepared(&paid).await.unwrap();
    if db.get_database_backend() == DatabaseBackend::Postgres {
        let analyzed = format!("ANALYZE {table}");
        db.execute_unprepared(&analyzed).await.unwrap();
    }
}

async fn plan(app: &TestApp, mut statement: Statement) -> String {
    let db = app.state.db.writer();
    let (explain, column) = match db.get_database_backend() {
        DatabaseBackend::Postgres => ("EXPLAIN (COSTS OFF)", "QUERY PLAN"),
        _ => ("EXPLAIN QUERY PLAN", "detail"),
    };
    statement.sql = format!("{explain} {}", statement.sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    let line = |row: QueryResult| -> String { row.try_get("", column).unwrap() };
    rows.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Fails unless the rows come from an index in the order of the page.
async fn assert_in_order<E: Orders>(app: &TestApp, source: &Source<E>) {
    let backend = app.state.db.writer().get_database_backend();
    let after = OrderCursor {
        created_at: 1_795_356_300_000,
        id: 7,
    };
    let states = [PurchaseState::Expired, PurchaseState::Paid].map(Some);
    for state in [None].into_iter().chain(states) {
        for after in [None, Some(after)] {
            let wanted = Wanted {
                state,
                after,
                limit: 26,
            };
            let query = select(backend, source.clone(), wanted);
            let plan = plan(app, query.build(backend)).await;
            let in_order = match backend {
                DatabaseBackend::Postgres => !plan.contains("Sort") && !plan.contains("Seq Scan"),
                _ => !plan.contains("TEMP B-TREE") && plan.contains("USING"),
            };
            assert!(in_order, "{state:?} {after:?}: {plan}");
        }
    }
}

async fn a_page_is_read_from_an_index_in_its_order(app: TestApp) {
    let referred = app.referred().await;
    app.open_purchase(&referred, "cs_first").await;
    let platform = app.platform().await;
    let session = subscription("cs_first_plan", &platform.pewpros, "a@example.com", None);
    app.subscribe(&platform, session).await;
    multiply(
        &app,
        "purchases",
        "site_id, buyer_id, product_id, product_name, kind, price_cents, currency, state, \
         in_person, credit_check",
    )
    .await;
    multiply(
        &app,
        "platform_purchases",
        "site_id, plan, currency, state, stripe_account_id, credit_check",
    )
    .await;
    let site = app.detroit.id();
    let backend = app.state.db.writer().get_database_backend();
    let by_date = Source::<purchase::Entity>::of_site(site);
    assert_in_order(&app, &by_date).await;
    assert_in_order(&app, &Source::of_product(backend, site, referred.ticket.id)).await;
    let rare = ProductId::new(999);
    assert_in_order(&app, &Source::of_product(backend, site, rare)).await;
    let by_date = Source::<platform_purchase::Entity>::of_platform();
    assert_in_order(&app, &by_date).await;
    let brand = platform.pewpros.id();
    assert_in_order(&app, &Source::of_plan(brand, "annual")).await;
}

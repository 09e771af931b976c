//! Rows that hold what nobody can read: an error that names the row and the column, never a default.

use std::time::Duration;

use domain::purchase::ProductKind;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use services::{
    credits::{Paid, decide},
    jobs,
    queue::Job,
};
use store::{
    CreditId, Scope, checkout_sessions, credit_retries, credits, entities::platform_referral,
    platform_purchases, products, purchases, referrals, sites, stripe_customers,
    stripe_customers::HolderId, users,
};

use crate::support::{Referred, TestApp, on_both_databases, subscription};

on_both_databases!(
    a_word_that_nobody_knows_is_an_error,
    a_moment_that_no_calendar_has_is_an_error,
    a_count_below_zero_is_an_error,
    an_unreadable_credit_is_not_posted,
    what_a_credit_is_decided_by_must_be_readable,
    one_unreadable_credit_holds_up_no_other,
    a_page_about_an_unreadable_row_is_an_internal_error,
);

/// What a column held before [`spoil`].
struct Spoilt {
    row: String,
    column: &'static str,
    was: Option<String>,
}

/// Puts `value`, in SQL, into a column of the row of `table` whose `key` is `id`.
async fn spoil(
    app: &TestApp,
    (table, key): (&str, &str),
    id: i64,
    column: &'static str,
    value: &str,
) -> Spoilt {
    let db = app.state.db.reader();
    let row = format!("{table} WHERE {key} = {id}");
    let read = format!("SELECT CAST({column} AS TEXT) FROM {row}");
    let read = Statement::from_string(db.get_database_backend(), read);
    let was = db.query_one_raw(read).await.unwrap().expect("the row");
    let was = was.try_get_by_index(0).unwrap();
    let row = row.replace(" WHERE", &format!(" SET {column} = VALUE WHERE"));
    write(app, &row, value).await;
    Spoilt { row, column, was }
}

impl Spoilt {
    async fn mend(self, app: &TestApp) {
        let number = self.column == "attempts" || self.column.ends_with("_at");
        let value = match self.was {
            None => "NULL".to_owned(),
            Some(was) if number => was,
            Some(was) => format!("'{was}'"),
        };
        write(app, &self.row, &value).await;
    }
}

async fn write(app: &TestApp, row: &str, value: &str) {
    let update = format!("UPDATE {}", row.replace("VALUE", value));
    let written = app.state.db.reader().execute_unprepared(&update).await;
    assert_eq!(written.unwrap().rows_affected(), 1, "{update}");
}

/// `table.column of row 17 holds "bogus"`, in the error.
fn assert_names<T>(read: Result<T, DbErr>, table: &str, column: &str, id: i64, value: &str) {
    let Err(error) = read else {
        panic!("{table}.{column} was read");
    };
    let error = error.to_string();
    let named = format!("{table}.{column} of row {id} holds {value:?}");
    assert!(error.contains(&named), "{error}, not {named}");
}

/// Columns, each read back, of a table whose rows have this id.
macro_rules! assert_each_is_named {
    ($app:expr, $table:literal, $key:literal, $id:expr, [$($column:literal),*], $read:expr) => {
        $(
            let id = $id.get();
            let spoilt = spoil($app, ($table, $key), id, $column, "'bogus'").await;
            assert_names($read.await, $table, $column, id, "bogus");
            spoilt.mend($app).await;
            $read.await.expect("mended");
        )*
    };
}

async fn a_word_that_nobody_knows_is_an_error(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.assert_credited_once(&referred.mia).await;
    let credit = app.credits().await.remove(0).id;
    let customer = app.customer_row(referred.mia.id).await.unwrap().id;
    let (page, _) = app.unanswered_purchase(&referred).await;
    let db = app.state.db.writer();
    let session = checkout_sessions::of_purchase(db, page.id).await.unwrap();
    let session = session.expect("the session").id;
    let platform = app.platform().await;
    let code = Some(platform.jordan.code.as_str());
    let sold = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    app.subscribe(&platform, sold).await;
    let subscribed = app.platform_purchases().await.remove(0).id;
    let brought = app.platform_referral().await.id;

    let (app, site) = (&app, app.detroit.id());
    assert_each_is_named!(
        app,
        "credits",
        "id",
        credit,
        [
            "program",
            "currency",
            "state",
            "failure_reason",
            "review",
            "review_signs"
        ],
        credits::by_id(db, credit)
    );
    assert_each_is_named!(
        app,
        "purchases",
        "id",
        sale,
        ["kind", "currency", "state", "credit_check"],
        purchases::lock(db, sale)
    );
    let referral = app.referral().await.id;
    assert_each_is_named!(
        app,
        "referrals",
        "id",
        referral,
        [
            "status",
            "failure_reason",
            "purchase_kind",
            "currency",
            "via"
        ],
        referrals::of_referred(db, site, referred.jane.id)
    );
    assert_each_is_named!(
        app,
        "products",
        "id",
        referred.ticket.id,
        ["kind", "currency"],
        products::any_by_id(db, site, referred.ticket.id)
    );
    assert_each_is_named!(
        app,
        "users",
        "id",
        referred.mia.id,
        ["tenant_role", "platform_role"],
        users::by_id(db, site, referred.mia.id)
    );
    assert_each_is_named!(app, "sites", "id", site, ["kind"], sites::by_id(db, site));
    assert_each_is_named!(
        app,
        "site_settings",
        "site_id",
        site,
        ["currency", "cap_period", "review_from", "attribution_model"],
        sites::by_id(db, site)
    );
    assert_each_is_named!(
        app,
        "platform_purchases",
        "id",
        subscribed,
        ["currency", "state", "credit_check"],
        platform_purchases::lock(db, subscribed)
    );
    assert_each_is_named!(
        app,
        "platform_referrals",
        "id",
        brought,
        ["status", "failure_reason", "currency"],
        credit_retries::lock::<platform_referral::Entity>(db, Scope::Platform, brought)
    );
    assert_each_is_named!(
        app,
        "checkout_sessions",
        "id",
        session,
        ["program", "state"],
        checkout_sessions::by_id(db, session)
    );
    let account = app.account().await;
    assert_each_is_named!(
        app,
        "stripe_customers",
        "id",
        customer,
        ["balance_currency"],
        stripe_customers::get(db, account, HolderId::Member(referred.mia.id))
    );
}

async fn a_moment_that_no_calendar_has_is_an_error(app: TestApp) {
    let (credit, _) = due(&app).await;
    let never = i64::MAX.to_string();
    spoil(&app, ("credits", "id"), credit.get(), "created_at", &never).await;
    let read = credits::by_id(app.state.db.reader(), credit).await;
    let error = read.unwrap_err().to_string();
    let named = format!("created_at of row {credit} holds {never}");
    assert!(error.contains(&named), "{error}");
    assert!(issue(&app, credit, 0).await.is_err());
    assert!(app.balance_transactions().is_empty());
}

async fn a_count_below_zero_is_an_error(app: TestApp) {
    let (credit, referred) = due(&app).await;
    let spoilt = spoil(&app, ("credits", "id"), credit.get(), "attempts", "-1").await;
    let row = credits::by_id(app.state.db.reader(), credit).await.unwrap();
    let progress = row.unwrap().progress();
    assert_names(progress, "credits", "attempts", credit.get(), "-1");
    assert!(issue(&app, credit, -1).await.is_err());
    assert!(app.balance_transactions().is_empty());
    spoilt.mend(&app).await;
    app.settle().await;
    app.assert_credited_once(&referred.mia).await;
}

/// A credit that is due, of Mia's.
async fn due(app: &TestApp) -> (CreditId, Referred) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    let decided = decide(&app.state, Paid::Tenant(sale)).await.unwrap();
    (decided.expect("a credit"), referred)
}

async fn issue(app: &TestApp, credit_id: CreditId, attempt: i64) -> anyhow::Result<()> {
    jobs::perform(&app.state, &Job::IssueCredit { credit_id, attempt }).await
}

async fn an_unreadable_credit_is_not_posted(app: TestApp) {
    let (credit, referred) = due(&app).await;
    for column in ["program", "currency", "failure_reason"] {
        let spoilt = spoil(&app, ("credits", "id"), credit.get(), column, "'bogus'").await;
        let error = issue(&app, credit, 0).await.unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains(&format!("credits.{column}")), "{error}");
        assert!(app.balance_transactions().is_empty(), "{column}");
        spoilt.mend(&app).await;
        // The job that failed holds the row until its lease is over.
        app.advance(Duration::from_secs(3600));
    }
    app.settle().await;
    app.assert_credited_once(&referred.mia).await;
}

async fn what_a_credit_is_decided_by_must_be_readable(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    let job = Job::DecideCredit { purchase_id: sale };
    let (purchases, settings) = (("purchases", "id"), ("site_settings", "site_id"));
    for (table, id, column) in [
        (purchases, sale.get(), "state"),
        (purchases, sale.get(), "credit_check"),
        (purchases, sale.get(), "currency"),
        (settings, app.detroit.id().get(), "currency"),
    ] {
        let spoilt = spoil(&app, table, id, column, "'bogus'").await;
        let error = jobs::perform(&app.state, &job).await.unwrap_err();
        let error = format!("{error:#}");
        let named = format!("{}.{column} of row {id} holds", table.0);
        assert!(error.contains(&named), "{error}");
        assert!(app.balance_transactions().is_empty(), "{named}");
        spoilt.mend(&app).await;
        assert!(app.credits().await.is_empty(), "{named}");
    }
    app.decide(sale).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn one_unreadable_credit_holds_up_no_other(app: TestApp) {
    app.leave_jobs();
    let (unreadable, mut referred) = due(&app).await;
    spoil(
        &app,
        ("credits", "id"),
        unreadable.get(),
        "program",
        "'bogus'",
    )
    .await;
    app.refer_anew(&mut referred).await;
    let sale = app.sell(&referred).await;
    let other = decide(&app.state, Paid::Tenant(sale)).await.unwrap();
    let other = other.expect("a credit");
    app.lose_jobs().await;
    app.advance(Duration::from_secs(60));
    jobs::sweep::round(&app.state).await.unwrap();
    let waiting = app.waiting_jobs().await;
    for credit_id in [unreadable, other] {
        let job = Job::IssueCredit {
            credit_id,
            attempt: 0,
        };
        assert!(waiting.contains(&job), "{waiting:?}");
    }
    issue(&app, other, 0).await.unwrap();
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
}

async fn a_page_about_an_unreadable_row_is_an_internal_error(app: TestApp) {
    app.leave_jobs();
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    let ticket = &referred.ticket;
    assert_eq!(ticket.kind, ProductKind::EventTicket);
    let jane = app.browser();
    jane.sign_in("jane@example.com").await;
    for (table, id, column, page) in [
        (
            "purchases",
            sale.get(),
            "state",
            format!("/purchases/{sale}"),
        ),
        (
            "purchases",
            sale.get(),
            "currency",
            format!("/purchases/{sale}"),
        ),
        (
            "users",
            referred.jane.id.get(),
            "tenant_role",
            "/".to_owned(),
        ),
    ] {
        assert_eq!(jane.get(&page).await.status, 200, "{page}");
        let spoilt = spoil(&app, (table, "id"), id, column, "'bogus'").await;
        assert_eq!(jane.get(&page).await.status, 500, "{table}.{column}");
        spoilt.mend(&app).await;
    }
}

//! However long the ledger is, the books of one program read its own rows, and a page of customers theirs.

use domain::{credit::Difference, money::Currency};
use store::{ReconciliationId, Scope, StripeAccountId, credits, paid, reconciliations};

use crate::support::{Explained, TestApp, on_both_databases};

on_both_databases!(
    payments_are_found_by_their_index,
    the_ledger_is_read_by_its_indexes,
    comparisons_are_found_by_their_indexes,
);

const OF_CUSTOMER: &str = "ix_credits_stripe_customer";

async fn the_ledger_is_read_by_its_indexes(app: TestApp) {
    let (site, now) = (Scope::Site(app.detroit.id()), app.state.now());
    let (account, customer) = (StripeAccountId::new(1), "cus_1".to_owned());
    let db = Explained::begin(&app).await;
    for scope in [site, Scope::Platform] {
        let sums = credits::sums_of_periods(&db, scope, &[now]).await;
        assert!(sums.unwrap().is_empty());
        db.assert_reads(&["ix_credits_issued"]);
        let best = credits::best_earners(&db, scope, Currency::Usd, 5).await;
        assert!(best.unwrap().is_empty());
        db.assert_reads(&["ix_credits_issued"]);
        let overdrafts = credits::overdrafts(&db, scope, now, 10).await;
        assert!(overdrafts.unwrap().is_empty());
        db.assert_reads(&["ix_credits_issued"]);
        let customers = [customer.clone(), "cus_2".to_owned()];
        let booked = credits::booked(&db, scope, &[account], &customers).await;
        assert!(booked.unwrap().is_empty());
        db.assert_reads(&[OF_CUSTOMER]);
        let rows = credits::booked_rows(&db, scope, &[account], &customer).await;
        assert!(rows.unwrap().is_empty());
        db.assert_reads(&[OF_CUSTOMER]);
    }
    let applied = credits::applied_between(&db, account, &customer, (now, now)).await;
    assert!(applied.unwrap().is_empty());
    db.assert_reads(&[OF_CUSTOMER]);
    let keys = ["credit:1".to_owned(), "credit:2".to_owned()];
    assert!(credits::states_of(&db, keys).await.unwrap().is_empty());
    db.assert_reads(&["ux_credits_idempotency_key"]);
}

async fn payments_are_found_by_their_index(app: TestApp) {
    let site = Scope::Site(app.detroit.id());
    let account = StripeAccountId::new(1);
    let db = Explained::begin(&app).await;
    for (scope, index) in [
        (site, "ix_purchases_payment_intent_id"),
        (Scope::Platform, "ix_platform_purchases_payment_intent_id"),
    ] {
        let rows = paid::by_payments(&db, scope, &[account], &["pi_1", "pi_2"]).await;
        assert!(rows.unwrap().is_empty());
        db.assert_reads(&[index]);
    }
}

async fn comparisons_are_found_by_their_indexes(app: TestApp) {
    let (site, now) = (Scope::Site(app.detroit.id()), app.state.now());
    let (id, account) = (ReconciliationId::new(1), StripeAccountId::new(1));
    let db = Explained::begin(&app).await;
    for scope in [site, Scope::Platform] {
        reconciliations::unfinished(&db, scope).await.unwrap();
        db.assert_reads(&[]);
        for finished in [false, true] {
            let last = reconciliations::last(&db, scope, finished).await;
            assert_eq!(last.unwrap(), None);
            db.assert_reads(&["ix_reconciliations_program_site_id_id"]);
        }
        let compared = reconciliations::last_compared(&db, scope).await;
        assert_eq!(compared.unwrap(), None);
        db.assert_reads(&["ix_reconciliations_program_site_id_id"]);
        let unseen = reconciliations::unseen(&db, scope, account, id, ("", 10)).await;
        assert!(unseen.unwrap().is_empty());
        db.assert_reads(&[OF_CUSTOMER]);
        let is_done = reconciliations::is_done(&db, scope, Difference::Added, "entry").await;
        assert!(!is_done.unwrap());
        db.assert_reads(&[]);
    }
    let left = reconciliations::left_over(&db, now, 10).await;
    assert!(left.unwrap().is_empty());
    db.assert_reads(&["ux_reconciliations_unfinished"]);
    let customers = ["cus_1".to_owned()];
    let entries = reconciliations::entries_of(&db, account, &customers).await;
    assert!(entries.unwrap().is_empty());
    db.assert_reads(&["ux_reconciled_customers_stripe_account_id_customer_id"]);
    for open in [false, true] {
        let found = reconciliations::list_differences(&db, id, open, 10).await;
        assert!(found.unwrap().is_empty());
        db.assert_reads(&["ix_reconciliation_differences_reconciliation_id"]);
    }
}

//! What a comparison finds.

use domain::{
    credit::{BooksOutcome, CreditKind, Difference, DifferenceState, StripeAmount},
    money::Currency,
    stripe_keys::StripeMode,
};
use services::{books, operator::reconcile::reconcile};
use store::{
    Timestamp,
    credits::{self, Observed},
    reconciliations,
    stripe_customers::HolderId,
};

use crate::{
    purchases::spending::trouble::invoice_of,
    support::{TestApp, on_both_databases},
};

on_both_databases!(
    what_agrees_is_not_read_again,
    what_others_did_is_observed_once,
    a_customer_that_was_deleted_is_told,
    what_a_restored_backup_lost_is_told,
    what_stripe_does_not_have_is_told,
    an_invoice_that_charged_a_debt_is_an_overcharge,
    what_is_done_stays_done,
    the_figures_add_up,
);

const OPEN: DifferenceState = DifferenceState::Open;

async fn what_agrees_is_not_read_again(app: TestApp) {
    app.credited_mia().await;
    let first = app.compare_books().await;
    assert_eq!(first.outcome.unwrap(), BooksOutcome::Compared);
    assert_eq!(first.customers, 1);
    assert_eq!(app.differences().await, []);
    let read = app.entries_read();
    app.compare_books().await;
    assert_eq!(app.entries_read(), read, "nothing changed since");
    app.run_jobs().await;
}

async fn what_others_did_is_observed_once(app: TestApp) {
    let (_, customer) = app.credited_mia().await;
    invoice_of(&app, &customer, -500).await;
    invoice_of(&app, &customer, 200).await;
    app.compare_books().await;
    let explained = DifferenceState::Explained;
    let mut found = app.differences().await;
    found.sort_by_key(|(_, _, cents)| *cents);
    assert_eq!(
        found,
        [
            (Difference::Taken, explained, -200),
            (Difference::Added, explained, 500)
        ]
    );
    let observed = app.credits().await;
    let observed = observed
        .iter()
        .filter(|row| row.kind == CreditKind::Observed);
    assert_eq!(observed.count(), 2);
    let read = app.entries_read();
    app.compare_books().await;
    assert_eq!(app.differences().await, []);
    assert_eq!(app.entries_read(), read, "the ledger has it now");
    let told = reconcile(&app.state, "detroit-arms", app.detroits()).await;
    assert!(told.unwrap().agrees);
    app.run_jobs().await;
}

async fn a_customer_that_was_deleted_is_told(app: TestApp) {
    let (referred, customer) = app.credited_mia().await;
    app.compare_books().await;
    app.delete_customer(&customer).await;
    app.compare_books().await;
    assert_eq!(
        app.differences().await,
        [(Difference::CustomerDeleted, OPEN, 1000)]
    );
    let row = app.difference_rows().await.remove(0);
    assert_eq!(row.user_id, Some(referred.mia.id));
    assert_eq!((row.stripe_cents, row.ledger_cents), (0, 1000));
    let told = reconcile(&app.state, "detroit-arms", app.detroits()).await;
    let told = told.unwrap();
    assert!(!told.agrees);
    assert!(told.lines[1].contains("OPEN"), "{:?}", told.lines);
    app.run_jobs().await;
}

async fn what_a_restored_backup_lost_is_told(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.back_up().await;
    app.issue().await;
    let customer = app.customer_of(referred.mia.id).await.unwrap();
    app.restore().await;
    // The credit is due in the backup: what is on its way is no difference.
    app.owns(&referred, &customer).await;
    app.compare_books().await;
    assert_eq!(app.differences().await, []);
    app.run("UPDATE notifications SET credit_id = NULL").await;
    app.run("DELETE FROM credits").await;
    app.compare_books().await;
    assert_eq!(
        app.differences().await,
        [(Difference::NotInLedger, OPEN, 1000)]
    );
    app.leave_jobs();
}

async fn what_stripe_does_not_have_is_told(app: TestApp) {
    app.credited_mia().await;
    app.run("UPDATE credits SET idempotency_key = 'other', stripe_transaction_id = 'cbtxn_other'")
        .await;
    for _ in 0..2 {
        // The sums agree, and the entries are read again all the same while something is open.
        app.compare_books().await;
        assert_eq!(
            app.differences().await,
            [
                (Difference::NotAtStripe, OPEN, 1000),
                (Difference::NotInLedger, OPEN, 1000)
            ]
        );
    }
    app.leave_jobs();
}

async fn an_invoice_that_charged_a_debt_is_an_overcharge(app: TestApp) {
    let (referred, customer) = app.credited_mia().await;
    // A debit of $10.00 took $6.00 below zero, which went back.
    let earned = app.credits().await.remove(0);
    let reversal = earned.key().of_reversal(1).unwrap();
    let sql = format!(
        "INSERT INTO credits (site_id, program, kind, beneficiary_id, undoes, stripe_account_id, livemode, \
         amount_cents, currency, idempotency_key, state, attempts, key_generation, key_is_spoilt, \
         next_attempt_at, stripe_customer_id, created_at, issued_at) \
         SELECT site_id, program, 'reversed', beneficiary_id, id, stripe_account_id, livemode, \
         1000, currency, '{}', state, 0, 1, key_is_spoilt, next_attempt_at, stripe_customer_id, \
         created_at, issued_at FROM credits WHERE kind = 'earned'",
        reversal.as_str()
    );
    app.run(&sql).await;
    let debit = app.credits().await.pop().unwrap();
    let restored = debit.key().of_restored().unwrap();
    let sql = format!(
        "INSERT INTO credits (site_id, program, kind, beneficiary_id, undoes, stripe_account_id, livemode, \
         amount_cents, currency, idempotency_key, state, attempts, key_generation, key_is_spoilt, \
         next_attempt_at, stripe_customer_id, created_at, issued_at) \
         SELECT site_id, program, 'restored', beneficiary_id, id, stripe_account_id, livemode, \
         -600, currency, '{}', state, 0, 1, key_is_spoilt, next_attempt_at, stripe_customer_id, \
         created_at, issued_at + 5000 FROM credits WHERE kind = 'reversed'",
        restored.as_str()
    );
    app.run(&sql).await;
    let found = |app: &TestApp| {
        let app = app.state.clone();
        let scope = store::Scope::Site(earned.site_id);
        async move {
            let last = reconciliations::last(app.db.reader(), scope, true).await;
            let id = last.unwrap().unwrap().id;
            let rows = reconciliations::list_differences(app.db.reader(), id, false, 100).await;
            let rows = rows.unwrap().into_iter();
            let rows = rows.filter(|row| row.kind == Difference::Overcharged);
            rows.map(|row| row.amount_cents).collect::<Vec<_>>()
        }
    };
    app.compare_books().await;
    assert_eq!(found(&app).await, [0; 0]);
    let at = debit.issued_at.unwrap().millis() + 1000;
    let invoice = Observed {
        site_id: debit.site_id,
        holder: HolderId::Member(referred.mia.id),
        stripe_account_id: app.account().await,
        mode: StripeMode::Test,
        customer_id: &customer,
        transaction_id: "cbtxn_invoice",
        stripe_type: "applied_to_invoice",
        purchase_id: None,
        amount: StripeAmount::new(-400, Currency::Usd).unwrap(),
        at: Timestamp::from_millis(at).unwrap(),
    };
    let db = app.state.db.writer();
    credits::insert_observed(db, &invoice).await.unwrap();
    app.compare_books().await;
    assert_eq!(found(&app).await, [400]);
    app.leave_jobs();
}

async fn what_is_done_stays_done(app: TestApp) {
    let (_, customer) = app.credited_mia().await;
    app.delete_customer(&customer).await;
    app.compare_books().await;
    let admin = app.admin(&app.detroit, "dana@example.com").await;
    let row = app.difference_rows().await.remove(0);
    for is_open in [true, false] {
        let done = books::set_done(&app.state, app.detroits(), &admin, row.id).await;
        assert_eq!(done.unwrap(), is_open);
    }
    app.compare_books().await;
    let done = DifferenceState::Done;
    assert_eq!(
        app.differences().await,
        [(Difference::CustomerDeleted, done, 1000)]
    );
    let told = reconcile(&app.state, "detroit-arms", app.detroits()).await;
    assert!(told.unwrap().agrees);
    app.run_jobs().await;
}

async fn the_figures_add_up(app: TestApp) {
    let (referred, customer) = app.credited_mia().await;
    invoice_of(&app, &customer, 300).await;
    app.compare_books().await;
    let site = app.site().await;
    let figures = books::figures(&app.state, app.detroits(), &site.row.time_zone).await;
    let figures = figures.unwrap();
    let total = figures.totals.first().unwrap();
    assert_eq!(figures.totals.len(), 1);
    assert_eq!(total.earned.cents(), 1000);
    assert_eq!(total.by_others.cents(), -300);
    assert_eq!(total.outstanding.cents(), 700);
    assert_eq!(
        app.balance_of(&referred.mia).await,
        -total.outstanding.cents()
    );
    assert_eq!(figures.months.len(), 12);
    let month = figures.months.last().unwrap();
    assert_eq!(month.totals, figures.totals);
    assert!(figures.months[0].totals.is_empty());
    let best = figures.best.first().unwrap();
    assert_eq!(best.holder, HolderId::Member(referred.mia.id));
    assert_eq!((best.credits, best.earned.cents()), (1, 1000));
    app.run_jobs().await;
}

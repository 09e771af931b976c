//! Credit as payment at the counter: taken as typed, or nothing is recorded.

use std::time::Duration;

use app::types::Outcome;
use domain::{
    credit::StripeAmount,
    forms::Refusal,
    money::Currency,
    purchase::{CreditCheck, PurchaseState},
    referral::ReferralStatus,
    stripe_keys::StripeMode,
};
use store::{
    credits::{self, NewDebit},
    purchases,
};
use stripe_stand_in::{Fault, FaultKind};

use super::{Scene, credit_at_stripe, ledger, scene, ticket, trouble::invoice};
use crate::support::{Browser, Referred, TestApp, on_both_databases};

on_both_databases!(
    the_desk_takes_credit_for_a_part,
    a_sale_that_credit_covers_earns_nobody_anything,
    more_than_there_is_is_refused_beside_the_field,
    who_has_no_credit_is_sold_to_without_it,
    a_form_sent_twice_at_once_debits_once,
    without_stripes_answer_nothing_is_recorded_and_the_credit_goes_back,
    an_invoice_that_takes_the_credit_meanwhile_ends_the_sale,
    a_sale_whose_process_died_is_finished,
);

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Records a sale of a product to a member, for so many cents of credit.
pub async fn sell(
    desk: &Browser,
    sale: (i64, i64),
    credit: &str,
    token: &str,
) -> Result<String, Refusal> {
    let (member, product) = (sale.0.to_string(), sale.1.to_string());
    let form = [
        ("member_id", member.as_str()),
        ("product_id", &product),
        ("credit", credit),
        ("token", token),
    ];
    match desk.call("record_sale", &form).await {
        Outcome::Done(said) => Ok(said),
        Outcome::Refused(refusal) => Err(refusal),
        other => panic!("neither done nor refused: {other:?}"),
    }
}

/// Jane buys the ticket of $45.00.
fn of(scene: &Scene) -> (i64, i64) {
    (scene.referred.jane.id.get(), scene.referred.ticket.id.get())
}

async fn the_desk_takes_credit_for_a_part(app: TestApp) {
    let scene = scene(&app).await;
    let desk = app.detroit_admin().await;
    let page = desk.get(&format!("/admin/members/{}", of(&scene).0)).await;
    assert!(
        page.text.contains("$20.00</strong> available"),
        "{}",
        page.text
    );
    let said = sell(&desk, of(&scene), " 2000 ", TOKEN).await.unwrap();
    assert_eq!(
        said,
        "The sale was recorded. Credit paid $20.00: take the other $25.00 at the counter."
    );
    assert_eq!(credit_at_stripe(&app), 0);
    assert_eq!(ledger(&app.credits().await), [("spent", "issued", 2000)]);
    let sale = app.purchases().await.remove(0);
    assert_eq!((*sale.state, sale.in_person), (PurchaseState::Paid, true));
    assert_eq!(
        (sale.paid_cents, sale.credit_used_cents),
        (Some(4500), Some(2000))
    );
    assert_eq!(
        sell(&desk, of(&scene), "2000", TOKEN).await,
        Ok(said),
        "again"
    );
    assert_eq!(app.purchases().await.len(), 1);
    app.run_jobs().await;
    app.run_jobs().await;
    assert_eq!(app.status().await, ReferralStatus::Credited);
    let receipt = scene.jane.get(&format!("/purchases/{}", sale.id)).await;
    for words in ["$45.00", "$20.00", "$25.00"] {
        assert!(receipt.text.contains(words), "{words}");
    }
    app.assert_nothing_is_left().await;
}

async fn a_sale_that_credit_covers_earns_nobody_anything(app: TestApp) {
    let scene = scene(&app).await;
    let desk = app.detroit_admin().await;
    let cheap = ticket(&app, "cheap", 1500).await;
    let sale = (of(&scene).0, cheap.id.get());
    let said = sell(&desk, sale, "1500", TOKEN).await.unwrap();
    assert_eq!(
        said,
        "The sale was recorded. Credit paid $15.00: there is nothing left to pay."
    );
    assert_eq!(credit_at_stripe(&app), 500);
    assert_eq!(app.purchases().await[0].credit_check, CreditCheck::Done);
    assert_eq!(app.status().await, ReferralStatus::Pending);
    app.assert_nothing_is_left().await;
}

async fn more_than_there_is_is_refused_beside_the_field(app: TestApp) {
    let scene = scene(&app).await;
    let desk = app.detroit_admin().await;
    let cheap = ticket(&app, "cheap", 1500).await;
    for (product, typed, words) in [
        (
            scene.referred.ticket.id.get(),
            "2001",
            "has $20.00. Nothing was",
        ),
        (cheap.id.get(), "1501", "more than the price"),
        (cheap.id.get(), "-5", "cannot be less than 0"),
        (cheap.id.get(), "15.00", "whole cents"),
    ] {
        let refusal = sell(&desk, (of(&scene).0, product), typed, TOKEN).await;
        let refusal = refusal.unwrap_err();
        let said = refusal.about("credit").unwrap();
        assert!(said.contains(words), "{typed}: {said}");
    }
    assert!(app.purchases().await.is_empty());
    assert_eq!(credit_at_stripe(&app), 2000);
    let said = sell(&desk, (of(&scene).0, cheap.id.get()), "1500", TOKEN).await;
    said.expect("the balance is free again");
}

async fn who_has_no_credit_is_sold_to_without_it(app: TestApp) {
    let scene = scene(&app).await;
    let desk = app.detroit_admin().await;
    let mia = scene.referred.mia.id.get();
    let page = desk.get(&format!("/admin/members/{mia}")).await;
    assert!(!page.text.contains("Credit to use"));
    let sale = (mia, scene.referred.ticket.id.get());
    let refusal = sell(&desk, sale, "100", TOKEN).await.unwrap_err();
    assert!(refusal.about("credit").unwrap().contains("has $0.00"));
    for none in ["", "0"] {
        let said = sell(&desk, sale, none, TOKEN).await.unwrap();
        assert_eq!(said, "The sale was recorded.");
    }
    assert_eq!(app.purchases().await.len(), 1);
    app.run_jobs().await;
}

async fn a_form_sent_twice_at_once_debits_once(app: TestApp) {
    let scene = scene(&app).await;
    let desk = app.detroit_admin().await;
    let cheap = ticket(&app, "cheap", 800).await;
    let sale = (of(&scene).0, cheap.id.get());
    let answers = tokio::join!(
        sell(&desk, sale, "800", TOKEN),
        sell(&desk, sale, "800", TOKEN)
    );
    assert!(answers.0.is_ok() || answers.1.is_ok(), "{answers:?}");
    sell(&desk, sale, "800", TOKEN).await.unwrap();
    assert_eq!(app.purchases().await.len(), 1);
    assert_eq!(credit_at_stripe(&app), 1200);
    app.assert_nothing_is_left().await;
}

async fn without_stripes_answer_nothing_is_recorded_and_the_credit_goes_back(app: TestApp) {
    let scene = scene(&app).await;
    let mut desk = app.detroit_admin().await;
    for kind in [
        FaultKind::DropAfter,
        FaultKind::DropBefore,
        FaultKind::FailAfter,
    ] {
        let debit = Fault::next(kind).on("POST", "/v1/customers/cus_jane/");
        app.stripe.fault(debit);
        let refusal = sell(&desk, of(&scene), "2000", TOKEN).await.unwrap_err();
        let said = refusal.about("credit").unwrap();
        assert!(said.contains("does not answer"), "{kind:?}: {said}");
        for _ in 0..6 {
            app.sweep_after(Duration::from_secs(4 * 3600)).await;
        }
        assert_eq!(credit_at_stripe(&app), 2000, "{kind:?}");
        // A day later the desk has to sign in again.
        desk = app.signed_in("dana@example.com").await;
    }
    let states: Vec<_> = app
        .purchases()
        .await
        .iter()
        .map(|sale| *sale.state)
        .collect();
    assert_eq!(states, [PurchaseState::Expired; 3]);
    sell(&desk, of(&scene), "2000", TOKEN)
        .await
        .expect("the form works again");
    app.run_jobs().await;
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn an_invoice_that_takes_the_credit_meanwhile_ends_the_sale(app: TestApp) {
    let scene = scene(&app).await;
    let desk = app.detroit_admin().await;
    let debit = Fault::next(FaultKind::Hang).on("POST", "/v1/customers/cus_jane/");
    app.stripe.fault(debit);
    let meanwhile = async {
        let path = "/v1/customers/cus_jane/balance_transactions";
        app.stripe
            .wait_until_received("POST", path, 1)
            .await
            .unwrap();
        invoice(&app, 1500).await;
        app.stripe.release_hung();
    };
    let (answer, ()) = tokio::join!(sell(&desk, of(&scene), "2000", TOKEN), meanwhile);
    let said = answer.unwrap_err();
    let said = said.about("credit").unwrap();
    assert!(said.contains("has just changed"), "{said}");
    assert_eq!(credit_at_stripe(&app), 500);
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

/// The process ends right after the sale and its debit are on disk: the job finishes the sale.
async fn a_sale_whose_process_died_is_finished(app: TestApp) {
    let scene = scene(&app).await;
    let Referred { jane, ticket, .. } = &scene.referred;
    let (db, now) = (app.state.db.writer(), app.state.now());
    let sale = purchases::insert(db, ticket, jane.id, None, now)
        .await
        .unwrap();
    let debit = NewDebit {
        site_id: app.detroit.id(),
        buyer_id: jane.id,
        purchase_id: sale.id,
        stripe_account_id: app.account().await,
        mode: StripeMode::Test,
        customer_id: "cus_jane",
        amount: StripeAmount::new(2000, Currency::Usd).unwrap(),
        token: "t",
    };
    credits::insert_debit(db, &debit, now)
        .await
        .unwrap()
        .unwrap();
    app.sweep_after(Duration::from_secs(60)).await;
    let sale = app.purchase(sale.id).await;
    assert_eq!(sale.state, PurchaseState::Paid);
    assert_eq!(credit_at_stripe(&app), 0);
    assert_eq!(
        app.status().await,
        ReferralStatus::Credited,
        "$25.00 were paid"
    );
    app.assert_nothing_is_left().await;
}

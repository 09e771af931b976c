//! Staff who give credit to an account with their own address.

use super::{OTHER_TOKEN, TOKEN, form, give};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(credit_that_staff_give_themselves_is_flagged);

async fn credit_that_staff_give_themselves_is_flagged(app: TestApp) {
    app.referred().await;
    let dana = app.detroit_admin().await;
    let own = app.find(&app.detroit, "dana@example.com").await.unwrap();
    give(&dana, &own, "1000", TOKEN).await;
    let email = "pat@example.com";
    app.platform_admin(&app.detroit, email).await;
    app.platform().await;
    let own = app.platform_referrer("Pat Lane", email).await;
    let id = own.id.to_string();
    let given = form(("platform", &id), ("1000", "1000"), OTHER_TOKEN);
    let pat = app.signed_in(email).await;
    pat.done("give_credit", &given).await;
    let log = app.audit_rows().await;
    let flagged = log
        .iter()
        .filter(|row| row.field == "Credit given to themselves");
    assert_eq!(flagged.count(), 2, "{log:?}");
    app.run_jobs().await;
}

//! Admin > Mail: what could not be delivered.

use mailbox::Fault;

use crate::support::{Browser, GOOD_FORM, TestApp, on_both_databases};

on_both_databases!(
    with mail:
    what_could_not_be_delivered_is_listed_and_cleared,
    another_sites_mail_is_not_shown,
);

const LINE: &str = "1 email could not be delivered.";

async fn page(browser: &Browser) -> String {
    browser.get("/admin/mail").await.text
}

/// Jane registers, and her mail server refuses the mail.
async fn refused(app: &TestApp) {
    app.run_jobs().await;
    app.browser().go("register", &GOOD_FORM).await;
    app.mailbox.fault(Fault::RefuseRecipient);
    app.run_jobs().await;
    assert_eq!(app.mailbox.unused_faults(), 0);
}

async fn what_could_not_be_delivered_is_listed_and_cleared(app: TestApp) {
    let dana = app.detroit_admin().await;
    assert!(page(&dana).await.contains("Every email was delivered"));
    refused(&app).await;
    let jane = app.find(&app.detroit, "jane@example.com").await.unwrap();
    let shown = page(&dana).await;
    for part in [
        "jane@example.com",
        "Confirm your email address",
        "no such user",
        &format!("/admin/members/{}", jane.id),
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(dana.get("/admin/referrals").await.text.contains(LINE));
    let last = shown.split("name=\"last\" value=\"").nth(1).unwrap();
    let last = last.split('"').next().unwrap();
    dana.done("forget_failed_mail", &[("last", last)]).await;
    assert!(page(&dana).await.contains("Every email was delivered"));
    assert!(!dana.get("/admin/referrals").await.text.contains(LINE));
}

async fn another_sites_mail_is_not_shown(app: TestApp) {
    let dana = app.detroit_admin().await;
    refused(&app).await;
    app.admin(&app.coaching, "cole@example.com").await;
    let cole = app.browser_at("coaching.localhost");
    cole.sign_in("cole@example.com").await;
    assert!(page(&cole).await.contains("Every email was delivered"));
    let last = [("last", "999999")];
    cole.done("forget_failed_mail", &last).await;
    assert!(page(&dana).await.contains("jane@example.com"));
    // Who runs the platform program alone does not see a tenant's.
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    assert!(page(&pat).await.contains("Every email was delivered"));
    let refusal = pat.refused("forget_failed_mail", &last).await;
    assert!(refusal.message.is_some());
    app.run_jobs().await;
}

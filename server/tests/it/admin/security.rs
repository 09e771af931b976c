//! Site Settings > Security.

use crate::support::{PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    an_admin_sees_sign_ins_and_wrong_passwords_of_the_own_site,
    older_entries_are_on_the_next_page,
);

const LOG: &str = "/admin/settings?tab=security";

async fn an_admin_sees_sign_ins_and_wrong_passwords_of_the_own_site(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.member(&app.coaching, "Rosa", "rosa@example.com").await;
    let wrong = [("email", "mia@example.com"), ("password", "wrong")];
    for _ in 0..2 {
        app.browser().fetch("sign_in", &wrong).await;
    }
    let coaching = app.browser_at("coaching.localhost");
    coaching.sign_in("rosa@example.com").await;
    let dana = app.detroit_admin().await;
    let page = dana.get(LOG).await.text;
    let mia = app.find(&app.detroit, "mia@example.com").await.unwrap();
    for shown in [
        &format!("/admin/members/{}", mia.id),
        "Mia",
        "Wrong password",
        "2 times within an hour",
        "127.0.0.1",
        "Signed in, new browser or phone",
        "Dana",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    assert!(!page.contains("Rosa"), "{page}");
    // Who runs the platform program alone does not see a tenant's.
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let page = pat.get(LOG).await.text;
    assert!(page.contains("Nothing has happened yet"), "{page}");
}

async fn older_entries_are_on_the_next_page(app: TestApp) {
    app.stop_our_clock();
    let dana = app.detroit_admin().await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    for _ in 0..51 {
        let form = [("email", "mia@example.com"), ("password", PASSWORD)];
        app.browser().fetch("sign_in", &form).await;
        app.advance(std::time::Duration::from_secs(3601));
    }
    let dana = match dana.get(LOG).await.status.as_u16() {
        200 => dana,
        // Signed out meanwhile.
        _ => app.signed_in("dana@example.com").await,
    };
    let newest = dana.get(LOG).await.text;
    assert_eq!(newest.matches("<time").count(), 50);
    let next = newest.split("tab=security&amp;before=").nth(1).unwrap();
    let before = next.split('"').next().unwrap();
    let older = dana.get(&format!("{LOG}&before={before}")).await.text;
    assert!((2..=3).contains(&older.matches("<time").count()), "{older}");
    assert!(older.contains("Newest entries"));
}

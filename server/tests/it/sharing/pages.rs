//! Sharing the page that one is on, from the header and from a receipt (`docs/rules.md` 198).

use services::{operator, referral_qr};

use super::CODE;
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    the_page_one_is_on_is_shared,
    a_paid_receipt_offers_to_refer_a_friend,
);

async fn the_page_one_is_on_is_shared(app: TestApp) {
    app.referred().await;
    let mia = app.signed_in("mia@example.com").await;
    let ticket = "/events/steel-challenge";
    let page = mia.get(ticket).await.text;
    let share = format!("/share?page={ticket}");
    assert!(page.contains(&format!("href=\"{share}\"")), "{page}");
    // No friend may open a page of the member's own, and a visitor has no link.
    let page = mia.get("/dashboard").await.text;
    assert!(page.contains("href=\"/share\"") && !page.contains("/share?page="));
    let page = app.browser().get(ticket).await.text;
    assert!(!page.contains("Refer a Friend"), "{page}");

    let link = format!("{}{ticket}?ref={CODE}", mia.origin);
    let page = mia.get(&share).await.text;
    let home = format!("{}?ref={CODE}", mia.origin);
    for shown in [&link, &home, "Your link to The steel-challenge"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let code = mia.get(&format!("/share/qr.svg?page={ticket}")).await.text;
    assert_eq!(code, referral_qr::svg(&format!("{link}&via=qr")).unwrap());
    for nowhere in [
        "/share?page=/events/nothing",
        "/share?page=/dashboard",
        "/share?page=//evil.example/events",
        "/share?page=https://evil.example",
    ] {
        let page = mia.get(nowhere).await.text;
        assert!(
            page.contains(&home) && !page.contains("Your link to"),
            "{page}"
        );
        assert!(!page.contains("evil.example?ref"), "{page}");
    }

    // Who has no code yet gets it there, and is there again.
    let jane = app.signed_in("jane@example.com").await;
    let page = jane.get(&share).await.text;
    assert!(
        page.contains("Get My Referral Link") && !page.contains("?ref="),
        "{page}"
    );
    let got = jane.submit("get_referral_link", &[("next", &share)]).await;
    assert_eq!(
        (got.status.as_u16(), got.header("location")),
        (303, &*share)
    );
    assert!(
        jane.get(&share)
            .await
            .text
            .contains(&format!("{ticket}?ref="))
    );
    let elsewhere = [("next", "//evil.example")];
    assert_eq!(
        jane.go("get_referral_link", &elsewhere).await,
        "/dashboard#refer"
    );

    operator::set_tenant_credit(&app.state, "detroit-arms", 0)
        .await
        .unwrap();
    let page = mia.get(&share).await.text;
    assert!(page.contains("no referral program"), "{page}");
    assert!(!page.contains("href=\"/share"), "{page}");
}

async fn a_paid_receipt_offers_to_refer_a_friend(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    // It is withdrawn once it is over, and the receipt goes on saying when it was.
    app.run("UPDATE products SET detail = 'Saturday, 6:30 PM', withdrawn_at = 1")
        .await;
    let jane = app.signed_in("jane@example.com").await;
    let receipt = format!("/purchases/{sale}");
    let page = jane.get(&receipt).await.text;
    for shown in [
        "/art/picture.svg",
        "Saturday, 6:30 PM",
        "Refer a Friend",
        "Get My Referral Link",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert_eq!(
        jane.go("get_referral_link", &[("next", &receipt)]).await,
        receipt
    );
    let page = jane.get(&receipt).await.text;
    assert!(
        page.contains("Your referral link") && page.contains("mailto:?"),
        "{page}"
    );
    app.leave_jobs();
}

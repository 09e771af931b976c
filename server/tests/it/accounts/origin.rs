//! Every request that changes something is checked for its origin.

use reqwest::Method;

use crate::support::{Browser, GOOD_FORM, Page, TestApp, on_both_databases};

on_both_databases!(other_sites_change_nothing);

const EMAIL: &str = "mia@example.com";

async fn sign_out_from(browser: &Browser, headers: &[(&str, &str)]) -> Page {
    let mut request = browser
        .request(Method::POST, "/rpc/sign_out")
        .header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Page::read(request.send().await).await
}

async fn other_sites_change_nothing(app: TestApp) {
    app.member(&app.detroit, "Mia", EMAIL).await;
    let mia = app.browser();
    mia.sign_in(EMAIL).await;
    let sister = app.browser_at("coaching.localhost").origin;
    for headers in [
        &[("origin", "http://evil.example")][..],
        &[("origin", "null")],
        &[("origin", sister.as_str())],
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", mia.origin.as_str()),
        ],
        &[("sec-fetch-site", "same-site")],
        &[],
    ] {
        let page = sign_out_from(&mia, headers).await;
        assert_eq!(page.status, 403, "{headers:?}");
        assert!(page.text.contains("nothing was changed"));
    }
    assert_eq!(mia.get("/dashboard").await.status, 200, "still signed in");
    assert_eq!(
        sign_out_from(&mia, &[("sec-fetch-site", "same-origin")])
            .await
            .status,
        200
    );
    assert_eq!(mia.get("/dashboard").await.status, 303);

    let program = sign_out_from(&app.browser(), &[]).await;
    assert_eq!(
        program.status, 200,
        "a program without cookies acts for itself"
    );
    assert!(app.find(&app.detroit, GOOD_FORM[2].1).await.is_none());
}

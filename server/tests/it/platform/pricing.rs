//! The pricing page on a tenant's host leads to the tenant's brand, and the code goes along.

use reqwest::Method;
use sea_orm::{ActiveModelTrait, Set};
use store::entities::site;

use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    a_tenants_pricing_page_leads_to_its_brand_with_the_code,
    without_a_brand_there_is_no_pricing_page,
);

async fn a_tenants_pricing_page_leads_to_its_brand_with_the_code(app: TestApp) {
    let platform = app.platform().await;
    let mut coach: site::ActiveModel = app.coaching.row.clone().into();
    coach.theme = Set("coach".to_owned());
    coach.update(app.state.db.writer()).await.unwrap();
    let (code, port) = (&platform.jordan.code, app.address.port());
    let address = format!("/pricing?ref={code}&utm_source=flyer");
    for (host, brand) in [
        ("localhost", "pewpros"),
        ("coaching.localhost", "coachpros"),
    ] {
        let visitor = app.browser_at(host);
        let page = visitor.get(&address).await;
        let there = format!("http://{brand}.localhost:{port}/pricing?ref={code}");
        assert_eq!(page.status, 307, "{host}");
        assert_eq!(page.header("location"), there);
    }
    let head = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
        .request(Method::HEAD, format!("http://{}{address}", app.address))
        .header("host", format!("localhost:{port}"))
        .send();
    assert_eq!(head.await.unwrap().status(), 307);
    // An unknown code does no harm, and the brand's own page stays where it is.
    let visitor = app.browser();
    let page = visitor.get("/pricing?ref=zzzzzzzz").await;
    assert_eq!(page.status, 307);
    let prospect = app.browser_at("pewpros.localhost");
    let page = prospect.get(&format!("/pricing?ref={code}")).await;
    assert_eq!(page.status, 200);
    // Checkout is the brand's alone.
    let checkout = visitor.get("/pricing/checkout?plan=annual").await;
    assert_eq!(checkout.status, 404);
}

async fn without_a_brand_there_is_no_pricing_page(app: TestApp) {
    let page = app.browser().get("/pricing?ref=ab3kx7mn").await;
    assert_eq!(page.status, 404);
}

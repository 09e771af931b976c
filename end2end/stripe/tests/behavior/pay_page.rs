//! The pay page.

use crate::{
    client::{StripeClient, stand_in},
    session::session,
};

async fn press(client: &StripeClient, id: &str, form: &[(&str, &str)]) -> (u16, String) {
    let response = client.post(&format!("/pay/{id}"), form).await;
    (response.status, response.text)
}

#[tokio::test]
async fn the_page_asks_for_an_email_only_if_none_is_known() {
    let (_stripe, client) = stand_in().await;
    let unknown = session(&client, "payment", &[]).await;
    let known = session(&client, "payment", &[("customer_email", "a@example.com")]).await;
    let field = "type=\"email\"";
    assert!(
        client
            .get(&format!("/pay/{unknown}"))
            .await
            .text
            .contains(field)
    );
    let page = client.get(&format!("/pay/{known}")).await.text;
    assert!(!page.contains(field) && page.contains("For a@example.com"));
    let (status, page) = press(&client, &unknown, &[("action", "pay"), ("email", " ")]).await;
    assert_eq!(status, 400);
    assert!(page.contains("needs an email"));
}

#[tokio::test]
async fn the_page_lets_an_async_payment_succeed_or_fail() {
    let (_stripe, client) = stand_in().await;
    let id = session(&client, "payment", &[("customer_email", "a@example.com")]).await;
    assert_eq!(
        press(&client, &id, &[("action", "pay_slowly")]).await.0,
        303
    );
    let page = client.get(&format!("/pay/{id}")).await.text;
    assert!(page.contains("Let it succeed") && page.contains("Let it fail"));
    assert_eq!(press(&client, &id, &[("action", "fail")]).await.0, 303);
    assert!(
        client
            .get(&format!("/pay/{id}"))
            .await
            .text
            .contains("<h1>Payment failed</h1>")
    );
}

#[tokio::test]
async fn session_texts_are_escaped() {
    let (_stripe, client) = stand_in().await;
    let name = (
        "line_items[0][price_data][product_data][name]",
        "<script>\"'&",
    );
    let mut more = vec![name];
    more.push(("cancel_url", "https://shop.test/?a=1&b=\"2\""));
    let id = session(&client, "payment", &more).await;
    let page = client.get(&format!("/pay/{id}")).await.text;
    assert!(page.contains("&lt;script&gt;&quot;&#39;&amp;") && !page.contains("<script"));
    assert!(page.contains("href=\"https://shop.test/?a=1&amp;b=&quot;2&quot;\""));
}

#[tokio::test]
async fn an_unknown_session_is_not_found() {
    let (_stripe, client) = stand_in().await;
    assert_eq!(client.get("/pay/cs_test_none").await.status, 404);
}

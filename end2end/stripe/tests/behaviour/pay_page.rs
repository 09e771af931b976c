//! The page on which a person pays.

use crate::{
    caller::{Caller, stand_in},
    shop::session,
};

async fn press(caller: &Caller, id: &str, form: &[(&str, &str)]) -> (u16, String) {
    let answer = caller.post(&format!("/pay/{id}"), form).await;
    (answer.status, answer.text)
}

#[tokio::test]
async fn it_asks_for_an_e_mail_only_where_none_is_known() {
    let (_stripe, caller) = stand_in().await;
    let unknown = session(&caller, "payment", &[]).await;
    let known = session(&caller, "payment", &[("customer_email", "a@example.com")]).await;
    let field = "type=\"email\"";
    assert!(
        caller
            .get(&format!("/pay/{unknown}"))
            .await
            .text
            .contains(field)
    );
    let page = caller.get(&format!("/pay/{known}")).await.text;
    assert!(!page.contains(field) && page.contains("For a@example.com"));
    let (status, page) = press(&caller, &unknown, &[("action", "pay"), ("email", " ")]).await;
    assert_eq!(status, 400);
    assert!(page.contains("needs an e-mail"));
}

#[tokio::test]
async fn a_slow_payment_comes_back_to_be_settled() {
    let (_stripe, caller) = stand_in().await;
    let id = session(&caller, "payment", &[("customer_email", "a@example.com")]).await;
    assert_eq!(
        press(&caller, &id, &[("action", "pay_slowly")]).await.0,
        303
    );
    let page = caller.get(&format!("/pay/{id}")).await.text;
    assert!(page.contains("Let it succeed") && page.contains("Let it fail"));
    assert_eq!(press(&caller, &id, &[("action", "fail")]).await.0, 303);
    assert!(
        caller
            .get(&format!("/pay/{id}"))
            .await
            .text
            .contains("<h1>Payment failed</h1>")
    );
}

#[tokio::test]
async fn what_the_shop_wrote_is_shown_as_text() {
    let (_stripe, caller) = stand_in().await;
    let name = (
        "line_items[0][price_data][product_data][name]",
        "<script>\"'&",
    );
    let mut more = vec![name];
    more.push(("cancel_url", "https://shop.test/?a=1&b=\"2\""));
    let id = session(&caller, "payment", &more).await;
    let page = caller.get(&format!("/pay/{id}")).await.text;
    assert!(page.contains("&lt;script&gt;&quot;&#39;&amp;") && !page.contains("<script"));
    assert!(page.contains("href=\"https://shop.test/?a=1&amp;b=&quot;2&quot;\""));
}

#[tokio::test]
async fn nothing_is_told_of_a_session_that_is_not_there() {
    let (_stripe, caller) = stand_in().await;
    assert_eq!(caller.get("/pay/cs_test_none").await.status, 404);
}

//! Stripe's search of customers.

use form_urlencoded::byte_serialize;

use crate::client::stand_in;

#[tokio::test]
async fn a_customer_is_found_by_metadata_a_minute_later() {
    let (stripe, client) = stand_in().await;
    let marked = [("metadata[realm]", "range"), ("metadata[holder]", "mia")];
    let made = client.post("/v1/customers", &marked).await;
    client.customer().await;
    let found = async |holder: &str| {
        let query = format!(r#"metadata["holder"]:"{holder}" AND metadata["realm"]:"range""#);
        let query: String = byte_serialize(query.as_bytes()).collect();
        let path = format!("/v1/customers/search?query={query}");
        let page = client.get(&path).await;
        page.json()["data"].as_array().unwrap().clone()
    };
    assert!(found("mia").await.is_empty(), "search lags");
    stripe.advance_clock(60);
    let [one] = &found("mia").await[..] else {
        panic!("not one customer");
    };
    assert_eq!(one["id"], made.id());
    assert!(found("jane").await.is_empty());
}

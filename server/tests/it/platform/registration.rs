//! A brand's site registers no members.

use services::{
    accounts::{ReferredBy, Registered, register},
    operator::connect_stripe,
};

use crate::support::{GOOD_FORM, STRIPE_KEY, TestApp, on_both_databases};

on_both_databases!(
    nobody_registers_at_a_brand,
    a_brand_has_no_account_of_its_own
);

async fn nobody_registers_at_a_brand(app: TestApp) {
    let platform = app.platform().await;
    let refusal = app
        .browser_at("pewpros.localhost")
        .refused("register", &GOOD_FORM)
        .await;
    assert!(
        refusal
            .message
            .unwrap()
            .starts_with("You cannot register here."),
        "a sentence"
    );
    let form = domain::forms::RegistrationForm::default();
    let (state, brand) = (&app.state, &platform.pewpros);
    let registered = register(state, brand, &form, ReferredBy::default()).await;
    assert!(matches!(registered.unwrap(), Registered::NotHere));
    let nobody = app.find(&platform.pewpros, "jane@example.com").await;
    assert!(nobody.is_none());
}

async fn a_brand_has_no_account_of_its_own(app: TestApp) {
    app.platform().await;
    let keys = services::operator::StripeKeys {
        secret_key: STRIPE_KEY,
        ..Default::default()
    };
    let refused = connect_stripe(&app.state, "pewpros", &keys).await;
    assert!(refused.unwrap_err().to_string().contains("--platform"));
}

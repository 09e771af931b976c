//! What a restricted key (`rk_…`) may not do. Stripe checks this before the parameters.

use crate::{
    api::accounts,
    authentication::{Scope, random_part},
    error::StripeError,
};

/// A restricted key may not read its account. One whose random part begins with `nowebhooks` may
/// not use webhook endpoints either.
pub fn check(operation: &str, sent_key: &str, scope: &Scope) -> Result<(), StripeError> {
    if !sent_key.starts_with("rk_") {
        return Ok(());
    }
    let without_webhooks =
        random_part(sent_key).is_some_and(|random| random.starts_with("nowebhooks"));
    let missing = match operation.split_once('.') {
        Some(("Account", _)) => "rak_accounts_kyc_basic_read",
        Some(("WebhookEndpoint", _)) if without_webhooks => "rak_webhook_write",
        _ => return Ok(()),
    };
    let account = accounts::id_of(scope);
    Err(StripeError::lacks_permission(sent_key, &account, missing))
}

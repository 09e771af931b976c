//! A connector that never reaches Stripe, for a database that may be a copy of one in use
//! elsewhere.

use std::sync::Arc;

use domain::credit::StripeError;

use super::{Call, StripeConnector, StripeGateway};

/// Refuses every key with [`StripeError::NotConnected`].
pub struct CutOff;

impl StripeConnector for CutOff {
    fn open(&self, _secret_key: &str) -> Call<Arc<dyn StripeGateway>> {
        Err(StripeError::NotConnected)
    }
}

//! What is asked of Stripe when a person's account is deleted.

use ::stripe::{StripeError as ClientError, StripeRequest};
use stripe_billing::subscription::CancelSubscription;
use stripe_client_core::RequestBuilder;
use stripe_core::customer::UpdateCustomer;

use super::{Call, client::Client, convert};

/// Takes everything that tells a person off a customer; `false` if there is none.
pub async fn forget(client: &Client, customer: &str, name: &str) -> Call<bool> {
    let update = UpdateCustomer::new(customer)
        .name(name)
        .email("")
        .phone("")
        .description("");
    match Placeless(update).customize().send(client).await {
        Ok(_) => Ok(true),
        Err(ClientError::Stripe(_, 404)) => Ok(false),
        Err(error) => Err(convert::stripe_error(&error)),
    }
}

/// Cancels a subscription; `false` if there is none that could be canceled.
pub async fn cancel_subscription(client: &Client, subscription: &str) -> Call<bool> {
    match CancelSubscription::new(subscription).send(client).await {
        Ok(_) => Ok(true),
        Err(ClientError::Stripe(_, 404)) => Ok(false),
        Err(error) => Err(convert::stripe_error(&error)),
    }
}

/// An update that takes the address and the shipping details off, too. Stripe unsets what is sent empty,
/// and async-stripe's types cannot say that of an object.
struct Placeless(UpdateCustomer);

impl StripeRequest for Placeless {
    type Output = <UpdateCustomer as StripeRequest>::Output;

    fn build(&self) -> RequestBuilder {
        let mut request = self.0.build();
        let body = request.body.unwrap_or_default();
        request.body = Some(format!("{body}&address=&shipping="));
        request
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_tells_a_person_stays() {
        let update = UpdateCustomer::new("cus_1")
            .name("Deleted member")
            .email("");
        let body = Placeless(update).build().body.unwrap_or_default();
        for pair in ["name=Deleted+member", "email=", "address=", "shipping="] {
            assert!(body.split('&').any(|sent| sent == pair), "{pair} in {body}");
        }
    }
}

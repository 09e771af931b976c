//! A call to Stripe, which marks the moment at which a process is killed or stopped.

use stripe_stand_in::{Fault, FaultKind, ReceivedRequest};

use super::scene::until;
use crate::support::TestApp;

/// A kind of call.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub method: &'static str,
    /// How its path begins.
    pub path: &'static str,
    /// How its path ends.
    pub ending: &'static str,
    /// The list of the stand-in's books to which the call adds.
    pub makes: Option<&'static str>,
}

/// Lists the customers with an e-mail address.
pub const LOOK: Call = Call {
    method: "GET",
    path: "/v1/customers",
    ending: "customers",
    makes: None,
};
/// Creates a customer.
pub const MAKE: Call = Call {
    method: "POST",
    path: "/v1/customers",
    ending: "customers",
    makes: Some("customers"),
};
/// Posts the credit's balance transaction.
pub const POST: Call = Call {
    method: "POST",
    path: "/v1/customers",
    ending: "balance_transactions",
    makes: Some("balance_transactions"),
};
/// Creates a Checkout session.
pub const CHECKOUT: Call = Call {
    method: "POST",
    path: "/v1/checkout/sessions",
    ending: "sessions",
    makes: Some("sessions"),
};

impl Call {
    /// A fault of this kind at the next such call for the account behind `key`.
    pub fn fault(self, kind: FaultKind, key: &str) -> Fault {
        let next = Fault::next(kind).on(self.method, self.path);
        Fault {
            secret_key: Some(key.to_owned()),
            ..next.ending(self.ending)
        }
    }

    /// How many such calls Stripe has received for the account behind `key`.
    pub fn times(self, app: &TestApp, key: &str) -> usize {
        let received = app.stripe.requests();
        received.iter().filter(|call| self.is(call, key)).count()
    }

    /// Waits until Stripe has received this many such calls.
    pub async fn received(self, app: &TestApp, key: &str, times: usize) {
        let mut count = 0;
        while self.times(app, key) < times {
            let received = app
                .stripe
                .wait_until_received(self.method, self.path, count)
                .await;
            count = received.unwrap().len() + 1;
        }
    }

    /// Waits until Stripe has executed the first such call.
    pub async fn done(self, app: &TestApp, key: &str) {
        let Some(list) = self.makes else { return };
        until("Stripe has done it", async || {
            let books = app.stripe.objects(key, None);
            !books[list].as_array().unwrap().is_empty()
        })
        .await;
    }

    fn is(self, call: &ReceivedRequest, key: &str) -> bool {
        call.method == self.method
            && call.path.starts_with(self.path)
            && call.path.ends_with(self.ending)
            && call.secret_key.as_deref() == Some(key)
    }
}

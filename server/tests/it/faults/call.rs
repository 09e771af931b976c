//! The calls to Stripe at which a fault can strike.

use stripe_stand_in::{Fault, FaultKind, ReceivedRequest};

/// One kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Retrieves the customer that we remember.
    CustomerById,
    /// The same, after something was sent to the customer.
    CustomerAgain,
    /// Lists the customers with an e-mail address.
    CustomersByEmail,
    /// Lists more of them: Stripe returns a hundred at once.
    MoreCustomers,
    CreateCustomer,
    /// Lists the balance transactions of a customer.
    FindBalance,
    PostBalance,
    CreateCheckout,
    /// Creates a second Checkout session, since the customer of the first was deleted.
    OpenSession,
}

impl Call {
    /// Method, and the beginning and end of the path. The customer is read before its balance
    /// transactions, so a fault at the next call below `/v1/customers/` strikes the customer.
    fn address(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::CustomerById | Self::CustomerAgain => ("GET", "/v1/customers/", ""),
            Self::CustomersByEmail | Self::MoreCustomers => ("GET", "/v1/customers", "customers"),
            Self::CreateCustomer => ("POST", "/v1/customers", "customers"),
            Self::FindBalance => ("GET", "/v1/customers/", "balance_transactions"),
            Self::PostBalance => ("POST", "/v1/customers/", "balance_transactions"),
            Self::CreateCheckout | Self::OpenSession => {
                ("POST", "/v1/checkout/sessions", "sessions")
            }
        }
    }

    /// A fault of this kind at the next such call.
    pub fn fault(self, kind: FaultKind) -> Fault {
        let (method, begins, ends) = self.address();
        let before = match self {
            Self::MoreCustomers | Self::OpenSession => 1,
            _ => 0,
        };
        let fault = Fault::next(kind).on(method, begins).ending(ends);
        fault.after(before)
    }

    /// Whether Stripe received a call of this kind.
    pub fn is(self, received: &ReceivedRequest) -> bool {
        let (method, begins, ends) = self.address();
        received.method == method
            && received.path.starts_with(begins)
            && received.path.ends_with(ends)
    }
}

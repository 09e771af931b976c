//! The calls that we make to Stripe, as a fault finds them.

use stripe_stand_in::{Fault, FaultKind, ReceivedRequest};

/// One kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// The customer that we remember.
    CustomerById,
    /// The same, after something was sent to it.
    CustomerAgain,
    /// The customers with an address.
    CustomersByEmail,
    /// More of them: Stripe lists a hundred at once.
    MoreCustomers,
    CreateCustomer,
    /// The entries of a balance.
    FindBalance,
    PostBalance,
    CreateCheckout,
    /// A second one, since the customer of the first was deleted.
    CheckoutAgain,
}

impl Call {
    /// Method, beginning and end of the path. The customer comes before its entries, so a fault at
    /// the next call below `/v1/customers/` strikes the customer.
    fn address(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::CustomerById | Self::CustomerAgain => ("GET", "/v1/customers/", ""),
            Self::CustomersByEmail | Self::MoreCustomers => ("GET", "/v1/customers", "customers"),
            Self::CreateCustomer => ("POST", "/v1/customers", "customers"),
            Self::FindBalance => ("GET", "/v1/customers/", "balance_transactions"),
            Self::PostBalance => ("POST", "/v1/customers/", "balance_transactions"),
            Self::CreateCheckout | Self::CheckoutAgain => {
                ("POST", "/v1/checkout/sessions", "sessions")
            }
        }
    }

    /// Such a fault at the next call of this kind.
    pub fn fault(self, kind: FaultKind) -> Fault {
        let (method, begins, ends) = self.address();
        let before = match self {
            Self::MoreCustomers | Self::CheckoutAgain => 1,
            _ => 0,
        };
        let fault = Fault::next(kind).on(method, begins).ending(ends);
        fault.after(before)
    }

    /// Whether this is what Stripe received.
    pub fn is(self, received: &ReceivedRequest) -> bool {
        let (method, begins, ends) = self.address();
        received.method == method
            && received.path.starts_with(begins)
            && received.path.ends_with(ends)
    }
}

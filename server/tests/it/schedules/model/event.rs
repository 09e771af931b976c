//! The events that change what the model promises.

use domain::credit::Program;

/// An event, as far as it changes what is promised. Members, platform referrers and purchases are
/// numbers of the caller's choice; amounts are cents of one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An admin sets what one referral earns from now on; 0 switches the program off.
    AmountSet { program: Program, cents: i64 },
    /// An admin connects Stripe, or disconnects it.
    StripeSet {
        program: Program,
        /// Whether Stripe can be asked from now on.
        connected: bool,
    },
    /// Somebody registers.
    Registered {
        /// The new member.
        member: i64,
        /// The member through whose link they came.
        through: Option<i64>,
        /// Whether the new member is the link's owner, under another address.
        same_person: bool,
    },
    /// Stripe delivers the result of a payment: any number of times, in any order.
    ApiResponse {
        purchase: i64,
        sale: Sale,
        payment: Payment,
    },
    /// A purchase is processed: any number of times.
    Processed { purchase: i64 },
    /// An admin retries every Failed referral of a program.
    Retried { program: Program },
}

/// What is bought, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sale {
    /// A member buys "an event ticket, course, membership, or shop item".
    Product { buyer: i64, cents: i64 },
    /// Somebody subscribes to PewPros or CoachPros.
    Subscription {
        /// The platform referrer through whose link they came.
        platform_referrer: Option<i64>,
        /// Whether the platform referrer buys for themselves.
        own: bool,
        cents: i64,
    },
}

/// The result of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payment {
    /// The money has arrived.
    Arrived,
    /// A slow payment method was chosen: the money may still come.
    OnItsWay,
    /// The money will not come.
    Refused,
    /// Nobody paid in time.
    Expired,
}

impl Sale {
    pub(super) fn cents(&self) -> i64 {
        match self {
            Self::Product { cents, .. } | Self::Subscription { cents, .. } => *cents,
        }
    }
}

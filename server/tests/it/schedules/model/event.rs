//! What the model is told.

use domain::credit::Program;

/// What happens, as far as it changes what is promised. Members, partners and purchases are numbers
/// of the caller's choice; amounts are cents of one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An admin sets what one referral earns from now on; 0 switches the program off.
    AmountSet {
        /// Whose amount.
        program: Program,
        /// What one referral earns.
        cents: i64,
    },
    /// An admin connects Stripe, or disconnects it.
    StripeSet {
        /// Whose account.
        program: Program,
        /// It can be asked from now on.
        connected: bool,
    },
    /// Somebody registers.
    Registered {
        /// The new member.
        member: i64,
        /// Whose link they came through.
        through: Option<i64>,
        /// The owner of the link under another address of theirs.
        same_person: bool,
    },
    /// Stripe tells what became of a payment: any number of times, in any order.
    Told {
        /// The purchase.
        purchase: i64,
        /// What is bought.
        sale: Sale,
        /// What became of the money.
        payment: Payment,
    },
    /// A purchase is processed: any number of times.
    Processed {
        /// The purchase.
        purchase: i64,
    },
    /// An admin tries every Failed referral of a program again.
    Retried {
        /// Whose referrals.
        program: Program,
    },
}

/// What is bought, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sale {
    /// A member buys "an event ticket, course, membership, or shop item".
    Product {
        /// The member.
        buyer: i64,
        /// What it costs.
        cents: i64,
    },
    /// Somebody subscribes to PewPros or CoachPros.
    Subscription {
        /// The partner whose link they came through.
        partner: Option<i64>,
        /// The partner buys for themselves.
        own: bool,
        /// What it costs.
        cents: i64,
    },
}

/// What became of the money of a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payment {
    /// It is there.
    Arrived,
    /// A slow method: it may still come.
    OnItsWay,
    /// It will not come.
    Refused,
    /// Nobody paid in time.
    Expired,
}

impl Sale {
    /// What it costs.
    pub(super) fn cents(&self) -> i64 {
        match self {
            Self::Product { cents, .. } | Self::Subscription { cents, .. } => *cents,
        }
    }
}

//! The Stripe customers of a platform referrer, and credits on earlier customers.

use domain::money::Money;

/// An id at Stripe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripeId {
    /// `cus_…`.
    pub id: String,
    /// Its page of Stripe's dashboard.
    pub dashboard: Option<String>,
}

/// A customer at Stripe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerLine {
    /// `cus_…`.
    pub id: String,
    /// Its page of Stripe's dashboard.
    pub dashboard: Option<String>,
    /// Empty if Stripe has none.
    pub name: String,
    /// Empty if Stripe has none.
    pub email: String,
    /// `November 22, 2026`.
    pub since: String,
}

/// Credit that an earlier customer still has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElsewhereLine {
    pub customer: StripeId,
    pub amount: Money,
}

/// A platform referrer's customer, and what an admin can choose and move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferrerCustomer {
    pub id: i64,
    pub name: String,
    pub email: String,
    /// `cus_…` as our row has it, for the form: somebody else may choose meanwhile.
    pub seen: Option<String>,
    /// Who receives the credits; `None` if there is nobody yet.
    pub present: Option<CustomerLine>,
    /// The credit of the present customer, in each currency that has some.
    pub credits: Vec<Money>,
    /// How the referrer got the present customer.
    pub source: String,
    /// A new customer can be made for the referrer.
    pub can_make: bool,
    /// The others with the referrer's address, oldest first.
    pub others: Vec<CustomerLine>,
    pub elsewhere: Vec<ElsewhereLine>,
    /// Why nothing can be said about Stripe.
    pub gap: Option<String>,
}

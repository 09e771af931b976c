//! The life of a purchase, as Stripe's Checkout events tell it: late, twice and out of order.

use serde::{Deserialize, Serialize};
use time::Duration;

use crate::{money::Money, purchase::WAITED_AT_MOST};

/// Where a purchase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseState {
    /// Begun; the buyer has not come back from Stripe's page.
    Open,
    /// The buyer chose a slow payment method; the money is on its way.
    Processing,
    /// Paid, or free.
    Paid,
    /// The slow payment was refused.
    Failed,
    /// The Checkout session ran out.
    Expired,
}

impl PurchaseState {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Processing,
        Self::Paid,
        Self::Failed,
        Self::Expired,
    ];

    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Processing => "processing",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// Reads [`Self::code`] back.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The payment may still come.
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::Open | Self::Processing)
    }

    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Not paid yet",
            Self::Processing => "Payment processing",
            Self::Paid => "Paid",
            Self::Failed => "Payment failed",
            Self::Expired => "Expired",
        }
    }
}

/// What an event says about a Checkout session (Stripe, "Fulfill orders").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckoutNews {
    /// `checkout.session.completed` with `payment_status` `paid` or `no_payment_required`.
    Paid,
    /// `checkout.session.completed` with `payment_status=unpaid`.
    CompletedUnpaid,
    /// `checkout.session.async_payment_succeeded`.
    AsyncSucceeded,
    /// `checkout.session.async_payment_failed`.
    AsyncFailed,
    /// `checkout.session.expired`.
    Expired,
}

impl CheckoutNews {
    /// What a session of this `age` says when it is retrieved: a slow payment that has not come after a
    /// month has failed. Stripe's session does not tell; one that comes all the same is paid.
    pub fn at_age(self, age: Duration) -> Self {
        match self {
            Self::CompletedUnpaid if age >= WAITED_AT_MOST => Self::AsyncFailed,
            news => news,
        }
    }

    /// Money may have come with it: of a session that nobody paid, nothing can be lost.
    pub fn may_be_paid(self) -> bool {
        !matches!(self, Self::Expired | Self::AsyncFailed)
    }

    /// What a retrieved session says by its `status` and `payment_status` (Stripe, "Retrieve a Checkout
    /// Session"); `None` while the buyer has not finished.
    pub fn of_retrieved(status: Option<&str>, payment_status: Option<&str>) -> Option<Self> {
        match status {
            Some("complete") => Some(Self::of_completed(payment_status)),
            Some("expired") => Some(Self::Expired),
            _ => None,
        }
    }

    /// What `checkout.session.completed` with this `payment_status` says. Sessions before the field
    /// came had no slow payment methods: completed was paid. A status that we do not know waits.
    pub fn of_completed(payment_status: Option<&str>) -> Self {
        match payment_status {
            Some("paid" | "no_payment_required") | None => Self::Paid,
            Some(_) => Self::CompletedUnpaid,
        }
    }
}

/// The state after `news`; the same state where the news is old or repeated. Paid is for good:
/// nothing that arrives later about the same session can undo it.
pub fn after_news(state: PurchaseState, news: CheckoutNews) -> PurchaseState {
    match (state, news) {
        (PurchaseState::Paid, _) | (_, CheckoutNews::Paid | CheckoutNews::AsyncSucceeded) => {
            PurchaseState::Paid
        }
        (PurchaseState::Failed, _) | (_, CheckoutNews::AsyncFailed) => PurchaseState::Failed,
        (PurchaseState::Processing, _) | (_, CheckoutNews::CompletedUnpaid) => {
            PurchaseState::Processing
        }
        (_, CheckoutNews::Expired) => PurchaseState::Expired,
    }
}

/// What is left to pay of `total` after `credit_used`, both in cents of one currency. `None` where
/// the two do not fit together.
pub fn left_to_pay(total: Money, credit_used: Money) -> Option<Money> {
    let left = total.cents().checked_sub(credit_used.cents())?;
    let fits = total.currency() == credit_used.currency() && left >= 0;
    fits.then(|| Money::new(left, total.currency()))
}

/// A purchase counts for a referral when it is paid and above zero (`docs/rules.md` 11).
pub fn counts_as_purchase(state: PurchaseState, amount: Money) -> bool {
    state == PurchaseState::Paid && amount.is_positive()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    const NEWS: [CheckoutNews; 5] = [
        CheckoutNews::Paid,
        CheckoutNews::CompletedUnpaid,
        CheckoutNews::AsyncSucceeded,
        CheckoutNews::AsyncFailed,
        CheckoutNews::Expired,
    ];

    #[test]
    fn unpaid_waits_and_then_pays() {
        let waiting = after_news(PurchaseState::Open, CheckoutNews::CompletedUnpaid);
        assert_eq!(waiting, PurchaseState::Processing);
        assert_eq!(
            after_news(waiting, CheckoutNews::AsyncSucceeded),
            PurchaseState::Paid
        );
        assert_eq!(
            after_news(waiting, CheckoutNews::AsyncFailed),
            PurchaseState::Failed
        );
    }

    #[test]
    fn a_retrieved_session_says_what_its_events_say() {
        let of = CheckoutNews::of_retrieved;
        assert_eq!(of(Some("open"), Some("unpaid")), None);
        assert_eq!(of(None, Some("paid")), None);
        assert_eq!(
            of(Some("expired"), Some("unpaid")),
            Some(CheckoutNews::Expired)
        );
        let late = CheckoutNews::CompletedUnpaid.at_age(WAITED_AT_MOST);
        assert_eq!(late, CheckoutNews::AsyncFailed);
        let waits = CheckoutNews::CompletedUnpaid.at_age(WAITED_AT_MOST - Duration::SECOND);
        assert_eq!(waits, CheckoutNews::CompletedUnpaid);
        let paid = CheckoutNews::Paid.at_age(WAITED_AT_MOST);
        assert_eq!(paid, CheckoutNews::Paid);
        let complete = |status| of(Some("complete"), Some(status));
        assert_eq!(complete("paid"), Some(CheckoutNews::Paid));
        assert_eq!(complete("no_payment_required"), Some(CheckoutNews::Paid));
        assert_eq!(complete("unpaid"), Some(CheckoutNews::CompletedUnpaid));
    }

    #[test]
    fn free_is_paid_and_counts_for_nothing() {
        let free = Money::new(0, Currency::Usd);
        assert!(!counts_as_purchase(PurchaseState::Paid, free));
        assert!(!counts_as_purchase(
            PurchaseState::Processing,
            Money::new(1, Currency::Usd)
        ));
        assert!(counts_as_purchase(
            PurchaseState::Paid,
            Money::new(1, Currency::Usd)
        ));
    }

    #[test]
    fn a_balance_pays_part_or_all_and_never_more() {
        let usd = |cents| Money::new(cents, Currency::Usd);
        assert_eq!(left_to_pay(usd(3900), usd(1000)), Some(usd(2900)));
        assert_eq!(left_to_pay(usd(3900), usd(3900)), Some(usd(0)));
        assert_eq!(left_to_pay(usd(3900), usd(4000)), None);
        assert_eq!(
            left_to_pay(usd(3900), Money::new(1000, Currency::Eur)),
            None
        );
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(mut news in prop::collection::vec(0..NEWS.len(), 1..8), seed in any::<u64>()) {
            let run = |news: &[usize]| news.iter().fold(PurchaseState::Open, |state, i| after_news(state, NEWS[*i]));
            let straight = run(&news);
            let turn = (seed as usize) % news.len();
            news.rotate_left(turn);
            let again = news.clone();
            news.extend(again);
            prop_assert_eq!(run(&news), straight);
        }
    }
}

//! The states of a purchase and how Checkout events change them, in any order and any number of
//! times.

use serde::{Deserialize, Serialize};
use time::Duration;

use crate::{money::Money, purchase::WAITED_AT_MOST};

/// The state of a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseState {
    /// The buyer started the purchase and has not finished on Stripe's page.
    Open,
    /// The buyer chose a delayed payment method, and the payment is processing.
    Processing,
    /// The purchase is paid, or was free.
    Paid,
    /// The delayed payment failed.
    Failed,
    /// The Checkout session expired.
    Expired,
    /// An admin undid the counter sale.
    Undone,
}

impl PurchaseState {
    pub const ALL: [Self; 6] = [
        Self::Open,
        Self::Processing,
        Self::Paid,
        Self::Failed,
        Self::Expired,
        Self::Undone,
    ];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Processing => "processing",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Undone => "undone",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether the payment may still arrive.
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::Open | Self::Processing)
    }

    /// Whether an event can still make it [`Self::Paid`]: a payment may arrive after it was given up.
    pub fn may_become_paid(self) -> bool {
        !matches!(self, Self::Paid | Self::Undone)
    }

    /// The label on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Not paid yet",
            Self::Processing => "Payment processing",
            Self::Paid => "Paid",
            Self::Failed => "Payment failed",
            Self::Expired => "Expired",
            Self::Undone => "Undone",
        }
    }

    /// The label of a purchase of this price: what costs nothing is never paid.
    pub fn label_at(self, price: Money) -> &'static str {
        match self {
            Self::Paid if !price.is_positive() => "Free",
            _ => self.label(),
        }
    }
}

/// What an event or a retrieved Checkout session says about the payment (Stripe, "Fulfill orders").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckoutEvent {
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

impl CheckoutEvent {
    /// What a session of this `age` says when it is retrieved: a delayed payment that has not
    /// arrived after 30 days counts as failed. Stripe's session does not say that it failed. If the
    /// payment arrives after all, the purchase becomes paid.
    pub fn at_age(self, age: Duration) -> Self {
        match self {
            Self::CompletedUnpaid if age >= WAITED_AT_MOST => Self::AsyncFailed,
            event => event,
        }
    }

    /// Whether money may have been paid. A session without a payment can be ignored without loss.
    pub fn may_be_paid(self) -> bool {
        !matches!(self, Self::Expired | Self::AsyncFailed)
    }

    /// Reads the type of a webhook event and the `payment_status` of its session (Stripe, "Types of
    /// events"); `None` for a type that we do not handle.
    pub fn of_event(kind: &str, payment_status: Option<&str>) -> Option<Self> {
        match kind {
            "checkout.session.completed" => Some(Self::of_completed(payment_status)),
            "checkout.session.async_payment_succeeded" => Some(Self::AsyncSucceeded),
            "checkout.session.async_payment_failed" => Some(Self::AsyncFailed),
            "checkout.session.expired" => Some(Self::Expired),
            _ => None,
        }
    }

    /// Reads the `status` and `payment_status` of a retrieved session (Stripe, "Retrieve a Checkout
    /// Session"); `None` while the buyer has not finished.
    pub fn of_retrieved(status: Option<&str>, payment_status: Option<&str>) -> Option<Self> {
        match status {
            Some("complete") => Some(Self::of_completed(payment_status)),
            Some("expired") => Some(Self::Expired),
            _ => None,
        }
    }

    /// Reads the `payment_status` of `checkout.session.completed`. API versions without the field
    /// had no delayed payment methods, so completed meant paid. An unknown status counts as unpaid
    /// for now.
    pub fn of_completed(payment_status: Option<&str>) -> Self {
        match payment_status {
            Some("paid" | "no_payment_required") | None => Self::Paid,
            Some(_) => Self::CompletedUnpaid,
        }
    }
}

/// The state after `event`; unchanged if the event is old or repeated. Paid is final: no later event
/// of the same session can undo it.
pub fn state_after(state: PurchaseState, event: CheckoutEvent) -> PurchaseState {
    match (state, event) {
        (PurchaseState::Undone, _) => PurchaseState::Undone,
        (PurchaseState::Paid, _) | (_, CheckoutEvent::Paid | CheckoutEvent::AsyncSucceeded) => {
            PurchaseState::Paid
        }
        (PurchaseState::Failed, _) | (_, CheckoutEvent::AsyncFailed) => PurchaseState::Failed,
        (PurchaseState::Processing, _) | (_, CheckoutEvent::CompletedUnpaid) => {
            PurchaseState::Processing
        }
        (_, CheckoutEvent::Expired) => PurchaseState::Expired,
    }
}

/// The amount left to pay of `total` after `credit_used`; `None` if the currencies differ or the
/// credit is larger than the total.
pub fn left_to_pay(total: Money, credit_used: Money) -> Option<Money> {
    let left = total.cents().checked_sub(credit_used.cents())?;
    let fits = total.currency() == credit_used.currency() && left >= 0;
    fits.then(|| Money::new(left, total.currency()))
}

/// Whether a purchase counts for a referral: it is paid and above zero (`docs/rules.md` 11).
pub fn counts_as_purchase(state: PurchaseState, amount: Money) -> bool {
    state == PurchaseState::Paid && amount.is_positive()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    const EVENTS: [CheckoutEvent; 5] = [
        CheckoutEvent::Paid,
        CheckoutEvent::CompletedUnpaid,
        CheckoutEvent::AsyncSucceeded,
        CheckoutEvent::AsyncFailed,
        CheckoutEvent::Expired,
    ];

    #[test]
    fn unpaid_waits_and_then_pays() {
        let waiting = state_after(PurchaseState::Open, CheckoutEvent::CompletedUnpaid);
        assert_eq!(waiting, PurchaseState::Processing);
        assert_eq!(
            state_after(waiting, CheckoutEvent::AsyncSucceeded),
            PurchaseState::Paid
        );
        assert_eq!(
            state_after(waiting, CheckoutEvent::AsyncFailed),
            PurchaseState::Failed
        );
    }

    #[test]
    fn what_is_given_up_may_still_become_paid() {
        for state in PurchaseState::ALL {
            let becomes = |event| state_after(state, event) == PurchaseState::Paid;
            let paid_later = state != PurchaseState::Paid && EVENTS.into_iter().any(becomes);
            assert_eq!(state.may_become_paid(), paid_later, "{state:?}");
        }
    }

    #[test]
    fn a_retrieved_session_says_what_its_events_say() {
        let of = CheckoutEvent::of_retrieved;
        assert_eq!(of(Some("open"), Some("unpaid")), None);
        assert_eq!(of(None, Some("paid")), None);
        assert_eq!(
            of(Some("expired"), Some("unpaid")),
            Some(CheckoutEvent::Expired)
        );
        let late = CheckoutEvent::CompletedUnpaid.at_age(WAITED_AT_MOST);
        assert_eq!(late, CheckoutEvent::AsyncFailed);
        let waits = CheckoutEvent::CompletedUnpaid.at_age(WAITED_AT_MOST - Duration::SECOND);
        assert_eq!(waits, CheckoutEvent::CompletedUnpaid);
        let paid = CheckoutEvent::Paid.at_age(WAITED_AT_MOST);
        assert_eq!(paid, CheckoutEvent::Paid);
        let complete = |status| of(Some("complete"), Some(status));
        assert_eq!(complete("paid"), Some(CheckoutEvent::Paid));
        assert_eq!(complete("no_payment_required"), Some(CheckoutEvent::Paid));
        assert_eq!(complete("unpaid"), Some(CheckoutEvent::CompletedUnpaid));
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
    fn what_costs_nothing_is_free_once_it_is_had() {
        let usd = |cents| Money::new(cents, Currency::Usd);
        assert_eq!(PurchaseState::Paid.label_at(usd(0)), "Free");
        assert_eq!(PurchaseState::Paid.label_at(usd(1)), "Paid");
        assert_eq!(PurchaseState::Undone.label_at(usd(0)), "Undone");
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
        fn order_and_repetition_do_not_matter(mut event in prop::collection::vec(0..EVENTS.len(), 1..8), seed in any::<u64>()) {
            let run = |event: &[usize]| event.iter().fold(PurchaseState::Open, |state, i| state_after(state, EVENTS[*i]));
            let straight = run(&event);
            let turn = (seed as usize) % event.len();
            event.rotate_left(turn);
            let again = event.clone();
            event.extend(again);
            prop_assert_eq!(run(&event), straight);
        }
    }
}

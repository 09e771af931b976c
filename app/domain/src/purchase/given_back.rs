//! The label of a purchase after money came back.

use crate::{money::Money, purchase::PurchaseState, refund::DisputeState};

/// What went back of a purchase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GivenBack {
    /// Money and credit that refunds gave back, in the smallest units of the currency that was charged.
    pub cents: i64,
    /// All that was paid went back.
    pub is_whole: bool,
    /// A refund is on its way.
    pub pending: bool,
    pub dispute: Option<DisputeState>,
}

impl GivenBack {
    /// What refunds gave back of what was `paid`, both in the smallest units of the currency that was charged.
    pub fn of(cents: i64, paid: Option<i64>) -> Self {
        Self {
            cents,
            is_whole: paid.is_some_and(|paid| paid > 0 && cents >= paid),
            ..Self::default()
        }
    }

    /// Whether nothing is left of the payment, or its bank may take it back.
    pub fn is_gone(self) -> bool {
        self.is_whole || self.dispute.is_some()
    }
}

/// The label of a purchase of this `price`. Paid stays paid: what went back is told instead of it.
pub fn label(state: PurchaseState, price: Money, back: GivenBack) -> &'static str {
    match back.dispute {
        _ if state != PurchaseState::Paid => state.label_at(price),
        Some(dispute) => dispute.label(),
        None if back.is_whole => "Refunded",
        None if back.pending => "Refund pending",
        None if back.cents > 0 => "Partly refunded",
        None => state.label_at(price),
    }
}

/// The end of the class of the badge of [`label`], which has the color of its words.
pub fn badge(state: PurchaseState, back: GivenBack) -> &'static str {
    match back.dispute {
        _ if state != PurchaseState::Paid => state.code(),
        Some(_) => "disputed",
        None if back.pending && !back.is_whole => "refunding",
        None if back.cents > 0 => "refunded",
        None => state.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn what_went_back_is_told_instead_of_paid() {
        let price = Money::new(4500, Currency::Usd);
        let of = |cents, pending, dispute| {
            let back = GivenBack {
                pending,
                dispute,
                ..GivenBack::of(cents, Some(4500))
            };
            label(PurchaseState::Paid, price, back)
        };
        assert_eq!(of(0, false, None), "Paid");
        assert_eq!(of(0, true, None), "Refund pending");
        assert_eq!(of(100, true, None), "Refund pending");
        assert_eq!(of(100, false, None), "Partly refunded");
        assert_eq!(of(4500, false, None), "Refunded");
        assert_eq!(of(0, false, Some(DisputeState::Open)), "Disputed");
        assert_eq!(of(4500, false, Some(DisputeState::Lost)), "Dispute lost");
        let badge_of = |cents, pending| {
            let back = GivenBack {
                pending,
                ..GivenBack::of(cents, Some(4500))
            };
            badge(PurchaseState::Paid, back)
        };
        assert_eq!(badge_of(0, false), "paid");
        assert_eq!(badge_of(0, true), "refunding");
        assert_eq!(badge_of(100, false), "refunded");
        assert_eq!(badge_of(4500, true), "refunded");
        // Yen are no cents.
        let yen = |cents| {
            label(
                PurchaseState::Paid,
                price,
                GivenBack::of(cents, Some(18_000)),
            )
        };
        assert_eq!([yen(5000), yen(18_000)], ["Partly refunded", "Refunded"]);
        assert_eq!(GivenBack::of(0, Some(0)), GivenBack::default());
        let free = Money::new(0, Currency::Usd);
        let nothing = GivenBack::default();
        assert_eq!(label(PurchaseState::Paid, free, nothing), "Free");
        assert_eq!(label(PurchaseState::Undone, price, nothing), "Undone");
    }

    #[test]
    fn what_is_refunded_whole_or_disputed_is_gone() {
        assert!(!GivenBack::of(0, Some(4500)).is_gone());
        assert!(!GivenBack::of(4499, Some(4500)).is_gone());
        assert!(GivenBack::of(4500, Some(4500)).is_gone());
        let disputed = GivenBack {
            dispute: Some(DisputeState::Open),
            ..GivenBack::default()
        };
        assert!(disputed.is_gone());
    }
}

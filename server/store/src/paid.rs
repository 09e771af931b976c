//! Purchases of either program that were paid, as far as refunds and disputes need them.

mod reads;
mod writes;

use domain::{
    credit::{NoCredit, Program},
    foreign_amount::ForeignAmount,
    money::Money,
    purchase::{CreditCheck, GivenBack, PurchaseState},
    refund::{Charged, DisputeState},
    stripe_keys::StripeMode,
};
use sea_orm::DbErr;

use crate::{
    PlatformPurchaseId, PurchaseId, Scope, SiteId, StripeAccountId, Timestamp,
    entities::{platform_purchase, purchase},
};

pub use reads::{by_id, by_payments, is_to_review, lock, lock_by_payment, of_scope};
pub use writes::{
    Checks, Sums, due_checks, given_up_before_issue, look_at, not_refunded_any_more, set_card,
    set_checks, set_payment, set_subscription_ended, set_subscription_known, set_sums, take_turn,
};

/// Names a purchase of either program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Paid {
    Tenant(PurchaseId),
    Platform(PlatformPurchaseId),
}

impl Paid {
    pub fn program(self) -> Program {
        match self {
            Self::Tenant(_) => Program::Tenant,
            Self::Platform(_) => Program::Platform,
        }
    }

    /// The number in its own table.
    pub fn number(self) -> i64 {
        match self {
            Self::Tenant(id) => id.get(),
            Self::Platform(id) => id.get(),
        }
    }

    pub(crate) fn purchase_id(self) -> Option<PurchaseId> {
        match self {
            Self::Tenant(id) => Some(id),
            Self::Platform(_) => None,
        }
    }

    pub(crate) fn platform_purchase_id(self) -> Option<PlatformPurchaseId> {
        match self {
            Self::Tenant(_) => None,
            Self::Platform(id) => Some(id),
        }
    }
}

/// A purchase of either program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaidRow {
    Tenant(purchase::Model),
    Platform(platform_purchase::Model),
}

/// A field that has the same type in both rows.
macro_rules! field {
    ($row:expr, $field:ident) => {
        match $row {
            PaidRow::Tenant(row) => &row.$field,
            PaidRow::Platform(row) => &row.$field,
        }
    };
}

impl PaidRow {
    pub fn paid(&self) -> Paid {
        match self {
            Self::Tenant(row) => Paid::Tenant(row.id),
            Self::Platform(row) => Paid::Platform(row.id),
        }
    }

    /// Whose program the purchase belongs to.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Tenant(row) => Scope::Site(row.site_id),
            Self::Platform(_) => Scope::Platform,
        }
    }

    /// The tenant's site, or the brand's.
    pub fn site_id(&self) -> SiteId {
        *field!(self, site_id)
    }

    pub fn state(&self) -> PurchaseState {
        match self {
            Self::Tenant(row) => *row.state,
            Self::Platform(row) => *row.state,
        }
    }

    pub fn in_person(&self) -> bool {
        matches!(self, Self::Tenant(row) if row.in_person)
    }

    /// The account that took the payment; `None` of a sale at the counter.
    pub fn account(&self) -> Option<StripeAccountId> {
        match self {
            Self::Tenant(row) => row.stripe_account_id,
            Self::Platform(row) => Some(row.stripe_account_id),
        }
    }

    pub fn mode(&self) -> Option<StripeMode> {
        field!(self, livemode).map(StripeMode::of_livemode)
    }

    /// `pi_…`.
    pub fn payment_intent(&self) -> Option<&str> {
        field!(self, payment_intent_id).as_deref()
    }

    /// `in_…`.
    pub fn invoice(&self) -> Option<&str> {
        field!(self, invoice_id).as_deref()
    }

    /// `cs_…`.
    pub fn session(&self) -> Option<&str> {
        match self {
            Self::Tenant(row) => row.checkout_session_id.as_deref(),
            Self::Platform(row) => Some(&row.checkout_session_id),
        }
    }

    /// Stripe's fingerprint of the card that paid; `None` if no card did, or Stripe was not asked.
    pub fn card(&self) -> Option<&str> {
        field!(self, card_fingerprint).as_deref()
    }

    /// Whether Stripe was asked for the card.
    pub fn card_is_known(&self) -> bool {
        *field!(self, card_read)
    }

    /// `sub_…`: the purchase is a membership or a plan, which Stripe bills.
    pub fn subscription(&self) -> Option<&str> {
        field!(self, subscription_id).as_deref()
    }

    /// `cents` in the currency of the purchase.
    pub fn money(&self, cents: i64) -> Money {
        match self {
            Self::Tenant(row) => row.money(cents),
            Self::Platform(row) => row.money(cents),
        }
    }

    /// What was paid in all, with credit and balance; `None` if in another currency.
    pub fn price(&self) -> Option<Money> {
        field!(self, paid_cents).map(|cents| self.money(cents))
    }

    /// What was paid in another currency, if it was.
    ///
    /// # Errors
    /// If the stored currency is no currency code.
    pub fn foreign(&self) -> Result<Option<ForeignAmount>, DbErr> {
        match self {
            Self::Tenant(row) => row.foreign(),
            Self::Platform(row) => row.foreign(),
        }
    }

    /// Stripe's code of the currency that was charged.
    pub fn charged_currency(&self) -> &str {
        let foreign = field!(self, foreign_currency).as_deref();
        foreign.unwrap_or(self.money(0).currency().code())
    }

    /// What was paid with what; `None` if in another currency. What the balance paid of a membership
    /// counts as nothing until it is known.
    pub fn charged(&self) -> Option<Charged> {
        let (price, credit) = (self.price()?, self.credit_used().unwrap_or(0));
        Some(Charged {
            card: self.money(price.cents() - credit),
            credit: self.money(credit),
        })
    }

    /// What credit or the balance paid, in cents; `None` until it is known.
    pub fn credit_used(&self) -> Option<i64> {
        match self {
            Self::Tenant(row) => row.credit_used_cents,
            // A prospect has no balance here.
            Self::Platform(_) => Some(0),
        }
    }

    /// Whether it is not known yet what the balance paid.
    pub fn may_have_spent_balance(&self) -> bool {
        let Self::Tenant(row) = self else {
            return false;
        };
        row.kind.spends_balance() && !row.in_person && row.credit_used_cents.is_none()
    }

    pub fn dispute(&self) -> Option<DisputeState> {
        match self {
            Self::Tenant(row) => row.dispute.as_deref().copied(),
            Self::Platform(row) => row.dispute.as_deref().copied(),
        }
    }

    /// When the membership or the plan ended at Stripe, if it did.
    pub fn subscription_ended_at(&self) -> Option<Timestamp> {
        *field!(self, subscription_ended_at)
    }

    /// Whether it was decided if the purchase earns a credit, and if not, why not.
    pub fn decision(&self) -> (CreditCheck, Option<NoCredit>) {
        match self {
            Self::Tenant(row) => (*row.credit_check, row.no_credit.as_deref().copied()),
            Self::Platform(row) => (*row.credit_check, row.no_credit.as_deref().copied()),
        }
    }

    /// The money that went back, in cents of the charged currency.
    pub fn refunded_cents(&self) -> i64 {
        *field!(self, refunded_cents)
    }

    /// The credit that refunds gave back, in cents.
    pub fn refunded_credit_cents(&self) -> i64 {
        match self {
            Self::Tenant(row) => row.refunded_credit_cents,
            Self::Platform(_) => 0,
        }
    }

    /// Money and credit of refunds that are on their way, in cents.
    pub fn pending_cents(&self) -> i64 {
        *field!(self, refund_pending_cents)
    }

    /// How the looks at Stripe stand.
    pub fn checks(&self) -> Checks {
        Checks {
            at: *field!(self, refund_check_at),
            made: *field!(self, refund_checks),
            look: *field!(self, refund_look),
        }
    }

    /// When it was paid.
    pub fn paid_at(&self) -> Option<Timestamp> {
        *field!(self, paid_at)
    }

    pub fn given_back(&self) -> GivenBack {
        match self {
            Self::Tenant(row) => row.given_back(),
            Self::Platform(row) => row.given_back(),
        }
    }

    /// What is stored of what went back.
    pub fn sums(&self) -> Sums {
        Sums {
            refunded_cents: self.refunded_cents(),
            credit_cents: self.refunded_credit_cents(),
            pending_cents: self.pending_cents(),
            dispute: self.dispute(),
        }
    }

    /// The row with these sums, as [`set_sums`] stores them.
    #[must_use]
    pub fn with_sums(mut self, sums: &Sums) -> Self {
        match &mut self {
            Self::Tenant(row) => {
                row.refunded_cents = sums.refunded_cents;
                row.refunded_credit_cents = sums.credit_cents;
                row.refund_pending_cents = sums.pending_cents;
                row.dispute = sums.dispute.map(Into::into);
            }
            Self::Platform(row) => {
                row.refunded_cents = sums.refunded_cents;
                row.refund_pending_cents = sums.pending_cents;
                row.dispute = sums.dispute.map(Into::into);
            }
        }
        self
    }
}

impl purchase::Model {
    /// What went back of it.
    pub fn given_back(&self) -> GivenBack {
        let cents = self.refunded_cents + self.refunded_credit_cents;
        GivenBack {
            pending: self.refund_pending_cents > 0,
            dispute: self.dispute.as_deref().copied(),
            ..GivenBack::of(cents, self.paid_cents.or(self.foreign_amount))
        }
    }
}

impl platform_purchase::Model {
    /// What went back of it.
    pub fn given_back(&self) -> GivenBack {
        let paid = self.paid_cents.or(self.foreign_amount);
        GivenBack {
            pending: self.refund_pending_cents > 0,
            dispute: self.dispute.as_deref().copied(),
            ..GivenBack::of(self.refunded_cents, paid)
        }
    }
}

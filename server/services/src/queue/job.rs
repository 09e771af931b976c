//! The kinds of jobs. Each names the row to process.

use serde::{Deserialize, Serialize};
use store::{
    CheckoutSessionId, CreditId, MailId, MemberId, PasswordResetId, PlatformPurchaseId,
    PlatformReferralId, PlatformReferrerId, PurchaseId, ReconciliationId, ReferralId,
    ReferrerLinkId, SubscriptionId, Timestamp,
};

/// A job, as it is stored in the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// A tenant's purchase is paid: decide whether a credit is due.
    DecideCredit { purchase_id: PurchaseId },
    /// A subscription is paid that a platform referrer brought: decide whether a credit is due.
    DecidePlatformCredit { purchase_id: PlatformPurchaseId },
    /// A credit is due: issue it at Stripe.
    IssueCredit {
        credit_id: CreditId,
        /// Failed attempts so far. The number makes each attempt a job of its own.
        attempt: i64,
    },
    /// A platform referrer has no customer yet: make one at Stripe.
    MakeCustomer {
        platform_referrer_id: PlatformReferrerId,
    },
    /// The check of a Checkout session is due: retrieve the session from Stripe.
    CheckCheckoutSession {
        id: CheckoutSessionId,
        /// When the check became due. The time makes each check a job of its own.
        due_at: Timestamp,
    },
    /// Somebody forgot their password: mail them a link.
    MailResetLink { password_reset_id: PasswordResetId },
    /// Somebody asked for a link that signs a platform referrer in: mail it.
    MailReferrerLink { referrer_link_id: ReferrerLinkId },
    /// A mail is due: send it.
    SendMail {
        mail_id: MailId,
        /// Failed attempts so far. The number makes each attempt a job of its own.
        attempt: i64,
    },
    /// The ledger of a referral may not be what became of its purchase asks for: compare them.
    AdjustCredit { referral_id: ReferralId },
    /// The same of a platform referral.
    AdjustPlatformCredit { referral_id: PlatformReferralId },
    /// Stripe is to be asked about a purchase's payment and its refunds.
    CheckRefunds {
        purchase_id: PurchaseId,
        /// When the check became due. The time makes each check a job of its own.
        due_at: Timestamp,
    },
    /// The same of a subscription to a brand.
    CheckPlatformRefunds {
        purchase_id: PlatformPurchaseId,
        due_at: Timestamp,
    },
    /// Stripe is to be asked how a subscription stands.
    ReadSubscription {
        subscription_id: SubscriptionId,
        /// When the reading became due. The time makes each reading a job of its own.
        due_at: Timestamp,
    },
    /// The books of a program are to be compared with Stripe's: compare a few pages.
    Reconcile {
        reconciliation_id: ReconciliationId,
        /// How many pages were compared. The number makes each part a job of its own.
        pages: i64,
    },
    /// A member's account is to be deleted: take the steps that are left.
    DeleteAccount { member_id: MemberId },
}

impl Job {
    /// The key by which the queue deduplicates jobs.
    pub fn key(&self) -> String {
        match self {
            Self::DecideCredit { purchase_id } => format!("decide:{purchase_id}"),
            Self::DecidePlatformCredit { purchase_id } => format!("decide-platform:{purchase_id}"),
            Self::IssueCredit { credit_id, attempt } => format!("issue:{credit_id}:{attempt}"),
            Self::MakeCustomer {
                platform_referrer_id,
            } => format!("make-customer:{platform_referrer_id}"),
            Self::CheckCheckoutSession { id, due_at } => {
                format!("check-checkout:{id}:{}", due_at.millis())
            }
            Self::MailResetLink { password_reset_id } => {
                format!("mail-reset-link:{password_reset_id}")
            }
            Self::MailReferrerLink { referrer_link_id } => {
                format!("mail-referrer-link:{referrer_link_id}")
            }
            Self::SendMail { mail_id, attempt } => format!("send-mail:{mail_id}:{attempt}"),
            Self::AdjustCredit { referral_id } => format!("adjust:{referral_id}"),
            Self::AdjustPlatformCredit { referral_id } => {
                format!("adjust-platform:{referral_id}")
            }
            Self::CheckRefunds {
                purchase_id,
                due_at,
            } => format!("check-refunds:{purchase_id}:{}", due_at.millis()),
            Self::CheckPlatformRefunds {
                purchase_id,
                due_at,
            } => format!("check-platform-refunds:{purchase_id}:{}", due_at.millis()),
            Self::ReadSubscription {
                subscription_id,
                due_at,
            } => format!("read-subscription:{subscription_id}:{}", due_at.millis()),
            Self::Reconcile {
                reconciliation_id,
                pages,
            } => format!("reconcile:{reconciliation_id}:{pages}"),
            Self::DeleteAccount { member_id } => format!("delete-account:{member_id}"),
        }
    }
}

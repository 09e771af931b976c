//! The types of columns: ids, timestamps and coded text. A value that cannot be read is an error
//! that names its table, row and column, and never becomes a default.

mod coded;
mod id;
mod timestamp;
mod unreadable;

pub use coded::{Coded, TextCode};
pub use id::{
    ApiTokenId, AuditEntryId, CheckoutSessionId, CreditId, DisputeId, EmailConfirmationId, Id,
    InvitationId, KnownDeviceId, MailId, MemberId, NotificationId, PasswordResetId,
    PlatformPurchaseId, PlatformReferralId, PlatformReferrerId, ProductId, PurchaseId,
    ReconciliationDifferenceId, ReconciliationId, ReferralClickId, ReferralId, ReferrerLinkId,
    RefundId, SecondFactorId, SecurityEntryId, SiteId, StripeAccountId, StripeCustomerRowId,
    StripeEventId, SubscriptionId, row,
};
pub use timestamp::Timestamp;
pub(crate) use unreadable::{unreadable, unreadable_value};

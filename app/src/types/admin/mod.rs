//! The shapes of the admin console.

mod audit;
mod catalogue;
mod member;
mod partner;
mod referral;
mod settings;

pub use audit::{AuditEntry, AuditPage};
pub use catalogue::{ProductForm, ProductRow};
pub use member::{MemberPage, MemberRow, MembersPage, SaleProduct};
pub use partner::{Partner, PartnerLink};
pub use referral::{Cards, ReferralRow, ReferralStory, ReferralsPage, StoryStep};
pub use settings::{
    PaymentSettings, PlatformSettings, Sent, SettingsForm, StripeConnection, StripeForm,
    TenantSettings, UnmatchedPayment,
};

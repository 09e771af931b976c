//! The shapes of the admin console.

mod audit;
mod catalogue;
mod filter;
mod member;
mod partner;
mod referral;
mod settings;

pub use audit::{AuditEntry, AuditPage};
pub use catalogue::{ProductForm, ProductRow};
pub use filter::{Cursor, REFERRALS_PATH, ReferralFilter, Sort, kind_name, kinds};
pub use member::{MemberPage, MemberRow, MembersPage, SaleProduct};
pub use partner::{Partner, PartnerLink};
pub use referral::{Cards, ReferralRow, ReferralStory, ReferralsPage, StoryStep};
pub use settings::{
    PaymentSettings, PlatformSettings, Sent, SettingsForm, StripeConnection, StripeForm,
    TenantSettings, UnmatchedPayment,
};

use serde::{Deserialize, Serialize};

/// What somebody may do in the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Runs this tenant site.
    pub tenant: bool,
    /// Runs the platform program.
    pub platform: bool,
}

impl Rights {
    /// May enter the console at all.
    pub fn any(self) -> bool {
        self.tenant || self.platform
    }
}

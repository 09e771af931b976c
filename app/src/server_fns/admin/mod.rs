//! What the console asks of the server.

mod catalogue;
mod members;
mod partners;
mod referrals;
mod settings;

pub use catalogue::{SaveProduct, SetProductWithdrawn, save_product, set_product_withdrawn};
pub use members::{ListMembers, RecordSale, list_members, record_sale};
pub use partners::{
    AddReferrer, ChangeReferrer, ListReferrers, SetReferrerDisabled, add_referrer, change_referrer,
    list_referrers, set_referrer_disabled,
};
pub use referrals::{ListReferrals, RetryReferrals, list_referrals, retry_referrals};
pub use settings::{
    ConnectStripe, DisconnectStripe, DismissUnmatched, ReadPaymentSettings, RecordUnmatched,
    SaveSettings, TestStripe, connect_stripe, disconnect_stripe, dismiss_unmatched,
    payment_settings, record_unmatched, save_settings, test_stripe,
};

/// The Payments tab, where its forms are shown again.
pub const PAYMENTS_PATH: &str = "/admin/settings?tab=payments";

#[cfg(feature = "ssr")]
mod read {
    use domain::credit::Program;

    /// No row has this id, so what is not a number is "no such row" like any other.
    const NO_ROW: i64 = 0;

    /// An id.
    pub fn id(text: &str) -> i64 {
        text.parse().unwrap_or(NO_ROW)
    }

    /// A program; what is none counts as the tenant's, which asks for its own right.
    pub fn program(text: &str) -> Program {
        Program::parse(text).unwrap_or(Program::Tenant)
    }
}

//! What the console's pages need. Each answers by the rights of who asks: what somebody may not see
//! is not there, what somebody may not do is refused.

use async_trait::async_trait;
use domain::{credit::Program, referral::ReferralFilter};

use super::Answer;
use crate::types::{
    Outcome,
    admin::{
        AuditPage, MemberPage, MembersPage, Partner, PaymentSettings, ProductForm, ProductRow,
        ReferralStory, ReferralsPage, SettingsForm, StripeForm, UnmatchedPayment,
    },
};

/// Admin > Site Settings.
#[async_trait]
pub trait Settings: Send + Sync {
    /// The Payments tab.
    async fn payments(&self) -> Answer<PaymentSettings>;
    /// **Save Settings**. Refused beside the field; or as a whole where another admin saved
    /// meanwhile: then `typed` holds the version to send to replace what they saved.
    async fn save(&self, form: SettingsForm) -> Answer<Outcome>;
    /// Connects the program's Stripe account, or changes its keys.
    async fn connect_stripe(&self, program: Program, form: StripeForm) -> Answer<Outcome>;
    /// "Test connection": asks Stripe, and says what it found.
    async fn test_stripe(&self, program: Program) -> Answer<Outcome>;
    /// Takes no payments from now on.
    async fn disconnect_stripe(&self, program: Program, version: &str) -> Answer<Outcome>;
    /// Payments that no purchase is found for, of what the viewer runs.
    async fn unmatched(&self) -> Answer<Vec<UnmatchedPayment>>;
    /// **Record this sale**, as a purchase of the member with this address.
    async fn record_unmatched(&self, event: i64, email: &str) -> Answer<Outcome>;
    /// **Dismiss**.
    async fn dismiss_unmatched(&self, program: Program, event: i64) -> Answer<Outcome>;
    /// The audit log, older than the entry `before`.
    async fn audit(&self, before: Option<i64>) -> Answer<AuditPage>;
}

/// Admin > Referrals.
#[async_trait]
pub trait AdminReferrals: Send + Sync {
    /// Cards and a page of the table; `None` without the right to this program.
    async fn page(
        &self,
        filter: ReferralFilter,
        left_out: Vec<String>,
    ) -> Answer<Option<ReferralsPage>>;
    /// One referral's whole story.
    async fn story(&self, program: Program, id: i64) -> Answer<Option<ReferralStory>>;
    /// Tries the credits of these Failed referrals again.
    async fn retry(&self, program: Program, ids: Vec<i64>) -> Answer<Outcome>;
}

/// Admin > Referrals > Platform Referrals > Platform Referrers.
#[async_trait]
pub trait Partners: Send + Sync {
    /// Everybody, newest first.
    async fn list(&self) -> Answer<Vec<Partner>>;
    /// **Add Referrer**.
    async fn add(&self, name: &str, email: &str) -> Answer<Outcome>;
    /// Another name or address; the code stays.
    async fn change(&self, id: i64, name: &str, email: &str, version: &str) -> Answer<Outcome>;
    /// Switches the code off, or on again.
    async fn set_disabled(&self, id: i64, disabled: bool, version: &str) -> Answer<Outcome>;
}

/// Admin > Catalogue.
#[async_trait]
pub trait AdminCatalogue: Send + Sync {
    /// Everything, withdrawn products too, in catalogue order.
    async fn list(&self) -> Answer<Vec<ProductRow>>;
    /// One product as the form shows it.
    async fn form(&self, id: i64) -> Answer<Option<ProductForm>>;
    /// Adds a product (no `id`) or changes one; goes to the list.
    async fn save(&self, form: ProductForm) -> Answer<Outcome>;
    /// Takes a product off the catalogue, or puts it back.
    async fn set_withdrawn(&self, id: i64, withdrawn: bool, version: &str) -> Answer<Outcome>;
}

/// Admin > Members.
#[async_trait]
pub trait AdminMembers: Send + Sync {
    /// Those whose names or addresses begin with `text`, older than the member `before`.
    async fn list(&self, text: &str, before: Option<i64>) -> Answer<MembersPage>;
    /// One member.
    async fn one(&self, id: i64) -> Answer<Option<MemberPage>>;
    /// **Record a sale made in person**, once for each `token`.
    async fn record_sale(&self, member_id: i64, product_id: i64, token: &str) -> Answer<Outcome>;
}

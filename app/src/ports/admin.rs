//! The ports of the console's pages. Each checks the rights of the person: it hides what they may not
//! see, and refuses what they may not do.

use async_trait::async_trait;
use domain::{
    attention::AttentionLine,
    credit::Program,
    log_filter::LogFilter,
    purchase::OrderFilter,
    referral::{ReferralFilter, ReferrerSearch},
};

use super::Answer;
use crate::types::{
    Outcome,
    admin::{
        AuditPage, ErasePage, FailedMail, GeneralForm, GeneralSettings, MemberCredit, MemberPage,
        MemberPlaces, MembersPage, OrdersPage, PaymentSettings, ProductForm, ProductRow,
        ReferralStory, ReferralsPage, ReferrerCustomer, ReferrersPage, RetryOutcome, SaleForm,
        SecurityPage, SettingsForm, SharedAddresses, StripeForm, UnmatchedPayment, WhyPage,
    },
};

/// Admin > Site Settings.
#[async_trait]
pub trait Settings: Send + Sync {
    async fn payments(&self) -> Answer<PaymentSettings>;
    /// **Save Settings**. If another admin saved meanwhile, the refusal's `typed` holds the version
    /// that replaces theirs.
    async fn save(&self, form: SettingsForm) -> Answer<Outcome>;
    /// The age that the site asks of who registers, as it is typed; empty for none. `None` for
    /// somebody who is not an admin of the site.
    async fn minimum_age(&self) -> Answer<Option<String>>;
    /// Sets it.
    async fn save_minimum_age(&self, typed: &str) -> Answer<Outcome>;
    /// Connects the program's Stripe account, or changes its keys.
    async fn connect_stripe(&self, program: Program, form: StripeForm) -> Answer<Outcome>;
    /// **Test connection**: asks Stripe, and says what Stripe answered.
    async fn test_stripe(&self, program: Program) -> Answer<Outcome>;
    /// **Create the webhook endpoint** at Stripe.
    async fn create_webhook_endpoint(&self, program: Program) -> Answer<Outcome>;
    /// Removes the account, which then takes no more payments.
    async fn disconnect_stripe(&self, program: Program, version: &str) -> Answer<Outcome>;
    /// Takes the signing secret at `place` out of force, counted from 0 in the order that the page showed at
    /// `version`; the last one stays.
    async fn remove_signing_secret(
        &self,
        program: Program,
        place: &str,
        version: &str,
    ) -> Answer<Outcome>;
    /// Payments that match no purchase, of the programs that the viewer runs.
    async fn unmatched(&self) -> Answer<Vec<UnmatchedPayment>>;
    /// **Record this sale**: a purchase of the member with this e-mail address.
    async fn record_unmatched(&self, event: i64, email: &str) -> Answer<Outcome>;
    async fn dismiss_unmatched(&self, program: Program, event: i64) -> Answer<Outcome>;
    /// The entries of the audit log that are older than the entry `before`.
    async fn audit(&self, filter: &LogFilter, before: Option<i64>) -> Answer<AuditPage>;
    /// Sets whether only friends count who confirmed their address.
    async fn count_confirmed_friends(&self, only: bool) -> Answer<Outcome>;
    /// Sets whether the documentation of the mobile API is shown.
    async fn show_api_docs(&self, shown: bool) -> Answer<Outcome>;
    /// The entries of the security log that are older than the entry `before`.
    async fn security(&self, filter: &LogFilter, before: Option<i64>) -> Answer<SecurityPage>;
}

/// Admin > Site Settings > General, of the current site.
#[async_trait]
pub trait General: Send + Sync {
    /// `None` for somebody who does not run this site.
    async fn settings(&self) -> Answer<Option<GeneralSettings>>;
    /// Saves what was typed. If somebody else saved meanwhile, the refusal's `typed` holds the version that
    /// replaces theirs.
    async fn save(&self, form: &GeneralForm) -> Answer<Outcome>;
    /// Saves what was typed for the policy with this code; nothing removes it. A refusal as of [`Self::save`].
    async fn save_policy(&self, policy: &str, content: &str, version: &str) -> Answer<Outcome>;
    async fn remove_logo(&self) -> Answer<Outcome>;
}

/// Admin > Mail, of the present site.
#[async_trait]
pub trait AdminMail: Send + Sync {
    /// The mails that could not be delivered, newest first.
    async fn failed(&self) -> Answer<Vec<FailedMail>>;
    /// Clears them up to the one with the id `last`.
    async fn forget_failed(&self, last: i64) -> Answer<Outcome>;
}

/// Admin > Referrals.
#[async_trait]
pub trait AdminReferrals: Send + Sync {
    /// Cards and a page of the table; `None` without the right to this program.
    async fn page(
        &self,
        filter: ReferralFilter,
        ignored: Vec<String>,
    ) -> Answer<Option<ReferralsPage>>;
    /// What needs the viewer's attention; empty for somebody who is no admin.
    async fn attention(&self) -> Answer<Vec<AttentionLine>>;
    /// Everything about one referral.
    async fn story(&self, program: Program, id: i64) -> Answer<Option<ReferralStory>>;
    /// Why somebody got nothing: looks up a name, an email address, a code or a link, or `who`, a member or a platform
    /// referrer; `None` without the right to this program.
    async fn why(&self, program: Program, asked: &str, who: Option<i64>)
    -> Answer<Option<WhyPage>>;
    /// Decides the credit of a Pending referral again, by the present setting.
    async fn decide_again(&self, program: Program, id: i64) -> Answer<Outcome>;
    /// Retries the credits of these Failed referrals.
    async fn retry(&self, program: Program, ids: Vec<i64>) -> Answer<Outcome>;
    /// How the credits of these referrals stand that were retried; `None` if there are none that the
    /// viewer may see.
    async fn retried(&self, program: Program, ids: Vec<i64>) -> Answer<Option<RetryOutcome>>;
}

/// Admin > Referrals > Platform Referrals > Platform Referrers.
#[async_trait]
pub trait PlatformReferrers: Send + Sync {
    /// A page of those whom `search` finds, newest first; empty without the right to see them.
    async fn list(&self, search: &ReferrerSearch) -> Answer<ReferrersPage>;
    /// **Add Referrer**.
    async fn add(&self, name: &str, email: &str) -> Answer<Outcome>;
    /// Changes the name and the e-mail address; the code stays.
    async fn change(&self, id: i64, name: &str, email: &str, version: &str) -> Answer<Outcome>;
    /// The referrer's Stripe customer, and what can be chosen and moved.
    async fn customer(&self, id: i64) -> Answer<Option<ReferrerCustomer>>;
    /// Lets later credits go to another customer: to `customer` (`cus_…`), or to a new one where that
    /// is `new`. `seen` is the customer that the page showed.
    async fn choose_customer(&self, id: i64, seen: &str, customer: &str) -> Answer<Outcome>;
    /// Moves what the earlier customer `from` still has to the present one.
    async fn move_credit(&self, id: i64, from: &str) -> Answer<Outcome>;
    /// Disables the code, or enables it again.
    async fn set_disabled(&self, id: i64, disabled: bool, version: &str) -> Answer<Outcome>;
    /// Those who have one address in different spellings, `after` a place.
    async fn shared_addresses(&self, after: Option<i64>) -> Answer<SharedAddresses>;
    /// Whether there are any.
    async fn has_shared_addresses(&self) -> Answer<bool>;
}

/// Admin > Catalog.
#[async_trait]
pub trait AdminCatalog: Send + Sync {
    /// All products, withdrawn ones too, in the order of the catalog.
    async fn list(&self) -> Answer<Vec<ProductRow>>;
    /// The form with a product's values.
    async fn form(&self, id: i64) -> Answer<Option<ProductForm>>;
    /// Adds a product (no `id`) or changes one, then goes to the list.
    async fn save(&self, form: ProductForm) -> Answer<Outcome>;
    /// Takes a product off the catalog or puts it back.
    async fn set_withdrawn(&self, id: i64, withdrawn: bool, version: &str) -> Answer<Outcome>;
}

/// Admin > Members.
#[async_trait]
pub trait AdminMembers: Send + Sync {
    /// Members whose names or addresses begin with `text`, older than the member `before`.
    async fn list(&self, text: &str, before: Option<i64>) -> Answer<MembersPage>;
    /// Those who have one address in different spellings, `after` a place.
    async fn shared_addresses(&self, after: Option<i64>) -> Answer<SharedAddresses>;
    /// Whether there are any.
    async fn has_shared_addresses(&self) -> Answer<bool>;
    /// A member, with the lists from these places on.
    async fn one(&self, id: i64, places: MemberPlaces) -> Answer<Option<MemberPage>>;
    /// **Record a sale made in person**, only once for each `token`.
    async fn record_sale(&self, sale: &SaleForm) -> Answer<Outcome>;
    /// Sets where Stripe reaches the member; empty for the address that they sign in with.
    async fn set_billing_email(&self, member_id: i64, typed: &str) -> Answer<Outcome>;
    /// The member's statement, with debits that the site has no record of.
    async fn credit(&self, member_id: i64) -> Answer<Option<MemberCredit>>;
    /// Returns the debit with this key, of which the site has no record.
    async fn return_lost_credit(&self, member_id: i64, key: &str) -> Answer<Outcome>;
    /// Moves what the earlier customer `from` still has to the member's present one.
    async fn move_credit(&self, member_id: i64, from: &str) -> Answer<Outcome>;
    /// Keeps the member out, or lets them in again.
    async fn set_blocked(&self, member_id: i64, blocked: bool, reason: &str) -> Answer<Outcome>;
    /// Signs the member out everywhere.
    async fn sign_out(&self, member_id: i64) -> Answer<Outcome>;
    /// Links the member to who referred them, named by code, link or email address.
    async fn attach(&self, member_id: i64, referrer: &str, reason: &str) -> Answer<Outcome>;
    /// **Undo this sale**, with the reason.
    async fn undo_sale(&self, member_id: i64, purchase_id: i64, reason: &str) -> Answer<Outcome>;
    /// What erasing the member means.
    async fn erasure(&self, member_id: i64) -> Answer<Option<ErasePage>>;
    /// **Erase this member**, with what was typed to confirm it and the reason.
    async fn erase(&self, member_id: i64, confirm: &str, reason: &str) -> Answer<Outcome>;
}

/// Admin > Orders.
#[async_trait]
pub trait AdminOrders: Send + Sync {
    /// A page of the purchases of the filter's program; `None` without the right to it.
    async fn page(&self, filter: OrderFilter, ignored: Vec<String>) -> Answer<Option<OrdersPage>>;
}

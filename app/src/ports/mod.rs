//! What a page needs from the server: small traits, implemented in `server`, provided as context
//! for each request. The only way from a page to the world.

mod admin;

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    forms::{Refusal, RegistrationForm},
    purchase::{Plan, ProductKind},
};
use leptos::prelude::expect_context;

pub use admin::{AdminCatalogue, AdminMembers, AdminReferrals, Partners, Settings};

use crate::types::{
    BegunBefore, Device, Member, Outcome, PlatformReceipt, Product, Purchase, PurchaseLine,
    ReferralCard, SiteBrand,
};
use domain::{account::Rights, notification::Notification};

/// Something broke on our side. It is logged where it happened; the person sees only this.
#[derive(Debug)]
pub struct Broken;

/// What a port answers.
pub type Answer<T> = Result<T, Broken>;

/// Who asks, and where. Provided as context for every page and server function.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The site that the host names.
    pub site: SiteBrand,
    /// The signed-in member, if there is one.
    pub member: Option<Member>,
    /// What the member may do in the console.
    pub rights: Rights,
    /// How many notifications are unread.
    pub unread: u32,
    /// The path that was asked for, without the query.
    pub path: String,
    /// Who asks is signed in and may not see this page.
    pub forbidden: bool,
    /// The form that was refused just before, for those who have no JavaScript.
    pub refused: Option<RefusedForm>,
    /// What was done just before, for those who have no JavaScript.
    pub done: Option<String>,
}

/// A form that was refused and is shown again by the page that holds it.
#[derive(Clone, Debug)]
pub struct RefusedForm {
    /// Name of the server function: `register`, `sign_in`, `buy`.
    pub form: String,
    /// Complaints and what was typed.
    pub refusal: Refusal,
}

impl Viewer {
    /// The viewer of this request.
    pub fn current() -> Self {
        expect_context::<Self>()
    }

    /// What was refused in `form` just before; empty if nothing was.
    pub fn refusal(&self, form: &str) -> Refusal {
        self.refused
            .as_ref()
            .filter(|refused| refused.form == form)
            .map(|refused| refused.refusal.clone())
            .unwrap_or_default()
    }
}

/// Registering, signing in and out.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Makes an account and signs it in; goes to `next`, a path of this site, or the dashboard.
    async fn register(&self, form: RegistrationForm, next: &str) -> Answer<Outcome>;
    /// Signs in; goes to `next`, a path of this site, or the dashboard.
    async fn sign_in(&self, email: &str, password: &str, next: &str) -> Answer<Outcome>;
    /// Signs out.
    async fn sign_out(&self) -> Answer<Outcome>;
    /// The member's signed-in devices, newest first.
    async fn devices(&self) -> Answer<Vec<Device>>;
    /// Signs one of the member's devices out.
    async fn sign_out_device(&self, id: i64) -> Answer<Outcome>;
}

/// What the site sells.
#[async_trait]
pub trait Catalogue: Send + Sync {
    /// Everything on offer, or one kind of it, in catalogue order.
    async fn products(&self, kind: Option<ProductKind>) -> Answer<Vec<Product>>;
    /// One product by its address.
    async fn product(&self, kind: ProductKind, slug: &str) -> Answer<Option<Product>>;
}

/// Buying.
#[async_trait]
pub trait Purchases: Send + Sync {
    /// Begins a purchase: `Go` to Stripe's page, or to sign in first. `another`: a membership that the
    /// member has is wanted once more.
    async fn buy(&self, product_id: i64, another: bool) -> Answer<Outcome>;
    /// Closes the page of Stripe's that the member has open for this product.
    async fn release(&self, product_id: i64) -> Answer<Outcome>;
    /// What the member has begun or bought of this product.
    async fn begun(&self, product_id: i64) -> Answer<BegunBefore>;
    /// The member's purchases, newest first.
    async fn mine(&self) -> Answer<Vec<PurchaseLine>>;
    /// One of the member's purchases.
    async fn one(&self, id: i64) -> Answer<Option<Purchase>>;
}

/// The "Refer a Friend" card.
#[async_trait]
pub trait Referrals: Send + Sync {
    /// The card of the signed-in member; `None` where the program is off or nobody is signed in.
    async fn card(&self) -> Answer<Option<ReferralCard>>;
    /// Makes the member's code, once and for ever.
    async fn get_link(&self) -> Answer<Outcome>;
}

/// Notifications to the signed-in member.
#[async_trait]
pub trait Notifications: Send + Sync {
    /// Newest first.
    async fn list(&self) -> Answer<Vec<Notification>>;
    /// Marks one as read.
    async fn mark_read(&self, id: i64) -> Answer<Outcome>;
    /// Marks all as read.
    async fn mark_all_read(&self) -> Answer<Outcome>;
}

/// PewPros and CoachPros, sold on the platform's sites.
#[async_trait]
pub trait Subscriptions: Send + Sync {
    /// What was bought in this Checkout session; `None` while Stripe has not told.
    async fn receipt(&self, checkout_session: &str) -> Answer<Option<PlatformReceipt>>;
    /// The plan whose page of Stripe's this browser has open on this brand.
    async fn open_plan(&self) -> Answer<Option<Plan>>;
}

/// How the answer travels: as a value to a browser with JavaScript, as a redirect to one without.
#[async_trait]
pub trait Exchange: Send + Sync {
    /// Answers the form `form` of the page `page`. Without JavaScript: goes where the outcome
    /// says, or back to `page` with the refusal kept for it.
    async fn answer(&self, form: &str, page: &str, outcome: &Outcome);
    /// Sets the status of the page being rendered.
    fn status(&self, code: u16);
    /// Sends the visitor elsewhere instead of rendering this page.
    fn redirect(&self, to: &str);
}

/// Every port of one request, provided as context.
#[derive(Clone)]
pub struct Ports {
    /// Registering, signing in and out.
    pub accounts: Arc<dyn Accounts>,
    /// What the site sells.
    pub catalogue: Arc<dyn Catalogue>,
    /// Buying.
    pub purchases: Arc<dyn Purchases>,
    /// The "Refer a Friend" card.
    pub referrals: Arc<dyn Referrals>,
    /// Notifications.
    pub notifications: Arc<dyn Notifications>,
    /// PewPros and CoachPros.
    pub subscriptions: Arc<dyn Subscriptions>,
    /// How the answer travels.
    pub exchange: Arc<dyn Exchange>,
    /// Site Settings.
    pub settings: Arc<dyn Settings>,
    /// Referrals of both programs.
    pub admin_referrals: Arc<dyn AdminReferrals>,
    /// Platform referrers.
    pub partners: Arc<dyn Partners>,
    /// The catalogue as an admin edits it.
    pub admin_catalogue: Arc<dyn AdminCatalogue>,
    /// Members as an admin finds them.
    pub admin_members: Arc<dyn AdminMembers>,
}

impl Ports {
    /// The ports of this request.
    pub fn current() -> Self {
        expect_context::<Self>()
    }
}

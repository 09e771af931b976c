//! What pages need from the server: small traits, implemented in `web` and provided as context for
//! each request. Pages reach the rest of the system only through them.

mod account_settings;
mod admin;
mod admin_books;
mod admin_money;
mod memberships;
mod mobile_apps;
mod policies;
mod privacy;
mod recent_password;
mod referrer;
mod rewards;
mod second_factor;
mod team;

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    account::Rights,
    forms::{Refusal, RegistrationForm},
    notification::Notification,
    purchase::{Plan, ProductKind},
};
use leptos::prelude::expect_context;

pub use account_settings::AccountSettings;
pub use admin::{
    AdminCatalog, AdminMail, AdminMembers, AdminOrders, AdminReferrals, General, PlatformReferrers,
    Settings,
};
pub use admin_books::AdminBooks;
pub use admin_money::AdminMoney;
pub use memberships::Memberships;
pub use mobile_apps::MobileApps;
pub use policies::{Policies, ShownPolicy};
pub use privacy::Privacy;
pub use recent_password::RecentPassword;
pub use referrer::ReferrerPages;
pub use rewards::Rewards;
pub use second_factor::SecondFactor;
pub use team::Teams;

use crate::types::{
    BUSY, BegunBefore, BuyForm, CreditStatement, Dashboard, EventTile, FriendsPage, HomeCatalog,
    INTERNAL_ERROR, ListedPurchase, Member, Outcome, PlatformReceipt, Product, Purchase,
    PurchaseReceipt, ReferrerNaming, ResetLink, Sharing, ShownProduct, SiteBrand,
};

/// Why a port has no answer. The details are logged where it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// An error of ours (status 500).
    InternalError,
    /// Too many passwords wait to be hashed (status 503).
    Busy,
}

impl NoAnswer {
    /// The sentence for a person.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::InternalError => INTERNAL_ERROR,
            Self::Busy => BUSY,
        }
    }
}

/// What a port answers.
pub type Answer<T> = Result<T, NoAnswer>;

/// The person and the site of a request. Provided as context for every page and server function.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub site: SiteBrand,
    /// `None` for a visitor who is not signed in.
    pub member: Option<Member>,
    pub rights: Rights,
    pub unread: u32,
    /// The address at which the member shares a link, to this page if it is one of the catalog; `None` for who cannot
    /// refer friends, as while the program is off.
    pub share_path: Option<String>,
    /// Something needs the attention of this admin.
    pub attention: bool,
    /// The path of the request, without its query.
    pub path: String,
    /// The root of the site as the visitor typed it, without a slash: `https://detroitarms.com`.
    pub base_url: String,
    /// The well-formed referral code in the address of the page. It may be nobody's.
    pub code: Option<String>,
    /// The person is signed in but not allowed to see this page (status 403).
    pub forbidden: bool,
    /// The first name of the member whose link brought this visitor; only on the page that the link opened, and where
    /// the visitor registers.
    pub invited_by: Option<String>,
    /// The member has just registered, and this is the first page that they see.
    pub welcome: Option<Welcome>,
    /// The refusal of a form that was sent without JavaScript and led to this page.
    pub refused: Option<RefusedForm>,
    /// The success of a form that was sent without JavaScript and led to this page.
    pub done: Option<String>,
    /// The page was opened from elsewhere: by a link of another site, a bookmark, an address that was typed.
    pub first_page: Option<FirstPage>,
}

/// What a page has in itself because the browser may have nothing of the site yet.
#[derive(Clone, Debug)]
pub struct FirstPage {
    /// The rules of the site's own accent, if it has one.
    pub accent: Option<String>,
}

/// What a new member is welcomed with, once.
#[derive(Clone, Debug)]
pub struct Welcome {
    /// The first name of the member who invited them, as strangers are shown it.
    pub inviter: Option<String>,
    /// The inviter can earn a credit.
    pub earns: bool,
    /// A link that confirms the address was mailed.
    pub mailed: bool,
}

/// A refused form, which its page shows again.
#[derive(Clone, Debug)]
pub struct RefusedForm {
    /// The name of the server function: `register`, `sign_in`, `buy`.
    pub form: String,
    /// The errors, and what was typed.
    pub refusal: Refusal,
}

impl Viewer {
    /// Whether the page is one of the console's.
    pub fn is_in_console(&self) -> bool {
        self.path.split('/').nth(1) == Some("admin")
    }

    /// The viewer of this request.
    pub fn current() -> Self {
        expect_context::<Self>()
    }

    /// The refusal of `form`; empty if it was not refused.
    pub fn refusal(&self, form: &str) -> Refusal {
        self.refused
            .as_ref()
            .filter(|refused| refused.form == form)
            .map(|refused| refused.refusal.clone())
            .unwrap_or_default()
    }
}

#[async_trait]
pub trait Accounts: Send + Sync {
    /// Creates an account and signs it in, then goes to `next` (a path of this site) or the dashboard.
    /// `referred_by` is a code or a name, as typed.
    async fn register(
        &self,
        form: RegistrationForm,
        referred_by: &str,
        next: &str,
    ) -> Answer<Outcome>;
    /// Signs in with an address and a password, then goes to `next` (a path of this site) or the
    /// dashboard. With `keep` the browser stays signed in once it was closed.
    async fn sign_in(&self, typed: (&str, &str), keep: bool, next: &str) -> Answer<Outcome>;
    /// Whether the right password was typed in this browser, and the code of the second factor is awaited.
    async fn awaits_code(&self) -> Answer<bool>;
    /// Signs in who typed the right password, with the code of the second factor.
    async fn enter_code(&self, code: &str, next: &str) -> Answer<Outcome>;
    async fn sign_out(&self) -> Answer<Outcome>;
    /// Whether mail can be sent, as to reset a password.
    fn can_mail(&self) -> bool;
    /// Mails a link that resets the password to whoever has this address; the answer is the same if
    /// nobody has it.
    async fn forgot_password(&self, email: &str) -> Answer<Outcome>;
    /// What the link with this token opens; `None` if it does not work any more.
    async fn reset_link(&self, token: &str) -> Answer<Option<ResetLink>>;
    /// Takes the address from the account of this link, for its owner who did not register.
    async fn take_back_address(&self, token: &str) -> Answer<Outcome>;
    /// Changes the password of whoever was mailed the link.
    async fn reset_password(&self, token: &str, password: &str) -> Answer<Outcome>;
}

/// The products of the site.
#[async_trait]
pub trait Catalog: Send + Sync {
    /// All products on offer, and the event that is next.
    async fn home(&self) -> Answer<HomeCatalog>;
    /// The products of one kind on offer, in the order of the catalog.
    async fn products(&self, kind: ProductKind) -> Answer<Vec<Product>>;
    /// The product of this kind and slug, with related ones; `None` if it is not on offer.
    async fn product(&self, kind: ProductKind, slug: &str) -> Answer<Option<ShownProduct>>;
}

#[async_trait]
pub trait Purchases: Send + Sync {
    /// Starts a purchase: `Go` leads to Stripe's page, to the receipt if credit covers the price, or
    /// to the sign-in page first.
    async fn buy(&self, form: BuyForm) -> Answer<Outcome>;
    /// Expires the Checkout session of this purchase of the member's, or the open one for this product.
    async fn release(&self, product_id: i64, purchase_id: Option<i64>) -> Answer<Outcome>;
    /// The member's earlier purchases of this product.
    async fn begun(&self, product_id: i64) -> Answer<BegunBefore>;
    /// The member's next event: a paid ticket that was not refunded.
    async fn next_ticket(&self) -> Answer<Option<EventTile>>;
    /// The member's purchases, newest first.
    async fn mine(&self) -> Answer<Vec<ListedPurchase>>;
    /// One of the member's purchases.
    async fn one(&self, id: i64) -> Answer<Option<Purchase>>;
    /// The same, with what was bought.
    async fn receipt(&self, id: i64) -> Answer<Option<PurchaseReceipt>>;
}

/// The member's credit.
#[async_trait]
pub trait Credits: Send + Sync {
    /// What there is, and every change; `None` for a visitor.
    async fn statement(&self) -> Answer<Option<CreditStatement>>;
}

/// The "Refer a Friend" card, and the list of friends.
#[async_trait]
pub trait Referrals: Send + Sync {
    /// What the signed-in member's dashboard says of credit and friends; `None` for a visitor.
    async fn dashboard(&self) -> Answer<Option<Dashboard>>;
    /// What the signed-in member can share: the home page, and the page of the catalog at the path `page`; `None` for a
    /// visitor, or while the program is off.
    async fn sharing(&self, page: Option<&str>) -> Answer<Option<Sharing>>;
    /// The friends whom the signed-in member referred, older than the one with the id `before`; `None` for a visitor.
    async fn friends(&self, before: Option<i64>) -> Answer<Option<FriendsPage>>;
    /// Creates the member's code, unless they have one, and goes to `next`, a path of this site, or to the card.
    async fn get_link(&self, next: &str) -> Answer<Outcome>;
    /// Whether the signed-in member can name who referred them; `None` for a visitor.
    async fn referrer_naming(&self) -> Answer<Option<ReferrerNaming>>;
    /// Links the signed-in member to the owner of the code or link that they typed.
    async fn name_referrer(&self, typed: &str) -> Answer<Outcome>;
}

/// The signed-in member's notifications.
#[async_trait]
pub trait Notifications: Send + Sync {
    /// Newest first.
    async fn list(&self) -> Answer<Vec<Notification>>;
    async fn mark_read(&self, id: i64) -> Answer<Outcome>;
    async fn mark_all_read(&self) -> Answer<Outcome>;
}

/// Subscriptions to PewPros and CoachPros.
#[async_trait]
pub trait Subscriptions: Send + Sync {
    /// The receipt of this Checkout session; `None` if this site never began it.
    async fn receipt(&self, checkout_session: &str) -> Answer<Option<PlatformReceipt>>;
    /// The plan for which this browser has an open Checkout session on this brand.
    async fn open_plan(&self) -> Answer<Option<Plan>>;
}

/// The HTTP response: a value for a browser with JavaScript, a redirect for one without.
#[async_trait]
pub trait FormResponse: Send + Sync {
    /// Answers the form `form` of the page `page`. Without JavaScript, it redirects to where the
    /// outcome says, or back to `page`, which then shows the refusal.
    async fn answer(&self, form: &str, page: &str, outcome: &Outcome);
    /// Sets the status of the page being rendered.
    fn status(&self, code: u16);
    /// Answers status 503, with when to try again; a form without JavaScript is redirected instead.
    fn busy(&self);
    /// Redirects the browser instead of rendering this page.
    fn redirect(&self, to: &str);
}

/// All ports of one request, provided as context.
#[derive(Clone)]
pub struct Ports {
    pub accounts: Arc<dyn Accounts>,
    pub account_settings: Arc<dyn AccountSettings>,
    pub privacy: Arc<dyn Privacy>,
    pub second_factor: Arc<dyn SecondFactor>,
    pub recent_password: Arc<dyn RecentPassword>,
    /// The products of the site.
    pub catalog: Arc<dyn Catalog>,
    /// Its terms and its privacy policy.
    pub policies: Arc<dyn Policies>,
    pub purchases: Arc<dyn Purchases>,
    /// The "Refer a Friend" card.
    pub credits: Arc<dyn Credits>,
    pub referrals: Arc<dyn Referrals>,
    /// The page of a platform referrer.
    pub referrer_pages: Arc<dyn ReferrerPages>,
    pub notifications: Arc<dyn Notifications>,
    /// PewPros and CoachPros.
    pub subscriptions: Arc<dyn Subscriptions>,
    /// What was sold and goes on.
    pub memberships: Arc<dyn Memberships>,
    /// The apps of the site.
    pub mobile_apps: Arc<dyn MobileApps>,
    pub response: Arc<dyn FormResponse>,
    pub settings: Arc<dyn Settings>,
    pub general: Arc<dyn General>,
    pub admin_referrals: Arc<dyn AdminReferrals>,
    pub platform_referrers: Arc<dyn PlatformReferrers>,
    pub admin_books: Arc<dyn AdminBooks>,
    pub admin_catalog: Arc<dyn AdminCatalog>,
    pub admin_mail: Arc<dyn AdminMail>,
    pub admin_members: Arc<dyn AdminMembers>,
    pub admin_money: Arc<dyn AdminMoney>,
    pub admin_orders: Arc<dyn AdminOrders>,
    pub rewards: Arc<dyn Rewards>,
    pub teams: Arc<dyn Teams>,
}

impl Ports {
    /// The ports of this request.
    pub fn current() -> Self {
        expect_context::<Self>()
    }
}

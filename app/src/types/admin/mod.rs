//! The data of the console.

mod audit;
mod books;
mod catalog;
mod customer;
mod general;
mod grant;
mod mail;
mod member;
mod mobile_apps;
mod order;
mod platform_referrer;
mod referral;
mod refund;
mod review;
mod rewards;
mod security;
mod settings;
mod shared_address;
mod subscription;
mod team;
mod void;
mod why;
mod why_platform;
mod why_remedy;

pub use audit::{AuditEntry, AuditPage};
pub use books::{BestReferrer, BooksMonth, BooksPage, DifferenceLine, LastComparison, books_path};
pub use catalog::{ProductForm, ProductRow};
pub use customer::{CustomerLine, ElsewhereLine, ReferrerCustomer, StripeId};
pub use general::{GeneralForm, GeneralSettings, LOGO_UPLOAD, PolicyForm};
pub use grant::{GrantForm, GrantLine, GrantPage};
pub use mail::FailedMail;
pub use member::{
    ErasePage, LostDebitLine, MemberCredit, MemberPage, MemberPlaces, MemberRow, MembersPage,
    SaleForm, SaleProduct,
};
pub use mobile_apps::MobileAppsForm;
pub use order::{OrderReferral, OrderRow, OrdersPage};
pub use platform_referrer::{PlatformReferrer, ReferrerLink, ReferrersPage};
pub use referral::{
    Cards, PAGE_SIZE, ReferralRow, ReferralStory, ReferralsPage, RetryOutcome, StoryFact,
    StoryStep, referral_path,
};
pub use refund::{RefundForm, RefundLeft, RefundLine, RefundPage};
pub use review::{ReviewPage, ReviewRow, ReviewsPage};
pub use rewards::{
    HeldCredits, ProgramTerms, RewardSettings, SwitchOffPage, TermsForm, VoidHeld, switch_off_path,
};
pub use security::{SecurityEntry, SecurityPage};
pub use settings::{
    PaymentSettings, PlatformSettings, Sent, SettingsForm, StripeConnection, StripeForm,
    TenantSettings, UnmatchedPayment,
};
pub use shared_address::{AddressHolder, SharedAddresses};
pub use subscription::{SubscriptionRow, SubscriptionsPage};
pub use team::{Invitation, InvitationOffer, InvitationReader, Team, TeamMember, TeamPage};
pub use void::VoidPage;
pub use why::{WHY_PATH, WhyClicks, WhyCode, WhyFound, WhyPage, WhyPerson, why_page, why_path};
pub use why_platform::{
    WhyPlatform, WhyReferrer, WhyReferrerCode, WhySubscription, WhySubscriptions, why_referrer_path,
};
pub use why_remedy::WhyRemedy;

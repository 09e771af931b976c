//! The pages of the console. `web::router::access` decides who may open them.

mod audit;
mod billing;
mod catalog;
mod customer;
mod door;
mod elsewhere;
mod mail;
mod member;
mod member_credit;
mod members;
mod minimum_age;
mod order_rows;
mod orders;
mod product;
mod referral;
mod referrals;
mod sale;
mod security;
mod settings;
mod tabs;
mod team;
mod team_rows;
mod unmatched;

pub use catalog::CatalogPage;
pub use customer::CustomerPage;
pub use mail::MailPage;
pub use member::MemberPage;
pub use member_credit::MemberCreditPage;
pub use members::MembersPage;
pub use orders::OrdersPage;
pub use product::ProductFormPage;
pub use referral::ReferralPage;
pub use referrals::ReferralsPage;
pub use settings::SettingsPage;
pub use team::TeamPage;

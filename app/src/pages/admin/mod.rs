//! The console. Who may open which page is decided before it is rendered (`server`, "access").

mod audit;
mod catalogue;
mod member;
mod members;
mod product;
mod referral;
mod referrals;
mod sale;
mod settings;
mod unmatched;

pub use catalogue::CataloguePage;
pub use member::MemberPage;
pub use members::MembersPage;
pub use product::ProductFormPage;
pub use referral::ReferralPage;
pub use referrals::ReferralsPage;
pub use settings::SettingsPage;

//! The living parts of the console.

mod add_referrer;
mod cents_field;
mod controls;
mod focus;
mod member_search;
mod partner_list;
mod partner_row;
mod partners;
mod product_form;
mod referral_controls;
mod referral_filter;
mod referral_pages;
mod referral_rows;
mod referral_state;
mod referral_table;
mod settings_form;
mod stats;
mod stripe_facts;
mod stripe_form;
mod withdraw_button;

pub use member_search::MemberSearch;
pub use partners::PartnersStart;
pub use product_form::ProductForm;
pub use referral_table::Referrals;
pub use settings_form::SettingsForm;
pub use stripe_form::StripeSection;
pub use withdraw_button::WithdrawButton;

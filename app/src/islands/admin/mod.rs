//! The living parts of the console.

mod cents_field;
mod controls;
mod member_search;
mod product_form;
mod settings_form;
mod stripe_facts;
mod stripe_form;
mod withdraw_button;

pub use member_search::MemberSearch;
pub use product_form::ProductForm;
pub use settings_form::SettingsForm;
pub use stripe_form::StripeSection;
pub use withdraw_button::WithdrawButton;

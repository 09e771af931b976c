//! Forms: reads and checks what people type, with an error message for each field.

#[cfg(feature = "server")]
mod account;
mod amount;
#[cfg(feature = "server")]
mod birth;
mod field;
mod field_code;
#[cfg(feature = "server")]
mod person;
#[cfg(feature = "server")]
mod product;
mod product_slug;
#[cfg(feature = "server")]
mod referrer_days;
#[cfg(feature = "server")]
mod registration;
mod registration_form;
mod settings;
#[cfg(feature = "server")]
mod start;
#[cfg(feature = "server")]
mod terms;

#[cfg(feature = "server")]
pub use account::{read_names, read_new_email};
pub use amount::{AMOUNT_MAX_CENTS, AmountError, parse_cents, sum_line};
#[cfg(feature = "server")]
pub use birth::{read_date, read_minimum_age};
pub use field::{FieldError, Refusal};
pub use field_code::FieldErrorCode;
#[cfg(feature = "server")]
pub use person::{NAME_MAX, read_account_email, read_billing_email};
#[cfg(feature = "server")]
pub(crate) use person::{read_name, read_new_address};
#[cfg(feature = "server")]
pub use product::{
    DESCRIPTION_MAX, DETAIL_MAX, PRODUCT_NAME_MAX, ProductDraft, SUMMARY_MAX, TypedProduct,
    read_product,
};
pub use product_slug::slug;
#[cfg(feature = "server")]
pub use referrer_days::read_referrer_days;
#[cfg(feature = "server")]
pub use registration::{
    NewMember, PASSWORD_GUESSES, PASSWORD_MAX, PASSWORD_MIN, password_complaint,
    validate_registration,
};
pub use registration_form::RegistrationForm;
pub use settings::{CurrencyUse, MEMORY_MAX_DAYS, SettingsChange, TypedSettings, may_trade_in};
#[cfg(feature = "server")]
pub use terms::TypedTerms;

//! Forms: reads and checks what people type, with an error message for each field.

mod account;
mod amount;
mod field;
mod person;
mod product;
mod registration;
mod settings;

pub use account::{read_names, read_new_email};
pub use amount::{AMOUNT_MAX_CENTS, AmountError, parse_cents, sum_line};
pub use field::{FieldError, Refusal};
pub use person::{NAME_MAX, read_account_email, read_billing_email};
pub(crate) use person::{read_email, read_name};
pub use product::{
    DESCRIPTION_MAX, DETAIL_MAX, PRODUCT_NAME_MAX, ProductDraft, SUMMARY_MAX, TypedProduct,
    read_product, slug,
};
pub use registration::{
    NewMember, PASSWORD_GUESSES, PASSWORD_MAX, PASSWORD_MIN, RegistrationForm, password_complaint,
    validate_registration,
};
pub use settings::{CurrencyUse, MEMORY_MAX_DAYS, SettingsChange, TypedSettings, may_trade_in};

//! The rules of PewPros Referrals. Pure: no async, no I/O, no clock and no randomness of its own.
//!
//! Every decision about money, attribution or a status is made here and tested here; the other
//! rooms load rows, ask one function of this crate, and write down what it decided.

mod amount;
mod attribution;
mod balance;
mod checkout;
mod checkout_session;
mod credit;
mod email;
mod field;
mod issuing;
pub mod model;
mod money;
mod notification;
mod plan;
mod platform;
mod product;
mod product_form;
mod referral;
mod referral_code;
mod referral_filter;
mod registration;
mod retry;
mod rights;
mod search;
mod settings;
mod site;
mod stripe_account;
mod stripe_keys;

pub use amount::{AMOUNT_MAX_CENTS, AmountError, parse_cents, sum_line};
pub use attribution::{Attribution, Ignored, Referrer, attribute};
pub use balance::{Balance, MemberBalance};
pub use checkout::{CheckoutNews, PurchaseState, after_news, counts_as_purchase, left_to_pay};
pub use checkout_session::{
    Again as CheckoutAgain, Awaited, NotListed, OPEN_AT_MOST, SessionState, Terms, WAITED_AT_MOST,
    asked_again, next_check, not_listed, sent_at_latest,
};
pub use credit::{
    CreditKey, Decision, Modes, Program, decide, event_is_of_mode, given, gives_way, other_mode,
};
pub use email::{EMAIL_MAX, Email};
pub use field::{FieldError, Refusal};
pub use issuing::{
    Again, CLOCKS_APART, CreditProgress, Fault, KEY_MEMORY, LONGEST_WAIT, MAX_ATTEMPTS, NextStep,
    Verdict, after_fault, after_unknown_customer, ask_key_from, backoff, entries_since,
    key_to_send, next_step, retry_from, spoils_key,
};
pub use money::{Currency, Money};
pub use notification::Notification;
pub use plan::Plan;
pub use platform::{
    Candidate, Owner, PassedOver, PlatformAttribution, attribute_platform, choose_customer,
    validate_partner,
};
pub use product::ProductKind;
pub use product_form::{
    DESCRIPTION_MAX, DETAIL_MAX, PRODUCT_NAME_MAX, ProductDraft, SUMMARY_MAX, TypedProduct,
    read_product, slug,
};
pub use referral::{FailureReason, ReferralStatus};
pub use referral_code::{CODE_ALPHABET, CODE_LENGTH, ReferralCode};
pub use referral_filter::{Cursor, REFERRALS_PATH, ReferralFilter, Sort, kind_name, kinds};
pub use registration::{
    NAME_MAX, NewMember, PASSWORD_GUESSES, PASSWORD_MAX, PASSWORD_MIN, RegistrationForm,
    password_complaint, validate_registration,
};
pub use retry::{Connected, GoesOn, NotRetried, can_go_on, goes_on, may_retry};
pub use rights::Rights;
pub use search::{beginnings, words_of};
pub use settings::{MEMORY_MAX_DAYS, SettingsChange, TypedSettings};
pub use site::SiteKind;
pub use stripe_account::{AccountAsked, KnownAccount, NotIdentified, which_account};
pub use stripe_keys::{
    KEY_MAX, NewStripeKeys, StripeBefore, StripeMode, TypedStripe, WEBHOOK_SECRET_MIN,
    read_stripe_keys, webhook_secrets_in,
};

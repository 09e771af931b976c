//! The parts of a page that also run in the browser: few and small. Each is a plain form or list at
//! first, and works as one until the browser has loaded the WASM.

mod account_form;
#[cfg(any(feature = "ssr", feature = "console"))]
pub mod admin;
mod any_view;
mod buy_button;
mod call;
mod checkout_form;
mod copy_field;
mod dashboard_tiles;
mod events;
mod field;
mod focus;
mod form;
mod friend_row;
mod labels;
mod notification_bell;
mod notification_list;
mod plan_receipt;
mod receipt;
mod referral_card;
mod release_button;
mod share_row;
mod toasts;
mod watch;

pub use account_form::{ACCOUNT_FORM, AccountForm, AccountFormKind};
pub use buy_button::BuyButton;
pub use checkout_form::CheckoutForm;
pub use copy_field::CopyField;
pub use dashboard_tiles::DashboardTiles;
pub use friend_row::friend_row;
pub use notification_bell::NotificationBell;
pub use notification_list::NotificationList;
pub use plan_receipt::PlanReceipt;
pub use receipt::Receipt;
pub use referral_card::ReferralCard;
pub use release_button::ReleaseButton;
pub use share_row::ShareRow;
pub use toasts::Toasts;

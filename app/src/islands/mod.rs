//! The parts of a page that also run in the browser: few and small. Each is a plain form or list at
//! first, and works as one until the browser has loaded the WASM.

#[cfg(any(feature = "ssr", feature = "console"))]
pub mod admin;
mod any_view;
mod call;
mod copy_field;
mod events;
mod field;
mod focus;
mod form;
mod icon;
mod labels;
mod live_text;
#[cfg(any(feature = "ssr", not(feature = "console")))]
mod members;
mod notification_bell;
mod toasts;

pub use copy_field::CopyField;
pub use icon::{ICONS, Icon, icon};
#[cfg(any(feature = "ssr", not(feature = "console")))]
pub use members::{
    ACCOUNT_FORM, AccountForm, AccountFormKind, BuyButton, CheckoutForm, DashboardTiles,
    NotificationList, PlanReceipt, Receipt, ReferralCard, ReleaseButton, ShareRow, friend_row,
};
pub use notification_bell::NotificationBell;
pub use toasts::Toasts;

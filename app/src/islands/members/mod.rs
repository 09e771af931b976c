//! The islands of members' pages; the console's file of the browser's part is without them.

mod account_form;
mod buy_button;
mod checkout_form;
mod dashboard_tiles;
mod friend_row;
mod notification_list;
mod on_dashboard;
mod plan_receipt;
mod receipt;
mod referral_card;
mod release_button;
mod share_row;
mod watch;

pub use account_form::{ACCOUNT_FORM, AccountForm, AccountFormKind};
pub use buy_button::BuyButton;
pub use checkout_form::CheckoutForm;
pub use dashboard_tiles::DashboardTiles;
pub use friend_row::friend_row;
pub use notification_list::NotificationList;
pub use plan_receipt::PlanReceipt;
pub use receipt::Receipt;
pub use referral_card::ReferralCard;
pub use release_button::ReleaseButton;
pub use share_row::ShareRow;

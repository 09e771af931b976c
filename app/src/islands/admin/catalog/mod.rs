//! The forms of Admin > Catalog.

mod product_form;
mod withdraw_button;

pub use product_form::ProductForm;
pub use withdraw_button::WithdrawButton;

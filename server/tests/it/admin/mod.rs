//! What an admin does, through the same functions as the console's forms.

mod audit;
mod catalog;
mod members;
mod referrals;
mod settings;
mod stripe;

//! What an admin does, through the functions that the console's forms call.

mod attention;
mod audit;
mod catalog;
mod mail;
mod members;
mod orders;
mod referrals;
mod settings;
mod stripe;

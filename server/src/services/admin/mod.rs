//! What an admin does: the console's ports. Each function begins with the right that it needs.

mod catalogue;
mod members;
mod partners;
mod referrals;
mod settings;

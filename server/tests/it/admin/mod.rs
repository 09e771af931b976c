//! What the staff does, through the functions that the console's forms call.

mod api_docs;
mod attach;
mod attention;
mod attention_digest;
mod audit;
mod catalog;
mod event_times;
mod general;
mod grants;
mod logs;
mod mail;
mod members;
mod orders;
mod policies;
mod recent_password;
mod referrals;
mod refunds;
mod same_addresses;
mod search;
mod security;
mod settings;
mod signing_secrets;
mod stripe;
mod team;
mod unusual_amounts;
mod voids;

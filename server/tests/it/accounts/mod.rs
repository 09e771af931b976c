//! Registering, signing in and out, and the protection of both.

mod address_at_stripe;
mod busy;
mod forgotten;
mod heard;
mod known_devices;
mod name_referrer;
mod origin;
mod own;
mod referral_mails;
mod registration;
mod second_factor;
mod sessions;
mod sign_in;
mod spellings;
mod take_back;
mod visitor;
mod who_referred;

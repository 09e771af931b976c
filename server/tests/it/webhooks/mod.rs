//! `POST /webhooks/stripe/{account}`.

mod checkout;
mod delivery;

//! Memberships and plans after their purchase: how Stripe has them, and the billing portal in which a
//! subscriber manages one (`docs/rules.md` 143 to 147). Events only say that something changed; what changed is
//! always read from Stripe, so that neither order nor repetition matters.

mod begin;
mod events;
mod portal;
mod read;

pub use begin::{begin, make_missing};
pub use events::apply;
pub use portal::{NoPortal, login_url, visit};
pub use read::read;

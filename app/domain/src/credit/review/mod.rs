//! The review of a credit: what was seen of a referral, and from how many signs on a person decides
//! (`docs/rules.md` 163 to 172).

mod decision;
mod seen;
mod sign;

pub use decision::{NotReviewed, ReviewFrom, ReviewState, is_under_review, review_of};
pub use seen::{MANY_AT_ONCE, Seen, SignInPlace};
pub use sign::{Sign, Signs};

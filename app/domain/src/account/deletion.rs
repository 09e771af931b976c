//! The deletion of an account: who may, when its last trace of a person goes, and what stands in the
//! place of one (`docs/rules.md` 101 to 105).

use time::{Date, Duration};

use super::Rights;
use crate::{credit::Balance, money::Money, referral::PaidPurchase};

/// What stands in the place of the names.
pub const DELETED_FIRST_NAME: &str = "Deleted";
pub const DELETED_LAST_NAME: &str = "member";

/// After this long the person's data goes, whatever Stripe has not answered (GDPR, Article 12: a month).
pub const ERASED_AT_LATEST: Duration = Duration::days(30);

/// The longest wait before what is left of a deletion is tried again.
pub const TRIED_AGAIN_AT_LATEST: Duration = Duration::hours(6);

/// How long to wait before what is left of a deletion is tried again, `waited` after it was asked for: a
/// quarter of that time, so that a Stripe account whose key was revoked for good is not asked each minute.
/// The person's data does not wait for longer than [`ERASED_AT_LATEST`].
pub fn next_try(waited: Duration) -> Duration {
    let wait = Duration::seconds(waited.whole_seconds() / 4);
    let wait = wait.clamp(Duration::MINUTE, TRIED_AGAIN_AT_LATEST);
    let left = ERASED_AT_LATEST - waited;
    if left.is_positive() {
        wait.min(left)
    } else {
        wait
    }
}

/// What stands in the place of the date of birth.
pub fn deleted_birth() -> Date {
    // 1900 is a year of the calendar, so this is no fallback.
    Date::from_ordinal_date(1900, 1).unwrap_or(Date::MIN)
}

/// Whether the data of these names is gone.
pub(super) fn is_deleted(first_name: &str, last_name: &str) -> bool {
    (first_name, last_name) == (DELETED_FIRST_NAME, DELETED_LAST_NAME)
}

/// A friend's name as the referrer reads it: `Jane D.`, and `Deleted member` in full.
pub fn short_name(first_name: &str, last_name: &str) -> String {
    match last_name.chars().next() {
        Some(_) if is_deleted(first_name, last_name) => format!("{first_name} {last_name}"),
        Some(initial) => format!("{first_name} {initial}."),
        None => first_name.to_owned(),
    }
}

/// Why an account is not deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDeleted {
    /// The member has a role in the console, which must be given up first.
    HasRights,
    /// This much credit would be lost, and the loss of another amount was confirmed, or of none.
    CreditNotConfirmed(Money),
}

/// The credit that ends with an account: what is on the balance, what open purchases hold of it, which goes
/// back there, and what is `on_hold` and is not issued any more (`docs/rules.md` 136). What was owed is not.
pub fn forfeited(balance: &Balance, reserved: Money, on_hold: Money) -> Money {
    let there = balance.available().map_or(0, Money::cents);
    let cents = there.saturating_add(reserved.cents());
    Money::new(cents.saturating_add(on_hold.cents()), reserved.currency())
}

/// Whether a member with these rights may delete the account. `forfeited` is the credit that is lost
/// with it, `confirmed` the amount, in cents, of which they said so.
///
/// # Errors
/// [`NotDeleted`] says why not.
pub fn may_delete(
    rights: Rights,
    forfeited: Money,
    confirmed: Option<i64>,
) -> Result<(), NotDeleted> {
    match rights.any() {
        true => Err(NotDeleted::HasRights),
        false if confirmed.unwrap_or(0) == forfeited.cents().max(0) => Ok(()),
        false => Err(NotDeleted::CreditNotConfirmed(forfeited)),
    }
}

/// Whether the person's data goes now: once nothing is `open`, or after [`ERASED_AT_LATEST`]. `waited` is
/// the time since the deletion was asked for.
pub fn may_erase(open: bool, waited: Duration) -> bool {
    !open || waited >= ERASED_AT_LATEST
}

/// Whether one of these purchases was a first purchase that can earn a referrer a credit, so that the
/// same person is no new friend later.
pub fn had_first_purchase(purchases: &[PaidPurchase]) -> bool {
    let counts = |one: &PaidPurchase| {
        let paid = one.paid.is_some_and(Money::is_positive);
        paid && !one.undone
    };
    purchases.iter().any(counts)
}

/// Whether a text names the member: it has a name or the address of theirs as a word.
pub fn names_member(text: &str, first_name: &str, last_name: &str, email: &str) -> bool {
    let text = text.to_lowercase();
    let words: Vec<_> = text
        .split(|letter: char| !letter.is_alphanumeric())
        .collect();
    let is_named = |name: &str| {
        let name = name.to_lowercase();
        let parts = name.split(|letter: char| !letter.is_alphanumeric());
        let mut parts = parts.filter(|part| part.chars().count() > 1);
        parts.any(|part| words.contains(&part))
    };
    text.contains(&email.to_lowercase()) || is_named(first_name) || is_named(last_name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{account::Role, money::Currency, purchase::CreditCheck};

    fn usd(cents: i64) -> Money {
        Money::new(cents, Currency::Usd)
    }

    #[test]
    fn whoever_has_rights_gives_them_up_first() {
        for role in Role::ALL {
            let rights = Rights::default().with(role);
            let refused = may_delete(rights, usd(0), None);
            assert_eq!(refused, Err(NotDeleted::HasRights));
        }
        assert_eq!(may_delete(Rights::default(), usd(0), None), Ok(()));
    }

    #[test]
    fn what_is_lost_is_on_the_balance_or_comes_back_to_it() {
        for (balance, lost) in [
            (Balance::Credit(usd(1000)), 1500),
            (Balance::LastKnown(usd(1000)), 1500),
            (Balance::Debt(usd(1000)), 500),
            (Balance::Empty, 500),
            (Balance::Unknown, 500),
            (Balance::NotConnected, 500),
        ] {
            let forfeited = |on_hold| forfeited(&balance, usd(500), usd(on_hold));
            assert_eq!(forfeited(0), usd(lost), "{balance:?}");
            assert_eq!(forfeited(700), usd(lost + 700), "{balance:?}");
        }
    }

    #[test]
    fn a_friend_is_short_and_a_deleted_one_is_told() {
        assert_eq!(short_name("Jane", "Doe"), "Jane D.");
        assert_eq!(short_name("Jane", ""), "Jane");
        let deleted = short_name(DELETED_FIRST_NAME, DELETED_LAST_NAME);
        assert_eq!(deleted, "Deleted member");
        assert_eq!(deleted_birth().year(), 1900);
    }

    #[test]
    fn what_was_paid_makes_a_first_purchase() {
        let paid = |cents| PaidPurchase {
            check: CreditCheck::Done,
            decided: None,
            paid: Some(usd(cents)),
            undone: false,
        };
        let undone = PaidPurchase {
            undone: true,
            ..paid(4500)
        };
        let foreign = PaidPurchase {
            paid: None,
            ..paid(0)
        };
        assert!(!had_first_purchase(&[]));
        assert!(!had_first_purchase(&[paid(0), undone, foreign]));
        assert!(had_first_purchase(&[paid(0), paid(1)]));
    }

    #[test]
    fn a_reason_does_not_name_the_member() {
        let names = |text| names_member(text, "Ana Lucía", "O'Neil", "ana@example.com");
        for named in [
            "Ana asked for it",
            "asked by lucía",
            "for Mrs. Neil.",
            "mail of ANA@example.com",
        ] {
            assert!(names(named), "{named}");
        }
        for other in ["Banana", "The member asked for it by phone", "o, no"] {
            assert!(!names(other), "{other}");
        }
    }

    proptest! {
        /// Nobody loses credit of another amount than they confirmed.
        #[test]
        fn only_the_amount_that_was_told_is_lost(lost in 0i64..1_000_000, said in prop::option::of(0i64..1_000_000)) {
            let allowed = may_delete(Rights::default(), usd(lost), said).is_ok();
            prop_assert_eq!(allowed, said.unwrap_or(0) == lost);
            prop_assert_eq!(may_delete(Rights::default(), usd(lost), Some(lost)), Ok(()));
        }

        /// The data waits for what is open, and for no longer than a month.
        #[test]
        fn the_data_goes_within_a_month(open: bool, hours in 0i64..2_000) {
            let waited = Duration::hours(hours);
            prop_assert_eq!(may_erase(open, waited), !open || hours >= 30 * 24);
        }

        /// Each try comes after the one before, some hours later at most, and one on the last day.
        #[test]
        fn what_is_left_is_tried_again_ever_less_often(seconds in -100i64..10_000_000) {
            let waited = Duration::seconds(seconds);
            let wait = next_try(waited);
            prop_assert!(wait.is_positive() && wait <= TRIED_AGAIN_AT_LATEST);
            if waited < ERASED_AT_LATEST {
                prop_assert!(waited + wait <= ERASED_AT_LATEST);
            }
        }
    }
}

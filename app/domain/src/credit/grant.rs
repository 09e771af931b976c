//! Credit that staff gives and takes by hand: who gives how much, and what can be taken
//! (`docs/rules.md` 139 and 140).

use crate::{
    account::{PlatformRole, Role, TenantRole},
    money::{Currency, Money},
};

/// The most that an owner gives at once, in cents of the site's currency.
const OWNER: i64 = 50_000;
/// The most that a manager gives at once, in cents of the site's currency.
const MANAGER: i64 = 10_000;

/// Why a credit is not given by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotGiven {
    /// It is nothing, or less.
    NotPositive,
    /// The role gives this much at once at most.
    TooMuch(Money),
    /// The role gives no credit.
    NotByRole,
}

impl NotGiven {
    /// The sentence beside the amount.
    pub fn sentence(self) -> String {
        match self {
            Self::NotPositive => NOT_POSITIVE.to_owned(),
            Self::TooMuch(most) => format!("Your role can give at most {most} at once."),
            Self::NotByRole => "Your role cannot give credit.".to_owned(),
        }
    }
}

/// Why credit is not taken by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// It is nothing, or less.
    NotPositive,
    /// Only this much is on the balance.
    TooMuch(Money),
}

impl NotTaken {
    /// The sentence beside the amount.
    pub fn sentence(self) -> String {
        match self {
            Self::NotPositive => NOT_POSITIVE.to_owned(),
            Self::TooMuch(available) if available.is_positive() => {
                format!("Only {available} is on the balance.")
            }
            Self::TooMuch(_) => "Nothing is on the balance.".to_owned(),
        }
    }
}

const NOT_POSITIVE: &str = "Enter an amount above 0.";

/// The most that a role gives at once; `None` if it gives none.
pub fn most_given(role: Role, currency: Currency) -> Option<Money> {
    let cents = match role {
        Role::Tenant(TenantRole::Owner) | Role::Platform(PlatformRole::Owner) => OWNER,
        Role::Tenant(TenantRole::Manager) | Role::Platform(PlatformRole::Manager) => MANAGER,
        Role::Tenant(TenantRole::Desk | TenantRole::Viewer) => return None,
    };
    Some(Money::new(cents, currency))
}

/// Whether the role gives this amount at once.
///
/// # Errors
/// [`NotGiven`] says why not.
pub fn may_give(role: Role, amount: Money) -> Result<(), NotGiven> {
    let most = most_given(role, amount.currency()).ok_or(NotGiven::NotByRole)?;
    match amount.cents() {
        ..=0 => Err(NotGiven::NotPositive),
        cents if cents > most.cents() => Err(NotGiven::TooMuch(most)),
        _ => Ok(()),
    }
}

/// Whether this amount can be taken from a balance that holds `available`.
///
/// # Errors
/// [`NotTaken`] says why not.
pub fn may_take(amount: Money, available: Money) -> Result<(), NotTaken> {
    if !amount.is_positive() {
        return Err(NotTaken::NotPositive);
    }
    let is_there = amount.currency() == available.currency() && amount.cents() <= available.cents();
    match is_there {
        true => Ok(()),
        false => Err(NotTaken::TooMuch(available)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::account::Permission;

    fn usd(cents: i64) -> Money {
        Money::new(cents, Currency::Usd)
    }

    #[test]
    fn a_role_gives_what_it_may_and_no_cent_more() {
        for role in Role::ALL {
            let most = most_given(role, Currency::Usd);
            assert_eq!(
                most.is_some(),
                role.may(Permission::ManageCredits),
                "{role:?}"
            );
            let Some(most) = most else {
                assert_eq!(may_give(role, usd(1)), Err(NotGiven::NotByRole));
                continue;
            };
            assert_eq!(may_give(role, usd(1)), Ok(()));
            assert_eq!(may_give(role, most), Ok(()));
            let more = usd(most.cents() + 1);
            assert_eq!(may_give(role, more), Err(NotGiven::TooMuch(most)));
            for cents in [0, -500, i64::MIN] {
                assert_eq!(may_give(role, usd(cents)), Err(NotGiven::NotPositive));
            }
        }
    }

    #[test]
    fn the_caps_are_in_the_sites_currency() {
        let owner = Role::Tenant(TenantRole::Owner);
        let most = |currency| most_given(owner, currency).map(|most| most.to_string());
        assert_eq!(most(Currency::Usd).as_deref(), Some("$500.00"));
        assert_eq!(most(Currency::Eur).as_deref(), Some("€500.00"));
        let manager = Role::Platform(PlatformRole::Manager);
        let sentence = may_give(manager, usd(1_000_000_000))
            .unwrap_err()
            .sentence();
        assert_eq!(sentence, "Your role can give at most $100.00 at once.");
    }

    #[test]
    fn what_is_not_there_is_not_taken() {
        let euros = Money::new(100, Currency::Eur);
        assert!(may_take(usd(100), euros).is_err());
        let sentence = |available| may_take(usd(1001), usd(available)).unwrap_err().sentence();
        assert_eq!(sentence(1000), "Only $10.00 is on the balance.");
        assert_eq!(sentence(0), "Nothing is on the balance.");
        assert_eq!(sentence(-500), "Nothing is on the balance.");
    }

    proptest! {
        #[test]
        fn taking_leaves_no_debt(cents in -1000_i64..100_000, available in -50_000_i64..50_000) {
            let taken = may_take(usd(cents), usd(available));
            prop_assert_eq!(taken.is_ok(), cents > 0 && cents <= available);
        }
    }
}

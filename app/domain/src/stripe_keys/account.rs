//! Which account of Stripe a secret key belongs to. An account is known by its owner, its `acct_…` and
//! its mode, never by its key: keys are rolled (Stripe, "API keys").

/// What Stripe said when it was asked for the account of a key (`GET /v1/account`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountAsked {
    /// `acct_…`.
    Told(String),
    /// The key is restricted and may not ask (403).
    MayNotAsk,
    /// No account has this key (401).
    WrongKey,
    /// Stripe did not answer.
    Unanswered,
}

/// An account that the owner has or had, in the mode of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAccount<Id> {
    /// Which.
    pub id: Id,
    /// It is the one that is connected now.
    pub connected: bool,
    /// `acct_…`; `None` until Stripe told it.
    pub stripe_account: Option<String>,
    /// The key was shown to be this account's: an object of ours was found under it, or the account's
    /// former key is of the same account.
    pub proven: bool,
}

/// Why the keys are not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotIdentified {
    /// Stripe does not know the key.
    WrongKey,
    /// Stripe does not answer, so nobody knows whose key it is.
    Unanswered,
    /// Somebody said that it is the connected account's, and it is another's.
    AnotherAccount,
    /// The key may not say whose it is and nothing shows it: a person has to.
    AskAPerson,
}

/// The account that a key belongs to; `Ok(None)`: one that the owner never had.
///
/// `same_account`: somebody says that it is the connected one.
///
/// # Errors
/// Why that is not known.
pub fn which_account<Id: Copy + PartialEq>(
    asked: &AccountAsked,
    known: &[KnownAccount<Id>],
    same_account: bool,
) -> Result<Option<Id>, NotIdentified> {
    let connected = known.iter().find(|account| account.connected);
    let proven = known.iter().find(|account| account.proven);
    let said = connected.filter(|_| same_account);
    match asked {
        AccountAsked::WrongKey => Err(NotIdentified::WrongKey),
        AccountAsked::Unanswered => match said {
            Some(account) => Ok(Some(account.id)),
            None => Err(NotIdentified::Unanswered),
        },
        AccountAsked::MayNotAsk => match (proven, said, connected) {
            (Some(account), ..) | (None, Some(account), _) => Ok(Some(account.id)),
            (None, None, Some(_)) => Err(NotIdentified::AskAPerson),
            (None, None, None) => Ok(None),
        },
        AccountAsked::Told(told) => {
            let is_told =
                |account: &&KnownAccount<Id>| account.stripe_account.as_ref() == Some(told);
            let unnamed = proven.filter(|account| account.stripe_account.is_none());
            let found = known.iter().find(is_told).or(unnamed);
            match (said, found) {
                (Some(said), Some(found)) if said.id == found.id => Ok(Some(found.id)),
                (Some(said), None) if said.stripe_account.is_none() => Ok(Some(said.id)),
                (Some(_), _) => Err(NotIdentified::AnotherAccount),
                (None, found) => Ok(found.map(|account| account.id)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONNECTED: KnownAccount<i64> = KnownAccount {
        id: 1,
        connected: true,
        stripe_account: None,
        proven: false,
    };
    const FORMER: KnownAccount<i64> = KnownAccount {
        id: 2,
        connected: false,
        ..CONNECTED
    };

    fn named(account: KnownAccount<i64>, name: &str) -> KnownAccount<i64> {
        KnownAccount {
            stripe_account: Some(name.to_owned()),
            ..account
        }
    }

    fn proven(account: KnownAccount<i64>) -> KnownAccount<i64> {
        KnownAccount {
            proven: true,
            ..account
        }
    }

    fn told() -> AccountAsked {
        AccountAsked::Told("acct_1".to_owned())
    }

    #[test]
    fn an_account_is_found_again_by_its_name() {
        for known in [
            vec![named(FORMER, "acct_1")],
            vec![named(CONNECTED, "acct_2"), named(FORMER, "acct_1")],
            vec![CONNECTED, named(FORMER, "acct_1")],
            vec![named(CONNECTED, "acct_2"), proven(FORMER)],
        ] {
            assert_eq!(which_account(&told(), &known, false), Ok(Some(2)));
        }
        let rolled = [named(CONNECTED, "acct_1")];
        for same_account in [false, true] {
            let found = which_account(&told(), &rolled, same_account);
            assert_eq!(found, Ok(Some(1)));
        }
    }

    #[test]
    fn an_account_that_the_owner_never_had_is_new() {
        for known in [vec![], vec![CONNECTED], vec![named(CONNECTED, "acct_2")]] {
            assert_eq!(which_account(&told(), &known, false), Ok(None));
        }
        let none = which_account(&AccountAsked::MayNotAsk, &[FORMER], false);
        assert_eq!(none, Ok(None));
    }

    #[test]
    fn what_a_person_says_stands_where_stripe_does_not_say_otherwise() {
        assert_eq!(which_account(&told(), &[CONNECTED], true), Ok(Some(1)));
        for known in [
            vec![named(CONNECTED, "acct_2")],
            vec![CONNECTED, named(FORMER, "acct_1")],
            vec![CONNECTED, proven(FORMER)],
        ] {
            let refused = which_account(&told(), &known, true);
            assert_eq!(refused, Err(NotIdentified::AnotherAccount));
        }
        for asked in [AccountAsked::MayNotAsk, AccountAsked::Unanswered] {
            let said = which_account(&asked, &[CONNECTED, FORMER], true);
            assert_eq!(said, Ok(Some(1)), "{asked:?}");
        }
    }

    #[test]
    fn without_an_answer_nothing_is_taken_for_granted() {
        let known = [proven(CONNECTED)];
        let asked = which_account(&AccountAsked::Unanswered, &known, false);
        assert_eq!(asked, Err(NotIdentified::Unanswered));
        let asked = which_account(&AccountAsked::WrongKey, &known, true);
        assert_eq!(asked, Err(NotIdentified::WrongKey));
    }

    #[test]
    fn a_restricted_key_is_known_by_what_it_can_see() {
        let asked = AccountAsked::MayNotAsk;
        let former = [CONNECTED, proven(FORMER)];
        assert_eq!(which_account(&asked, &former, false), Ok(Some(2)));
        let unproven = which_account(&asked, &[CONNECTED], false);
        assert_eq!(unproven, Err(NotIdentified::AskAPerson));
    }
}

//! Decides which Stripe account a secret key belongs to. An account is identified by its owner, its
//! `acct_…` and its mode, never by its key, because keys are rolled (Stripe, "API keys").

/// Stripe's answer about the account of a key (`GET /v1/account`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountAnswer {
    /// `acct_…`.
    Account(String),
    /// The key is restricted and may not read the account (403).
    MayNotAsk,
    /// No account has this key (401).
    WrongKey,
    Unanswered,
}

impl AccountAnswer {
    /// `acct_…`, if Stripe said it.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Account(account) => Some(account),
            Self::MayNotAsk | Self::WrongKey | Self::Unanswered => None,
        }
    }
}

/// An account that the owner has or had, in the key's mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAccount<Id> {
    pub id: Id,
    /// Whether it is connected now.
    pub connected: bool,
    /// `acct_…`; `None` if Stripe has not said it yet.
    pub stripe_account: Option<String>,
    /// Whether the key is shown to belong to this account: it can read an object of ours there, or
    /// the account's former key names the same account.
    pub proven: bool,
}

/// Why the keys are not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotIdentified {
    /// Stripe does not know the key.
    WrongKey,
    /// Stripe does not answer, so the key's account is unknown.
    Unanswered,
    /// The admin said that the key belongs to the connected account, but it belongs to another.
    AnotherAccount,
    /// The key may not read its account and nothing shows which it is, so the admin must decide.
    AskAPerson,
}

/// The known account that the key belongs to; `Ok(None)` if it is a new one.
///
/// `same_account` is the admin's statement that the key belongs to the connected account.
///
/// # Errors
/// [`NotIdentified`] says why the account is unknown.
pub fn which_account<Id: Copy + PartialEq>(
    asked: &AccountAnswer,
    known: &[KnownAccount<Id>],
    same_account: bool,
) -> Result<Option<Id>, NotIdentified> {
    let connected = known.iter().find(|account| account.connected);
    let proven = known.iter().find(|account| account.proven);
    let said = connected.filter(|_| same_account);
    match asked {
        AccountAnswer::WrongKey => Err(NotIdentified::WrongKey),
        AccountAnswer::Unanswered => match said {
            Some(account) => Ok(Some(account.id)),
            None => Err(NotIdentified::Unanswered),
        },
        AccountAnswer::MayNotAsk => match (proven, said, connected) {
            (Some(account), ..) | (None, Some(account), _) => Ok(Some(account.id)),
            (None, None, Some(_)) => Err(NotIdentified::AskAPerson),
            (None, None, None) => Ok(None),
        },
        AccountAnswer::Account(named) => {
            let is_told =
                |account: &&KnownAccount<Id>| account.stripe_account.as_ref() == Some(named);
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

    fn answered() -> AccountAnswer {
        AccountAnswer::Account("acct_1".to_owned())
    }

    #[test]
    fn an_account_is_found_again_by_its_name() {
        for known in [
            vec![named(FORMER, "acct_1")],
            vec![named(CONNECTED, "acct_2"), named(FORMER, "acct_1")],
            vec![CONNECTED, named(FORMER, "acct_1")],
            vec![named(CONNECTED, "acct_2"), proven(FORMER)],
        ] {
            assert_eq!(which_account(&answered(), &known, false), Ok(Some(2)));
        }
        let rolled = [named(CONNECTED, "acct_1")];
        for same_account in [false, true] {
            let found = which_account(&answered(), &rolled, same_account);
            assert_eq!(found, Ok(Some(1)));
        }
    }

    #[test]
    fn an_account_that_the_owner_never_had_is_new() {
        for known in [vec![], vec![CONNECTED], vec![named(CONNECTED, "acct_2")]] {
            assert_eq!(which_account(&answered(), &known, false), Ok(None));
        }
        let none = which_account(&AccountAnswer::MayNotAsk, &[FORMER], false);
        assert_eq!(none, Ok(None));
    }

    #[test]
    fn what_a_person_says_stands_where_stripe_does_not_say_otherwise() {
        assert_eq!(which_account(&answered(), &[CONNECTED], true), Ok(Some(1)));
        for known in [
            vec![named(CONNECTED, "acct_2")],
            vec![CONNECTED, named(FORMER, "acct_1")],
            vec![CONNECTED, proven(FORMER)],
        ] {
            let refused = which_account(&answered(), &known, true);
            assert_eq!(refused, Err(NotIdentified::AnotherAccount));
        }
        for asked in [AccountAnswer::MayNotAsk, AccountAnswer::Unanswered] {
            let said = which_account(&asked, &[CONNECTED, FORMER], true);
            assert_eq!(said, Ok(Some(1)), "{asked:?}");
        }
    }

    #[test]
    fn without_an_answer_nothing_is_taken_for_granted() {
        let known = [proven(CONNECTED)];
        let asked = which_account(&AccountAnswer::Unanswered, &known, false);
        assert_eq!(asked, Err(NotIdentified::Unanswered));
        let asked = which_account(&AccountAnswer::WrongKey, &known, true);
        assert_eq!(asked, Err(NotIdentified::WrongKey));
    }

    #[test]
    fn a_restricted_key_is_known_by_what_it_can_see() {
        let asked = AccountAnswer::MayNotAsk;
        let former = [CONNECTED, proven(FORMER)];
        assert_eq!(which_account(&asked, &former, false), Ok(Some(2)));
        let unproven = which_account(&asked, &[CONNECTED], false);
        assert_eq!(unproven, Err(NotIdentified::AskAPerson));
    }
}

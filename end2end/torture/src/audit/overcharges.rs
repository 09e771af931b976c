//! What a subscription's page charged, against what was due when it was shown.

/// A Checkout session at Stripe.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// `cs_…`
    pub id: String,
    /// The account's first secret key.
    pub account: String,
    /// The address of the customer.
    pub email: String,
    /// Seconds since 1970, UTC.
    pub created: i64,
    /// Cents, before the balance.
    pub total: i64,
    /// The buyer has finished, whether the money has come or not.
    pub complete: bool,
    /// The money has come.
    pub paid: bool,
    /// Of a subscription: the balance pays first.
    pub subscription: bool,
}

/// An entry on a customer's balance, of whichever kind.
#[derive(Clone, Debug, Default)]
pub struct Movement {
    /// The account's first secret key.
    pub account: String,
    /// The address of the customer.
    pub email: String,
    /// Seconds since 1970, UTC.
    pub created: i64,
    /// Signed as Stripe signs it: what is below zero is credit.
    pub cents: i64,
    /// The Checkout session that took it from the balance, or gave it back.
    pub session: Option<String>,
}

/// Sessions, oldest first, that charged more than the price less what the balance held when they were
/// made. What another page of the same person holds counts as held by the balance, unless that page
/// was completed. Credit of the same second is left out: which of the two came first is not known.
pub fn overcharged(sessions: &[Session], movements: &[Movement]) -> Vec<String> {
    let spent = |session: &Session| -> i64 {
        let of_session = movements
            .iter()
            .filter(|movement| movement.session.as_deref() == Some(session.id.as_str()));
        of_session.map(|movement| movement.cents).sum()
    };
    let mut found = Vec::new();
    for (number, session) in sessions.iter().enumerate() {
        if !(session.subscription && session.paid) {
            continue;
        }
        let credit: i64 = movements
            .iter()
            .filter(|movement| movement.session.is_none())
            .filter(|movement| movement.account == session.account)
            .filter(|movement| movement.email == session.email)
            .filter(|movement| movement.created < session.created)
            .map(|movement| -movement.cents)
            .sum();
        let spent_before: i64 = sessions[..number]
            .iter()
            .filter(|other| other.complete)
            .filter(|other| other.account == session.account && other.email == session.email)
            .map(spent)
            .sum();
        let available = (credit - spent_before).max(0);
        let due = (session.total - available).max(0);
        let charged = session.total - spent(session);
        if charged > due {
            found.push(format!("{charged} cents and not {due} for {session:?}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(id: &str, created: i64) -> Session {
        Session {
            id: id.into(),
            account: "sk_test_a".into(),
            email: "mia@example.com".into(),
            created,
            total: 3900,
            complete: true,
            paid: true,
            subscription: true,
        }
    }

    fn movement(cents: i64, created: i64, session: Option<&str>) -> Movement {
        Movement {
            account: "sk_test_a".into(),
            email: "mia@example.com".into(),
            created,
            cents,
            session: session.map(str::to_owned),
        }
    }

    /// $40, of which the first page takes $39.
    fn movements() -> Vec<Movement> {
        vec![movement(-4000, 1, None), movement(3900, 5, Some("cs_1"))]
    }

    #[test]
    fn what_another_open_page_holds_is_not_charged_again() {
        let mut left_open = session("cs_1", 5);
        (left_open.complete, left_open.paid) = (false, false);
        let mut movements = movements();
        movements.push(movement(100, 6, Some("cs_2")));
        let sessions = [left_open.clone(), session("cs_2", 6)];
        let found = overcharged(&sessions, &movements);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("3800 cents and not 0"), "{found:?}");
        // Ended first, it gave back what it held.
        let movements = [
            movement(-4000, 1, None),
            movement(3900, 5, Some("cs_1")),
            movement(-3900, 6, Some("cs_1")),
            movement(3900, 6, Some("cs_2")),
        ];
        assert!(overcharged(&sessions, &movements).is_empty());
    }

    #[test]
    fn what_was_bought_before_is_spent() {
        let mut movements = movements();
        movements.push(movement(100, 6, Some("cs_2")));
        let sessions = [session("cs_1", 5), session("cs_2", 6)];
        assert!(overcharged(&sessions, &movements).is_empty());
    }

    #[test]
    fn a_balance_that_is_not_used_is_charged_too_much() {
        let credit = [movement(-1000, 1, None)];
        assert_eq!(overcharged(&[session("cs_1", 5)], &credit).len(), 1);
        assert!(overcharged(&[session("cs_1", 1)], &credit).is_empty());
        let mut ticket = session("cs_1", 5);
        ticket.subscription = false;
        assert!(overcharged(&[ticket], &credit).is_empty());
        let mut of_somebody_else = session("cs_1", 5);
        of_somebody_else.email = "noah@example.com".into();
        assert!(overcharged(&[of_somebody_else], &credit).is_empty());
    }
}

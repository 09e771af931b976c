//! Compares what a Checkout session in subscription mode charged with what was due when it was
//! created.

#[derive(Clone, Debug, Default)]
pub struct Session {
    /// `cs_…`
    pub id: String,
    /// The account's first secret key.
    pub account: String,
    /// Email of the customer.
    pub email: String,
    /// Seconds since 1970, UTC.
    pub created: i64,
    /// Cents, before the balance is applied.
    pub total: i64,
    /// Cents that a coupon took off.
    pub discount: i64,
    /// Whether the buyer can still pay.
    pub open: bool,
    /// Whether the buyer completed it, paid or not.
    pub complete: bool,
    /// Whether it is paid.
    pub paid: bool,
    /// Whether it is in subscription mode, so that the balance pays first.
    pub subscription: bool,
}

/// A balance transaction of any type.
#[derive(Clone, Debug, Default)]
pub struct BalanceTransaction {
    /// The account's first secret key.
    pub account: String,
    /// Email of the customer.
    pub email: String,
    /// Seconds since 1970, UTC.
    pub created: i64,
    /// Cents with Stripe's sign: negative is a credit.
    pub cents: i64,
    /// The Checkout session that applied or restored the balance.
    pub session: Option<String>,
}

/// Finds sessions that charged more than their price less the balance at their creation. `sessions`
/// must be in order of creation. Balance that another session of the same customer has applied
/// counts as available, unless that session was completed. A credit in the same second is left out,
/// because its order is unknown.
pub fn overcharged(sessions: &[Session], transactions: &[BalanceTransaction]) -> Vec<String> {
    let applied = |session: &Session| -> i64 {
        let of_session = transactions
            .iter()
            .filter(|transaction| transaction.session.as_deref() == Some(session.id.as_str()));
        of_session.map(|transaction| transaction.cents).sum()
    };
    let mut findings = Vec::new();
    for (index, session) in sessions.iter().enumerate() {
        if !(session.subscription && session.paid) {
            continue;
        }
        let credit: i64 = transactions
            .iter()
            .filter(|transaction| transaction.session.is_none())
            .filter(|transaction| transaction.account == session.account)
            .filter(|transaction| transaction.email == session.email)
            .filter(|transaction| {
                // A debit in the same second may have come first; a credit may not.
                let same = transaction.created == session.created && transaction.cents > 0;
                transaction.created < session.created || same
            })
            .map(|transaction| -transaction.cents)
            .sum();
        let applied_before: i64 = sessions[..index]
            .iter()
            .filter(|other| other.complete)
            .filter(|other| other.account == session.account && other.email == session.email)
            .map(applied)
            .sum();
        let available = (credit - applied_before).max(0);
        let due = (session.total - available).max(0);
        let charged = session.total - applied(session);
        if charged > due {
            findings.push(format!("{charged} cents and not {due} for {session:?}"));
        }
    }
    findings
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
            discount: 0,
            open: false,
            complete: true,
            paid: true,
            subscription: true,
        }
    }

    fn transaction(cents: i64, created: i64, session: Option<&str>) -> BalanceTransaction {
        BalanceTransaction {
            account: "sk_test_a".into(),
            email: "mia@example.com".into(),
            created,
            cents,
            session: session.map(str::to_owned),
        }
    }

    /// A credit of $40, of which the first session applies $39.
    fn transactions() -> Vec<BalanceTransaction> {
        vec![
            transaction(-4000, 1, None),
            transaction(3900, 5, Some("cs_1")),
        ]
    }

    #[test]
    fn balance_applied_by_another_open_session_must_not_be_charged_again() {
        let mut left_open = session("cs_1", 5);
        (left_open.complete, left_open.paid) = (false, false);
        let mut transactions = transactions();
        transactions.push(transaction(100, 6, Some("cs_2")));
        let sessions = [left_open.clone(), session("cs_2", 6)];
        let findings = overcharged(&sessions, &transactions);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(
            findings[0].starts_with("3800 cents and not 0"),
            "{findings:?}"
        );
        // If the first session ends before, it restores the balance that it had applied.
        let transactions = [
            transaction(-4000, 1, None),
            transaction(3900, 5, Some("cs_1")),
            transaction(-3900, 6, Some("cs_1")),
            transaction(3900, 6, Some("cs_2")),
        ];
        assert!(overcharged(&sessions, &transactions).is_empty());
    }

    #[test]
    fn balance_applied_by_completed_sessions_is_spent() {
        let mut transactions = transactions();
        transactions.push(transaction(100, 6, Some("cs_2")));
        let sessions = [session("cs_1", 5), session("cs_2", 6)];
        assert!(overcharged(&sessions, &transactions).is_empty());
    }

    #[test]
    fn ignoring_the_balance_is_an_overcharge() {
        let credit = [transaction(-1000, 1, None)];
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

//! Why a member's balance changed, in the words of the statement.

use crate::credit::ReversalCause;

/// The reason of one change of a balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BalanceChange {
    /// A referral earned it; holds the friend: `Jane D.`, empty if unknown.
    Earned(String),
    /// It pays for a purchase; holds the product's name.
    Spent(String),
    /// It is held for a purchase that is not paid yet; holds the product's name.
    Reserved(String),
    /// It went back, because the purchase was not paid; holds the product's name.
    Returned(String),
    /// It went back, because the sale was undone; holds the product's name.
    Undone(String),
    /// It went back, because the purchase was refunded; holds the product's name.
    Refunded(String),
    /// It was taken back; holds the friend, and why, if that is known.
    Reversed(String, Option<ReversalCause>),
    /// Staff gave or took it by hand, for this reason; empty if that was forgotten with the account.
    ByStaff(String),
    /// What was taken back is given again, because the purchase stands after all; holds the friend.
    Reinstated(String),
    /// A part of what was taken back or moved was returned, because the balance did not hold it.
    Restored,
    /// It left another customer of the member's at Stripe, or arrived from there.
    Moved,
    /// Stripe took it for a membership, or gave back what the membership's payment page held; holds
    /// the membership's name.
    Membership(String),
    /// Stripe applied the balance to an invoice, or gave it back.
    Invoice,
    /// A debit or return of ours that this database does not know, as after a backup was restored.
    NotInLedger,
    /// Somebody changed the balance in Stripe's dashboard.
    Adjustment,
}

impl BalanceChange {
    /// The reason of a balance transaction that is not ours, from its `type` at Stripe (Stripe,
    /// "The customer balance transaction object").
    pub fn of_stripe(kind: &str) -> Self {
        match kind {
            "adjustment" | "initial" => Self::Adjustment,
            _ => Self::Invoice,
        }
    }

    /// The sentence on the statement of `site`. `is_credit` says that the balance grew.
    pub fn sentence(&self, site: &str, is_credit: bool) -> String {
        match (self, is_credit) {
            (Self::Earned(friend), _) if friend.is_empty() => "Earned by a referral".to_owned(),
            (Self::Earned(friend), _) => format!("Earned by referring {friend}"),
            (Self::Spent(product), _) => format!("Used for {product}"),
            (Self::Reserved(product), _) => format!("Reserved for {product}"),
            (Self::Returned(product), _) => format!("Returned: {product} was not paid"),
            (Self::Undone(product), _) => format!("Returned: the sale of {product} was undone"),
            (Self::Refunded(product), _) => format!("Returned: {product} was refunded"),
            (Self::Reversed(friend, cause), _) => {
                format!("Taken back: {}", taken_back(friend, *cause))
            }
            (Self::ByStaff(reason), is_credit) => {
                let what = if is_credit { "Given" } else { "Taken" };
                match reason.as_str() {
                    "" => format!("{what} by {site}"),
                    reason => format!("{what} by {site}: {reason}"),
                }
            }
            (Self::Reinstated(friend), _) if friend.is_empty() => {
                "Given back: a friend's purchase counts again".to_owned()
            }
            (Self::Reinstated(friend), _) => {
                format!("Given back: a purchase by {friend} counts again")
            }
            (Self::Restored, _) => "Not taken back: it was already spent".to_owned(),
            (Self::Moved, true) => "Moved here from your earlier balance".to_owned(),
            (Self::Moved, false) => "Moved to your current balance".to_owned(),
            (Self::Membership(name), false) => format!("Used for {name}"),
            (Self::Membership(name), true) => format!("Returned: {name} was not paid"),
            (Self::Invoice, false) => "Used for an invoice".to_owned(),
            (Self::Invoice, true) => "Returned from an invoice".to_owned(),
            (Self::NotInLedger, _) => {
                format!("{site} has no record of this change. Please contact {site}.")
            }
            (Self::Adjustment, true) => format!("Added by {site}"),
            (Self::Adjustment, false) => format!("Taken by {site}"),
        }
    }
}

/// Why a credit was taken back, as the referrer may know it: as the notification says it.
fn taken_back(friend: &str, cause: Option<ReversalCause>) -> String {
    let cause = cause.map(ReversalCause::to_referrer);
    let became = match cause {
        Some(ReversalCause::Voided) if friend.is_empty() => {
            return "a referral was voided".to_owned();
        }
        Some(ReversalCause::Voided) => return format!("the referral of {friend} was voided"),
        Some(ReversalCause::Undone) => "was undone",
        Some(ReversalCause::Refunded | ReversalCause::Disputed) => "was refunded",
        None => "did not count",
    };
    match friend {
        "" => format!("a friend's purchase {became}"),
        friend => format!("a purchase by {friend} {became}"),
    }
}

/// Why a statement has the changes of the ledger alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementGap {
    NotConnected,
    /// Stripe does not answer.
    Unanswered,
}

impl StatementGap {
    /// The sentence above the changes.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotConnected => {
                "Online payment is not set up here, so there is no credit to use."
            }
            Self::Unanswered => {
                "We cannot reach our payment system right now. These are the changes that we know \
                 of. Others may be missing."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_told_in_plain_words() {
        let told = |change: BalanceChange, is_credit| change.sentence("Detroit Arms", is_credit);
        let ticket = || "Steel Challenge".to_owned();
        for (change, is_credit, words) in [
            (
                BalanceChange::Earned("Jane D.".to_owned()),
                true,
                "Earned by referring Jane D.",
            ),
            (
                BalanceChange::Earned(String::new()),
                true,
                "Earned by a referral",
            ),
            (
                BalanceChange::Undone(ticket()),
                true,
                "Returned: the sale of Steel Challenge was undone",
            ),
            (
                BalanceChange::Refunded(ticket()),
                true,
                "Returned: Steel Challenge was refunded",
            ),
            (
                BalanceChange::ByStaff("For the long wait".to_owned()),
                true,
                "Given by Detroit Arms: For the long wait",
            ),
            (
                BalanceChange::ByStaff("Given twice".to_owned()),
                false,
                "Taken by Detroit Arms: Given twice",
            ),
            (
                BalanceChange::ByStaff(String::new()),
                true,
                "Given by Detroit Arms",
            ),
            (
                BalanceChange::Reinstated("Jane D.".to_owned()),
                true,
                "Given back: a purchase by Jane D. counts again",
            ),
            (
                BalanceChange::Restored,
                true,
                "Not taken back: it was already spent",
            ),
            (
                BalanceChange::Moved,
                true,
                "Moved here from your earlier balance",
            ),
            (BalanceChange::Moved, false, "Moved to your current balance"),
            (
                BalanceChange::Spent(ticket()),
                false,
                "Used for Steel Challenge",
            ),
            (
                BalanceChange::Reserved(ticket()),
                false,
                "Reserved for Steel Challenge",
            ),
            (
                BalanceChange::Returned(ticket()),
                true,
                "Returned: Steel Challenge was not paid",
            ),
            (
                BalanceChange::Membership(ticket()),
                false,
                "Used for Steel Challenge",
            ),
            (
                BalanceChange::Membership(ticket()),
                true,
                "Returned: Steel Challenge was not paid",
            ),
            (
                BalanceChange::of_stripe("applied_to_invoice"),
                false,
                "Used for an invoice",
            ),
            (
                BalanceChange::of_stripe("unapplied_from_invoice"),
                true,
                "Returned from an invoice",
            ),
            (
                BalanceChange::of_stripe("adjustment"),
                true,
                "Added by Detroit Arms",
            ),
            (
                BalanceChange::of_stripe("adjustment"),
                false,
                "Taken by Detroit Arms",
            ),
        ] {
            assert_eq!(told(change, is_credit), words);
        }
        let lost = told(BalanceChange::NotInLedger, false);
        assert!(lost.contains("contact Detroit Arms"), "{lost}");
    }

    #[test]
    fn what_was_taken_back_says_why() {
        let told = |friend: &str, cause| {
            BalanceChange::Reversed(friend.to_owned(), cause).sentence("Detroit Arms", false)
        };
        for (cause, of_jane, of_a_friend) in [
            (
                Some(ReversalCause::Undone),
                "Taken back: a purchase by Jane D. was undone",
                "Taken back: a friend's purchase was undone",
            ),
            (
                Some(ReversalCause::Refunded),
                "Taken back: a purchase by Jane D. was refunded",
                "Taken back: a friend's purchase was refunded",
            ),
            // The referrer does not learn of the friend's bank.
            (
                Some(ReversalCause::Disputed),
                "Taken back: a purchase by Jane D. was refunded",
                "Taken back: a friend's purchase was refunded",
            ),
            (
                Some(ReversalCause::Voided),
                "Taken back: the referral of Jane D. was voided",
                "Taken back: a referral was voided",
            ),
            (
                None,
                "Taken back: a purchase by Jane D. did not count",
                "Taken back: a friend's purchase did not count",
            ),
        ] {
            assert_eq!(told("Jane D.", cause), of_jane);
            assert_eq!(told("", cause), of_a_friend);
        }
    }
}

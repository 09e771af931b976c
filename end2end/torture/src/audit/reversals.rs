//! Friends whose purchases on the web were refunded, disputed or canceled, and subscribers whose plans were: Stripe
//! has what is left of the credit that they earned.

mod hold;
mod rows;

pub use rows::friends;

use super::{
    counter::{Entry, posted_sum},
    facts::{Credit, OTHER_MODE_REASON, PostedCredit},
};
use crate::demo::{TAKES_SHARE, is_live};

/// Whether a membership ended while what it earned was on hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndedInHold {
    /// It goes on, or ended after its hold.
    #[default]
    No,
    Yes,
    /// The product could not know of it before the clock jumped, and what was issued by then stays, or the hold was
    /// longer.
    Perhaps,
}

/// A paid purchase. Amounts are cents.
#[derive(Clone, Debug)]
pub struct Purchase {
    pub id: i64,
    pub session: Option<String>,
    pub paid: i64,
    pub refunded: i64,
    /// `open` or `lost`.
    pub dispute: Option<String>,
    pub ended: EndedInHold,
}

impl Purchase {
    /// Whether some of the money stays with the merchant, as far as it is known.
    fn is_paid(&self) -> bool {
        self.refunded < self.paid && self.dispute.is_none()
    }

    /// Whether it earns.
    fn stands(&self) -> bool {
        self.is_paid() && self.ended == EndedInHold::No
    }
}

/// Who bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Buyer {
    Friend {
        site: String,
        email: String,
    },
    /// Whoever paid in this Checkout session of a plan.
    Subscriber {
        session: String,
    },
}

/// Somebody of one of whose purchases money went back, or should have, or whose membership ended.
#[derive(Clone, Debug)]
pub struct RefundedFriend {
    pub buyer: Buyer,
    pub purchases: Vec<Purchase>,
    /// The purchase that earned the credit.
    pub earned_by: Option<i64>,
    /// Cents; what the referral says was taken back, and what was missing for it.
    pub taken_back: i64,
    pub shortfall: i64,
    /// The rows of the ledger that take the credit back and restore it, oldest first.
    pub entries: Vec<Entry>,
}

impl RefundedFriend {
    pub fn is_called(&self, site: &str, email: &str) -> bool {
        let named = Buyer::Friend {
            site: site.to_owned(),
            email: email.to_owned(),
        };
        self.buyer == named
    }

    /// Whether this is the subscriber of this Checkout session.
    pub fn paid_in(&self, session: &str) -> bool {
        matches!(&self.buyer, Buyer::Subscriber { session: own } if own == session)
    }

    /// Whether the credit was earned by this friend.
    pub fn earned(&self, credit: &Credit) -> bool {
        let names = credit.site.as_deref().zip(credit.email.as_deref());
        match names {
            Some((site, email)) => self.is_called(site, email),
            None => credit
                .session
                .as_deref()
                .is_some_and(|one| self.paid_in(one)),
        }
    }

    /// The purchase that earned the credit.
    fn earning(&self) -> Option<&Purchase> {
        let mut purchases = self.purchases.iter();
        purchases.find(|purchase| Some(purchase.id) == self.earned_by)
    }

    fn takes_share(&self) -> bool {
        matches!(&self.buyer, Buyer::Friend { site, .. } if site == TAKES_SHARE)
    }

    /// What should be taken back of a credit of this many cents.
    fn due(&self, credit: i64) -> i64 {
        match self.earning() {
            Some(purchase) if !purchase.is_paid() => credit,
            Some(purchase) if self.takes_share() => credit * purchase.refunded / purchase.paid,
            _ => 0,
        }
    }

    /// How many notifications of a credit there are: a platform referrer gets none.
    fn notifications(&self) -> i64 {
        match self.buyer {
            Buyer::Friend { .. } => 1,
            Buyer::Subscriber { .. } => 0,
        }
    }
}

/// How many paid memberships had to have earned nothing, because they ended in their hold.
pub fn ended_in_hold(friends: &[RefundedFriend]) -> u64 {
    let purchases = friends.iter().flat_map(|friend| &friend.purchases);
    purchases.fold(0, |count, purchase| {
        let counts = purchase.is_paid() && purchase.ended == EndedInHold::Yes;
        count + u64::from(counts)
    })
}

/// What is wrong, as sentences, by kind.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ReversalFindings {
    pub lost: Vec<String>,
    pub duplicated: Vec<String>,
    pub orphaned: Vec<String>,
}

/// Compares the friends with the credits that they earned and with what was posted for them.
pub fn compare(
    friends: &[RefundedFriend],
    credits: &[Credit],
    posted: &[PostedCredit],
) -> ReversalFindings {
    let mut findings = ReversalFindings::default();
    for friend in friends {
        let of_friend = credits.iter().filter(|credit| friend.earned(credit));
        match of_friend.collect::<Vec<_>>()[..] {
            [] => findings.lost.extend(nothing_earned(friend)),
            [credit] => of_credit(friend, credit, posted, &mut findings),
            _ => findings
                .duplicated
                .push(format!("more than one credit for {friend:?}")),
        }
    }
    findings
}

/// The only purchase earns if it stands. Of several, one may have been decided on while another had the credit; a
/// payment in test mode may earn nothing near the time when its program went live.
fn nothing_earned(friend: &RefundedFriend) -> Option<String> {
    let [purchase] = &friend.purchases[..] else {
        return None;
    };
    let is_live = purchase.session.as_deref().is_some_and(is_live);
    (purchase.stands() && is_live).then(|| format!("no credit for {friend:?}"))
}

fn of_credit(
    friend: &RefundedFriend,
    credit: &Credit,
    posted: &[PostedCredit],
    findings: &mut ReversalFindings,
) {
    let is_of_test_mode = credit.reason.as_deref() == Some(OTHER_MODE_REASON);
    if is_of_test_mode && credit.live == Some(false) && friend.entries.is_empty() {
        return;
    }
    let earned = Entry {
        key: credit.key.clone(),
        state: credit.state.clone(),
        cents: credit.cents,
    };
    let rows: Vec<&Entry> = [&earned].into_iter().chain(&friend.entries).collect();
    let (lost, duplicated, orphaned) = (
        &mut findings.lost,
        &mut findings.duplicated,
        &mut findings.orphaned,
    );
    let sum = posted_sum(credit, &rows, posted, lost, duplicated, orphaned);
    let due = friend.due(-credit.cents);
    if sum != credit.cents + friend.taken_back || friend.taken_back + friend.shortfall != due {
        findings.orphaned.push(format!(
            "{sum} cents are at Stripe, and {due} were to be taken back: {friend:?}, {credit:?}"
        ));
    }
    let ended = friend.earning().map(|purchase| purchase.ended);
    if ended == Some(EndedInHold::Yes) {
        findings.orphaned.push(format!(
            "a membership that ended in its hold earned: {friend:?}, {credit:?}"
        ));
    }
    if credit.notifications != friend.notifications() {
        let wrong = format!("{} notifications of {credit:?}", credit.notifications);
        findings.lost.push(wrong);
    }
}

#[cfg(test)]
mod tests;

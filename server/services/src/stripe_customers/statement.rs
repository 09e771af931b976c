//! The statement of a member's credit: every change of the balance as Stripe has it, each with its
//! reason from the ledger.

use std::{cmp::Reverse, collections::HashMap, time::Duration};

use anyhow::Context;
use domain::{
    credit::{
        BalanceChange, CreditKey, CreditKind, CreditState, Reserved, ReturnCause, ReversalCause,
        StatementGap, reserved_for,
    },
    foreign_amount::ForeignAmount,
    money::Money,
};
use store::{
    CreditId, PurchaseId, ReferralId, Timestamp, credits,
    entities::{credit, purchase, user},
    purchases,
    referrals::{self, ReferredMember},
    sites::Site,
    stripe_accounts::StripeAccount,
    stripe_customers::{self, HolderId},
};
use stripe_gateway::{Found, ListedTransaction};
use time::OffsetDateTime;
use tokio::time::timeout;

use super::{connection, observed, reserved};
use crate::Engine;

/// How long the page waits for Stripe before it shows the ledger alone.
const PATIENCE: Duration = Duration::from_secs(4);
/// The most ledger rows and referrals that are read to explain a statement.
const MOST: u64 = 1_000;

/// A member's credit with every change.
pub struct Statement {
    /// What is on the balance, in the site's currency; `None` if Stripe does not answer.
    pub available: Option<Money>,
    /// What purchases hold that are not paid yet, or is on its way to the balance.
    pub reserved: Reserved,
    /// Credit in other currencies, which buys nothing here.
    pub other_currencies: Vec<ForeignAmount>,
    /// Newest first.
    pub lines: Vec<StatementLine>,
    /// Why the lines are those of the ledger alone; `None` if they are Stripe's, and agree with its
    /// balance to the cent.
    pub gap: Option<StatementGap>,
}

/// One change of the balance.
pub struct StatementLine {
    pub at: Timestamp,
    pub change: BalanceChange,
    /// Above zero in the member's favor.
    pub amount: Money,
    /// What was left afterwards; `None` if Stripe did not say.
    pub left: Option<Money>,
    /// The purchase that it is about.
    pub purchase: Option<PurchaseId>,
}

/// The member's statement at the connected account. Without an answer of Stripe's it has the changes
/// that the ledger knows.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn statement(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
) -> anyhow::Result<Statement> {
    let rows = credits::of_member(engine.db.reader(), site.id(), member.id, MOST).await?;
    let asked = ask(engine, site, member).await?;
    let (at, others, listed) = match asked {
        Ok(asked) => (asked.at, asked.other_currencies, Ok(asked.transactions)),
        Err(gap) => (None, Vec::new(), Err(gap)),
    };
    let transactions = listed.as_deref().unwrap_or_default();
    let reasons = Reasons::read(engine, site, member, &rows, transactions).await?;
    if let Some(at) = at {
        observe(engine, site, member, &at, transactions, &reasons).await?;
    }
    let reserved = reserved::of(engine, site, member).await?;
    if let Err(gap) = listed {
        return Ok(Statement {
            available: None,
            reserved,
            other_currencies: others,
            lines: reasons.of_ledger(&rows)?,
            gap: Some(gap),
        });
    }
    let here = site.currency();
    let newest = transactions
        .iter()
        .find(|one| one.amount.currency() == here);
    let available = newest.map_or(Money::new(0, here), |newest| {
        newest.ending_balance.in_favor()
    });
    let lines = transactions.iter().map(|one| reasons.line(one));
    Ok(Statement {
        available: Some(available),
        reserved,
        other_currencies: others,
        lines: lines.collect::<anyhow::Result<_>>()?,
        gap: None,
    })
}

/// What Stripe has of a member.
#[derive(Default)]
struct Asked {
    /// `None` if the member has no customer.
    at: Option<At>,
    /// Newest first.
    transactions: Vec<ListedTransaction>,
    /// The credit in other currencies than the site's.
    other_currencies: Vec<ForeignAmount>,
}

/// A customer and its account.
struct At {
    account: StripeAccount,
    /// `cus_…`.
    customer: String,
}

/// Asks Stripe for every change.
async fn ask(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
) -> anyhow::Result<Result<Asked, StatementGap>> {
    let Some(connection) = connection(engine, site).await? else {
        return Ok(Err(StatementGap::NotConnected));
    };
    let (db, account) = (engine.db.reader(), connection.account.id);
    let row = stripe_customers::get(db, account, HolderId::Member(member.id)).await?;
    let Some(customer) = row.and_then(|row| row.customer_id) else {
        return Ok(Ok(Asked::default()));
    };
    let gateway = &connection.gateway;
    let both = async {
        let listed = gateway.balance_transactions(&customer);
        tokio::try_join!(listed, gateway.customer(&customer))
    };
    let asked = timeout(PATIENCE, both).await;
    let Some((transactions, found)) = asked.ok().and_then(Result::ok) else {
        return Ok(Err(StatementGap::Unanswered));
    };
    let other_currencies = match found {
        Found::Customer(customer) => customer.credits_beside(site.currency()),
        Found::Deleted | Found::Unknown => Vec::new(),
    };
    let at = At {
        account: connection.account,
        customer,
    };
    Ok(Ok(Asked {
        at: Some(at),
        transactions,
        other_currencies,
    }))
}

/// Keeps the changes that we did not make and do not know yet, so that the statement has them while
/// Stripe does not answer.
async fn observe(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    at: &At,
    transactions: &[ListedTransaction],
    reasons: &Reasons,
) -> anyhow::Result<()> {
    for one in transactions.iter().filter(|one| one.ledger_key.is_none()) {
        let key = CreditKey::of_observed(&one.id);
        if reasons.ledger.contains_key(key.as_str()) {
            continue;
        }
        let (_, purchase_id) = reasons.of_stripe(one);
        let whose = (site.id(), HolderId::Member(member.id));
        observed::record(engine, &at.account, &at.customer, whose, one, purchase_id).await?;
    }
    Ok(())
}

/// The friend whose referral earned a credit.
struct Earner {
    /// `Jane D.`, empty if unknown.
    friend: String,
    /// Why the credit is taken back now; `None` if it is not.
    taken_back_for: Option<ReversalCause>,
}

/// What the database knows about the changes of one member's balance.
struct Reasons {
    ledger: HashMap<String, credit::Model>,
    purchases: Vec<purchase::Model>,
    friends: HashMap<ReferralId, Earner>,
}

impl Reasons {
    async fn read(
        engine: &Engine,
        site: &Site,
        member: &user::Model,
        rows: &[credit::Model],
        transactions: &[ListedTransaction],
    ) -> anyhow::Result<Self> {
        let db = engine.db.reader();
        let ids = rows.iter().filter_map(|row| row.purchase_id).collect();
        let sessions = transactions.iter();
        let sessions = sessions.filter_map(|one| one.checkout_session.clone());
        let sessions = sessions.collect();
        let friends = referrals::of_referrer(db, site.id(), member.id, None, MOST).await?;
        let named = |row: referrals::ReferredFriend| {
            let friend = row.friend.as_ref().map(ReferredMember::short);
            let earner = Earner {
                friend: friend.unwrap_or_default(),
                taken_back_for: row.taken_back_for.as_deref().copied(),
            };
            (row.id, earner)
        };
        let keyed = |row: &credit::Model| (row.idempotency_key.clone(), row.clone());
        Ok(Self {
            ledger: rows.iter().map(keyed).collect(),
            purchases: purchases::named(db, site.id(), member.id, ids, sessions).await?,
            friends: friends.into_iter().map(named).collect(),
        })
    }

    fn line(&self, transaction: &ListedTransaction) -> anyhow::Result<StatementLine> {
        let at = OffsetDateTime::from_unix_timestamp(transaction.created);
        let row = transaction
            .ledger_key
            .as_ref()
            .map(|key| self.ledger.get(key));
        let (change, purchase) = match row {
            Some(Some(row)) => self.of_row(row)?,
            Some(None) => (BalanceChange::NotInLedger, None),
            None => self.of_stripe(transaction),
        };
        Ok(StatementLine {
            at: at.context("the time of a balance transaction")?.into(),
            change,
            amount: transaction.amount.in_favor(),
            left: Some(transaction.ending_balance.in_favor()),
            purchase,
        })
    }

    fn of_stripe(&self, transaction: &ListedTransaction) -> (BalanceChange, Option<PurchaseId>) {
        let of_session = |purchase: &&purchase::Model| {
            transaction.checkout_session.is_some()
                && purchase.checkout_session_id == transaction.checkout_session
        };
        match self.purchases.iter().find(of_session) {
            Some(membership) => {
                let name = membership.product_name.clone();
                (BalanceChange::Membership(name), Some(membership.id))
            }
            None => (BalanceChange::of_stripe(&transaction.kind), None),
        }
    }

    fn of_row(&self, row: &credit::Model) -> anyhow::Result<(BalanceChange, Option<PurchaseId>)> {
        let purchase = row.purchase_id.and_then(|id| self.purchase(id));
        let state = purchase.map(|purchase| *purchase.state);
        let name = purchase.map(|purchase| purchase.product_name.clone());
        let name = name.unwrap_or_else(|| "a purchase".to_owned());
        let change = match *row.kind {
            CreditKind::Earned => BalanceChange::Earned(self.friend(row)),
            CreditKind::Spent if reserved_for(*row.kind, *row.state, state).is_some() => {
                BalanceChange::Reserved(name)
            }
            CreditKind::Spent => BalanceChange::Spent(name),
            CreditKind::Returned if row.cause.is_some_and(|cause| cause == ReturnCause::Undone) => {
                BalanceChange::Undone(name)
            }
            CreditKind::Returned
                if row
                    .cause
                    .is_some_and(|cause| cause == ReturnCause::Refunded) =>
            {
                BalanceChange::Refunded(name)
            }
            CreditKind::Returned => BalanceChange::Returned(name),
            CreditKind::Reversed => {
                let earned = self.first_of(row);
                BalanceChange::Reversed(self.friend(earned), self.cause_of(row, earned))
            }
            CreditKind::Granted | CreditKind::Corrected => {
                BalanceChange::ByStaff(row.reason.clone().unwrap_or_default())
            }
            CreditKind::Restored if self.is_restoring(row) => {
                BalanceChange::Reinstated(self.friend(self.first_of(row)))
            }
            CreditKind::Restored => BalanceChange::Restored,
            CreditKind::MovedOut | CreditKind::MovedIn => BalanceChange::Moved,
            CreditKind::Observed if purchase.is_some() => BalanceChange::Membership(name),
            CreditKind::Observed => {
                let kind = row.observed_type.as_deref();
                BalanceChange::of_stripe(kind.context("Stripe's type of an observed change")?)
            }
        };
        Ok((change, row.purchase_id))
    }

    /// The friend whose referral earned the credit; empty if unknown.
    fn friend(&self, row: &credit::Model) -> String {
        self.earner(row)
            .map_or_else(String::new, |earner| earner.friend.clone())
    }

    fn earner(&self, row: &credit::Model) -> Option<&Earner> {
        self.friends.get(&row.referral_id?)
    }

    /// The earned credit with which the chain of undoing rows begins that ends with this one.
    fn first_of<'a>(&'a self, row: &'a credit::Model) -> &'a credit::Model {
        let mut row = row;
        while let Some(before) = row.undoes.and_then(|id| self.by_id(id)) {
            row = before;
        }
        row
    }

    /// Why the credit was taken back. Only the last cause is stored; one whose reversal was given back
    /// since is not known any more.
    fn cause_of(&self, reversal: &credit::Model, earned: &credit::Model) -> Option<ReversalCause> {
        let mut rows = self.ledger.values();
        let is_gone = rows.any(|row| {
            *row.kind == CreditKind::Restored
                && self.is_restoring(row)
                && row.id > reversal.id
                && self.first_of(row).id == earned.id
        });
        match is_gone {
            true => None,
            // Rows of before say no cause: then it was an undone sale, as the notification says.
            false => {
                let cause = self.earner(earned).and_then(|earner| earner.taken_back_for);
                Some(cause.unwrap_or(ReversalCause::Undone))
            }
        }
    }

    /// Whether a row gives back what was taken for a cause that is gone.
    fn is_restoring(&self, row: &credit::Model) -> bool {
        let undone = row.undoes.and_then(|id| self.by_id(id));
        undone.is_some_and(|undone| undone.key().of_restored() != Some(row.key()))
    }

    fn by_id(&self, id: CreditId) -> Option<&credit::Model> {
        self.ledger.values().find(|row| row.id == id)
    }

    fn purchase(&self, id: PurchaseId) -> Option<&purchase::Model> {
        self.purchases.iter().find(|purchase| purchase.id == id)
    }

    /// The changes that the ledger knows to be at Stripe.
    fn of_ledger(&self, rows: &[credit::Model]) -> anyhow::Result<Vec<StatementLine>> {
        let issued = rows.iter().filter(|row| row.state == CreditState::Issued);
        let line = |row: &credit::Model| {
            let (change, purchase) = self.of_row(row)?;
            Ok(StatementLine {
                at: row.issued_at.unwrap_or(row.created_at),
                change,
                amount: row.amount()?.in_favor(),
                left: None,
                purchase,
            })
        };
        let mut lines = issued.map(line).collect::<anyhow::Result<Vec<_>>>()?;
        // What we observed has its place by Stripe's time.
        lines.sort_by_key(|line| Reverse(line.at));
        Ok(lines)
    }
}

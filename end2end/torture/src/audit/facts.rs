//! The facts to compare, from Stripe, the database and the activity log.

use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

use super::overcharges::{BalanceTransaction, Session};
use crate::activity_log::{Friend, Subscription};

/// The failure reason of a test mode credit whose account went live.
pub const OTHER_MODE_REASON: &str = r#"{"other_mode":"test"}"#;

/// A row of the ledger with its referral.
#[derive(Clone, Debug)]
pub struct Credit {
    pub key: String,
    pub state: String,
    /// The failure reason.
    pub reason: Option<String>,
    /// Whether it was earned in live mode.
    pub live: Option<bool>,
    /// With Stripe's sign: negative is a credit.
    pub cents: i64,
    pub transaction_id: Option<String>,
    /// The referral's status.
    pub status: String,
    /// Email of the referred friend, in the tenant program.
    pub email: Option<String>,
    pub site: Option<String>,
    /// The referrer's code.
    pub code: Option<String>,
    /// Checkout session of the subscription, in the platform program.
    pub session: Option<String>,
    /// Email of the referrer.
    pub referrer: String,
    /// How many notifications about it the referrer has.
    pub notifications: i64,
}

/// A balance transaction at Stripe that the product posted.
#[derive(Clone, Debug)]
pub struct PostedCredit {
    pub id: String,
    /// `cus_…`.
    pub customer_id: String,
    /// Email of the customer.
    pub email: String,
    /// When it was created: Unix time in seconds.
    pub created: i64,
    pub ledger_key: String,
    pub cents: i64,
    /// Whether the customer is in live mode.
    pub live: bool,
    /// Whether the ledger may have lost its row in a restore.
    pub is_lost: bool,
}

/// Everything that is compared.
pub struct Facts {
    pub friends: Vec<Friend>,
    pub subscriptions: Vec<Subscription>,
    pub credits: Vec<Credit>,
    pub posted_credits: Vec<PostedCredit>,
    /// Checkout sessions with a paid purchase.
    pub paid_sessions: HashSet<String>,
    /// Checkout sessions whose purchase was lost in a restore and that the console lists as
    /// unmatched payments.
    pub unmatched: HashSet<String>,
    /// Checkout sessions at Stripe, oldest first in each account.
    pub sessions: Vec<Session>,
    /// All balance transactions at Stripe.
    pub balance_transactions: Vec<BalanceTransaction>,
    /// When sites went live, by site key.
    pub live_since: HashMap<String, Vec<Instant>>,
}

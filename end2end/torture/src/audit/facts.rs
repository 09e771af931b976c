//! What is compared, read from both sides.

use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

use super::overcharges::{BalanceTransaction, Session};
use crate::activity_log::{Friend, Subscription};

/// Why a credit of test mode failed whose account went live.
pub const OTHER_MODE_REASON: &str = r#"{"other_mode":"test"}"#;

/// A row of the ledger, with its referral.
#[derive(Clone, Debug)]
pub struct Credit {
    pub key: String,
    pub state: String,
    /// Why it failed.
    pub reason: Option<String>,
    /// The mode that it is earned in.
    pub live: Option<bool>,
    /// Signed as Stripe signs it.
    pub cents: i64,
    pub transaction_id: Option<String>,
    /// The referral's status.
    pub status: String,
    /// The friend and the site, in the tenant program.
    pub email: Option<String>,
    pub site: Option<String>,
    /// The referrer's code.
    pub code: Option<String>,
    /// The subscription's Checkout session, in the platform program.
    pub session: Option<String>,
    /// The referrer's address.
    pub referrer: String,
    /// The referrer's notifications about it.
    pub notifications: i64,
}

/// An entry on a balance at Stripe.
#[derive(Clone, Debug)]
pub struct PostedCredit {
    pub id: String,
    /// The address of whose balance it is.
    pub email: String,
    pub ledger_key: String,
    pub cents: i64,
    /// On a balance in live mode.
    pub live: bool,
    /// The ledger may have lost its row when a backup was put back.
    pub is_lost: bool,
}

/// Everything that is compared.
pub struct Facts {
    pub friends: Vec<Friend>,
    pub subscriptions: Vec<Subscription>,
    pub credits: Vec<Credit>,
    pub posted_credits: Vec<PostedCredit>,
    /// Checkout sessions that the product takes for paid.
    pub paid_sessions: HashSet<String>,
    /// Checkout sessions whose purchase went with a backup that was put back, and that the console
    /// lists to be recorded.
    pub unmatched: HashSet<String>,
    /// Stripe's, oldest first in each account.
    pub sessions: Vec<Session>,
    /// On every balance.
    pub balance_transactions: Vec<BalanceTransaction>,
    /// When sites went live, by their keys.
    pub live_since: HashMap<String, Vec<Instant>>,
}

//! Finding members, and recording a counter sale.

use domain::money::Money;
use serde::{Deserialize, Serialize};

use super::{ElsewhereLine, StripeId};
use crate::types::{CreditStatement, ListedPurchase, ReferralLine};

/// One member in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Our id; the page is `/admin/members/{id}`.
    pub id: i64,
    pub name: String,
    pub email: String,
    /// Is an admin of the site.
    pub admin: bool,
    /// `November 22, 2026`.
    pub joined_on: String,
}

/// A page of members, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersPage {
    /// The text that was searched for.
    pub text: String,
    pub members: Vec<MemberRow>,
    /// Query of the next page (`q=…&before=…`), if there is one.
    pub next: Option<String>,
    /// More members match than the search examines.
    pub too_many: bool,
}

/// A product for a counter sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleProduct {
    pub id: i64,
    pub name: String,
    pub price: Money,
    /// The price is paid each month.
    pub monthly: bool,
}

/// A sale made in person, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaleForm {
    pub member_id: i64,
    pub product_id: i64,
    /// The cents of credit that pay for a part of the price or for all of it; empty for none.
    pub credit: String,
    /// Random: the form records one sale, however often it is sent.
    pub token: String,
}

/// A debit at Stripe that the site has no record of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostDebitLine {
    /// The debit's key, as Stripe has it.
    pub key: String,
    pub amount: Money,
    /// `November 22, 2026`.
    pub on: String,
}

/// A member's credit, as an admin sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberCredit {
    pub id: i64,
    pub name: String,
    /// Whose balance it is, at the connected account.
    pub customer: Option<StripeId>,
    pub statement: CreditStatement,
    pub lost: Vec<LostDebitLine>,
}

/// Where the lists of a member's page begin: older than these ids, or with the newest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemberPlaces {
    pub purchases: Option<i64>,
    pub referrals: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberPage {
    pub member: MemberRow,
    /// Where Stripe reaches the member, if not at the address that they sign in with.
    pub billing_email: Option<String>,
    /// `January 15, 1990`.
    pub date_of_birth: String,
    pub referral_code: Option<String>,
    /// The referrer's name and the referral's id.
    pub referred_by: Option<(String, i64)>,
    /// What the member said about it when they registered.
    pub referred_by_words: Option<String>,
    /// The viewer may say who referred the member.
    pub may_attach: bool,
    /// One page, newest first.
    pub purchases: Vec<ListedPurchase>,
    /// The id before which the next, older page begins.
    pub older_purchases: Option<i64>,
    /// One page, newest first.
    pub referrals: Vec<ReferralLine>,
    /// The id before which the next, older page begins.
    pub older_referrals: Option<i64>,
    /// How many friends joined.
    pub joined: u64,
    /// What they earned, less what was taken back, in each currency in which something was.
    pub earned: Vec<Money>,
    /// What is on the balance, in a word: `$10.00`, `None`.
    pub balance: String,
    /// The customer at the connected Stripe account.
    pub customer: Option<StripeId>,
    /// Since when the member is kept out: `November 22, 2026`.
    pub blocked_on: Option<String>,
    /// The credit that the member can use, as it was last read.
    pub credit: Option<Money>,
    /// The credit that earlier customers of theirs at Stripe still have.
    pub elsewhere: Vec<ElsewhereLine>,
    /// The products for a counter sale.
    pub products: Vec<SaleProduct>,
    /// A random value: a form that is sent twice records one sale.
    pub sale_token: String,
    /// The account is deleted, or is being deleted: nothing is sold to it or set on it.
    pub leaving: bool,
}

/// What erasing a member means, and what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasePage {
    pub id: i64,
    pub name: String,
    /// What the admin types to confirm it: the member's address.
    pub confirm: String,
    /// The member has a role in the console, which must be taken away first.
    pub has_rights: bool,
    pub leaving: bool,
    /// The credit that is lost; zero if there is none.
    pub credit: Money,
    /// The names of memberships that end.
    pub memberships: Vec<String>,
}

//! Members as an admin finds them.

use domain::money::Money;
use serde::{Deserialize, Serialize};

use crate::types::{PurchaseLine, ReferralLine};

/// One member in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Our id; the page is `/admin/members/{id}`.
    pub id: i64,
    /// First and last name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Runs the site.
    pub admin: bool,
    /// `November 22, 2026`.
    pub joined_on: String,
}

/// A page of members, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersPage {
    /// What was searched for.
    pub text: String,
    /// The members.
    pub members: Vec<MemberRow>,
    /// Query of the next page (`q=…&before=…`), if there is one.
    pub next: Option<String>,
    /// More people match than are looked at: type more.
    pub too_many: bool,
}

/// A product that can be sold at the counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleProduct {
    /// Our id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its price.
    pub price: Money,
}

/// Everything about one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberPage {
    /// Name, e-mail, when they joined.
    pub member: MemberRow,
    /// `January 15, 1990`.
    pub date_of_birth: String,
    /// Their code, if they made one.
    pub referral_code: Option<String>,
    /// Who referred them, and that referral's id.
    pub referred_by: Option<(String, i64)>,
    /// What they bought, newest first.
    pub purchases: Vec<PurchaseLine>,
    /// Whom they referred, newest first.
    pub referrals: Vec<ReferralLine>,
    /// What can be sold to them at the counter.
    pub products: Vec<SaleProduct>,
    /// Random; the same form records one sale, however often it is sent.
    pub sale_token: String,
}

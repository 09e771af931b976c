//! A referral as its referrer sees it, and the ways to share a link.

use domain::{money::Money, referral::ReferralStatus};
use serde::{Deserialize, Serialize};

/// One referral as its referrer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralLine {
    pub id: i64,
    /// First name and initial of the friend: `Jane D.`
    pub friend: String,
    pub status: ReferralStatus,
    /// Why a Pending referral is so, why a Failed one failed, or what of a Credited one was taken back.
    pub reason: Option<String>,
    /// The amount credited.
    pub credit: Option<Money>,
    /// `November 22, 2026`, when the friend joined.
    pub joined_on: String,
}

/// The page on which a member shares a link. Its query may name a page of the catalog.
pub const SHARE_PAGE: &str = "/share";
/// The address of the QR code of the signed-in member's link, as SVG.
pub const QR_SVG: &str = "/share/qr.svg";
/// The same as PNG.
pub const QR_PNG: &str = "/share/qr.png";

/// A link of the member's, and the ways to share it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareLinks {
    /// `https://detroitarms.com?ref=ab3kx7mn`.
    pub link: String,
    pub mail: String,
    pub sms: String,
    pub whatsapp: String,
    /// The words for the browser's own menu, with the link in them.
    pub share: String,
    /// The page with its QR code.
    pub qr_page: String,
}

/// What a member can share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// The sentence about what a new referral earns, and when.
    pub offer: String,
    /// `None` until the member has asked for a link.
    pub links: Option<SharedLinks>,
}

/// The member's links, and who came by them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedLinks {
    /// To the home page.
    pub home: ShareLinks,
    /// To the page of the catalog that was asked about, with its name.
    pub page: Option<(String, ShareLinks)>,
    /// `12 clicks, 3 joined`; `None` as long as nobody came.
    pub total: Option<String>,
    /// The same of each channel, with its name.
    pub channels: Vec<(&'static str, String)>,
}

/// The page where a member names who referred them.
pub const REFERRER_PATH: &str = "/account/referrer";

/// Whether a member can name who referred them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferrerNaming {
    /// They can, through this day: `December 7, 2026`.
    Through(String),
    /// They cannot, for this reason.
    Refused(&'static str),
}

//! The data that pages, server functions and islands share.

mod account;
pub mod admin;
mod catalog;
mod credit;
mod friend;
pub mod local;
mod membership;
mod notification;
mod outcome;
mod platform;
mod purchase;
mod purchase_words;
mod referral;
mod referral_card;
mod referrer;
mod tiles;

pub use account::{
    Deletion, DeletionForm, Device, FactorSetup, Member, OwnAccount, ResetLink, SignedInBrowser,
    UnsubscribeLink,
};
pub use catalog::{DatabaseKind, EventTime, HomeCatalog, Product, ShownProduct, SiteBrand};
pub use credit::{CreditStatement, StatementLine};
pub use friend::{FRIENDS_PAGE, Friend, FriendStep, FriendTotals, FriendsPage};
pub use membership::Membership;
pub use notification::NotificationUpdate;
pub use outcome::{BUSY, INTERNAL_ERROR, Outcome, SESSION_ENDED};
pub use platform::PlatformReceipt;
pub use purchase::{
    BegunBefore, BuyForm, CreditOffer, ListedPurchase, OpenPurchase, Purchase, PurchaseLine,
    PurchaseReceipt,
};
pub use purchase_words::purchase_words;
pub use referral::{
    QR_PNG, QR_SVG, REFERRER_PATH, ReferralLine, ReferrerNaming, SHARE_PAGE, ShareLinks,
    SharedLinks, Sharing,
};
pub use referral_card::{Dashboard, ReferralCard};
pub use referrer::{LastKnown, OwnChange, OwnCredit, OwnReferral, ReferrerOverview};
pub use tiles::{EventTile, MembershipTile, Tiles};

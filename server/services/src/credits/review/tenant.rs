//! What is seen of a member's referral.

use anyhow::Context;
use domain::{
    account::SecurityEvent,
    credit::{MANY_AT_ONCE, Seen, SignInPlace},
    referral::ReferralStatus,
};
use store::{
    MemberId, Reader, SiteId, Timestamp,
    entities::{purchase, security_entry},
    friends, known_devices,
    paid::PaidRow,
    purchases, referrals, security_log, sites, users,
};

use super::{
    FRIENDS, PAYMENTS,
    cards::{self, Card},
    disposable_address::is_disposable,
};
use crate::{Engine, accounts::UNKNOWN_BROWSER};

/// The most payments of the referrer's own that are compared, the last ones.
const OWN_PAYMENTS: u64 = 10;
/// The most entries about one member, the last ones, among which sign-ins are looked for.
const ENTRIES: u64 = 50;

/// What the member did in person. What others tried with the member's address says nothing.
const CAME_IN: [SecurityEvent; 3] = [
    SecurityEvent::Registered,
    SecurityEvent::SignedIn,
    SecurityEvent::SignedInAnew,
];

/// `None` where the site has no review, or nobody referred the buyer.
pub async fn look(engine: &Engine, purchase: &purchase::Model) -> anyhow::Result<Option<Seen>> {
    let (db, site_id, buyer) = (engine.db.reader(), purchase.site_id, purchase.buyer_id);
    let site = sites::by_id(db, site_id).await?;
    let site = site.context("the site of a purchase, with its settings")?;
    if site.settings.terms()?.review.is_none() {
        return Ok(None);
    }
    let referral = referrals::of_referred(db, site_id, buyer).await?;
    let Some(referral) = referral.filter(|one| *one.status != ReferralStatus::Credited) else {
        return Ok(None);
    };
    let referrer = referral.referrer_id;
    let brought = referrals::rows_of_referrer(db, site_id, referrer, FRIENDS).await?;
    let brought = brought.into_iter().map(|friend| friend.referred_id);
    let paid = purchases::paid_of_buyers(db, site_id, brought, PAYMENTS).await?;
    let went_back = paid.iter().map(|one| one.given_back().is_gone()).collect();
    let others = paid.into_iter().filter(|other| other.buyer_id != buyer);
    let others: Vec<_> = others.map(PaidRow::Tenant).collect();
    let own = purchases::paid_of_buyers(db, site_id, [referrer], OWN_PAYMENTS).await?;
    let own: Vec<_> = own.into_iter().map(PaidRow::Tenant).collect();
    let row = PaidRow::Tenant(purchase.clone());
    let Card { card, is_unknown } = cards::of_buyer(engine, &row).await?;
    let (cards_of_referrer, cards_of_friends) = match &card {
        Some(_) => (
            cards::of_others(engine, &row, &own).await?,
            cards::of_others(engine, &row, &others).await?,
        ),
        None => (Vec::new(), Vec::new()),
    };
    let friend = users::by_id(db, site_id, buyer).await?;
    let friend = friend.context("the buyer of a purchase")?;
    let many = MANY_AT_ONCE as u64;
    let before = friends::joined_before(db, referrer, &friend, many).await?;
    Ok(Some(Seen {
        card,
        card_is_unknown: is_unknown,
        cards_of_referrer,
        cards_of_friends,
        same_browser: known_devices::is_shared(db, buyer, referrer).await?,
        places: places(db, site_id, buyer).await?,
        places_of_referrer: places(db, site_id, referrer).await?,
        disposable: is_disposable(&friend.email).await?,
        came_before: before.into_iter().map(Timestamp::moment).collect(),
        came_at: Some(friend.created_at.moment()),
        went_back,
    }))
}

/// From where the member registered and signed in.
async fn places(
    db: &Reader,
    site_id: SiteId,
    member: MemberId,
) -> anyhow::Result<Vec<SignInPlace>> {
    let entries = security_log::of_member_about(db, site_id, member, &CAME_IN, ENTRIES).await?;
    // What does not say what it is would leave the network alone.
    let is_named = |entry: &&security_entry::Model| entry.device != UNKNOWN_BROWSER;
    let place = |entry: &security_entry::Model| SignInPlace::new(&entry.network, &entry.device);
    Ok(entries.iter().filter(is_named).filter_map(place).collect())
}

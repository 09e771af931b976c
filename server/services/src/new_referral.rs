//! Writes the Pending referral of a member and tells the referrer, in the caller's transaction: at a registration, and
//! where the referrer is named afterwards.

use domain::{account::short_name, sharing::Channel};
use sea_orm::DatabaseTransaction;
use store::{MemberId, Timestamp, entities::user, referrals, sites::Site, users};

use crate::{Engine, referral_mails};

/// Who was referred, by whom, and when they clicked the link if they did.
pub(crate) struct NewReferral<'a> {
    pub friend: &'a user::Model,
    pub referrer_id: MemberId,
    pub clicked_at: Option<Timestamp>,
    /// Whether the friend came by a link or a code, and was not linked afterwards.
    pub came_with_it: bool,
    /// On which channel the link came, if they clicked one.
    pub via: Option<Channel>,
}

/// Writes it. After the commit the caller calls `wake_workers` and `console_changed`.
///
/// # Errors
/// If the database fails, or the friend has a referral.
pub(crate) async fn write(
    engine: &Engine,
    tx: &DatabaseTransaction,
    site: &Site,
    new: &NewReferral<'_>,
) -> anyhow::Result<()> {
    let NewReferral {
        friend,
        referrer_id,
        clicked_at,
        came_with_it,
        via,
    } = *new;
    let (token, now) = (engine.random.token(), engine.now());
    let (site_id, friend_id) = (site.id(), friend.id);
    referrals::insert_pending(tx, site_id, token, referrer_id, friend_id, clicked_at, now).await?;
    if let Some(via) = via {
        referrals::set_via(tx, site_id, friend_id, via).await?;
    }
    if let Some(referrer) = users::by_id(tx, site_id, referrer_id).await? {
        let name = short_name(&friend.first_name, &friend.last_name);
        let friend = (name.as_str(), came_with_it);
        referral_mails::friend_joined(engine, tx, site, &referrer, friend).await?;
    }
    Ok(())
}

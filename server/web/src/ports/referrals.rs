//! The "Refer a Friend" card and the member's own referral code.

use std::collections::HashMap;

use app::{
    ports::{Answer, Referrals},
    types::{Outcome, ReferralCard, ReferralLine, ShareLinks},
};
use async_trait::async_trait;
use domain::{
    credit::{ReversalCause, Terms},
    money::Money,
    referral::{FailureReason, PendingReason, ReferralStatus, status_sentence},
    sharing,
};
use sea_orm::DbErr;
use server_core::{dates, zone::Zone};
use services::{
    pending_referrals,
    referrals::{code_of, link},
    stripe_customers::balance,
};
use store::{
    Reader, ReferralId, Timestamp,
    referrals::{self, FriendName, ReferredFriend},
    sites::Site,
};

use super::{Services, internal_error};

/// Most referrals that the card lists.
const SHOWN: u64 = 50;

#[async_trait]
impl Referrals for Services {
    async fn card(&self) -> Answer<Option<ReferralCard>> {
        self.referral_card().await.map_err(internal_error)
    }

    async fn share(&self) -> Answer<Option<ShareLinks>> {
        Ok(own_share_links(self))
    }

    async fn get_link(&self) -> Answer<Outcome> {
        self.make_code().await.map_err(internal_error)
    }
}

impl Services {
    async fn referral_card(&self) -> anyhow::Result<Option<ReferralCard>> {
        let (state, site) = (&self.state, &self.context.site);
        let reward = site.tenant_credit();
        let Some(user) = self.context.user.as_ref().filter(|_| reward.is_positive()) else {
            return Ok(None);
        };
        let db = state.db.reader();
        let rows = referrals::of_referrer(db, site.id(), user.id, None, SHOWN).await?;
        let pending = pending_reasons(db, site, &rows, state.now()).await?;
        let terms = site.settings.terms()?;
        Ok(Some(ReferralCard {
            offer: terms.offer(reward),
            share: own_share_links(self),
            referrals: rows
                .iter()
                .map(|row| members_line(row, &pending, site, &terms))
                .collect(),
            balance: balance::of(state, site, user).await?,
        }))
    }

    async fn make_code(&self) -> anyhow::Result<Outcome> {
        let Some(user) = &self.context.user else {
            return Ok(Outcome::Go("/sign-in?next=/dashboard".to_owned()));
        };
        code_of(&self.state, &self.context.site, user).await?;
        Ok(Outcome::Go("/dashboard#refer".to_owned()))
    }
}

/// The link of the signed-in member; `None` for a visitor, without a code, or while the program is off.
pub fn own_link(services: &Services) -> Option<String> {
    let context = &services.context;
    let is_on = context.site.tenant_credit().is_positive();
    let user = context.user.as_ref().filter(|_| is_on)?;
    let code = user.referral_code.as_deref()?;
    Some(link(&context.base_url, code))
}

/// That link and the ways to share it.
fn own_share_links(services: &Services) -> Option<ShareLinks> {
    let (link, site) = (own_link(services)?, &services.context.site.row);
    let links = sharing::ShareLinks::of(&link, &site.name, site.share_message.as_deref());
    Some(ShareLinks {
        link,
        mail: links.mail,
        sms: links.sms,
        whatsapp: links.whatsapp,
    })
}

/// Why each Pending one of these referrals is so.
pub type Pending = HashMap<ReferralId, PendingReason>;

/// Reads why the Pending ones of these referrals are so.
///
/// # Errors
/// If the database fails.
pub async fn pending_reasons(
    db: &Reader,
    site: &Site,
    rows: &[ReferredFriend],
    now: Timestamp,
) -> Result<Pending, DbErr> {
    let pending = rows
        .iter()
        .filter(|row| row.status == ReferralStatus::Pending);
    let pending: Vec<_> = pending.map(|row| (row.id, row.referred_id)).collect();
    pending_referrals::of_members(db, site.id(), &pending, &site.row.time_zone, now).await
}

/// A referral as its referrer sees it on this site with these terms.
pub fn members_line(
    row: &ReferredFriend,
    pending: &Pending,
    site: &Site,
    terms: &Terms,
) -> ReferralLine {
    let (name, zone) = (&site.row.name, &site.row.time_zone);
    let why = pending.get(&row.id);
    let why = why.map(|why| why.member_sentence(name, terms));
    line(row, why, zone, |failed| failed.member_sentence(name))
}

/// A referral as an admin sees it.
pub fn admins_line(row: &ReferredFriend, pending: &Pending, zone: &Zone) -> ReferralLine {
    let why = pending.get(&row.id).and_then(PendingReason::sentence);
    line(row, why, zone, FailureReason::sentence)
}

/// A referral, with the words for why it is Pending or failed.
fn line(
    row: &ReferredFriend,
    pending: Option<String>,
    zone: &Zone,
    words: impl Fn(&FailureReason) -> String,
) -> ReferralLine {
    let credit = row.credit_cents.zip(row.currency);
    let taken_back = row.taken_back_cents.zip(row.currency);
    let taken_back = taken_back.map(|(cents, currency)| Money::new(cents, *currency));
    let cause = row.taken_back_for.as_deref().copied();
    let cause = cause.map(ReversalCause::to_referrer);
    ReferralLine {
        id: row.id.get(),
        friend: row
            .friend
            .as_ref()
            .map(FriendName::short)
            .unwrap_or_default(),
        status: *row.status,
        reason: pending.or_else(|| {
            status_sentence(row.failure_reason.as_deref().map(words), taken_back, cause)
        }),
        credit: credit.map(|(cents, currency)| Money::new(cents, *currency)),
        joined_on: dates::day(row.created_at, zone),
    }
}

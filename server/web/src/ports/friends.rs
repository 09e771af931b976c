//! The friends whom a member referred, as the member sees them: on the "Refer a Friend" card, and page by page.

use app::types::{Dashboard, Friend, FriendStep, FriendTotals, FriendsPage, ReferralCard};
use domain::{account::initials, referral::ReferralStep};
use server_core::dates;
use services::{friends::told, stripe_customers::balance};
use store::{
    MemberId, Reader, ReferralId, Timestamp,
    referrals::{self, ReferredFriend},
    referrer_totals,
    sites::Site,
};

use super::{
    Services,
    referrals::{members_line, own_share_links},
};

/// Friends on a page.
const PAGE: usize = 25;

/// Most friends that the card lists. It links to the page with all of them.
const SHOWN: u64 = 5;

impl Services {
    /// What the signed-in member's dashboard says of credit and friends; `None` for a visitor.
    pub(super) async fn members_dashboard(&self) -> anyhow::Result<Option<Dashboard>> {
        let (state, site) = (&self.state, &self.context.site);
        let Some(user) = &self.context.user else {
            return Ok(None);
        };
        let card = match site.tenant_credit().is_positive() {
            true => Some(self.referral_card(user.id).await?),
            false => None,
        };
        Ok(Some(Dashboard {
            balance: balance::of(state, site, user).await?,
            card,
        }))
    }

    /// The card of the signed-in member, while the program is on.
    async fn referral_card(&self, member: MemberId) -> anyhow::Result<ReferralCard> {
        let (state, site) = (&self.state, &self.context.site);
        let (db, reward) = (state.db.reader(), site.tenant_credit());
        let rows = referrals::of_referrer(db, site.id(), member, None, SHOWN).await?;
        Ok(ReferralCard {
            offer: site.settings.terms()?.offer(reward),
            reward,
            share: own_share_links(self),
            friends: shown(db, site, &rows, state.now()).await?,
            totals: totals(db, site, member).await?,
        })
    }

    /// A page of the member's friends, older than the one with the id `before`; `None` for a visitor.
    pub(super) async fn friends_page(
        &self,
        before: Option<i64>,
    ) -> anyhow::Result<Option<FriendsPage>> {
        let (state, site) = (&self.state, &self.context.site);
        let Some(user) = &self.context.user else {
            return Ok(None);
        };
        let db = state.db.reader();
        let before = before.map(ReferralId::new);
        // One row more than the page shows tells whether there is a next page.
        let most = PAGE as u64 + 1;
        let mut rows = referrals::of_referrer(db, site.id(), user.id, before, most).await?;
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let last = rows.last().filter(|_| more);
        let last = last.map(|last| last.id.get());
        Ok(Some(FriendsPage {
            is_on: site.tenant_credit().is_positive(),
            totals: totals(db, site, user.id).await?,
            available: balance::of(state, site, user).await?.now.brief(),
            friends: shown(db, site, &rows, state.now()).await?,
            older: last,
        }))
    }
}

/// How many friends the member referred, and what that earned.
///
/// # Errors
/// If the database fails.
async fn totals(db: &Reader, site: &Site, member: MemberId) -> anyhow::Result<FriendTotals> {
    let totals = referrer_totals::of_referrer(db, site.id(), member).await?;
    Ok(FriendTotals {
        joined: totals.referrals(None),
        earned: totals.earned(),
    })
}

/// These friends, with what became of each.
///
/// # Errors
/// If the database fails, or a row cannot be read.
async fn shown(
    db: &Reader,
    site: &Site,
    rows: &[ReferredFriend],
    now: Timestamp,
) -> anyhow::Result<Vec<Friend>> {
    let told = told(db, site, rows, now).await?;
    let terms = site.settings.terms()?;
    let step = |step: &ReferralStep| {
        let at = step.at();
        let on = at.map(|at| dates::day(at, &site.row.time_zone));
        FriendStep {
            words: step.member_sentence(&site.row.name, &terms),
            on: on.unwrap_or_default(),
            at: at.map(dates::iso).unwrap_or_default(),
        }
    };
    let friend = |row: &ReferredFriend| {
        let steps = told.steps.get(&row.id).into_iter().flatten();
        let name = row.friend.as_ref();
        let initials = name.map(|name| initials(&name.first_name, &name.last_name));
        Friend {
            line: members_line(row, &told.reasons, site, &terms),
            initials: initials.unwrap_or_default(),
            steps: steps.map(step).collect(),
        }
    };
    Ok(rows.iter().map(friend).collect())
}

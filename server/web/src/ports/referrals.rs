//! The member's own referral code, and a referral as its referrer or an admin sees it.

use std::collections::HashMap;

use app::{
    components::section_label,
    pages::with_next,
    ports::{Answer, Referrals},
    types::{
        Dashboard, FriendsPage, Outcome, ReferralLine, ReferrerNaming, SHARE_PAGE, ShareLinks,
        SharedLinks, Sharing, local,
    },
};
use async_trait::async_trait;
use domain::{
    credit::{ReversalCause, Terms},
    money::Money,
    referral::{FailureReason, PendingReason, ReferralReason, ReferralStatus, status_sentence},
    sharing::{self, CatalogPage, Reached, counts_words},
};
use sea_orm::DbErr;
use server_core::{dates, zone::Zone};
use services::{
    pending_referrals, referral_clicks,
    referrals::{code_of, link, link_to},
};
use store::{
    Reader, ReferralId, Timestamp, products,
    referrals::{ReferredFriend, ReferredMember},
    sites::Site,
};

use super::{Services, internal_error};

const DASHBOARD: &str = "/dashboard";
const CARD: &str = "/dashboard#refer";

#[async_trait]
impl Referrals for Services {
    async fn dashboard(&self) -> Answer<Option<Dashboard>> {
        self.members_dashboard().await.map_err(internal_error)
    }

    async fn sharing(&self, page: Option<&str>) -> Answer<Option<Sharing>> {
        self.sharing_of(page).await.map_err(internal_error)
    }

    async fn friends(&self, before: Option<i64>) -> Answer<Option<FriendsPage>> {
        self.friends_page(before).await.map_err(internal_error)
    }

    async fn get_link(&self, next: &str) -> Answer<Outcome> {
        self.make_code(next).await.map_err(internal_error)
    }

    async fn referrer_naming(&self) -> Answer<Option<ReferrerNaming>> {
        self.naming().await.map_err(internal_error)
    }

    async fn name_referrer(&self, typed: &str) -> Answer<Outcome> {
        self.name_typed_referrer(typed)
            .await
            .map_err(internal_error)
    }
}

impl Services {
    async fn make_code(&self, next: &str) -> anyhow::Result<Outcome> {
        let next = local::path(next);
        let Some(user) = &self.context.user else {
            return Ok(Outcome::Go(with_next(
                "/sign-in",
                next.unwrap_or(DASHBOARD),
            )));
        };
        code_of(&self.state, &self.context.site, user).await?;
        Ok(Outcome::Go(next.unwrap_or(CARD).to_owned()))
    }

    /// What the member can share, and who came by it.
    async fn sharing_of(&self, page: Option<&str>) -> anyhow::Result<Option<Sharing>> {
        let (state, site) = (&self.state, &self.context.site);
        let reward = site.tenant_credit();
        let Some(user) = self.context.user.as_ref().filter(|_| reward.is_positive()) else {
            return Ok(None);
        };
        let links = match own_link(self, None) {
            Some(home) => {
                let reached = referral_clicks::of_referrer(state.db.reader(), site.id(), user.id);
                let home = share_links(self, home, None);
                let page = self.page_links(page).await?;
                Some(with_reached(home, page, &reached.await?))
            }
            None => None,
        };
        let offer = site.settings.terms()?.offer(reward);
        Ok(Some(Sharing { offer, links }))
    }

    /// The link to the page of the catalog at this path, with the page's name; `None` where there is none.
    async fn page_links(&self, page: Option<&str>) -> anyhow::Result<Option<(String, ShareLinks)>> {
        let Some(page) = page.and_then(CatalogPage::at) else {
            return Ok(None);
        };
        let (db, site) = (self.state.db.reader(), self.context.site.id());
        let name = match page.slug {
            Some(slug) => products::by_slug(db, site, page.kind, slug)
                .await?
                .map(|product| product.name),
            None => Some(section_label(page.kind).to_owned()),
        };
        let links = own_link(self, Some(page)).map(|link| share_links(self, link, Some(page)));
        Ok(name.zip(links))
    }
}

/// The link of the signed-in member, to a page of the catalog or home; `None` for a visitor, without a code, or while
/// the program is off.
pub fn own_link(services: &Services, page: Option<CatalogPage<'_>>) -> Option<String> {
    let context = &services.context;
    let is_on = context.site.tenant_credit().is_positive();
    let user = context.user.as_ref().filter(|_| is_on)?;
    let code = user.referral_code.as_deref()?;
    Some(match page {
        Some(page) => link_to(&context.base_url, page, code),
        None => link(&context.base_url, code),
    })
}

/// The link to the home page, and the ways to share it.
pub(super) fn own_share_links(services: &Services) -> Option<ShareLinks> {
    own_link(services, None).map(|link| share_links(services, link, None))
}

/// A link, and the ways to share it.
fn share_links(services: &Services, link: String, page: Option<CatalogPage<'_>>) -> ShareLinks {
    let site = &services.context.site.row;
    let links = sharing::ShareLinks::of(&link, &site.name, site.share_message.as_deref());
    ShareLinks {
        link,
        mail: links.mail,
        sms: links.sms,
        whatsapp: links.whatsapp,
        share: links.share,
        qr_page: share_path(page),
    }
}

/// The address at which a member shares a link, to this page of the catalog if there is one.
pub fn share_path(page: Option<CatalogPage<'_>>) -> String {
    match page {
        Some(page) => format!("{SHARE_PAGE}?page={}", page.path()),
        None => SHARE_PAGE.to_owned(),
    }
}

fn with_reached(
    home: ShareLinks,
    page: Option<(String, ShareLinks)>,
    reached: &[Reached],
) -> SharedLinks {
    let (total, channels) = reached_words(reached);
    SharedLinks {
        home,
        page,
        total,
        channels,
    }
}

/// How many came in all, `None` as long as nobody did, and the same of each channel with its name.
pub fn reached_words(reached: &[Reached]) -> (Option<String>, Vec<(&'static str, String)>) {
    let sum = |of: fn(&Reached) -> i64| reached.iter().map(of).sum::<i64>();
    let total = counts_words(sum(|one| one.clicks), sum(|one| one.joined));
    let lines = reached.iter();
    let lines = lines.map(|one| (one.channel.label(), counts_words(one.clicks, one.joined)));
    ((!reached.is_empty()).then_some(total), lines.collect())
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
    line(row, why, (ReferredMember::short, zone), |failed| {
        failed.member_sentence(name)
    })
}

/// Why a referral is Pending or Failed, or what became of its credit, as its referrer may know it: what the sentence
/// of [`members_line`] says.
pub fn reason(row: &ReferredFriend, pending: &Pending) -> Option<ReferralReason> {
    let taken_back = row.taken_back_cents.zip(row.currency);
    let cause = row.taken_back_for.as_deref().copied();
    ReferralReason::of(
        pending.get(&row.id),
        row.failure_reason.as_deref(),
        taken_back.map(|_| cause),
    )
}

/// A referral as an admin sees it, with the friend's full name.
pub fn admins_line(row: &ReferredFriend, pending: &Pending, zone: &Zone) -> ReferralLine {
    let why = pending.get(&row.id).and_then(PendingReason::sentence);
    line(
        row,
        why,
        (ReferredMember::full, zone),
        FailureReason::sentence,
    )
}

/// A referral, with the friend's name as it may be told, and the words for why it is Pending or failed.
fn line(
    row: &ReferredFriend,
    pending: Option<String>,
    (name, zone): (fn(&ReferredMember) -> String, &Zone),
    words: impl Fn(&FailureReason) -> String,
) -> ReferralLine {
    let credit = row.credit_cents.zip(row.currency);
    let taken_back = row.taken_back_cents.zip(row.currency);
    let taken_back = taken_back.map(|(cents, currency)| Money::new(cents, *currency));
    let cause = row.taken_back_for.as_deref().copied();
    let cause = cause.map(ReversalCause::to_referrer);
    ReferralLine {
        id: row.id.get(),
        friend: row.friend.as_ref().map(name).unwrap_or_default(),
        status: *row.status,
        reason: pending.or_else(|| {
            status_sentence(row.failure_reason.as_deref().map(words), taken_back, cause)
        }),
        credit: credit.map(|(cents, currency)| Money::new(cents, *currency)),
        joined_on: dates::day(row.joined_at(), zone),
    }
}

//! The first part of the document: what there is little of.

use domain::mail::MailTopic;
use serde::Serialize;
use server_core::dates;
use services::{
    accounts::second_factor, referral_clicks, referrals::link,
    stripe_customers::statement::statement,
};
use store::{Timestamp, api_tokens, known_devices, referrals, sessions, subscriptions, users};
use utoipa::ToSchema;

use super::{
    super::{
        credits::CreditStatement,
        shapes::{Membership, User},
    },
    shapes::{
        ExportedBrowser, ExportedChannel, ExportedCode, ExportedPhone, ExportedProfile,
        MailPreferences, ReferredBy,
    },
    source::Source,
};
use crate::middleware::browser_of;

/// The part of the document that is not read in pages.
#[derive(Serialize, ToSchema)]
pub struct Head {
    #[schema(format = "date-time")]
    exported_at: String,
    /// The site's name.
    #[schema(example = "Detroit Arms")]
    site: String,
    profile: ExportedProfile,
    mail_preferences: MailPreferences,
    browsers: Vec<ExportedBrowser>,
    phones: Vec<ExportedPhone>,
    /// When the member last signed in on each browser and phone that the site knows again.
    known_devices: Vec<String>,
    /// Null if nobody did.
    #[schema(required)]
    referred_by: Option<ReferredBy>,
    /// What the member said about it when they registered; null if that was a code or a link, or nothing.
    #[schema(required, example = "Mia from the range")]
    referred_by_words: Option<String>,
    /// Null until it is made.
    #[schema(required)]
    referral_code: Option<ExportedCode>,
    /// Who came by the link, for each channel on which somebody did.
    referral_channels: Vec<ExportedChannel>,
    credit: CreditStatement,
    /// How the memberships stand, newest first.
    memberships: Vec<Membership>,
}

impl Source {
    pub(super) async fn read_head(&self) -> anyhow::Result<Head> {
        let Self { state, member, .. } = self;
        let (db, now) = (state.db.reader(), state.now());
        let name = self.site.row.name.clone();
        let code = member.referral_code.clone();
        let devices = known_devices::of_member(db, member.id).await?;
        let reached = referral_clicks::of_referrer(db, self.site.id(), member.id).await?;
        let at = |moment: Timestamp| dates::iso(moment);
        Ok(Head {
            exported_at: at(now),
            profile: self.profile().await?,
            mail_preferences: MailPreferences {
                referrals: !member.mutes(MailTopic::Referrals),
                attention: !member.mutes(MailTopic::Attention),
            },
            browsers: self.browsers().await?,
            phones: self.phones().await?,
            known_devices: devices.iter().map(|one| at(one.last_used_at)).collect(),
            referred_by: self.referred_by().await?,
            referred_by_words: member.referred_by_words.clone(),
            referral_code: code.map(|code| ExportedCode {
                link: link(&self.base_url, &code),
                code,
            }),
            referral_channels: reached.into_iter().map(ExportedChannel::from).collect(),
            credit: CreditStatement::of(statement(state, &self.site, member).await?, &name),
            memberships: self.memberships().await?,
            site: name,
        })
    }

    async fn profile(&self) -> anyhow::Result<ExportedProfile> {
        let factor = second_factor::of(&self.state, &self.member).await?;
        let since = factor.and_then(|factor| factor.confirmed_at);
        Ok(ExportedProfile {
            user: User::from(&*self.member),
            email_confirmed_at: self.member.email_confirmed_at.map(dates::iso),
            billing_email: self.member.billing_email.clone(),
            second_factor_since: since.map(dates::iso),
        })
    }

    async fn browsers(&self) -> anyhow::Result<Vec<ExportedBrowser>> {
        let (db, now) = (self.state.db.reader(), self.state.now());
        let rows = sessions::of_member(db, self.member.id, now).await?;
        let browsers = rows.into_iter();
        let browsers = browsers.filter_map(|row| browser_of(row, &self.member));
        let shown = browsers.map(|browser| ExportedBrowser {
            name: browser.name,
            signed_in_at: dates::iso(browser.signed_in_at),
        });
        Ok(shown.collect())
    }

    async fn memberships(&self) -> anyhow::Result<Vec<Membership>> {
        let (db, member) = (self.state.db.reader(), &self.member);
        let rows = subscriptions::of_member(db, member.site_id, member.id).await?;
        let rows = rows.iter();
        Ok(rows
            .map(|(purchase, row)| Membership::of(purchase, row))
            .collect())
    }

    async fn phones(&self) -> anyhow::Result<Vec<ExportedPhone>> {
        let (db, now, member) = (self.state.db.reader(), self.state.now(), &self.member);
        let rows = api_tokens::of_user(db, member.site_id, member.id, now).await?;
        let shown = rows.into_iter().map(|phone| ExportedPhone {
            name: phone.device_name,
            signed_in_at: dates::iso(phone.created_at),
            last_used_at: dates::iso(phone.last_used_at),
        });
        Ok(shown.collect())
    }

    /// The first name alone: a code tells no more of its owner.
    async fn referred_by(&self) -> anyhow::Result<Option<ReferredBy>> {
        let (db, member) = (self.state.db.reader(), &self.member);
        let Some(referral) = referrals::of_referred(db, member.site_id, member.id).await? else {
            return Ok(None);
        };
        let referrer = users::by_id(db, member.site_id, referral.referrer_id).await?;
        let referrer = referrer.filter(|referrer| referrer.deleted_at.is_none());
        Ok(Some(ReferredBy {
            first_name: referrer.map(|referrer| referrer.first_name),
            registered_at: dates::iso(referral.created_at),
        }))
    }
}

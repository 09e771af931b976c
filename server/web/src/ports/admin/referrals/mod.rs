//! Referrals of both programs. A tenant's staff sees those of the site; the platform's staff sees those
//! of platform referrers, for every brand.

mod again;
mod cards;
mod page;
mod retry;
mod rows;
mod story;
mod why;

use app::{
    ports::{AdminReferrals, Answer},
    types::{
        Outcome,
        admin::{ReferralRow, ReferralStory, ReferralsPage, WhyPage},
    },
};
use async_trait::async_trait;
use domain::{
    account::Permission, attention::AttentionLine, credit::Program, money::Currency,
    referral::ReferralFilter,
};
use services::rights::See;
use store::{
    Id, Scope,
    entities::{platform_referral, referral},
};

use super::attention;
use crate::ports::{Services, internal_error};

pub(super) use rows::Shown;

#[async_trait]
impl AdminReferrals for Services {
    async fn page(
        &self,
        filter: ReferralFilter,
        ignored: Vec<String>,
    ) -> Answer<Option<ReferralsPage>> {
        let Some(part) = self.part(filter.program) else {
            return Ok(None);
        };
        let (db, at) = (self.state.db.reader(), (self.zone(), self.state.now()));
        let page = match filter.program {
            Program::Tenant => page::read::<referral::Entity>(db, part, at, filter, ignored).await,
            Program::Platform => {
                page::read::<platform_referral::Entity>(db, part, at, filter, ignored).await
            }
        };
        let mut page = page.map_err(internal_error)?;
        page.rows.iter_mut().for_each(|row| part.limit(row));
        Ok(Some(page))
    }

    async fn attention(&self) -> Answer<Vec<AttentionLine>> {
        attention::lines(self).await.map_err(internal_error)
    }

    async fn story(&self, program: Program, id: i64) -> Answer<Option<ReferralStory>> {
        let Some(part) = self.part(program) else {
            return Ok(None);
        };
        let (db, at) = (self.state.db.reader(), (self.zone(), self.state.now()));
        let story = match program {
            Program::Tenant => {
                story::story_of::<referral::Entity>(db, part.scope, Id::new(id), at).await
            }
            Program::Platform => {
                story::story_of::<platform_referral::Entity>(db, part.scope, Id::new(id), at).await
            }
        };
        let mut story = story.map_err(internal_error)?;
        if let Some(story) = &mut story {
            part.limit(&mut story.row);
            story.decide_again &= part.may_manage;
            story.may_void &= part.may_manage;
            story.may_review &= part.may_manage;
            if !part.may_manage {
                story.seen.clear();
            }
        }
        Ok(story)
    }

    async fn why(&self, asked: &str, member: Option<i64>) -> Answer<Option<WhyPage>> {
        why::page(self, asked, member).await.map_err(internal_error)
    }

    async fn decide_again(&self, program: Program, id: i64) -> Answer<Outcome> {
        self.decide_credit_again(program, id)
            .await
            .map_err(internal_error)
    }

    async fn retry(&self, program: Program, ids: Vec<i64>) -> Answer<Outcome> {
        self.retry_credits(program, &ids)
            .await
            .map_err(internal_error)
    }
}

/// The part of the referrals that the viewer's role covers.
#[derive(Clone, Copy)]
struct Part {
    scope: Scope,
    /// The currency in which an amount of zero is shown.
    currency: Currency,
    /// Whether the viewer may retry and decide credits.
    may_manage: bool,
}

impl Part {
    /// Takes from a row what the viewer may not do.
    fn limit(self, row: &mut ReferralRow) {
        row.can_retry &= self.may_manage;
        row.see_settings &= self.may_manage;
    }
}

impl Services {
    /// `None` without a role in the program.
    fn part(&self, program: Program) -> Option<Part> {
        let rights = self.context.rights();
        let may_manage = rights.may(program, Permission::ManageCredits);
        match program {
            Program::Tenant => self.context.tenant_staff::<See>().map(|staff| Part {
                scope: Scope::Site(staff.site.id()),
                currency: staff.site.currency(),
                may_manage,
            }),
            Program::Platform => self.context.platform_staff::<See>().map(|_| Part {
                scope: Scope::Platform,
                currency: Currency::Usd,
                may_manage,
            }),
        }
    }
}

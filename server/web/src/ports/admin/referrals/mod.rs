//! Referrals of both programs. A tenant's staff sees those of the site; the platform's staff sees those
//! of platform referrers, for every brand.

mod again;
mod cards;
mod page;
mod remedies;
mod retried;
mod retry;
mod rows;
mod steps;
mod story;
mod why;
mod why_platform;

use app::{
    ports::{AdminReferrals, Answer},
    types::{
        Outcome,
        admin::{ReferralRow, ReferralStory, ReferralsPage, RetryOutcome, WhyPage},
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
    platform_settings,
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
        let program = filter.program;
        let Some(part) = self.part(program) else {
            return Ok(None);
        };
        let (db, at) = (self.state.db.reader(), (self.zone(), self.state.now()));
        let page = match program {
            Program::Tenant => page::read::<referral::Entity>(db, part, at, filter, ignored).await,
            Program::Platform => {
                page::read::<platform_referral::Entity>(db, part, at, filter, ignored).await
            }
        };
        let mut page = page.map_err(internal_error)?;
        page.rows.iter_mut().for_each(|row| part.limit(row));
        page.program_is_off = self.is_off(program).await?;
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
            story.program_is_off &= program == Program::Tenant && self.is_off(program).await?;
            if !part.may_manage {
                story.seen.clear();
            }
        }
        Ok(story)
    }

    async fn why(
        &self,
        program: Program,
        asked: &str,
        who: Option<i64>,
    ) -> Answer<Option<WhyPage>> {
        let page = match program {
            Program::Tenant => why::page(self, asked, who).await,
            Program::Platform => why_platform::page(self, asked, who).await,
        };
        page.map_err(internal_error)
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

    async fn retried(&self, program: Program, ids: Vec<i64>) -> Answer<Option<RetryOutcome>> {
        let Some(part) = self.part(program) else {
            return Ok(None);
        };
        let (db, at) = (self.state.db.reader(), (self.zone(), self.state.now()));
        let outcome = match program {
            Program::Tenant => retried::read::<referral::Entity>(db, part.scope, &ids, at).await,
            Program::Platform => {
                retried::read::<platform_referral::Entity>(db, part.scope, &ids, at).await
            }
        };
        outcome.map_err(|error| internal_error(error.into()))
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
    /// Whether the program gives no credit at present.
    async fn is_off(&self, program: Program) -> Answer<bool> {
        let reward = match program {
            Program::Tenant => self.context.site.tenant_credit(),
            Program::Platform => {
                let settings = platform_settings::get(self.state.db.reader()).await;
                let settings = settings.map_err(|error| internal_error(error.into()))?;
                settings.platform_credit()
            }
        };
        Ok(!reward.is_positive())
    }

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

//! Referrals of both programs. A tenant's admin sees those of the site; a platform admin sees those
//! of platform referrers, for every brand.

mod again;
mod cards;
mod page;
mod retry;
mod rows;
mod story;

use app::{
    ports::{AdminReferrals, Answer},
    types::{
        Outcome,
        admin::{ReferralStory, ReferralsPage},
    },
};
use async_trait::async_trait;
use domain::{
    attention::AttentionLine, credit::Program, money::Currency, referral::ReferralFilter,
};
use store::{
    Id, Scope,
    entities::{platform_referral, referral},
};

use super::attention;
use crate::ports::{Services, internal_error};

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
        let db = self.state.db.reader();
        let page = match filter.program {
            Program::Tenant => page::read::<referral::Entity>(db, part, filter, ignored).await,
            Program::Platform => {
                page::read::<platform_referral::Entity>(db, part, filter, ignored).await
            }
        };
        page.map(Some).map_err(internal_error)
    }

    async fn attention(&self) -> Answer<Vec<AttentionLine>> {
        attention::lines(self).await.map_err(internal_error)
    }

    async fn story(&self, program: Program, id: i64) -> Answer<Option<ReferralStory>> {
        let Some(part) = self.part(program) else {
            return Ok(None);
        };
        let db = self.state.db.reader();
        match program {
            Program::Tenant => {
                story::story_of::<referral::Entity>(db, part.scope, Id::new(id)).await
            }
            Program::Platform => {
                story::story_of::<platform_referral::Entity>(db, part.scope, Id::new(id)).await
            }
        }
        .map_err(internal_error)
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

/// The part of the referrals that the member's right covers.
#[derive(Clone, Copy)]
struct Part {
    scope: Scope,
    /// The currency in which an amount of zero is shown.
    currency: Currency,
}

impl Services {
    /// `None` without the right to run the program.
    fn part(&self, program: Program) -> Option<Part> {
        match program {
            Program::Tenant => self.context.tenant_admin().map(|admin| Part {
                scope: Scope::Site(admin.site.id()),
                currency: admin.site.currency(),
            }),
            Program::Platform => self.context.platform_admin().map(|_| Part {
                scope: Scope::Platform,
                currency: Currency::Usd,
            }),
        }
    }
}

//! Referrals of both programs. A tenant's admin sees those of the site; who runs the platform
//! program sees those of partners, whatever brand they sold.

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
use domain::{credit::Program, money::Currency, referral::ReferralFilter};
use store::Id;
use store::{
    Scope,
    entities::{platform_referral, referral},
};

use crate::ports::{Services, broken};

#[async_trait]
impl AdminReferrals for Services {
    async fn page(
        &self,
        filter: ReferralFilter,
        left_out: Vec<String>,
    ) -> Answer<Option<ReferralsPage>> {
        let Some(part) = self.part(filter.program) else {
            return Ok(None);
        };
        let db = self.state.db.reader();
        let page = match filter.program {
            Program::Tenant => page::read::<referral::Entity>(db, part, filter, left_out).await,
            Program::Platform => {
                page::read::<platform_referral::Entity>(db, part, filter, left_out).await
            }
        };
        page.map(Some).map_err(broken)
    }

    async fn story(&self, program: Program, id: i64) -> Answer<Option<ReferralStory>> {
        let Some(part) = self.part(program) else {
            return Ok(None);
        };
        let db = self.state.db.reader();
        match program {
            Program::Tenant => story::tell::<referral::Entity>(db, part.scope, Id::new(id)).await,
            Program::Platform => {
                story::tell::<platform_referral::Entity>(db, part.scope, Id::new(id)).await
            }
        }
        .map_err(broken)
    }

    async fn retry(&self, program: Program, ids: Vec<i64>) -> Answer<Outcome> {
        self.retry_credits(program, &ids).await.map_err(broken)
    }
}

/// What somebody with the right to a program sees of it.
#[derive(Clone, Copy)]
struct Part {
    /// Whose referrals.
    scope: Scope,
    /// What "nothing" is an amount of.
    currency: Currency,
}

impl Services {
    /// `None` without the right.
    fn part(&self, program: Program) -> Option<Part> {
        match program {
            Program::Tenant => self.visit.tenant_admin().map(|admin| Part {
                scope: Scope::Site(admin.site.id()),
                currency: admin.site.currency(),
            }),
            Program::Platform => self.visit.platform_admin().map(|_| Part {
                scope: Scope::Platform,
                currency: Currency::Usd,
            }),
        }
    }
}

//! **Decide again**, for a Pending referral.

use app::types::Outcome;
use domain::credit::Program;
use sea_orm::DbErr;
use services::{
    pending_referrals::{self, DecideAgain},
    rights::ManageCredits,
};
use store::{
    Id, Reader, Scope,
    entities::{platform_referral, referral},
};

use super::{
    super::{not_yours, refused},
    rows::Shown,
};
use crate::ports::Services;

const GONE: &str = "There is no such referral here.";

impl Services {
    pub(super) async fn decide_credit_again(
        &self,
        program: Program,
        id: i64,
    ) -> anyhow::Result<Outcome> {
        let (state, db) = (&self.state, self.state.db.reader());
        let decided = match program {
            Program::Tenant => {
                let Some(staff) = self.context.tenant_staff::<ManageCredits>() else {
                    return Ok(not_yours());
                };
                let scope = Scope::Site(staff.site.id());
                let Some((row, title)) = found::<referral::Entity>(db, scope, id).await? else {
                    return Ok(refused(GONE));
                };
                let by = DecideAgain {
                    actor: &staff.user,
                    title: &title,
                };
                pending_referrals::decide_again(state, &staff.site, &row, by).await?
            }
            Program::Platform => {
                let Some(staff) = self.context.platform_staff::<ManageCredits>() else {
                    return Ok(not_yours());
                };
                let scope = Scope::Platform;
                let found = found::<platform_referral::Entity>(db, scope, id).await?;
                let Some((row, title)) = found else {
                    return Ok(refused(GONE));
                };
                let by = DecideAgain {
                    actor: &staff.user,
                    title: &title,
                };
                pending_referrals::decide_subscription_again(state, &row, by).await?
            }
        };
        Ok(match decided {
            Ok(()) => Outcome::Done("The credit is being decided again.".to_owned()),
            Err(why) => refused(why),
        })
    }
}

/// The referral with its subject in the audit log.
async fn found<E: Shown>(
    db: &Reader,
    scope: Scope,
    id: i64,
) -> Result<Option<(E::Model, String)>, DbErr> {
    let Some(row) = E::one(db, scope, Id::new(id)).await? else {
        return Ok(None);
    };
    let subject = E::subject(db, scope, &row).await?;
    Ok(Some((row, subject)))
}

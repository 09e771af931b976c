//! **Retry** for the referrals that an admin selected.

use std::collections::{BTreeMap, BTreeSet};

use app::types::Outcome;
use domain::credit::Program;
use services::{
    credits::{Retry, retry as retry_credit},
    rights::ManageCredits,
};
use store::{
    Id, Reader, Scope, StripeAccountId, audit_log,
    entities::{platform_referral, referral, user},
    platform_settings,
};

use super::{
    super::{not_yours, refused},
    rows::Shown,
};
use crate::{ports::Services, state::AppState};

/// Most referrals in one request.
pub(super) const MOST: usize = 100;
/// Most of them that the answer names.
const NAMED: usize = 5;

/// The admin who retries, and the scope of the referrals.
struct Retrying<'a> {
    state: &'a AppState,
    actor: &'a user::Model,
    scope: Scope,
}

impl Services {
    pub(super) async fn retry_credits(
        &self,
        program: Program,
        ids: &[i64],
    ) -> anyhow::Result<Outcome> {
        let (state, db) = (&self.state, self.state.db.reader());
        let ids: BTreeSet<_> = ids.iter().copied().collect();
        match program {
            Program::Tenant => {
                let Some(staff) = self.context.tenant_staff::<ManageCredits>() else {
                    return Ok(not_yours());
                };
                let retrying = Retrying {
                    state,
                    actor: &staff.user,
                    scope: Scope::Site(staff.site.id()),
                };
                let account = staff.site.row.stripe_account_id;
                retrying.all::<referral::Entity>(account, &ids).await
            }
            Program::Platform => {
                let Some(staff) = self.context.platform_staff::<ManageCredits>() else {
                    return Ok(not_yours());
                };
                let retrying = Retrying {
                    state,
                    actor: &staff.user,
                    scope: Scope::Platform,
                };
                let account = platform_settings::get(db).await?.stripe_account_id;
                retrying
                    .all::<platform_referral::Entity>(account, &ids)
                    .await
            }
        }
    }
}

impl Retrying<'_> {
    async fn all<E: Shown>(
        &self,
        stripe_account: Option<StripeAccountId>,
        ids: &BTreeSet<i64>,
    ) -> anyhow::Result<Outcome> {
        if ids.is_empty() {
            return Ok(refused(
                "Select the Failed referrals that you want to retry.",
            ));
        }
        if ids.len() > MOST {
            return Ok(refused(format!(
                "Select at most {MOST} referrals at a time."
            )));
        }
        if stripe_account.is_none() {
            return Ok(refused(
                "Stripe is not connected. Connect it in Site Settings, on the Payments tab, then \
                 try again.",
            ));
        }
        let mut done = Vec::new();
        let mut skipped = BTreeMap::<String, usize>::new();
        for id in ids {
            let (title, name) = self.titled::<E>(*id).await?;
            let retry = Retry {
                scope: self.scope,
                referral_id: Id::new(*id),
                title: &title,
                actor: self.actor,
            };
            match retry_credit::<E>(self.state, &retry).await? {
                Ok(()) => done.push(name),
                Err(not_retried) => *skipped.entry(not_retried.words()).or_default() += 1,
            }
        }
        Ok(outcome(&done, &skipped))
    }

    /// The subject in the audit log, and who was referred; both empty for a referral that is not there.
    async fn titled<E: Shown>(&self, id: i64) -> anyhow::Result<(String, String)> {
        let db: &Reader = self.state.db.reader();
        let Some(row) = E::one(db, self.scope, Id::new(id)).await? else {
            return Ok((String::new(), String::new()));
        };
        let (_, referred) = E::named_one(db, self.scope, &row).await?;
        let title = audit_log::referral_subject(id, &referred.name);
        Ok((title, referred.name))
    }
}

/// What is told: who was referred in the credits that are `done`, and what was skipped and why.
fn outcome(done: &[String], skipped: &BTreeMap<String, usize>) -> Outcome {
    let skipped: Vec<_> = skipped
        .iter()
        .map(|(words, count)| format!("{count} ({words})"))
        .collect();
    let skipped = match skipped.join(", ") {
        list if list.is_empty() => list,
        list => format!(" Skipped: {list}."),
    };
    let names = match done {
        names if names.len() > NAMED => String::new(),
        names => format!(": {}", names.join(", ")),
    };
    match done.len() {
        0 => refused(format!(
            "Nothing was retried.{skipped} Select Failed referrals."
        )),
        1 => Outcome::Done(format!("1 credit is being retried{names}.{skipped}")),
        many => Outcome::Done(format!("{many} credits are being retried{names}.{skipped}")),
    }
}

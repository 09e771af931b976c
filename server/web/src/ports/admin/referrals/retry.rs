//! **Retry**, for the referrals that an admin has picked.

use std::collections::{BTreeMap, BTreeSet};
use store::Id;
use store::StripeAccountId;

use app::types::Outcome;
use domain::credit::Program;
use services::credits::{Retry, retry as retry_credit};
use store::{
    Reader, Scope,
    entities::{platform_referral, referral, user},
    platform_settings,
};

use super::{
    super::{not_yours, refused},
    rows::Shown,
};
use crate::{ports::Services, state::AppState};

/// Most referrals at a time.
const MOST: usize = 100;

/// Who tries again, and where.
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
                let Some(admin) = self.visit.tenant_admin() else {
                    return Ok(not_yours());
                };
                let retrying = Retrying {
                    state,
                    actor: &admin.user,
                    scope: Scope::Site(admin.site.id()),
                };
                let account = admin.site.row.stripe_account_id;
                retrying.all::<referral::Entity>(account, &ids).await
            }
            Program::Platform => {
                let Some(admin) = self.visit.platform_admin() else {
                    return Ok(not_yours());
                };
                let retrying = Retrying {
                    state,
                    actor: &admin.user,
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
                "Select the Failed referrals that you want to try again.",
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
        let mut done = 0_usize;
        let mut passed_over = BTreeMap::<String, usize>::new();
        for id in ids {
            let title = self.title::<E>(*id).await?;
            let retry = Retry {
                scope: self.scope,
                referral_id: Id::new(*id),
                title: &title,
                actor: self.actor,
            };
            match retry_credit::<E>(self.state, &retry).await? {
                Ok(()) => done += 1,
                Err(not_retried) => *passed_over.entry(not_retried.words()).or_default() += 1,
            }
        }
        Ok(outcome(done, &passed_over))
    }

    /// What the audit log calls it: `Referral of Jane Doe`.
    async fn title<E: Shown>(&self, id: i64) -> anyhow::Result<String> {
        let db: &Reader = self.state.db.reader();
        let row = E::one(db, self.scope, Id::new(id)).await?;
        let names = E::names(db, self.scope, row.as_slice()).await?;
        let referred = names.into_iter().next().unwrap_or_default().1;
        Ok(format!("Referral of {referred}"))
    }
}

fn outcome(done: usize, passed_over: &BTreeMap<String, usize>) -> Outcome {
    let passed_over: Vec<_> = passed_over
        .iter()
        .map(|(words, count)| format!("{count} ({words})"))
        .collect();
    let passed_over = match passed_over.join(", ") {
        list if list.is_empty() => list,
        list => format!(" Passed over: {list}."),
    };
    match done {
        0 => refused(format!(
            "Nothing was tried again.{passed_over} Select referrals that have Failed."
        )),
        1 => Outcome::Done(format!("1 credit is being tried again.{passed_over}")),
        _ => Outcome::Done(format!(
            "{done} credits are being tried again.{passed_over}"
        )),
    }
}

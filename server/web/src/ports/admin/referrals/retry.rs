//! **Retry**: failed credits get another try, with the amount that the ledger has.

use std::collections::{BTreeMap, BTreeSet};

use app::types::Outcome;
use domain::{
    credit::{NotRetried, Program, may_retry, retry_from},
    forms::Refusal,
    referral::ReferralStatus,
};
use server_core::clock::{from_ms, to_ms};
use services::queue::Job;
use store::{
    Reader,
    audit_log::{self, Change, Field},
    credit_retries,
    credits::state,
    entities::{platform_referral, referral, user},
    platform_settings,
    search_words::PLATFORM,
};
use time::Duration;

use super::rows::Shown;
use crate::{ports::Services, state::AppState};

/// Most referrals at a time.
const MOST: usize = 100;

/// Who tries again, and where.
struct Retrying<'a> {
    state: &'a AppState,
    actor: &'a user::Model,
    /// The site, and no other; [`PLATFORM`] in the platform program.
    site_id: i64,
}

/// A credit that is due once more.
struct Due {
    /// Our id of the ledger row.
    credit_id: i64,
    /// Not before this time has passed.
    after: Duration,
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
                    return Ok(no_right());
                };
                let retrying = Retrying {
                    state,
                    actor: &admin.user,
                    site_id: admin.site.id(),
                };
                let account = admin.site.row.stripe_account_id;
                retrying.all::<referral::Entity>(account, &ids).await
            }
            Program::Platform => {
                let Some(admin) = self.visit.platform_admin() else {
                    return Ok(no_right());
                };
                let retrying = Retrying {
                    state,
                    actor: &admin.user,
                    site_id: PLATFORM,
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
        stripe_account: Option<i64>,
        ids: &BTreeSet<i64>,
    ) -> anyhow::Result<Outcome> {
        if ids.is_empty() {
            return Ok(refused(
                "Select the Failed referrals that you want to try again.",
            ));
        }
        if ids.len() > MOST {
            return Ok(refused(&format!(
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
            match self.one::<E>(*id).await? {
                Ok(due) => {
                    done += 1;
                    self.push(&due).await;
                }
                Err(not_retried) => *passed_over.entry(not_retried.words()).or_default() += 1,
            }
        }
        Ok(outcome(done, &passed_over))
    }

    /// Makes one credit due.
    async fn one<E: Shown>(&self, id: i64) -> anyhow::Result<Result<Due, NotRetried>> {
        let now = self.state.clock.now();
        let title = self.title::<E>(id).await?;
        let tx = self.state.db.begin().await?;
        let Some((referral, credit)) = credit_retries::lock::<E>(&tx, self.site_id, id).await?
        else {
            return Ok(Err(NotRetried::NotFailed));
        };
        let row = E::common(&referral);
        let failed = credit.filter(|credit| credit.state == state::FAILED);
        if let Err(not_retried) = may_retry(row.status, row.reason().as_ref(), failed.is_some()) {
            return Ok(Err(not_retried));
        }
        let Some(credit) = failed else {
            return Ok(Err(NotRetried::NotFailed));
        };
        let from = retry_from(
            now,
            credit.failed_at.map(from_ms),
            credit.first_sent_at.is_some(),
        );
        credit_retries::make_due::<E>(&tx, &credit, id, to_ms(from), 0).await?;
        let change = Change {
            site_id: E::SITE.map(|_| self.site_id),
            actor: Some(self.actor),
            subject: &title,
            now_ms: to_ms(now),
        };
        let status = Field {
            name: "Status",
            old: Some(row.status.label().to_owned()),
            new: Some(ReferralStatus::Pending.label().to_owned()),
        };
        audit_log::write(&tx, &change, [status]).await?;
        tx.commit().await?;
        Ok(Ok(Due {
            credit_id: credit.id,
            after: from - now,
        }))
    }

    /// What the audit log calls it: `Referral of Jane Doe`.
    async fn title<E: Shown>(&self, id: i64) -> anyhow::Result<String> {
        let db: &Reader = self.state.db.reader();
        let row = E::one(db, self.site_id, id).await?;
        let names = E::names(db, self.site_id, row.as_slice()).await?;
        let referred = names.into_iter().next().unwrap_or_default().1;
        Ok(format!("Referral of {referred}"))
    }

    /// The queue has had the job of this credit's first attempts, so it takes this one by another
    /// key.
    async fn push(&self, due: &Due) {
        let job = Job::IssueCredit {
            credit_id: due.credit_id,
            attempt: 0,
        };
        let round = self.state.clock.now_ms();
        match due.after.is_positive() {
            true => self.state.queue.push_after(job, due.after, round).await,
            false => self.state.queue.push_again(job, round).await,
        }
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
        0 => refused(&format!(
            "Nothing was tried again.{passed_over} Select referrals that have Failed."
        )),
        1 => Outcome::Done(format!("1 credit is being tried again.{passed_over}")),
        _ => Outcome::Done(format!(
            "{done} credits are being tried again.{passed_over}"
        )),
    }
}

fn no_right() -> Outcome {
    refused("Only an admin can do this. Sign in as one, then try again.")
}

fn refused(message: &str) -> Outcome {
    Outcome::Refused(Refusal::message(message))
}

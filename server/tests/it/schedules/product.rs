//! What the product and its admins do in a schedule.

use domain::{credit::Program, referral::ReferralStatus};
use sea_orm::EntityTrait;
use services::{
    jobs::{self, sweep},
    operator,
    queue::Job,
};
use store::entities::referral;
use stripe_stand_in::FaultKind;
use tokio::select;

use super::{
    model::Event,
    world::{World, pick},
};
use crate::{
    faults::Call,
    support::{PLATFORM_SECRET, WEBHOOK_SECRET},
};

impl World {
    /// Runs a job that stays in the queue, so that it may run again.
    pub async fn work(&self, job: u8) {
        let jobs = self.app.waiting_jobs().await;
        if let Some(job) = pick(&jobs, job) {
            jobs::perform(&self.app.state, job).await.unwrap();
        }
    }

    /// Begins a job, and drops it as soon as Stripe has received such a call.
    pub async fn crash(&self, job: u8, call: Call, executed: bool) {
        let jobs = self.app.waiting_jobs().await;
        let Some(job) = pick(&jobs, job) else {
            return;
        };
        if !executed {
            self.app.stripe.fault(call.fault(FaultKind::DropBefore));
        }
        select! {
            // This branch comes first, so that Stripe's answer is not read.
            biased;
            () = self.received(call) => {}
            () = self.perform(job) => {}
        }
    }

    async fn perform(&self, job: &Job) {
        jobs::perform(&self.app.state, job).await.unwrap();
    }

    /// Waits until Stripe receives such a call.
    async fn received(&self, call: Call) {
        let stripe = &self.app.stripe;
        let mut seen = stripe.requests().len();
        loop {
            let all = stripe
                .wait_until_received("", "/v1/", seen + 1)
                .await
                .unwrap();
            if all[seen..].iter().any(|received| call.is(received)) {
                return;
            }
            seen = all.len();
        }
    }

    pub async fn sweep(&self) {
        sweep::round(&self.app.state).await.unwrap();
    }

    /// An admin selects the Failed referrals, and presses **Retry**.
    pub async fn retry(&mut self, program: Program) {
        let failed = self.failed(program).await;
        if failed.is_empty() {
            return;
        }
        let admin = match program {
            Program::Tenant => &self.dana,
            Program::Platform => &self.pat,
        };
        let ports = self.app.ports(&self.app.detroit, Some(admin)).await;
        let retried = ports.admin_referrals.retry(program, failed).await;
        retried.unwrap();
        self.model.happen(Event::Retried { program });
    }

    async fn failed(&self, program: Program) -> Vec<i64> {
        let failed = ReferralStatus::Failed;
        match program {
            Program::Tenant => {
                let rows = referral::Entity::find()
                    .all(self.app.state.db.reader())
                    .await;
                let rows = rows.unwrap().into_iter();
                rows.filter(|row| row.status == failed)
                    .map(|row| row.id.get())
                    .collect()
            }
            Program::Platform => {
                let rows = self.app.platform_referrals().await.into_iter();
                rows.filter(|row| row.status == failed)
                    .map(|row| row.id.get())
                    .collect()
            }
        }
    }

    pub async fn set_amount(&mut self, program: Program, cents: i64) {
        let state = &self.app.state;
        match program {
            Program::Tenant => operator::set_tenant_credit(state, "detroit-arms", cents).await,
            Program::Platform => operator::set_platform_credit(state, cents).await,
        }
        .unwrap();
        self.model.happen(Event::AmountSet { program, cents });
    }

    /// Connects or disconnects Stripe. Credits that are due are issued first: the model does not
    /// say what happens to them if Stripe is disconnected in between.
    pub async fn set_stripe(&mut self, program: Program, connected: bool) {
        if connected == self.model.is_connected(program) {
            return;
        }
        match connected {
            true => self.connect(program).await,
            false => {
                self.app.settle().await;
                self.disconnect(program).await;
            }
        }
        self.model.happen(Event::StripeSet { program, connected });
    }

    async fn connect(&mut self, program: Program) {
        let (app, key) = (&self.app, self.secret_key(program));
        let path = match program {
            Program::Tenant => app.connect_stripe(&app.detroit, &key, WEBHOOK_SECRET).await,
            Program::Platform => app.connect_platform(&key, PLATFORM_SECRET).await,
        };
        self.webhooks.push((program, path));
    }

    /// Rolls the key at Stripe; if the account is connected, connects the new key.
    pub async fn roll_key(&mut self, program: Program, anew: bool) {
        let old = self.secret_key(program);
        let new = format!("{old}_rolled");
        self.app.stripe.roll_key(&old, &new);
        for (of, key) in &mut self.keys {
            if *of == program {
                key.clone_from(&new);
            }
        }
        match (self.model.is_connected(program), anew) {
            (false, _) => {}
            (true, true) => self.connect(program).await,
            (true, false) => self.app.rotate(program, &new).await,
        }
    }

    async fn disconnect(&self, program: Program) {
        let state = &self.app.state;
        match program {
            Program::Tenant => operator::disconnect_stripe(state, "detroit-arms").await,
            Program::Platform => operator::disconnect_platform_stripe(state).await,
        }
        .unwrap();
    }
}

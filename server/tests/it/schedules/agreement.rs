//! The end of a schedule: everything comes to rest, and is compared with the model.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use domain::{
    credit::Program,
    money::{Currency, Money},
    referral::ReferralStatus,
};
use sea_orm::EntityTrait;
use serde_json::Value;
use services::jobs;
use store::{
    Coded, MemberId,
    entities::{credit, notification, referral},
};

use super::{
    model::Promise,
    world::{STRANGERS, World},
};

/// Longer than any wait between two attempts.
const A_WHILE: Duration = Duration::from_secs(7 * 60 * 60);
/// After more rounds than this, the product is not coming to rest.
const ROUNDS: usize = 30;

impl World {
    /// There are no more faults: Stripe delivers the remaining events, and the sweep finds what was
    /// lost.
    pub async fn come_to_rest(&mut self) {
        self.app.stripe.clear_faults();
        self.deliver_the_rest().await;
        for _ in 0..ROUNDS {
            for job in self.app.waiting_jobs().await {
                jobs::perform(&self.app.state, &job).await.unwrap();
            }
            self.observe().await;
            if !self.app.anything_due().await {
                return;
            }
            self.app.lose_jobs().await;
            self.app.advance(A_WHILE);
            self.sweep().await;
        }
        panic!("still due: {:?}", self.app.credits().await);
    }

    /// Fails unless ledger, referrals, notifications and Stripe's balances are as the model
    /// promises, and nothing is left to do.
    pub async fn assert_agreement(&self) {
        self.app.assert_nothing_is_left().await;
        let model = &self.model;
        let ledger = self.app.credits().await;
        let (tenant, platform) = (Program::Tenant, Program::Platform);
        let friends = self.tenant_referrals(&ledger).await;
        assert_eq!(&friends, model.referrals(tenant));
        let subscriptions = self.platform_referrals(&ledger).await;
        assert_eq!(&subscriptions, model.referrals(platform));
        let earned = friends.values().chain(subscriptions.values());
        let earned = earned.filter(|promise| promise.cents.is_some()).count();
        assert_eq!(ledger.len(), earned, "{ledger:?}");
        self.assert_notifications().await;
        let members = self.referrers.iter().map(|one| (one.id.get(), &*one.email));
        self.assert_ledger_agrees(tenant, "Referral credit", members);
        let platform_referrers = self
            .platform_referrers
            .iter()
            .map(|one| (one.id.get(), &*one.email));
        self.assert_ledger_agrees(platform, "Platform referral credit", platform_referrers);
        for entry in self.entries(tenant, "Referral credit") {
            let customer = entry["customer"].as_str().unwrap();
            assert!(!STRANGERS.contains(&customer), "{entry}");
        }
    }

    async fn tenant_referrals(&self, ledger: &[credit::Model]) -> BTreeMap<i64, Promise> {
        let rows = referral::Entity::find()
            .all(self.app.state.db.reader())
            .await;
        let promises = rows.unwrap().into_iter().map(|row| {
            let credit = ledger.iter().find(|one| one.referral_id == Some(row.id));
            let promise = Promise {
                referrer: row.referrer_id.get(),
                status: *row.status,
                reason: row.failure_reason.clone().map(Coded::into_inner),
                cents: credit.map(|credit| -credit.amount_cents),
            };
            assert_ledger(&promise, credit, row.credit_cents);
            (row.referred_id.get(), promise)
        });
        promises.collect()
    }

    async fn platform_referrals(&self, ledger: &[credit::Model]) -> BTreeMap<i64, Promise> {
        let purchases = self.app.platform_purchases().await;
        let rows = self.app.platform_referrals().await.into_iter();
        let promises = rows.map(|row| {
            let credit = ledger
                .iter()
                .find(|one| one.platform_referral_id == Some(row.id));
            let promise = Promise {
                referrer: row.referrer_id.get(),
                status: *row.status,
                reason: row.failure_reason.clone().map(Coded::into_inner),
                cents: credit.map(|credit| -credit.amount_cents),
            };
            assert_ledger(&promise, credit, row.credit_cents);
            let purchase = purchases.iter().find(|one| one.id == row.purchase_id);
            let session = &purchase.unwrap().checkout_session_id;
            (self.number_of(session).unwrap(), promise)
        });
        promises.collect()
    }

    /// Each referrer is notified of each credit once, and nobody else is notified of any.
    async fn assert_notifications(&self) {
        let rows = notification::Entity::find().all(self.app.state.db.reader());
        let rows: Vec<_> = rows.await.unwrap();
        let of_credits = rows.iter().filter(|row| row.credit_id.is_some());
        let mut told = BTreeMap::<MemberId, Vec<String>>::new();
        for row in of_credits {
            told.entry(row.user_id).or_default().push(row.text.clone());
        }
        for referrer in &self.referrers {
            let promised = self.model.notifications(referrer.id.get()).into_iter();
            let mut promised: Vec<_> = promised.map(sentence).collect();
            let mut theirs = told.remove(&referrer.id).unwrap_or_default();
            promised.sort();
            theirs.sort();
            assert_eq!(theirs, promised, "{}", referrer.email);
        }
        assert!(told.is_empty(), "{told:?}");
    }

    /// Every referrer has the promised credits on customers with their address, and nobody else has
    /// any.
    fn assert_ledger_agrees<'a>(
        &self,
        program: Program,
        description: &str,
        holders: impl Iterator<Item = (i64, &'a str)>,
    ) {
        let entries = self.entries(program, description);
        let customers = self.listed(program, "customers");
        let is_of = |entry: &Value, email: &str| {
            let mut customers = customers.iter();
            customers.any(|one| one["id"] == entry["customer"] && one["email"] == email)
        };
        let mut held = 0;
        for (holder, email) in holders {
            let theirs = entries.iter().filter(|entry| is_of(entry, email));
            let mut cents: Vec<_> = theirs
                .map(|entry| -entry["amount"].as_i64().unwrap())
                .collect();
            cents.sort_unstable();
            assert_eq!(cents, self.model.credits(program, holder), "{email}");
            let balance = self.model.balance(program, holder);
            assert_eq!(-cents.iter().sum::<i64>(), balance, "{email}");
            held += cents.len();
        }
        assert_eq!(entries.len(), held, "{entries:?}");
        let keys: BTreeSet<_> = entries
            .iter()
            .map(|entry| entry["metadata"]["ledger_key"].as_str().unwrap())
            .collect();
        assert_eq!(keys.len(), held, "each credit once");
    }

    /// Our balance transactions in a program's account.
    fn entries(&self, program: Program, description: &str) -> Vec<Value> {
        let mut entries = self.listed(program, "balance_transactions");
        entries.retain(|entry| entry["type"] == "adjustment");
        for entry in &entries {
            assert_eq!(entry["description"], description);
        }
        entries
    }
}

/// Fails unless the ledger's row and the referral say the same.
fn assert_ledger(promise: &Promise, credit: Option<&credit::Model>, credited: Option<i64>) {
    let state = match (promise.status, promise.cents) {
        (_, None) => None,
        (ReferralStatus::Credited, Some(_)) => Some("issued"),
        (ReferralStatus::Failed, Some(_)) => Some("failed"),
        (ReferralStatus::Pending, Some(_)) => Some("due"),
    };
    assert_eq!(credit.map(|credit| credit.state.code()), state);
    let has = promise.status == ReferralStatus::Credited;
    assert_eq!(credited, promise.cents.filter(|_| has));
}

/// The text of the notification of a credit.
fn sentence(cents: i64) -> String {
    let credit = Money::new(cents, Currency::Usd);
    format!("You earned a {credit} credit from your referral")
}

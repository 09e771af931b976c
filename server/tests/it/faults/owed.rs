//! Somebody to whom the next sale owes a credit.

use app::types::Outcome;
use domain::{
    credit::Program,
    purchase::ProductKind,
    referral::{FailureReason, ReferralStatus},
};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::Value;
use services::stripe_customers::{Holder, connection, get_or_create, platform_connection};
use store::{
    Coded,
    entities::notification,
    platform_referrers, platform_settings, referrals,
    stripe_customers::{self, HolderId, Known},
};
use stripe_stand_in::{Seed, SeedCustomer};

use crate::support::{
    PLATFORM_KEY, PLATFORM_SECRET, Platform, Referred, STRIPE_KEY, TestApp, WEBHOOK_SECRET,
    subscription,
};

/// The customer that we remember.
pub const KNOWN: &str = "cus_known";
/// Customers that only have the same address, the older one first.
pub const STRANGERS: [&str; 2] = ["cus_older", "cus_younger"];

pub enum Owed {
    /// Mia, who referred Jane, is owed $10.00.
    Member(Box<Referred>),
    /// Jordan, a platform referrer, is owed $50.00.
    PlatformReferrer(Box<Platform>),
}

impl Owed {
    /// Connects the program to Stripe, whose events are held back: a test that wants them delivered
    /// delivers them.
    pub async fn of(app: &TestApp, program: Program) -> Self {
        match program {
            Program::Tenant => Self::Member(Box::new(member(app).await)),
            Program::Platform => {
                app.stripe.hold_deliveries(PLATFORM_KEY);
                Self::PlatformReferrer(Box::new(app.platform().await))
            }
        }
    }

    /// Connects the program to an account with this key, not as a key of the same account.
    pub async fn connect(&self, app: &TestApp, secret_key: &str) {
        match self {
            Self::Member(_) => {
                app.connect_stripe(&app.detroit, secret_key, WEBHOOK_SECRET)
                    .await
            }
            Self::PlatformReferrer(_) => app.connect_platform(secret_key, PLATFORM_SECRET).await,
        };
    }

    pub fn secret_key(&self) -> &'static str {
        match self {
            Self::Member(_) => STRIPE_KEY,
            Self::PlatformReferrer(_) => PLATFORM_KEY,
        }
    }

    pub fn email(&self) -> &str {
        match self {
            Self::Member(referred) => &referred.mia.email,
            Self::PlatformReferrer(platform) => &platform.jordan.email,
        }
    }

    /// Gives Stripe these customers with this address, the first one the oldest.
    pub fn plant(&self, app: &TestApp, email: &str, ids: &[&str]) {
        let customers = ids.iter().zip(1_600_000_000..);
        let customers = customers.map(|(id, created)| SeedCustomer {
            id: (*id).to_owned(),
            email: Some(email.to_owned()),
            created: Some(created),
            ..Default::default()
        });
        let seed = Seed {
            secret_key: self.secret_key().to_owned(),
            account: None,
            customers: customers.collect(),
        };
        app.stripe.seed(seed).unwrap();
    }

    /// Records this customer as the referrer's.
    pub async fn remember(&self, app: &TestApp, customer: &str) {
        match self {
            Self::Member(referred) => app.remember_customer(referred.mia.id, customer).await,
            Self::PlatformReferrer(platform) => {
                let db = app.state.db.writer();
                let settings = platform_settings::get(db).await.unwrap();
                let account = settings.stripe_account_id.unwrap();
                let platform_referrer = &platform.jordan;
                let (holder, token) = (
                    HolderId::PlatformReferrer(platform_referrer.id),
                    app.state.random.token(),
                );
                let row = stripe_customers::get_or_insert(db, account, holder, &token).await;
                let (row, email) = (row.unwrap(), &platform_referrer.email);
                let known = Known {
                    marked: true,
                    source: None,
                };
                let kept = stripe_customers::set_customer(db, &row, email, customer, known).await;
                assert!(kept.unwrap(), "another is remembered");
            }
        }
    }

    /// The referrer's customer, created if there is none.
    pub async fn customer(&self, app: &TestApp) -> String {
        let (state, db) = (&app.state, app.state.db.reader());
        let customer = match self {
            Self::Member(referred) => {
                let site = app.site().await;
                let connection = connection(state, &site).await.unwrap().unwrap();
                let mia = stripe_customers::member(db, site.id(), referred.mia.id).await;
                let holder = Holder::Member(&site, &mia.unwrap().unwrap());
                get_or_create(state, &connection, &holder).await
            }
            Self::PlatformReferrer(platform) => {
                let connection = platform_connection(state).await.unwrap().unwrap();
                let jordan = platform_referrers::by_id(db, platform.jordan.id).await;
                let holder = Holder::PlatformReferrer {
                    realm: &platform.pewpros.row.realm,
                    referrer: &jordan.unwrap().unwrap(),
                };
                get_or_create(state, &connection, &holder).await
            }
        };
        customer.unwrap().id
    }

    /// Deletes the customer, as in Stripe's dashboard.
    pub async fn delete(&self, app: &TestApp, customer: &str) {
        let url = format!("{}v1/customers/{customer}", app.stripe.base_url);
        let client = reqwest::Client::new();
        let deleted = client.delete(url).bearer_auth(self.secret_key()).send();
        assert_eq!(deleted.await.unwrap().status(), 200);
    }

    /// Makes the sale that earns the credit, and the first attempt to issue it.
    pub async fn sell(&self, app: &TestApp) {
        match self {
            Self::Member(referred) => {
                let sale = app.sell(referred).await;
                app.decide(sale).await;
            }
            Self::PlatformReferrer(platform) => {
                let code = Some(platform.jordan.code.as_str());
                let session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
                app.subscribe(platform, session).await;
            }
        }
    }

    /// Delivers every event about a Checkout session, as Stripe does: perhaps not for the first
    /// time.
    pub async fn tell(&self, app: &TestApp) {
        for event in self.listed(app, "events") {
            let kind = event["type"].as_str().unwrap();
            if !kind.starts_with("checkout.session.") {
                continue;
            }
            let body = event.to_string();
            let answered = match self {
                Self::Member(referred) => app.deliver(&referred.webhook, &body).await,
                Self::PlatformReferrer(platform) => app.deliver_to_platform(platform, &body).await,
            };
            assert_eq!(answered, 200, "{body}");
        }
    }

    /// Retries the failed credit as an admin.
    pub async fn retry(&self, app: &TestApp) {
        let (ports, program, id) = match self {
            Self::Member(_) => (
                app.dana().await,
                Program::Tenant,
                app.referral().await.id.get(),
            ),
            Self::PlatformReferrer(_) => {
                let id = app.platform_referral().await.id.get();
                (app.pat().await, Program::Platform, id)
            }
        };
        let outcome = ports
            .admin_referrals
            .retry(program, vec![id])
            .await
            .unwrap();
        let Outcome::Done(said) = outcome else {
            panic!("not retried: {outcome:?}");
        };
        assert!(said.starts_with("1 credit is being retried: "), "{said}");
    }

    /// A list of the objects in this program's Stripe account: `customers`, `sessions`, `events`.
    pub fn listed(&self, app: &TestApp, list: &str) -> Vec<Value> {
        let books = app.stripe.objects(self.secret_key(), None);
        books[list].as_array().cloned().expect("a list")
    }

    /// The balance transactions of customers that were not deleted.
    pub fn entries(&self, app: &TestApp) -> Vec<Value> {
        let customers = self.listed(app, "customers");
        let lives = |entry: &Value| {
            let mut customers = customers.iter();
            customers.any(|one| one["id"] == entry["customer"] && one["deleted"] != true)
        };
        let mut entries = self.listed(app, "balance_transactions");
        entries.retain(lives);
        entries
    }

    /// Status, failure reason and credit of the referral.
    pub async fn referral(
        &self,
        app: &TestApp,
    ) -> (ReferralStatus, Option<FailureReason>, Option<i64>) {
        match self {
            Self::Member(_) => {
                let row = app.referral().await;
                let reason = row.failure_reason.map(Coded::into_inner);
                (*row.status, reason, row.credit_cents)
            }
            Self::PlatformReferrer(_) => {
                let row = app.platform_referral().await;
                let reason = row.failure_reason.map(Coded::into_inner);
                (*row.status, reason, row.credit_cents)
            }
        }
    }

    /// Asserts that the referral is Failed because Stripe could not be reached.
    pub async fn assert_given_up(&self, app: &TestApp) {
        let reason = Some(FailureReason::Unreachable);
        let failed = (ReferralStatus::Failed, reason, None);
        assert_eq!(self.referral(app).await, failed);
        assert_eq!(app.credits().await[0].state.code(), "failed");
        assert!(self.notifications(app).await.is_empty());
    }

    /// Asserts one credit everywhere: in the ledger, on the referral, at Stripe and as a
    /// notification; and nothing left to do.
    pub async fn assert_credited_once(&self, app: &TestApp) {
        let (cents, description, told) = match self {
            Self::Member(_) => {
                let text = "You earned a $10.00 credit from your referral";
                (1000, "Referral credit", vec![text.to_owned()])
            }
            Self::PlatformReferrer(_) => (5000, "Platform referral credit", Vec::new()),
        };
        let credits = app.credits().await;
        let [credit] = &credits[..] else {
            panic!("not one credit: {credits:?}");
        };
        assert_eq!(
            (credit.state.code(), credit.amount_cents),
            ("issued", -cents)
        );
        let credited = (ReferralStatus::Credited, None, Some(cents));
        assert_eq!(self.referral(app).await, credited);
        let entries = self.entries(app);
        let [entry] = &entries[..] else {
            panic!("not one entry: {entries:?}");
        };
        assert_eq!(entry["amount"], -cents);
        assert_eq!(entry["currency"], "usd");
        assert_eq!(entry["description"], description);
        assert_eq!(
            entry["id"].as_str(),
            credit.stripe_transaction_id.as_deref()
        );
        let key = credit.idempotency_key.as_str();
        assert_eq!(entry["metadata"]["ledger_key"], key);
        assert_eq!(self.notifications(app).await, told);
        let customers = self.listed(app, "customers");
        let mut holders: Vec<_> = customers
            .iter()
            .filter(|one| one["metadata"]["realm"].is_string() && one["deleted"] != true)
            .map(|one| one["metadata"].to_string())
            .collect();
        holders.sort();
        let made = holders.len();
        holders.dedup();
        assert_eq!(made, holders.len(), "{customers:?}");
        app.assert_nothing_is_left().await;
    }

    /// The text of every notification.
    async fn notifications(&self, app: &TestApp) -> Vec<String> {
        let rows = notification::Entity::find()
            .order_by_asc(notification::Column::Id)
            .all(app.state.db.reader())
            .await;
        rows.unwrap().into_iter().map(|row| row.text).collect()
    }
}

/// Jane has registered through Mia's link, and has bought nothing yet.
async fn member(app: &TestApp) -> Referred {
    app.stripe.hold_deliveries(STRIPE_KEY);
    let webhook = app
        .connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let site = &app.detroit;
    let mia = app.member(site, "Mia", "mia@example.com").await;
    let jane = app.member(site, "Jane", "jane@example.com").await;
    let (db, now) = (app.state.db.writer(), app.state.now());
    referrals::insert_pending(
        db,
        site.id(),
        app.state.random.token(),
        mia.id,
        jane.id,
        None,
        now,
    )
    .await
    .unwrap();
    let (kind, slug) = (ProductKind::EventTicket, "steel-challenge");
    let ticket = app.product(site, kind, slug, 4500).await;
    Referred {
        mia,
        jane,
        ticket,
        webhook,
    }
}

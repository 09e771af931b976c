//! Somebody to whom the next sale owes a credit.

use app::types::Outcome;
use domain::{
    credit::Program,
    purchase::ProductKind,
    referral::{FailureReason, ReferralStatus},
};
use sea_orm::EntityTrait;
use serde_json::Value;
use services::stripe_customers::{Holder, connection, get_or_create, platform_connection};
use store::Coded;
use store::{
    entities::notification,
    platform_referrers, platform_settings, referrals,
    stripe_customers::{self, HolderId},
};
use stripe_stand_in::{Seed, SeedCustomer};

use crate::support::{
    PLATFORM_KEY, PLATFORM_SECRET, Platform, Referred, STRIPE_KEY, TestApp, WEBHOOK_SECRET,
    subscription,
};

/// A customer that we remember.
pub const KNOWN: &str = "cus_known";
/// Customers that only share an address, the older one first.
pub const STRANGERS: [&str; 2] = ["cus_older", "cus_younger"];

/// Who.
pub enum Owed {
    /// Mia, who referred Jane: $10.00.
    Member(Box<Referred>),
    /// Jordan, a partner: $50.00.
    Partner(Box<Platform>),
}

impl Owed {
    /// Connects the program to Stripe, whose events are held back: a test that wants them told
    /// tells them.
    pub async fn of(app: &TestApp, program: Program) -> Self {
        match program {
            Program::Tenant => Self::Member(Box::new(member(app).await)),
            Program::Platform => {
                app.stripe.hold(PLATFORM_KEY);
                Self::Partner(Box::new(app.platform().await))
            }
        }
    }

    /// Connects the program to an account with this key, not as the same one.
    pub async fn connect(&self, app: &TestApp, secret_key: &str) {
        match self {
            Self::Member(_) => {
                app.connect_stripe(&app.detroit, secret_key, WEBHOOK_SECRET)
                    .await
            }
            Self::Partner(_) => app.connect_platform(secret_key, PLATFORM_SECRET).await,
        };
    }

    pub fn secret_key(&self) -> &'static str {
        match self {
            Self::Member(_) => STRIPE_KEY,
            Self::Partner(_) => PLATFORM_KEY,
        }
    }

    pub fn email(&self) -> &str {
        match self {
            Self::Member(referred) => &referred.mia.email,
            Self::Partner(platform) => &platform.jordan.email,
        }
    }

    /// Stripe has these customers with this address, the first the oldest.
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

    /// We take this customer for theirs.
    pub async fn remember(&self, app: &TestApp, customer: &str) {
        match self {
            Self::Member(referred) => app.remember_customer(referred.mia.id, customer).await,
            Self::Partner(platform) => {
                let db = app.state.db.writer();
                let settings = platform_settings::get(db).await.unwrap();
                let account = settings.stripe_account_id.unwrap();
                let partner = &platform.jordan;
                let (holder, token) = (HolderId::Partner(partner.id), app.state.random.token());
                let row = stripe_customers::get_or_insert(db, account, holder, &token).await;
                let (row, email) = (row.unwrap(), &partner.email);
                let kept = stripe_customers::set_customer(db, &row, email, customer, true).await;
                assert!(kept.unwrap(), "another is remembered");
            }
        }
    }

    /// Their customer, made if there is none.
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
            Self::Partner(platform) => {
                let connection = platform_connection(state).await.unwrap().unwrap();
                let jordan = platform_referrers::by_id(db, platform.jordan.id).await;
                let holder = Holder::Partner {
                    realm: &platform.pewpros.row.realm,
                    partner: &jordan.unwrap().unwrap(),
                };
                get_or_create(state, &connection, &holder).await
            }
        };
        customer.unwrap().id
    }

    /// Somebody deletes the customer in Stripe's dashboard.
    pub async fn delete(&self, app: &TestApp, customer: &str) {
        let url = format!("{}v1/customers/{customer}", app.stripe.base_url);
        let client = reqwest::Client::new();
        let deleted = client.delete(url).bearer_auth(self.secret_key()).send();
        assert_eq!(deleted.await.unwrap().status(), 200);
    }

    /// The sale that earns the credit, and the first try to give it.
    pub async fn sell(&self, app: &TestApp) {
        match self {
            Self::Member(referred) => {
                let sale = app.sell(referred).await;
                app.decide(sale).await;
            }
            Self::Partner(platform) => {
                let code = Some(platform.jordan.code.as_str());
                let session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
                app.subscribe(platform, session).await;
            }
        }
    }

    /// Tells us every event about a Checkout session, as Stripe does: perhaps not for the first time.
    pub async fn tell(&self, app: &TestApp) {
        for event in self.listed(app, "events") {
            let kind = event["type"].as_str().unwrap();
            if !kind.starts_with("checkout.session.") {
                continue;
            }
            let body = event.to_string();
            let answered = match self {
                Self::Member(referred) => app.deliver(&referred.webhook, &body).await,
                Self::Partner(platform) => app.tell_platform(platform, &body).await,
            };
            assert_eq!(answered, 200, "{body}");
        }
    }

    /// An admin tries the failed credit again.
    pub async fn retry(&self, app: &TestApp) {
        let (ports, program, id) = match self {
            Self::Member(_) => (
                app.dana().await,
                Program::Tenant,
                app.referral().await.id.get(),
            ),
            Self::Partner(_) => {
                let id = app.platform_referral().await.id.get();
                (app.pat().await, Program::Platform, id)
            }
        };
        let outcome = ports
            .admin_referrals
            .retry(program, vec![id])
            .await
            .unwrap();
        let tried = Outcome::Done("1 credit is being tried again.".to_owned());
        assert_eq!(outcome, tried);
    }

    /// A list of the books of Stripe's account: `customers`, `sessions`, `events`.
    pub fn listed(&self, app: &TestApp, list: &str) -> Vec<Value> {
        let books = app.stripe.books(self.secret_key(), None);
        books[list].as_array().cloned().expect("a list")
    }

    /// The entries on the balances of customers that were not deleted.
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

    /// Status, reason and credit of the referral.
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
            Self::Partner(_) => {
                let row = app.platform_referral().await;
                let reason = row.failure_reason.map(Coded::into_inner);
                (*row.status, reason, row.credit_cents)
            }
        }
    }

    /// Failed, with the reason that Stripe could not be reached.
    pub async fn assert_given_up(&self, app: &TestApp) {
        let reason = Some(FailureReason::Unreachable);
        let failed = (ReferralStatus::Failed, reason, None);
        assert_eq!(self.referral(app).await, failed);
        assert_eq!(app.credits().await[0].state.code(), "failed");
        assert!(self.told(app).await.is_empty());
    }

    /// One credit everywhere: ledger, referral, Stripe's books, notification; and nothing left.
    pub async fn assert_credited_once(&self, app: &TestApp) {
        let (cents, description, told) = match self {
            Self::Member(_) => {
                let text = "You earned a $10.00 credit from your referral";
                (1000, "Referral credit", vec![text.to_owned()])
            }
            Self::Partner(_) => (5000, "Platform referral credit", Vec::new()),
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
        assert_eq!(self.told(app).await, told);
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
        assert_nothing_was_searched(app);
    }

    /// Everything that anybody was told.
    async fn told(&self, app: &TestApp) -> Vec<String> {
        let rows = notification::Entity::find()
            .all(app.state.db.reader())
            .await;
        rows.unwrap().into_iter().map(|row| row.text).collect()
    }
}

/// Stripe's Search lags: what it does not know yet would be made twice.
pub fn assert_nothing_was_searched(app: &TestApp) {
    for call in app.stripe.requests() {
        assert!(!call.path.ends_with("/search"), "{call:?}");
    }
}

/// Jane has come through Mia's link, and has bought nothing yet.
async fn member(app: &TestApp) -> Referred {
    app.stripe.hold(STRIPE_KEY);
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

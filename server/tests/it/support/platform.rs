//! The platform's brands, a platform referrer, and Stripe's events about subscriptions.

use domain::{
    account::{Email, SiteKind},
    credit::{CreditState, Program},
    referral::ReferralStatus,
};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};
use services::{
    jobs,
    operator::{self, NewSite, StripeKeys},
    platform_referrers::add as add_referrer,
    queue::Job,
};
use store::{
    PlatformPurchaseId, PlatformReferrerId,
    entities::{platform_purchase, platform_referral, platform_referrer},
    platform_referrers, platform_settings,
    sites::Site,
    stripe_customers::{self, HolderId},
};
use stripe_stand_in::Endpoint;

use super::{TestApp, signature, stripe::listed};

pub const PLATFORM_KEY: &str = "sk_test_platform";
pub const PLATFORM_SECRET: &str = "whsec_platform";

/// PewPros and CoachPros, connected to the platform's Stripe account; a referral earns $50.00.
/// Jordan is a platform referrer, whose customer the first credit makes.
pub struct Platform {
    /// At `pewpros.localhost`.
    pub pewpros: Site,
    /// At `coachpros.localhost`.
    pub coachpros: Site,
    pub jordan: platform_referrer::Model,
    /// The path of the platform account's webhook endpoint.
    pub webhook: String,
}

impl TestApp {
    pub async fn platform(&self) -> Platform {
        let pewpros = self.brand("pewpros", "PewPros").await;
        let coachpros = self.brand("coachpros", "CoachPros").await;
        operator::set_platform_credit(&self.state, 5000)
            .await
            .unwrap();
        let webhook = self.connect_platform(PLATFORM_KEY, PLATFORM_SECRET).await;
        let jordan = self.platform_referrer("Jordan Reyes", "jordan@example.com");
        let jordan = jordan.await;
        self.lose_customer_jobs().await;
        Platform {
            pewpros,
            coachpros,
            jordan,
            webhook,
        }
    }

    async fn brand(&self, key: &str, name: &str) -> Site {
        let new = NewSite {
            key,
            name,
            tagline: "",
            host: &format!("{key}.localhost"),
            kind: SiteKind::Platform,
            theme: key,
        };
        operator::add_site(&self.state, &new).await.unwrap()
    }

    /// Connects the platform to an account of the stand-in that delivers its events here; returns
    /// the path of the webhook endpoint.
    pub async fn connect_platform(&self, secret_key: &str, webhook_secret: &str) -> String {
        let keys = StripeKeys {
            secret_key,
            webhook_secrets: &[webhook_secret.to_owned()],
            same_account: false,
            ..StripeKeys::default()
        };
        let connected = operator::connect_platform_stripe(&self.state, &keys).await;
        let path = connected.unwrap().path;
        let url = format!("http://{}{path}", self.address);
        self.stripe
            .register_endpoint(Endpoint::new(secret_key, &url, webhook_secret));
        path
    }

    /// Replaces the secret key of the program's connected account.
    pub async fn rotate(&self, program: Program, secret_key: &str) {
        self.try_to_rotate(program, secret_key).await.unwrap();
    }

    /// Does the same, where it may be refused.
    pub async fn try_to_rotate(&self, program: Program, secret_key: &str) -> anyhow::Result<()> {
        let keys = StripeKeys {
            secret_key,
            same_account: true,
            ..StripeKeys::default()
        };
        let (state, site) = (&self.state, &self.detroit.row.key);
        let connected = match program {
            Program::Tenant => operator::connect_stripe(state, site, &keys).await,
            Program::Platform => operator::connect_platform_stripe(state, &keys).await,
        };
        connected.map(|_| ())
    }

    /// A platform referrer, added as by the command line.
    pub async fn platform_referrer(&self, name: &str, email: &str) -> platform_referrer::Model {
        let email = Email::parse(email).unwrap();
        let added = add_referrer(&self.state, None, name, &email).await;
        added.unwrap().expect("a new address")
    }

    /// The platform referrer's current row.
    pub async fn partner_now(
        &self,
        platform_referrer: &platform_referrer::Model,
    ) -> platform_referrer::Model {
        let found = platform_referrers::by_id(self.state.db.reader(), platform_referrer.id).await;
        found.unwrap().unwrap()
    }

    /// The platform referrer's customer at the platform's account, as far as we know it.
    pub async fn partner_customer(
        &self,
        platform_referrer_id: PlatformReferrerId,
    ) -> Option<String> {
        let db = self.state.db.reader();
        let settings = platform_settings::get(db).await.unwrap();
        let account = settings.stripe_account_id.expect("connected");
        let row = stripe_customers::get(
            db,
            account,
            HolderId::PlatformReferrer(platform_referrer_id),
        )
        .await;
        row.unwrap()?.customer_id
    }

    /// Delivers `body` to the platform's webhook endpoint, signed now.
    pub async fn deliver_to_platform(&self, platform: &Platform, body: &str) -> u16 {
        let now = self.state.clock.now().unix_timestamp();
        let header = signature(PLATFORM_SECRET, now, body);
        self.post_webhook(&platform.webhook, Some(&header), body.to_owned())
            .await
    }

    /// Delivers a paid subscription, and does its job.
    pub async fn subscribe(&self, platform: &Platform, session: Value) {
        let id = format!("evt_{}", self.state.random.token());
        let body = super::event(&id, "checkout.session.completed", session);
        assert_eq!(self.deliver_to_platform(platform, &body).await, 200);
        for purchase in self.platform_purchases().await {
            self.decide_platform(purchase.id).await;
        }
    }

    /// Does the job of a paid subscription.
    pub async fn decide_platform(&self, purchase_id: PlatformPurchaseId) {
        jobs::perform(&self.state, &Job::DecidePlatformCredit { purchase_id })
            .await
            .unwrap();
    }

    /// Oldest first.
    pub async fn platform_purchases(&self) -> Vec<platform_purchase::Model> {
        let rows = platform_purchase::Entity::find().order_by_asc(platform_purchase::Column::Id);
        rows.all(self.state.db.reader()).await.unwrap()
    }

    /// Oldest first.
    pub async fn platform_referrals(&self) -> Vec<platform_referral::Model> {
        let rows = platform_referral::Entity::find().order_by_asc(platform_referral::Column::Id);
        rows.all(self.state.db.reader()).await.unwrap()
    }

    /// The only platform referral.
    pub async fn platform_referral(&self) -> platform_referral::Model {
        let mut rows = self.platform_referrals().await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows.remove(0)
    }

    /// The outcome that is stored with this event.
    pub async fn outcome_of(&self, event_id: &str) -> String {
        use sea_orm::{ColumnTrait, QueryFilter};
        use store::entities::stripe_event::{Column, Entity};
        let found = Entity::find().filter(Column::EventId.eq(event_id));
        let found = found.one(self.state.db.reader()).await.unwrap();
        found.expect("stored").outcome
    }

    /// A list of the objects that the stand-in has for the platform's account: `customers`,
    /// `sessions`, `balance_transactions`.
    pub fn platform_objects(&self, list: &str) -> Vec<Value> {
        listed(&self.stripe.objects(PLATFORM_KEY, None)[list])
    }

    /// Asserts one credit of $50.00 everywhere: in the ledger, on the referral and at Stripe.
    pub async fn assert_partner_credited_once(&self) {
        let credits = self.credits().await;
        assert_eq!(credits.len(), 1, "{credits:?}");
        assert_eq!(
            (*credits[0].state, credits[0].amount_cents),
            (CreditState::Issued, -5000)
        );
        let referral = self.platform_referral().await;
        assert_eq!(referral.status, ReferralStatus::Credited);
        assert_eq!(referral.credit_cents, Some(5000));
        assert!(referral.credited_at.is_some());
        let entries = self.platform_objects("balance_transactions");
        assert_eq!(entries.len(), 1, "{entries:?}");
        assert_eq!(entries[0]["amount"], -5000);
        assert_eq!(entries[0]["currency"], "usd");
        assert_eq!(entries[0]["description"], "Platform referral credit");
    }
}

/// A Checkout session of one of the brands: annual, paid by `email`, who came with `code`.
pub fn subscription(id: &str, brand: &Site, email: &str, code: Option<&str>) -> Value {
    let mut session = json!({
        "id": id,
        "object": "checkout.session",
        "mode": "subscription",
        "status": "complete",
        "payment_status": "paid",
        "subscription": format!("sub_of_{id}"),
        "customer_details": {"email": email},
        "amount_total": 125_000,
        "currency": "usd",
        "metadata": {"program": "platform", "brand": brand.row.key, "plan": "annual"},
    });
    if let Some(code) = code {
        session["metadata"]["referral_code"] = json!(code);
        session["metadata"]["referral_clicked_at"] = json!("1795356300000");
    }
    session
}

//! Money that comes back: refunds by us and in Stripe's dashboard, disputes, and what they mean for credits.

mod before_issue;
mod disputes;
mod events;
mod farming;
mod kept;
mod memberships;
mod migrated;
mod others;
mod ours;
mod platform;
mod shortfalls;
mod trouble;
mod untold;

use std::sync::Arc;

use domain::{
    money::{Currency, Money},
    purchase::{ProductKind, PurchaseState},
    refund::{MembershipEnding, NotRefundable},
};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::Value;
use services::{
    refunds::{NewRefund, Refunded, Staff, refund},
    rights::TenantStaff,
};
use store::{
    Paid, PurchaseId,
    entities::{product, purchase, refund as refund_row, user},
};
use stripe_stand_in::PaymentStatus;

use crate::support::{Browser, Referred, STRIPE_KEY, TestApp, purchase_in};

/// Jane, whom Mia referred, and who has bought nothing yet.
pub struct Scene {
    pub referred: Referred,
    pub jane: Browser,
}

pub async fn scene(app: &TestApp) -> Scene {
    let referred = app.referred().await;
    Scene {
        jane: app.signed_in("jane@example.com").await,
        referred,
    }
}

/// A purchase that was paid through Stripe's page.
pub struct Bought {
    pub id: PurchaseId,
    /// `pi_…`; empty of a subscription.
    pub payment: String,
    pub session: Value,
}

/// Buys a product on Stripe's page; `credit` is what is left to pay, if credit is used.
pub async fn buy(
    app: &TestApp,
    browser: &Browser,
    product: &product::Model,
    credit: Option<i64>,
) -> Bought {
    let session = open(app, browser, product, credit).await;
    app.pay(&session, PaymentStatus::Paid).await;
    bought(app, &session)
}

/// Goes to Stripe's page, and does not pay yet.
pub async fn open(
    app: &TestApp,
    browser: &Browser,
    product: &product::Model,
    credit: Option<i64>,
) -> Value {
    let id = product.id.to_string();
    let page = format!("/{}/{}", product.kind.section(), product.slug);
    let (to_pay, token) = (credit.unwrap_or(0).to_string(), app.state.random.token());
    let mut form = vec![("product_id", id.as_str()), ("page", page.as_str())];
    if credit.is_some() {
        form.extend([
            ("use_credit", "1"),
            ("to_pay", &*to_pay),
            ("form_token", &*token),
        ]);
    }
    let url = browser.go("buy", &form).await;
    let sessions = app.stripe.objects(STRIPE_KEY, None)["sessions"].clone();
    let sessions = sessions.as_array().unwrap().clone();
    let session = sessions.into_iter().find(|one| one["url"] == url.as_str());
    session.unwrap_or_else(|| panic!("{url} is no page of Stripe's"))
}

/// What became of a session that was paid.
pub fn bought(app: &TestApp, session: &Value) -> Bought {
    let id = session["id"].as_str().unwrap();
    let session = app.stripe_object("sessions", id);
    Bought {
        id: purchase_in(&session),
        payment: session["payment_intent"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        session,
    }
}

/// Jane bought the ticket for $45.00 by card, and Mia has her $10.00 for it.
pub async fn credited(app: &TestApp) -> (Scene, Bought) {
    let scene = scene(app).await;
    let bought = buy(app, &scene.jane, &scene.referred.ticket, None).await;
    app.run_jobs().await;
    app.settle().await;
    assert_eq!(app.balance_of(&scene.referred.mia).await, -1000);
    (scene, bought)
}

/// Lets everything that is under way come to rest. A minute passes.
pub async fn rest(app: &TestApp) {
    app.delivered().await;
    app.sweep_after(std::time::Duration::from_secs(1)).await;
    app.settle().await;
    app.sweep_after(std::time::Duration::from_secs(60)).await;
    app.settle().await;
}

pub fn usd(cents: i64) -> Money {
    Money::new(cents, Currency::Usd)
}

impl TestApp {
    /// The owner of Detroit, with the proof that she may refund.
    pub async fn refunder(&self) -> Staff {
        let dana = match self.find(&self.detroit, "dana@example.com").await {
            Some(dana) => dana,
            None => self.admin(&self.detroit, "dana@example.com").await,
        };
        let site = Arc::new(self.site().await);
        TenantStaff::of(&site, &Arc::new(dana))
            .expect("she may")
            .into()
    }

    /// Refunds this much of a purchase, as an admin.
    pub async fn refund(&self, id: PurchaseId, cents: i64) -> Result<Refunded, NotRefundable> {
        self.refund_by_form(id, cents, &self.state.random.token(), None)
            .await
    }

    pub async fn refund_by_form(
        &self,
        id: PurchaseId,
        cents: i64,
        form_token: &str,
        ending: Option<MembershipEnding>,
    ) -> Result<Refunded, NotRefundable> {
        let new = NewRefund {
            amount: usd(cents),
            form_token,
            reason: "The event was canceled",
            ending,
        };
        let staff = self.refunder().await;
        let refunded = refund(&self.state, &staff, Paid::Tenant(id), new).await;
        refunded.unwrap()
    }

    /// The rows of refunds, oldest first.
    pub async fn refund_rows(&self) -> Vec<refund_row::Model> {
        let rows = refund_row::Entity::find().order_by_asc(refund_row::Column::Id);
        rows.all(self.state.db.reader()).await.unwrap()
    }

    /// Fails unless Mia's credit is whole: Credited, on her balance, and nothing taken back.
    pub async fn assert_stands(&self, mia: &user::Model) {
        let referral = self.referral().await;
        assert_eq!(referral.status.code(), "credited");
        assert_eq!(
            (referral.taken_back_cents, referral.shortfall_cents),
            (None, 0)
        );
        assert_eq!(self.balance_of(mia).await, -1000);
    }

    /// Fails unless Mia's credit was taken back as a whole, and stays Credited.
    pub async fn assert_taken_back(&self, mia: &user::Model) {
        let referral = self.referral().await;
        assert_eq!(referral.status.code(), "credited");
        assert_eq!(
            (referral.taken_back_cents, referral.shortfall_cents),
            (Some(1000), 0)
        );
        assert_eq!(self.balance_of(mia).await, 0);
    }

    /// A membership for $39.00 a month.
    pub async fn membership(&self) -> product::Model {
        let kind = ProductKind::Membership;
        self.product(&self.detroit, kind, "member", 3900).await
    }

    /// The purchase, which is paid whatever went back.
    pub async fn paid(&self, id: PurchaseId) -> purchase::Model {
        let row = self.purchase(id).await;
        assert_eq!(row.state, PurchaseState::Paid);
        row
    }
}

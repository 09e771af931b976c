//! Memberships and plans after their purchase: how they stand, the billing portal, and the hold of what they
//! earn (`docs/rules.md` 143 to 147).

mod api;
mod console;
mod holding;
mod plans;
mod platform;
mod portal;
mod standing;

use std::time::Duration;

use domain::{
    credit::Terms,
    money::{Currency, Money},
    referral::AttributionModel,
    refund::PartialRefunds,
};
use sea_orm::{EntityTrait, QueryOrder};
use store::{Scope, entities::subscription, terms};

use crate::{
    refunds::{Bought, Scene, buy, rest, scene},
    support::TestApp,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MINUTE: Duration = Duration::from_secs(60);

/// Jane has the membership for $39.00, and what Stripe has of it was read.
async fn member(app: &TestApp) -> (Scene, Bought) {
    let scene = scene(app).await;
    let membership = app.membership().await;
    let bought = buy(app, &scene.jane, &membership, None).await;
    rest(app).await;
    (scene, bought)
}

/// `sub_…`.
fn subscription_of(bought: &Bought) -> &str {
    bought.session["subscription"].as_str().unwrap()
}

impl TestApp {
    async fn subscriptions(&self) -> Vec<subscription::Model> {
        subscription::Entity::find()
            .order_by_asc(subscription::Column::Id)
            .all(self.state.db.reader())
            .await
            .unwrap()
    }

    /// The status of the only subscription, as it was read.
    async fn standing(&self) -> Option<&'static str> {
        let mut rows = self.subscriptions().await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows.remove(0).status.map(|status| status.code())
    }

    /// Puts the credits of Detroit's program on hold for so many days.
    pub async fn hold_for(&self, hold_days: i64) {
        let version = self.site().await.settings.terms_version;
        let scope = Scope::Site(self.detroit.id());
        let new = Terms {
            hold_days,
            least: Money::new(0, Currency::Usd),
            cap: None,
            partial_refunds: PartialRefunds::TakeNothing,
            review: None,
            attribution: AttributionModel::FirstClick,
        };
        let saved = terms::save(self.state.db.writer(), scope, version, &new).await;
        assert!(saved.unwrap());
    }
}

//! Credits on hold, the least purchase that counts, and the cap of a referrer (`docs/rules.md` 130 to 137).

mod caps;
mod deleting;
mod ending;
mod least;
mod plans;
mod settings;
mod switching_off;
mod undoing;
mod words;

use std::time::Duration;

use domain::{
    credit::Terms,
    money::{Currency, Money},
    referral::AttributionModel,
    refund::PartialRefunds,
};
use store::{
    Scope,
    entities::{credit, referral, user},
    platform_settings, referrals, terms,
};

use crate::support::{Referred, TestApp};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MINUTE: Duration = Duration::from_secs(60);

/// The terms of the guide.
const GUIDE: Terms = Terms {
    hold_days: 0,
    least: Money::new(0, Currency::Usd),
    cap: None,
    partial_refunds: PartialRefunds::TakeNothing,
    review: None,
    attribution: AttributionModel::FirstClick,
};

fn hold(days: i64) -> Terms {
    Terms {
        hold_days: days,
        ..GUIDE
    }
}

impl TestApp {
    /// Sets the terms of Detroit's program.
    async fn set_terms(&self, new: Terms) {
        let version = self.site().await.settings.terms_version;
        let scope = Scope::Site(self.detroit.id());
        let saved = terms::save(self.state.db.writer(), scope, version, &new).await;
        assert!(saved.unwrap());
    }

    async fn set_platform_terms(&self, new: Terms) {
        let db = self.state.db.writer();
        let version = platform_settings::get(db).await.unwrap().terms_version;
        let saved = terms::save(db, Scope::Platform, version, &new).await;
        assert!(saved.unwrap());
    }

    /// Jane's first purchase, whose credit is put on hold for so many days.
    async fn held(&self, days: i64) -> Referred {
        let referred = self.referred().await;
        self.set_terms(hold(days)).await;
        let sale = self.sell(&referred).await;
        self.decide(sale).await;
        self.only_credit_is_on_hold().await;
        referred
    }

    /// The only credit, which is on hold: Stripe was asked for nothing.
    async fn only_credit_is_on_hold(&self) -> credit::Model {
        let mut credits = self.credits().await;
        assert_eq!(credits.len(), 1, "{credits:?}");
        let credit = credits.remove(0);
        assert_eq!(credit.state.code(), "due");
        assert!(credit.held_until.is_some_and(|end| end > self.state.now()));
        assert_eq!(credit.first_sent_at, None);
        assert!(self.balance_transactions().is_empty());
        credit
    }

    /// Another friend of Mia's at Detroit Arms.
    async fn another_friend(&self, mia: &user::Model, name: &str) -> user::Model {
        let email = format!("{}@example.com", name.to_lowercase());
        let friend = self.member(&self.detroit, name, &email).await;
        let (db, token) = (self.state.db.writer(), self.state.random.token());
        let (site, now) = (self.detroit.id(), self.state.now());
        let made = referrals::insert_pending(db, site, token, mia.id, friend.id, None, now).await;
        made.unwrap();
        friend
    }

    async fn referral_of(&self, friend: &user::Model) -> referral::Model {
        let db = self.state.db.reader();
        let row = referrals::of_referred(db, self.detroit.id(), friend.id).await;
        row.unwrap().expect("a referral")
    }
}

//! A member's memberships, and the portal in which they are managed.

use app::{
    ports::{Answer, Memberships},
    types::{Membership, Outcome, admin::SubscriptionsPage},
};
use async_trait::async_trait;
use domain::{
    forms::Refusal,
    purchase::{Subscribed, SubscriptionFilter},
};
use server_core::{dates, zone::Zone};
use services::memberships::{self, NoPortal};
use store::{
    PurchaseId,
    entities::{purchase, subscription},
    subscriptions,
};

use super::{Services, internal_error};

#[async_trait]
impl Memberships for Services {
    async fn mine(&self) -> Answer<Vec<Membership>> {
        let Some(user) = &self.context.user else {
            return Ok(Vec::new());
        };
        let rows = subscriptions::of_member(self.state.db.reader(), user.site_id, user.id).await;
        let rows = rows.map_err(|error| internal_error(error.into()))?;
        let zone = self.zone();
        Ok(rows
            .into_iter()
            .map(|(purchase, row)| membership(purchase, &row, zone))
            .collect())
    }

    async fn manage(&self, purchase_id: i64) -> Answer<Outcome> {
        let outcome = self.open_portal(PurchaseId::new(purchase_id)).await;
        outcome.map_err(internal_error)
    }

    async fn login_url(&self) -> Answer<Option<String>> {
        let url = memberships::login_url(&self.state).await;
        url.map_err(internal_error)
    }

    async fn listed(
        &self,
        filter: SubscriptionFilter,
        ignored: Vec<String>,
    ) -> Answer<Option<SubscriptionsPage>> {
        let page = self.listed_subscriptions(filter, ignored).await;
        page.map_err(internal_error)
    }
}

impl Services {
    async fn open_portal(&self, purchase_id: PurchaseId) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        let Some(user) = &context.user else {
            return Ok(refused(NoPortal::NoMembership.sentence()));
        };
        let tries = state.rate_limiter.check_purchase(user.id);
        if let Err(too_many) = tries.and_then(|()| state.rate_limiter.try_call(context.address)) {
            return Ok(refused(&too_many.sentence()));
        }
        let (site, base_url) = (&context.site, &context.base_url);
        let visit = memberships::visit(state, site, user.id, purchase_id, base_url).await?;
        Ok(match visit {
            Ok(url) => Outcome::Go(url),
            Err(why) => refused(why.sentence()),
        })
    }
}

fn refused(message: &str) -> Outcome {
    Outcome::Refused(Refusal::message(message))
}

fn membership(purchase: purchase::Model, row: &subscription::Model, zone: &Zone) -> Membership {
    let read = read(row.subscribed(), zone);
    Membership {
        purchase_id: purchase.id.get(),
        name: purchase.product_name,
        label: read.label,
        badge: read.badge,
        words: read.words,
        goes_on: read.goes_on,
    }
}

/// How a subscription stands, in words.
pub struct Read {
    /// `None` until Stripe has said it.
    pub label: Option<&'static str>,
    /// The end of the class of the badge.
    pub badge: &'static str,
    /// Empty if there is nothing to say.
    pub words: String,
    pub goes_on: bool,
}

/// The words for a subscription, with days as this `zone` has them.
pub fn read(subscribed: Option<Subscribed>, zone: &Zone) -> Read {
    let standing = subscribed.map(|subscribed| subscribed.standing());
    Read {
        label: standing.map(|standing| standing.label()),
        badge: standing.map_or("open", |standing| standing.badge()),
        words: standing
            .map(|standing| standing.sentence(|day| dates::day(day, zone)))
            .unwrap_or_default(),
        goes_on: standing.is_none_or(|standing| standing.goes_on()),
    }
}

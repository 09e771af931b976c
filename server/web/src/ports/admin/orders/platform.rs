//! The purchases of the platform program, of every brand, as the console lists them. A sale that
//! no platform referrer brought is listed too.

use std::collections::HashMap;

use app::{
    server_fns::admin::refund_path,
    types::admin::{OrderReferral, OrderRow, referral_path},
};
use async_trait::async_trait;
use domain::{
    credit::{Program, differs_from_price},
    money::Money,
    purchase::{Plan, badge, label, plan_total},
    search::finds,
};
use sea_orm::DbErr;
use server_core::{dates, zone::Zone};
use store::{
    PlatformPurchaseId, PlatformReferrerId, Reader, Scope, SiteId,
    entities::{platform_purchase, platform_referral},
    orders::Source,
    platform_referrals, platform_referrers,
    search_words::{self, Subject},
    sites,
};

use super::{Found, Listed, MOST_PRODUCTS, is_refundable};
use crate::ports::{admin::stripe_ids::OfPurchase, purchases::part_back};

/// The purchases of all brands.
pub struct Brands;

#[async_trait]
impl Listed for Brands {
    type Table = platform_purchase::Entity;

    fn all(&self) -> Source<platform_purchase::Entity> {
        Source::of_platform()
    }

    fn numbered(&self, id: i64) -> Source<platform_purchase::Entity> {
        Source::among([PlatformPurchaseId::new(id)])
    }

    fn of_session(&self, session_id: &str) -> Source<platform_purchase::Entity> {
        Source::of_platform_session(session_id)
    }

    async fn found(
        &self,
        db: &Reader,
        beginnings: &[String],
    ) -> anyhow::Result<Found<platform_purchase::Entity>> {
        let buyers =
            search_words::find(db, Subject::PlatformBuyer, Scope::Platform, beginnings).await?;
        let bought = buyers.ids.into_iter().map(PlatformPurchaseId::new);
        let mut sources = vec![Source::among(bought)];
        let mut of_plans = Vec::new();
        for (brand, _) in sites::brands(db).await? {
            for plan in Plan::ALL {
                if finds(&[&brand.name, plan.label()], beginnings) {
                    of_plans.push(Source::of_plan(brand.id, plan.code()));
                }
            }
        }
        let more_products = of_plans.len() > MOST_PRODUCTS;
        sources.extend(of_plans.into_iter().take(MOST_PRODUCTS));
        Ok(Found {
            sources,
            more_buyers: buyers.more,
            more_products,
        })
    }

    async fn rows(
        &self,
        db: &Reader,
        purchases: Vec<platform_purchase::Model>,
        zone: &Zone,
    ) -> anyhow::Result<Vec<OrderRow>> {
        let ids = purchases.iter().map(|row| row.id);
        let referrals = platform_referrals::of_purchases(db, ids).await?;
        let referrers =
            platform_referrers::among(db, referrals.iter().map(|row| row.referrer_id)).await?;
        let names = Names {
            referrers: referrers
                .into_iter()
                .map(|row| (row.id, row.name))
                .collect(),
            brands: sites::brands(db)
                .await?
                .into_iter()
                .map(|(site, _)| (site.id, site.name))
                .collect(),
        };
        let row = |purchase: platform_purchase::Model| {
            let mut referrals = referrals.iter();
            let referral = referrals.find(|referral| referral.purchase_id == purchase.id);
            names.row(purchase, referral, zone)
        };
        Ok(purchases.into_iter().map(row).collect::<Result<_, _>>()?)
    }
}

struct Names {
    referrers: HashMap<PlatformReferrerId, String>,
    brands: HashMap<SiteId, String>,
}

impl Names {
    fn row(
        &self,
        purchase: platform_purchase::Model,
        referral: Option<&platform_referral::Model>,
        zone: &Zone,
    ) -> Result<OrderRow, DbErr> {
        let price = plan_total(
            purchase.paid_cents,
            Some(purchase.currency.code()),
            &purchase.plan,
        );
        let foreign = purchase.foreign()?.map(|amount| amount.to_string());
        let referrer = |id| self.referrers.get(&id).cloned().unwrap_or_default();
        let brand = self.brands.get(&purchase.site_id);
        let asked = price.and_then(|price| price.asked());
        let (state, back) = (*purchase.state, purchase.given_back());
        let is_foreign = purchase.foreign_amount.is_some();
        let of_plan = Plan::parse(&purchase.plan).map(Plan::price);
        let charged = asked.filter(|_| purchase.paid_cents.is_some());
        let differs = of_plan.zip(charged).and_then(|(price, charged)| {
            differs_from_price(price, charged, Money::new(0, price.currency()))
        });
        let refund = asked.is_some_and(|price| is_refundable(state, false, price));
        let ids = OfPurchase {
            session: Some(purchase.checkout_session_id.clone()),
            payment: purchase.payment_intent_id.clone(),
            subscription: purchase.subscription_id.clone(),
            invoice: purchase.invoice_id.clone(),
        };
        Ok(OrderRow {
            stripe: ids.facts(purchase.mode()),
            label: asked.map_or(state.label(), |price| label(state, price, back)),
            badge: badge(state, back),
            back: asked.and_then(|price| part_back(price, back, is_foreign)),
            refund_path: refund.then(|| refund_path(Program::Platform, purchase.id.get())),
            number: purchase.id.get(),
            on: dates::minute(purchase.created_at, zone),
            at: dates::iso(purchase.created_at),
            product: purchase.plan_label().to_owned(),
            kind: brand.cloned().unwrap_or_default(),
            price: asked,
            foreign,
            differs,
            period: "",
            credit_used: None,
            undone_reason: None,
            in_person: false,
            referral: referral.map(|referral| OrderReferral {
                referrer: referrer(referral.referrer_id),
                status: *referral.status,
                path: referral_path(Program::Platform, referral.id.get()),
            }),
            buyer: purchase.customer_email,
            buyer_path: None,
        })
    }
}

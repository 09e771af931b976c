//! The purchases on a tenant's site, as the console lists them.

use std::collections::HashMap;

use app::{
    server_fns::admin::refund_path,
    types::admin::{OrderReferral, OrderRow, referral_path},
};
use async_trait::async_trait;
use domain::{
    credit::{Program, differs_from_price},
    purchase::{badge, label},
    referral::ReferralCode,
    search::finds,
};
use sea_orm::{ConnectionTrait, DbErr};
use server_core::{dates, zone::Zone};
use store::{
    MemberId, PurchaseId, Reader, Scope, SiteId,
    entities::{purchase, referral},
    orders::Source,
    products, referrals,
    search_words::{self, MOST, Subject},
    users,
};

use super::{Found, Listed, MOST_PRODUCTS, is_refundable};
use crate::ports::{admin::stripe_ids::OfPurchase, purchases::part_back};

/// The purchases on this site.
pub struct Site(pub SiteId);

#[async_trait]
impl Listed for Site {
    type Table = purchase::Entity;

    fn all(&self) -> Source<purchase::Entity> {
        Source::of_site(self.0)
    }

    fn numbered(&self, id: i64) -> Source<purchase::Entity> {
        Source::numbered(self.0, PurchaseId::new(id))
    }

    fn of_session(&self, session_id: &str) -> Source<purchase::Entity> {
        Source::of_session(self.0, session_id)
    }

    async fn found(
        &self,
        db: &Reader,
        beginnings: &[String],
    ) -> anyhow::Result<Found<purchase::Entity>> {
        let members =
            search_words::find(db, Subject::Member, Scope::Site(self.0), beginnings).await?;
        let buyers = members.ids.into_iter().map(MemberId::new);
        let friends = self.brought_by(db, beginnings).await?;
        let backend = db.get_database_backend();
        let mut sources = vec![Source::of_buyers(backend, self.0, buyers.chain(friends))];
        let products = products::all(db, self.0).await?;
        let of_products: Vec<_> = products
            .iter()
            .filter(|product| finds(&[&product.name], beginnings))
            .map(|product| Source::of_product(backend, self.0, product.id))
            .collect();
        let more_products = of_products.len() > MOST_PRODUCTS;
        sources.extend(of_products.into_iter().take(MOST_PRODUCTS));
        Ok(Found {
            sources,
            more_buyers: members.more,
            more_products,
        })
    }

    async fn rows(
        &self,
        db: &Reader,
        purchases: Vec<purchase::Model>,
        zone: &Zone,
    ) -> anyhow::Result<Vec<OrderRow>> {
        let buyers = purchases.iter().map(|row| row.buyer_id);
        let referrals = referrals::of_all_referred(db, self.0, buyers.clone()).await?;
        let referrers = referrals.iter().map(|row| row.referrer_id);
        let people: Vec<_> = buyers.chain(referrers).collect();
        let people = Names(users::named(db, self.0, people).await?);
        let row = |purchase| {
            let referral = referrals
                .iter()
                .find(|referral| may_count(&purchase, referral));
            row(purchase, referral, &people, zone)
        };
        Ok(purchases.into_iter().map(row).collect::<Result<_, _>>()?)
    }
}

impl Site {
    /// The friends who came with a referral code that was searched for.
    async fn brought_by(&self, db: &Reader, beginnings: &[String]) -> Result<Vec<MemberId>, DbErr> {
        let mut friends = Vec::new();
        for code in beginnings
            .iter()
            .filter_map(|word| ReferralCode::parse(word))
        {
            if let Some(owner) = users::by_referral_code(db, self.0, &code).await? {
                friends.extend(users::referred_by(db, self.0, owner.id, MOST as u64).await?);
            }
        }
        Ok(friends)
    }
}

/// Whether the referral's credit is for this purchase, or still for the first one that counts.
fn may_count(purchase: &purchase::Model, referral: &referral::Model) -> bool {
    purchase.buyer_id == referral.referred_id
        && referral.purchase_id.is_none_or(|id| id == purchase.id)
}

struct Names(HashMap<MemberId, String>);

impl Names {
    fn of(&self, id: MemberId) -> String {
        self.0.get(&id).cloned().unwrap_or_default()
    }
}

fn row(
    purchase: purchase::Model,
    referral: Option<&referral::Model>,
    people: &Names,
    zone: &Zone,
) -> Result<OrderRow, DbErr> {
    let credit = purchase
        .credit_used_cents
        .map(|cents| purchase.money(cents));
    let (price, back) = (purchase.money(purchase.price_cents), purchase.given_back());
    let refund = is_refundable(*purchase.state, purchase.in_person, price);
    let spent = credit.unwrap_or(purchase.money(0));
    let differs = purchase.paid_cents.and_then(|paid| {
        let charged = purchase.money(paid - spent.cents());
        differs_from_price(price, charged, spent)
    });
    let ids = OfPurchase {
        session: purchase.checkout_session_id.clone(),
        payment: purchase.payment_intent_id.clone(),
        subscription: purchase.subscription_id.clone(),
        invoice: purchase.invoice_id.clone(),
    };
    Ok(OrderRow {
        stripe: ids.facts(purchase.mode()),
        label: label(*purchase.state, price, back),
        badge: badge(*purchase.state, back),
        back: part_back(price, back, purchase.foreign_amount.is_some()),
        refund_path: refund.then(|| refund_path(Program::Tenant, purchase.id.get())),
        foreign: purchase.foreign()?.map(|amount| amount.to_string()),
        differs,
        number: purchase.id.get(),
        on: dates::minute(purchase.created_at, zone),
        at: dates::iso(purchase.created_at),
        buyer: Some(people.of(purchase.buyer_id)),
        buyer_path: Some(format!("/admin/members/{}", purchase.buyer_id)),
        kind: purchase.kind.label().to_owned(),
        price: Some(price),
        period: match purchase.kind.spends_balance() {
            true => "/month",
            false => "",
        },
        credit_used: credit.filter(|credit| credit.is_positive()),
        in_person: purchase.in_person,
        referral: referral.map(|referral| OrderReferral {
            referrer: people.of(referral.referrer_id),
            status: *referral.status,
            path: referral_path(Program::Tenant, referral.id.get()),
        }),
        undone_reason: purchase.undone_reason,
        product: purchase.product_name,
    })
}

//! A member's purchase, inserted before the request to Stripe.
use domain::{
    credit::NoCredit,
    money::Currency,
    purchase::{CreditCheck, ProductKind, PurchaseState},
    refund::DisputeState,
};
use sea_orm::entity::prelude::*;

use crate::columns::{Coded, MemberId, ProductId, PurchaseId, SiteId, StripeAccountId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "purchases")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: PurchaseId,
    pub site_id: SiteId,
    pub buyer_id: MemberId,
    pub product_id: ProductId,
    /// The product's name at the time of the purchase.
    pub product_name: String,
    pub kind: Coded<ProductKind, Entity>,
    pub price_cents: i64,
    pub currency: Coded<Currency, Entity>,
    /// The total before the customer balance.
    pub paid_cents: Option<i64>,
    /// Stripe's total if it was paid in another currency, in the smallest units of
    /// `foreign_currency`. `paid_cents` is then unknown.
    pub foreign_amount: Option<i64>,
    /// Stripe's code of that currency.
    pub foreign_currency: Option<String>,
    /// The part of the total that Stripe took from the balance; `None` until Stripe was asked.
    pub credit_used_cents: Option<i64>,
    pub state: Coded<PurchaseState, Entity>,
    pub in_person: bool,
    /// The token of the form that recorded a counter sale or a purchase that credit covers, so that
    /// the form makes it only once.
    #[sea_orm(column_name = "sale_token")]
    pub form_token: Option<String>,
    pub stripe_account_id: Option<StripeAccountId>,
    /// Whether it was made in live mode; `None` for a counter sale.
    pub livemode: Option<bool>,
    pub checkout_session_id: Option<String>,
    /// The Stripe customer who paid; `None` before the payment and in purchases older than the
    /// column.
    pub stripe_customer_id: Option<String>,
    pub payment_intent_id: Option<String>,
    pub subscription_id: Option<String>,
    /// `in_…`: the first invoice of a membership, which leads to its payment.
    pub invoice_id: Option<String>,
    /// The money that went back, in the smallest units of the currency that was charged.
    pub refunded_cents: i64,
    /// The credit that refunds gave back, in the purchase's currency.
    pub refunded_credit_cents: i64,
    /// Money and credit of refunds that are on their way.
    pub refund_pending_cents: i64,
    /// What disputes of the payment mean for it.
    pub dispute: Option<Coded<DisputeState, Entity>>,
    /// When to ask Stripe about the payment and its refunds; `None` if there is nothing to ask.
    pub refund_check_at: Option<Timestamp>,
    /// How many looks in a row told nothing new.
    pub refund_checks: i64,
    /// Whether Stripe said that something was refunded, and not what.
    pub refund_look: bool,
    /// Stripe's fingerprint of the card that paid; `None` also if no card did.
    pub card_fingerprint: Option<String>,
    /// Whether Stripe was asked for it.
    pub card_read: bool,
    /// The outbox for the decision about a credit: `none`, `due` or `done`.
    pub credit_check: Coded<CreditCheck, Entity>,
    /// Why the decision was against one; `None` also in rows older than the column.
    pub no_credit: Option<Coded<NoCredit, Entity>>,
    pub created_at: Timestamp,
    pub paid_at: Option<Timestamp>,
    /// When an admin undid the counter sale.
    pub undone_at: Option<Timestamp>,
    /// Why.
    pub undone_reason: Option<String>,
    /// When the membership ended at Stripe; `None` if it goes on, as far as we know.
    pub subscription_ended_at: Option<Timestamp>,
    /// Whether `subscriptions` has its row.
    pub subscription_known: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::product::Entity",
        from = "Column::ProductId",
        to = "super::product::Column::Id"
    )]
    Product,
}

impl Related<super::product::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Product.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

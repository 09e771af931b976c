//! Credit that staff gave or took by hand. The key keeps each form to one row.

use domain::{
    credit::{CreditKey, CreditKind, Program, StripeAmount},
    money::Money,
    stripe_keys::StripeMode,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set, sea_query::Expr,
};

use super::{due, reversals::insert};
use crate::{
    CreditId, MemberId, SiteId, StripeAccountId, Timestamp, Write,
    entities::credit::{ActiveModel, Column, Entity, Model},
    stripe_customers::HolderId,
};

/// The kinds of what staff did by hand.
const KINDS: [CreditKind; 2] = [CreditKind::Granted, CreditKind::Corrected];

/// A change of a balance by hand, before it is posted.
pub struct NewByStaff<'a> {
    /// The member's site, or a brand's.
    pub site_id: SiteId,
    pub holder: HolderId,
    /// `Granted` or `Corrected`.
    pub kind: CreditKind,
    pub stripe_account_id: StripeAccountId,
    pub mode: StripeMode,
    /// The customer whose balance is debited: `cus_…`. `None` for a credit, which goes to the customer
    /// whom the holder has when it is posted.
    pub customer_id: Option<&'a str>,
    /// The change of the balance, with Stripe's sign.
    pub amount: StripeAmount,
    pub key: &'a CreditKey,
    pub reason: &'a str,
}

/// Adds the change, due, and returns its id. `None` if there is one with this key.
///
/// # Errors
/// If the database fails.
pub async fn insert_by_staff(
    db: &impl Write,
    new: &NewByStaff<'_>,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    let (program, member, referrer) = match new.holder {
        HolderId::Member(id) => (Program::Tenant, Some(id), None),
        HolderId::PlatformReferrer(id) => (Program::Platform, None, Some(id)),
    };
    let row = ActiveModel {
        site_id: Set(new.site_id),
        program: Set(program.into()),
        kind: Set(new.kind.into()),
        beneficiary_id: Set(member),
        platform_referrer_id: Set(referrer),
        stripe_account_id: Set(Some(new.stripe_account_id)),
        stripe_customer_id: Set(new.customer_id.map(str::to_owned)),
        livemode: Set(Some(new.mode.livemode())),
        amount_cents: Set(new.amount.cents()),
        currency: Set(new.amount.currency().into()),
        idempotency_key: Set(new.key.as_str().to_owned()),
        reason: Set(Some(new.reason.to_owned())),
        referred_at: Set(Some(now)),
        ..due(now)
    };
    insert(db, row, new.key).await
}

/// The row with this key.
pub async fn by_key(db: &impl ConnectionTrait, key: &CreditKey) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::IdempotencyKey.eq(key.as_str()))
        .one(db)
        .await
}

/// A change by hand, as pages list it.
#[derive(Clone, Debug)]
pub struct ByStaff {
    pub row: Model,
    /// Above zero in the holder's favor; without what of a debit went back, since it had been spent.
    pub amount: Money,
}

/// What staff gave to the holder and took, newest first.
pub async fn by_staff(
    db: &impl ConnectionTrait,
    holder: HolderId,
    limit: u64,
) -> Result<Vec<ByStaff>, DbErr> {
    let whose = match holder {
        HolderId::Member(id) => Column::BeneficiaryId.eq(id),
        HolderId::PlatformReferrer(id) => Column::PlatformReferrerId.eq(id),
    };
    let rows = Entity::find()
        .filter(whose)
        .filter(Column::Kind.is_in(KINDS.map(CreditKind::code)))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let restored = Entity::find()
        .filter(Column::Undoes.is_in(rows.iter().map(|row| row.id)))
        .filter(Column::Kind.eq(CreditKind::Restored.code()))
        .all(db)
        .await?;
    let listed = |row: Model| -> Result<ByStaff, DbErr> {
        let amount = row.amount()?.in_favor();
        let back = restored.iter().find(|back| back.undoes == Some(row.id));
        let back = back.map(Model::amount).transpose()?;
        let back = back.map_or(0, |back| back.in_favor().cents());
        let amount = Money::new(amount.cents() + back, amount.currency());
        Ok(ByStaff { row, amount })
    };
    rows.into_iter().map(listed).collect()
}

/// What went back, or is about to, of what this row took.
pub async fn restored_of(db: &impl ConnectionTrait, id: CreditId) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::Undoes.eq(id))
        .filter(Column::Kind.eq(CreditKind::Restored.code()))
        .one(db)
        .await
}

/// Blanks the reasons of what staff gave to a member and took, whose account is deleted.
pub async fn forget_reasons(
    db: &impl Write,
    site_id: SiteId,
    member_id: MemberId,
) -> Result<(), DbErr> {
    let theirs = Condition::all()
        .add(Column::SiteId.eq(site_id))
        .add(Column::BeneficiaryId.eq(member_id))
        .add(Column::Reason.is_not_null());
    Entity::update_many()
        .col_expr(Column::Reason, Expr::value(None::<String>))
        .filter(theirs)
        .exec(db)
        .await
        .map(|_| ())
}

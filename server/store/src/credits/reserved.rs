//! What of a member's credit cannot be used now.

use domain::{
    credit::{CreditKind, CreditState},
    purchase::PurchaseState,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect,
};

use crate::{
    Coded, MemberId, PurchaseId, SiteId,
    entities::{
        credit::{Column, Entity, Model},
        purchase,
    },
    purchases::bought_by,
};

/// The member's debits for purchases that wait for their payment, each with the state of its purchase, and
/// what is on its way to the balance.
///
/// # Errors
/// If the database fails.
pub async fn of_member(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    member_id: MemberId,
) -> Result<Vec<(Model, Option<PurchaseState>)>, DbErr> {
    let waiting = waiting(db, site_id, member_id).await?;
    let state_of = |id: PurchaseId| waiting.iter().find(|(waits, _)| *waits == id);
    let held = Condition::all()
        .add(Column::Kind.eq(CreditKind::Spent.code()))
        .add(Column::State.eq(CreditState::Issued.code()))
        .add(Column::PurchaseId.is_in(waiting.iter().map(|(id, _)| *id)));
    let arriving = [
        CreditKind::Returned,
        CreditKind::Restored,
        CreditKind::MovedIn,
    ];
    let arriving = Condition::all()
        .add(Column::Kind.is_in(arriving.map(CreditKind::code)))
        .add(Column::State.eq(CreditState::Due.code()));
    let rows = Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::BeneficiaryId.eq(member_id))
        .filter(Condition::any().add(held).add(arriving))
        .all(db)
        .await?;
    let with_state = |row: Model| {
        let state = row.purchase_id.and_then(state_of).map(|(_, state)| **state);
        (row, state)
    };
    Ok(rows.into_iter().map(with_state).collect())
}

/// The member's purchases that wait for their payment.
async fn waiting(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    member_id: MemberId,
) -> Result<Vec<(PurchaseId, Coded<PurchaseState, purchase::Entity>)>, DbErr> {
    let states = [PurchaseState::Open, PurchaseState::Processing].map(PurchaseState::code);
    purchase::Entity::find()
        .select_only()
        .column(purchase::Column::Id)
        .column(purchase::Column::State)
        .filter(bought_by(db, site_id, member_id))
        .filter(purchase::Column::State.is_in(states))
        .into_tuple()
        .all(db)
        .await
}

//! A sale made at the counter. It counts as a purchase (design, "Purchase").

use domain::{PurchaseState, counts_as_purchase};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};

use crate::{
    db::{products, purchases, purchases::credit_check, sites::Site, users},
    jobs::Job,
    state::AppState,
};

/// Why a sale could not be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRecorded {
    /// No such member on this site.
    UnknownMember,
    /// No such product on offer on this site.
    UnknownProduct,
}

/// Records that `member_id` paid for `product_id` at the counter; answers the purchase's id.
///
/// # Errors
/// If the database fails.
pub async fn record(
    state: &AppState,
    site: &Site,
    member_id: i64,
    product_id: i64,
) -> anyhow::Result<Result<i64, NotRecorded>> {
    let now_ms = state.clock.now_ms();
    let tx = state.db.begin().await?;
    let Some(member) = users::by_id(&tx, site.id(), member_id).await? else {
        return Ok(Err(NotRecorded::UnknownMember));
    };
    let Some(product) = products::by_id(&tx, site.id(), product_id).await? else {
        return Ok(Err(NotRecorded::UnknownProduct));
    };
    let purchase = purchases::insert(&tx, &product, member.id, None, now_ms).await?;
    let counts = counts_as_purchase(PurchaseState::Paid, purchase.money(purchase.price_cents));
    let mut paid = purchase.clone().into_active_model();
    paid.state = Set(PurchaseState::Paid.code().to_owned());
    paid.paid_cents = Set(Some(purchase.price_cents));
    paid.paid_at = Set(Some(now_ms));
    paid.credit_check = Set(if counts {
        credit_check::DUE
    } else {
        credit_check::DONE
    }
    .to_owned());
    paid.update(&tx).await?;
    tx.commit().await?;
    if counts {
        state
            .queue
            .push(Job::DecideCredit {
                purchase_id: purchase.id,
            })
            .await;
    }
    Ok(Ok(purchase.id))
}

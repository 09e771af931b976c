//! A ticket, course or shop item that costs nothing: the member has it at once, without a page of
//! Stripe's. It is no purchase that counts (`docs/rules.md` 11).

use anyhow::Context;
use domain::purchase::{CheckoutEvent, Total, transition};
use sea_orm::{IntoActiveModel, Set};
use store::{Scope, deletions, entities::purchase, is_taken, purchases};

use super::{Buyer, Order};
use crate::{
    Engine,
    purchases::paid::{self, Paid},
};

/// Gives the buyer the product; once for each form, however often it is sent. `None` if the buyer's
/// account is being deleted.
pub(super) async fn get(
    engine: &Engine,
    buyer: &Buyer<'_>,
    order: Order<'_>,
) -> anyhow::Result<Option<purchase::Model>> {
    if let Some(before) = of_form(engine, buyer, order).await? {
        return Ok(Some(before));
    }
    match write(engine, buyer, order).await {
        // The same form was sent twice at the same time.
        Err(error) if error.downcast_ref().is_some_and(is_taken) => {
            let before = of_form(engine, buyer, order).await?;
            before
                .map(Some)
                .context("the purchase of a form that was sent before")
        }
        written => written,
    }
}

async fn of_form(
    engine: &Engine,
    buyer: &Buyer<'_>,
    order: Order<'_>,
) -> anyhow::Result<Option<purchase::Model>> {
    let Some(token) = order.form_token else {
        return Ok(None);
    };
    let before = purchases::by_form_token(engine.db.reader(), token).await?;
    let same =
        |row: &purchase::Model| row.buyer_id == buyer.user.id && row.product_id == order.product.id;
    Ok(before.filter(same))
}

async fn write(
    engine: &Engine,
    buyer: &Buyer<'_>,
    order: Order<'_>,
) -> anyhow::Result<Option<purchase::Model>> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let (site_id, user_id) = (buyer.user.site_id, buyer.user.id);
    if deletions::lock_staying(&tx, site_id, user_id)
        .await?
        .is_none()
    {
        return Ok(None);
    }
    let row = purchases::insert(&tx, order.product, buyer.user.id, None, now).await?;
    let nothing = Paid {
        charged: Total::Asked(row.money(0)),
        spent: row.money(0),
    };
    let moved = transition(*row.state, false, CheckoutEvent::Paid, &nothing.charged);
    let mut row = row.into_active_model();
    row.in_person = Set(false);
    row.form_token = Set(order.form_token.map(str::to_owned));
    let paid = paid::update(engine, &tx, row, moved, &nothing, now).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    engine.console_changed(Scope::Site(buyer.site.id()));
    Ok(Some(paid))
}

//! Counter sales, which an admin or the demo records without Stripe. They count as purchases
//! (`docs/rules.md` 11).

use domain::purchase::{CheckoutEvent, transition};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, IntoActiveModel, Set};
use store::{
    MemberId, ProductId, PurchaseId, Timestamp, Write,
    audit_log::{self, Change, Field},
    entities::{product, purchase, user},
    is_taken, products, purchases,
    sites::Site,
    users,
};

use crate::{Engine, queue::Job};

/// Why a counter sale could not be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRecorded {
    UnknownMember,
    /// The site has no such product, or no longer offers it.
    UnknownProduct,
    /// This form was already used to record a different sale.
    AnotherSale,
}

/// The admin who records a sale, and the form that they use.
#[derive(Clone, Copy)]
pub struct Form<'a> {
    pub actor: &'a user::Model,
    /// Random. One form records one sale, even if it is submitted several times.
    pub token: &'a str,
}

/// Records that `member_id` paid for `product_id` at the counter, and returns the id of the
/// purchase.
pub async fn record(
    engine: &Engine,
    site: &Site,
    member_id: MemberId,
    product_id: ProductId,
) -> anyhow::Result<Result<PurchaseId, NotRecorded>> {
    write(engine, site, member_id, product_id, None).await
}

/// Like [`record`], for an admin: once for each form, with an entry in the audit log.
pub async fn record_once(
    engine: &Engine,
    site: &Site,
    member_id: MemberId,
    product_id: ProductId,
    form: Form<'_>,
) -> anyhow::Result<Result<PurchaseId, NotRecorded>> {
    let before = || purchases::by_form_token(engine.db.reader(), form.token);
    let same = |sale: &purchase::Model| {
        sale.site_id == site.id() && sale.buyer_id == member_id && sale.product_id == product_id
    };
    let recorded = |sale: purchase::Model| match same(&sale) {
        true => Ok(sale.id),
        false => Err(NotRecorded::AnotherSale),
    };
    if let Some(sale) = before().await? {
        return Ok(recorded(sale));
    }
    let written = write(engine, site, member_id, product_id, Some(form)).await;
    match written {
        // The form was submitted twice at the same time, and the other request was first.
        Err(error) if error.downcast_ref().is_some_and(is_taken) => match before().await? {
            Some(sale) => Ok(recorded(sale)),
            None => Err(error),
        },
        written => written,
    }
}

async fn write(
    engine: &Engine,
    site: &Site,
    member_id: MemberId,
    product_id: ProductId,
    form: Option<Form<'_>>,
) -> anyhow::Result<Result<PurchaseId, NotRecorded>> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let Some(member) = users::by_id(&tx, site.id(), member_id).await? else {
        return Ok(Err(NotRecorded::UnknownMember));
    };
    let Some(product) = products::by_id(&tx, site.id(), product_id).await? else {
        return Ok(Err(NotRecorded::UnknownProduct));
    };
    let token = form.map(|form| form.token);
    let (purchase, counts) = sell(&tx, &member, &product, token, now).await?;
    if let Some(form) = form {
        trace(&tx, &member, &purchase, form.actor).await?;
    }
    if counts {
        let purchase_id = purchase.id;
        let job = Job::DecideCredit { purchase_id };
        engine.queue.enqueue(&tx, &job).await?;
    }
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(Ok(purchase.id))
}

/// Writes the purchase as paid. Returns whether it can earn a credit.
async fn sell(
    tx: &DatabaseTransaction,
    member: &user::Model,
    product: &product::Model,
    token: Option<&str>,
    now: Timestamp,
) -> anyhow::Result<(purchase::Model, bool)> {
    let purchase = purchases::insert(tx, product, member.id, None, now).await?;
    let price = purchase.money(purchase.price_cents);
    let moved = transition(*purchase.state, false, CheckoutEvent::Paid, price);
    let mut paid = purchase.clone().into_active_model();
    paid.state = Set(moved.state.into());
    paid.paid_cents = Set(Some(purchase.price_cents));
    paid.paid_at = Set(Some(now));
    paid.form_token = Set(token.map(str::to_owned));
    if let Some(check) = moved.credit_check() {
        paid.credit_check = Set(check.into());
    }
    Ok((paid.update(tx).await?, moved.counts))
}

async fn trace(
    tx: &impl Write,
    member: &user::Model,
    purchase: &purchase::Model,
    actor: &user::Model,
) -> anyhow::Result<()> {
    let change = Change {
        site_id: Some(member.site_id),
        actor: Some(actor),
        subject: &format!("{} {}", member.first_name, member.last_name),
        now: purchase.created_at,
    };
    let price = purchase.money(purchase.price_cents);
    let field = Field {
        name: "Sale in person",
        old: None,
        new: Some(format!("{}, {price}", purchase.product_name)),
    };
    Ok(audit_log::write(tx, &change, [field]).await?)
}

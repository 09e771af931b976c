//! A sale made at the counter. It counts as a purchase (`docs/rules.md` 11).

use domain::purchase::{CheckoutNews, transition};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, IntoActiveModel, Set};
use store::MemberId;
use store::ProductId;
use store::PurchaseId;
use store::Timestamp;
use store::{
    Write,
    audit_log::{self, Change, Field},
    entities::{product, purchase, user},
    is_taken, products, purchases,
    sites::Site,
    users,
};

use crate::{Engine, queue::Job};

/// Why a sale could not be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRecorded {
    /// No such member on this site.
    UnknownMember,
    /// No such product on offer on this site.
    UnknownProduct,
    /// The form has recorded another sale already.
    AnotherSale,
}

/// Who recorded a sale, by which form.
#[derive(Clone, Copy)]
pub struct Form<'a> {
    /// The admin.
    pub actor: &'a user::Model,
    /// Random: the same form records one sale, however often it is sent.
    pub token: &'a str,
}

/// Records that `member_id` paid for `product_id` at the counter; answers the purchase's id.
///
/// # Errors
/// If the database fails.
pub async fn record(
    state: &Engine,
    site: &Site,
    member_id: MemberId,
    product_id: ProductId,
) -> anyhow::Result<Result<PurchaseId, NotRecorded>> {
    write(state, site, member_id, product_id, None).await
}

/// The same for an admin, once for each form, with a trace in the audit log.
///
/// # Errors
/// If the database fails.
pub async fn record_once(
    state: &Engine,
    site: &Site,
    member_id: MemberId,
    product_id: ProductId,
    form: Form<'_>,
) -> anyhow::Result<Result<PurchaseId, NotRecorded>> {
    let before = || purchases::by_sale_token(state.db.reader(), form.token);
    let same = |sale: &purchase::Model| {
        sale.site_id == site.id() && sale.buyer_id == member_id && sale.product_id == product_id
    };
    let told = |sale: purchase::Model| match same(&sale) {
        true => Ok(sale.id),
        false => Err(NotRecorded::AnotherSale),
    };
    if let Some(sale) = before().await? {
        return Ok(told(sale));
    }
    let written = write(state, site, member_id, product_id, Some(form)).await;
    match written {
        // Sent twice at once: the other was first.
        Err(error) if error.downcast_ref().is_some_and(is_taken) => match before().await? {
            Some(sale) => Ok(told(sale)),
            None => Err(error),
        },
        written => written,
    }
}

async fn write(
    state: &Engine,
    site: &Site,
    member_id: MemberId,
    product_id: ProductId,
    form: Option<Form<'_>>,
) -> anyhow::Result<Result<PurchaseId, NotRecorded>> {
    let now = state.now();
    let tx = state.db.begin().await?;
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
        state.queue.enqueue(&tx, &job).await?;
    }
    tx.commit().await?;
    state.queue.announce();
    Ok(Ok(purchase.id))
}

/// Writes the purchase as paid; whether it counts as one.
async fn sell(
    tx: &DatabaseTransaction,
    member: &user::Model,
    product: &product::Model,
    token: Option<&str>,
    now: Timestamp,
) -> anyhow::Result<(purchase::Model, bool)> {
    let purchase = purchases::insert(tx, product, member.id, None, now).await?;
    let price = purchase.money(purchase.price_cents);
    let moved = transition(*purchase.state, false, CheckoutNews::Paid, price);
    let mut paid = purchase.clone().into_active_model();
    paid.state = Set(moved.state.into());
    paid.paid_cents = Set(Some(purchase.price_cents));
    paid.paid_at = Set(Some(now));
    paid.sale_token = Set(token.map(str::to_owned));
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

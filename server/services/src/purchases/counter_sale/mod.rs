//! Counter sales, which an admin or the demo records. They count as purchases (`docs/rules.md` 11).
//! What is paid at the counter needs no Stripe; credit that pays for a part or for all of the price is
//! debited there.

mod credit;
mod undo;

use domain::{
    credit::NotSpendable,
    money::Money,
    purchase::{CheckoutEvent, PurchaseState, Total, transition},
};
use sea_orm::{DatabaseTransaction, IntoActiveModel, Set};
use store::{
    MemberId, ProductId, PurchaseId, Scope, Timestamp, Write,
    audit_log::{self, Change, Field},
    deletions,
    entities::{product, purchase, user},
    is_taken, products, purchases,
    sites::Site,
};

use crate::{
    Engine,
    purchases::paid::{self, Paid},
    queue::Job,
};

pub use undo::{NotUndoable, undo};

/// A counter sale that was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub id: PurchaseId,
    /// What credit paid.
    pub credit: Option<Money>,
    /// What is to be paid at the counter.
    pub to_pay: Money,
}

/// Why a counter sale could not be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRecorded {
    UnknownMember,
    /// The site has no such product, or no longer offers it.
    UnknownProduct,
    /// This form was already used to record a different sale.
    AnotherSale,
    /// The credit is more than there is, or more than the price.
    Credit(NotSpendable),
    /// The site has not connected Stripe, so there is no credit.
    NotConnected,
    /// Another purchase of the member is using the credit right now.
    CreditInUse,
    /// Stripe did not answer, or its answer does not say what happened.
    Unanswered,
    /// Stripe refused the debit.
    NotAccepted,
}

/// The admin who records a sale, and the form that they use.
#[derive(Clone, Copy)]
pub struct Form<'a> {
    pub actor: &'a user::Model,
    /// Random. One form records one sale, even if it is submitted several times.
    pub token: &'a str,
    /// The member's credit that pays for a part of the price or for all of it: above zero.
    pub credit: Option<Money>,
}

/// Records that `member_id` paid for `product_id` at the counter, and returns the id of the
/// purchase.
pub async fn record(
    engine: &Engine,
    site: &Site,
    member_id: MemberId,
    product_id: ProductId,
) -> anyhow::Result<Result<PurchaseId, NotRecorded>> {
    let written = write(engine, site, member_id, product_id, None).await?;
    Ok(written.map(|sale| sale.id))
}

/// Like [`record`], for an admin: once for each form, with an entry in the audit log.
pub async fn record_once(
    engine: &Engine,
    site: &Site,
    member_id: MemberId,
    product_id: ProductId,
    form: Form<'_>,
) -> anyhow::Result<Result<Recorded, NotRecorded>> {
    let before = || purchases::by_form_token(engine.db.reader(), form.token);
    let same = |sale: &purchase::Model| {
        sale.site_id == site.id() && sale.buyer_id == member_id && sale.product_id == product_id
    };
    let recorded = |sale: purchase::Model| match (same(&sale), *sale.state) {
        (false, _) => Err(NotRecorded::AnotherSale),
        // The other request is still debiting the credit.
        (true, PurchaseState::Open) => Err(NotRecorded::CreditInUse),
        (true, _) => Ok(recorded(&sale)),
    };
    if let Some(sale) = before().await? {
        return Ok(recorded(sale));
    }
    let written = match form.credit {
        Some(credit) => credit::sell(engine, site, member_id, product_id, form, credit).await,
        None => write(engine, site, member_id, product_id, Some(form)).await,
    };
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
) -> anyhow::Result<Result<Recorded, NotRecorded>> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let Some(member) = deletions::lock_staying(&tx, site.id(), member_id).await? else {
        return Ok(Err(NotRecorded::UnknownMember));
    };
    let Some(product) = products::by_id(&tx, site.id(), product_id).await? else {
        return Ok(Err(NotRecorded::UnknownProduct));
    };
    let token = form.map(|form| form.token);
    let (purchase, counts) = sell(engine, &tx, (&member, &product), token, now).await?;
    if let Some(form) = form {
        let sold = described(&purchase);
        trace(&tx, &purchase, form.actor, &member, (None, Some(sold)), now).await?;
    }
    if counts {
        let purchase_id = purchase.id;
        let job = Job::DecideCredit { purchase_id };
        engine.queue.enqueue(&tx, &job).await?;
    }
    tx.commit().await?;
    engine.console_changed(Scope::Site(site.id()));
    engine.queue.wake_workers();
    Ok(Ok(recorded(&purchase)))
}

/// Writes the purchase as paid. Returns whether it can earn a credit.
async fn sell(
    engine: &Engine,
    tx: &DatabaseTransaction,
    (member, product): (&user::Model, &product::Model),
    token: Option<&str>,
    now: Timestamp,
) -> anyhow::Result<(purchase::Model, bool)> {
    let purchase = purchases::insert(tx, product, member.id, None, now).await?;
    let paid = Paid {
        charged: Total::Asked(purchase.money(purchase.price_cents)),
        spent: purchase.money(0),
    };
    let moved = transition(*purchase.state, false, CheckoutEvent::Paid, &paid.charged);
    let mut row = purchase.into_active_model();
    row.form_token = Set(token.map(str::to_owned));
    let purchase = paid::update(engine, tx, row, moved, &paid, now).await?;
    Ok((purchase, moved.counts))
}

/// `Steel Challenge, $35.00`.
fn described(sale: &purchase::Model) -> String {
    let (name, price) = (&sale.product_name, sale.money(sale.price_cents));
    format!("{name}, {price}")
}

fn recorded(sale: &purchase::Model) -> Recorded {
    let credit = sale.credit_used_cents.filter(|cents| *cents > 0);
    Recorded {
        id: sale.id,
        credit: credit.map(|cents| sale.money(cents)),
        to_pay: sale.money(sale.price_cents - credit.unwrap_or(0)),
    }
}

/// Writes what changed about the sale to the audit log.
async fn trace(
    tx: &impl Write,
    sale: &purchase::Model,
    actor: &user::Model,
    member: &user::Model,
    (old, new): (Option<String>, Option<String>),
    now: Timestamp,
) -> anyhow::Result<()> {
    let change = Change {
        site_id: Some(sale.site_id),
        actor: Some(actor),
        subject: &format!("{} {}", member.first_name, member.last_name),
        now,
    };
    let field = Field {
        name: match actor.id == member.id {
            true => "Sale in person to themselves",
            false => "Sale in person",
        },
        old,
        new,
    };
    Ok(audit_log::write(tx, &change, [field]).await?)
}

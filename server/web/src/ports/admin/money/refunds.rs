//! Refunds of purchases: the page, and its form.

use app::types::{
    Outcome,
    admin::{RefundForm, RefundLeft, RefundLine, RefundPage, StoryFact},
};
use domain::{
    credit::Program,
    forms::{FieldError, Refusal},
    money::{Currency, Money},
    refund::{MembershipEnding, NotRefundable, RefundStatus, failure_sentence},
};
use server_core::{dates, zone::Zone};
use services::{
    credits::Paid,
    purchases::receipt,
    refunds::{self, NewRefund, RefundRow, Refundable, Staff},
};
use store::{
    PlatformPurchaseId, PurchaseId, Reader, platform_purchases, platform_settings, purchases,
    sites, users,
};

use super::{INCOMPLETE, is_token, read_amount, reason_error, used_up};
use crate::ports::{
    Services,
    admin::{not_yours, refused, stripe_ids::OfPurchase},
};

const GONE: &str = "There is no such order here.";

/// The purchase with this number in the program that the staff runs.
struct Order {
    staff: Staff,
    paid: Paid,
    currency: Currency,
    buyer: Option<String>,
    product: String,
    /// What was paid with the card, and with credit.
    by_card: Option<String>,
    by_credit: Option<Money>,
    /// The ids at Stripe.
    ids: Vec<StoryFact>,
}

/// Who of the staff asks; `None` without the permission.
fn staff(services: &Services, program: Program) -> Option<Staff> {
    match program {
        Program::Tenant => services.context.tenant_staff().map(Staff::Tenant),
        Program::Platform => services.context.platform_staff().map(Staff::Platform),
    }
}

/// The purchase with this number, whether or not there is one.
fn numbered(program: Program, number: i64) -> Paid {
    match program {
        Program::Tenant => Paid::Tenant(PurchaseId::new(number)),
        Program::Platform => Paid::Platform(PlatformPurchaseId::new(number)),
    }
}

/// `None` if the program has no such purchase.
async fn order(db: &Reader, staff: Staff, number: i64) -> anyhow::Result<Option<Order>> {
    match &staff {
        Staff::Tenant(by) => {
            let row = purchases::by_id(db, PurchaseId::new(number)).await?;
            let Some(row) = row.filter(|row| row.site_id == by.site.id()) else {
                return Ok(None);
            };
            let buyer = users::by_id(db, row.site_id, row.buyer_id).await?;
            let amounts = receipt::amounts(&row)?;
            let mode = row.mode();
            let ids = OfPurchase {
                session: row.checkout_session_id,
                payment: row.payment_intent_id,
                subscription: row.subscription_id,
                invoice: row.invoice_id,
            };
            Ok(Some(Order {
                ids: ids.facts(mode),
                paid: Paid::Tenant(row.id),
                currency: *row.currency,
                buyer: buyer.map(|buyer| format!("{} {}", buyer.first_name, buyer.last_name)),
                product: row.product_name,
                by_card: amounts.paid,
                by_credit: amounts.credit,
                staff,
            }))
        }
        Staff::Platform(_) => {
            let row = platform_purchases::by_id(db, PlatformPurchaseId::new(number)).await?;
            let Some(row) = row else {
                return Ok(None);
            };
            let brand = sites::by_id(db, row.site_id).await?;
            let brand = brand.map(|brand| brand.row.name.clone());
            let foreign = row.foreign()?.map(|amount| amount.to_string());
            let paid = row.paid_cents.map(|cents| row.money(cents).to_string());
            let product = format!("{} {}", brand.unwrap_or_default(), row.plan_label());
            let mode = row.mode();
            let ids = OfPurchase {
                session: Some(row.checkout_session_id),
                payment: row.payment_intent_id,
                subscription: row.subscription_id,
                invoice: row.invoice_id,
            };
            Ok(Some(Order {
                ids: ids.facts(mode),
                paid: Paid::Platform(row.id),
                currency: *row.currency,
                product,
                by_card: foreign.or(paid),
                by_credit: None,
                buyer: row.customer_email,
                staff,
            }))
        }
    }
}

pub async fn page(
    services: &Services,
    program: Program,
    number: i64,
) -> anyhow::Result<Option<RefundPage>> {
    let (engine, db) = (&services.state, services.state.db.reader());
    let Some(staff) = staff(services, program) else {
        return Ok(None);
    };
    let (scope, paid) = (staff.scope(), numbered(program, number));
    // Stripe is asked what the balance paid of a membership, before the order says it.
    let refundable = refunds::refundable(engine, scope, paid).await?;
    let Some(order) = order(db, staff, number).await? else {
        return Ok(None);
    };
    let terms = match &order.staff {
        Staff::Tenant(by) => by.site.settings.terms()?,
        Staff::Platform(_) => platform_settings::get(db).await?.terms()?,
    };
    let past = refunds::of_purchase(db, scope, paid).await?;
    let zone = services.zone();
    Ok(Some(RefundPage {
        program,
        number,
        buyer: order.buyer,
        product: order.product,
        by_card: order.by_card,
        by_credit: order.by_credit,
        ids: order.ids,
        left: refundable.map(left).map_err(|why| why.words()),
        partial_refunds: terms.partial_refunds,
        past: past.into_iter().map(|row| line(row, zone)).collect(),
        form_token: engine.random.token(),
    }))
}

fn left(refundable: Refundable) -> RefundLeft {
    let left = refundable.left;
    RefundLeft {
        by_card: left.card,
        by_credit: left.credit,
        all: left.all(),
        is_membership: refundable.is_membership,
    }
}

fn line(row: RefundRow, zone: &Zone) -> RefundLine {
    let status = row.status.words();
    RefundLine {
        on: dates::minute(row.made_at, zone),
        at: dates::iso(row.made_at),
        by_card: row.card,
        by_credit: row.credit,
        status: match row.failure {
            Some(code) => format!("{status}: {}", failure_sentence(&code)),
            None => status.to_owned(),
        },
        by: row
            .by
            .unwrap_or_else(|| "Made in Stripe's dashboard".to_owned()),
        reason: row.reason.unwrap_or_default(),
    }
}

pub async fn refund(
    services: &Services,
    program: Program,
    form: &RefundForm,
) -> anyhow::Result<Outcome> {
    let engine = &services.state;
    let Some(staff) = staff(services, program) else {
        return Ok(not_yours());
    };
    let Some(order) = order(engine.db.reader(), staff, form.number).await? else {
        return Ok(refused(GONE));
    };
    if !is_token(&form.token) {
        return Ok(refused(INCOMPLETE));
    }
    let reason = form.reason.trim();
    let amount = match (
        read_amount(&form.amount, order.currency),
        reason_error(reason),
    ) {
        (Ok(amount), None) => amount,
        (amount, reason) => {
            let errors = amount.err().into_iter().chain(reason);
            return Ok(Outcome::Refused(Refusal::fields(errors.collect())));
        }
    };
    let ending = match form.ending.as_str() {
        "" => None,
        code => match MembershipEnding::parse(code) {
            Some(ending) => Some(ending),
            None => return Ok(not_refunded(NotRefundable::EndingMissing)),
        },
    };
    let new = NewRefund {
        amount,
        form_token: &form.token,
        reason,
        ending,
    };
    let refunded = refunds::refund(engine, &order.staff, order.paid, new).await?;
    Ok(match refunded {
        Ok(refunded) if has_ended(refunded.status) => used_up(refunded.words()),
        Ok(refunded) => Outcome::Done(refunded.words()),
        Err(why) => not_refunded(why),
    })
}

/// Whether a refund gave nothing back, and never will.
fn has_ended(status: RefundStatus) -> bool {
    !status.is_open() && !status.counts()
}

/// The refusal, beside the field that it is about.
fn not_refunded(why: NotRefundable) -> Outcome {
    let field = match (why.is_about_amount(), why.is_about_ending()) {
        (true, _) => "amount",
        (false, true) => "ending",
        (false, false) if why == NotRefundable::AnotherForm => return used_up(why.words()),
        (false, false) => return refused(why.words()),
    };
    let error = FieldError::new(field, why.words());
    Outcome::Refused(Refusal::fields(vec![error]))
}

//! **Record a sale made in person**: records a counter sale.

use app::types::{Outcome, admin::SaleForm};
use domain::{
    credit::NotSpendable,
    forms::{FieldError, Refusal, parse_cents},
    money::Money,
};
use services::{
    purchases::counter_sale::{self, Form, NotRecorded, Recorded},
    rights::Sell,
};
use store::{MemberId, ProductId};

use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

/// The length of a token of [`server_core::random::Random::token`], in hexadecimal digits.
const TOKEN_LENGTH: usize = 32;

/// Records the sale once per `token`, so that a form sent twice records one sale.
pub async fn record(services: &Services, typed: &SaleForm) -> anyhow::Result<Outcome> {
    let Some(staff) = services.context.tenant_staff::<Sell>() else {
        return Ok(not_yours());
    };
    let token = typed.token.as_str();
    let digits = token.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !digits || token.len() != TOKEN_LENGTH {
        return Ok(refused(
            "This form is incomplete. Reload the page and try again.",
        ));
    }
    let cents = match parse_cents(&typed.credit) {
        Ok(cents) => cents,
        Err(error) => return Ok(beside("credit", error.to_string())),
    };
    let form = Form {
        actor: &staff.user,
        token,
        credit: (cents > 0).then(|| Money::new(cents, staff.site.currency())),
    };
    let member = MemberId::new(typed.member_id);
    let product = ProductId::new(typed.product_id);
    let recorded =
        counter_sale::record_once(&services.state, &staff.site, member, product, form).await?;
    Ok(match recorded {
        Ok(sale) => Outcome::Done(done(&sale)),
        Err(not_recorded) => refusal(not_recorded),
    })
}

/// What the desk reads: with credit, also what is left to take in cash or by card.
fn done(sale: &Recorded) -> String {
    let Recorded { credit, to_pay, .. } = sale;
    match credit {
        None => "The sale was recorded.".to_owned(),
        Some(credit) if to_pay.is_positive() => format!(
            "The sale was recorded. Credit paid {credit}: take the other {to_pay} at the counter."
        ),
        Some(credit) => {
            format!("The sale was recorded. Credit paid {credit}: there is nothing left to pay.")
        }
    }
}

fn refusal(not_recorded: NotRecorded) -> Outcome {
    match not_recorded {
        NotRecorded::UnknownMember => refused("There is no such member here."),
        NotRecorded::UnknownProduct => beside("product_id", "Choose a product that is on offer."),
        NotRecorded::AnotherSale => refused(
            "This form has already recorded another sale. Reload the page to record a new one.",
        ),
        NotRecorded::Credit(NotSpendable::MoreThanAvailable(available)) => beside(
            "credit",
            format!("This member has {available}. Nothing was recorded."),
        ),
        NotRecorded::Credit(NotSpendable::MoreThanPrice) => beside(
            "credit",
            "That is more than the price. Nothing was recorded.",
        ),
        NotRecorded::NotConnected => beside(
            "credit",
            "Stripe is not connected, so no credit can be used. Nothing was recorded.",
        ),
        NotRecorded::CreditInUse => beside(
            "credit",
            "The credit is in use or has just changed. Nothing was recorded. Try again in a minute.",
        ),
        NotRecorded::Unanswered => beside(
            "credit",
            "Stripe does not answer right now. Nothing was recorded. Try again in a minute, or \
             without credit.",
        ),
        NotRecorded::NotAccepted => beside(
            "credit",
            "Stripe refused to use the credit. Nothing was recorded. Record the sale without it.",
        ),
    }
}

fn beside(field: &str, message: impl Into<String>) -> Outcome {
    Outcome::Refused(Refusal::fields(vec![FieldError::new(field, message)]))
}

//! **Record a sale made in person**: records a counter sale.

use app::types::Outcome;
use domain::forms::{FieldError, Refusal};
use services::purchases::counter_sale::{self, Form, NotRecorded};
use store::{MemberId, ProductId};

use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

/// The length of a token of [`server_core::random::Random::token`], in hexadecimal digits.
const TOKEN_LENGTH: usize = 32;

/// Records the sale once per `token`, so that a form sent twice records one sale.
pub async fn record(
    services: &Services,
    member_id: MemberId,
    product_id: ProductId,
    token: &str,
) -> anyhow::Result<Outcome> {
    let Some(admin) = services.context.tenant_admin() else {
        return Ok(not_yours());
    };
    let digits = token.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !digits || token.len() != TOKEN_LENGTH {
        return Ok(refused(
            "This form is incomplete. Reload the page and try again.",
        ));
    }
    let form = Form {
        actor: &admin.user,
        token,
    };
    let recorded =
        counter_sale::record_once(&services.state, &admin.site, member_id, product_id, form)
            .await?;
    Ok(match recorded {
        Ok(_) => Outcome::Done("The sale was recorded.".to_owned()),
        Err(NotRecorded::UnknownMember) => refused("There is no such member here."),
        Err(NotRecorded::UnknownProduct) => {
            Outcome::Refused(Refusal::fields(vec![FieldError::new(
                "product_id",
                "Choose a product that is on offer.",
            )]))
        }
        Err(NotRecorded::AnotherSale) => refused(
            "This form has already recorded another sale. Reload the page to record a new one.",
        ),
    })
}

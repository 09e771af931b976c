//! **Record a sale made in person**.

use app::types::Outcome;
use domain::forms::{FieldError, Refusal};
use services::purchases::in_person::{self, Form, NotRecorded};
use store::MemberId;
use store::ProductId;

use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

/// The digits of [`server_core::random::Random::token`].
const TOKEN_LENGTH: usize = 32;

/// Records the sale, once for each `token`.
pub async fn record(
    services: &Services,
    member_id: MemberId,
    product_id: ProductId,
    token: &str,
) -> anyhow::Result<Outcome> {
    let Some(admin) = services.visit.tenant_admin() else {
        return Ok(not_yours());
    };
    let digits = token.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !digits || token.len() != TOKEN_LENGTH {
        return Ok(refused(
            "This form is not whole. Reload the page and try again.",
        ));
    }
    let form = Form {
        actor: &admin.user,
        token,
    };
    let recorded =
        in_person::record_once(&services.state, &admin.site, member_id, product_id, form).await?;
    Ok(match recorded {
        Ok(_) => Outcome::Done("The sale was recorded.".to_owned()),
        Err(NotRecorded::UnknownMember) => refused("There is no such member here."),
        Err(NotRecorded::UnknownProduct) => {
            Outcome::Refused(Refusal::fields(vec![FieldError::new(
                "product_id",
                "Choose something that is on offer.",
            )]))
        }
        Err(NotRecorded::AnotherSale) => refused(
            "This form has recorded another sale already. Reload the page to record one more.",
        ),
    })
}

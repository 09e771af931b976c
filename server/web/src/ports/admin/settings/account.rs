//! The Stripe account of a program, and who may change it.

use domain::credit::Program;
use sea_orm::DbErr;
use services::{rights::ManageStripe, stripe_accounts::Owner};
use store::{
    StripeAccountId,
    entities::user,
    platform_settings, sites,
    stripe_accounts::{self, StripeAccount},
};

use crate::ports::Services;

/// Whose account it is and who acts, if they may change it.
pub fn allowed(services: &Services, program: Program) -> Option<(Owner<'_>, &user::Model)> {
    let context = &services.context;
    let owner = match program {
        Program::Tenant => context
            .tenant_staff::<ManageStripe>()
            .map(|_| Owner::Site(&context.site)),
        Program::Platform => context
            .platform_staff::<ManageStripe>()
            .map(|_| Owner::Platform),
    };
    owner.zip(context.user.as_deref())
}

/// The account with this id. `None` if its secrets cannot be decrypted: the page must still open,
/// so that the account can be connected again.
pub async fn account(
    services: &Services,
    id: Option<StripeAccountId>,
) -> Result<Option<StripeAccount>, DbErr> {
    let state = &services.state;
    stripe_accounts::usable(state.db.reader(), &state.sealer, id).await
}

/// The root URL to which Stripe delivers the events of a program's account: the site's, or that of the
/// oldest brand, at whichever site the admin is.
pub async fn delivery_url(services: &Services, program: Program) -> Result<String, DbErr> {
    let context = &services.context;
    let brand = match program {
        Program::Tenant => None,
        Program::Platform => {
            let brands = sites::brands(services.state.db.reader()).await?;
            brands.into_iter().next()
        }
    };
    Ok(match brand {
        Some((_, host)) => context.base_url_at(&host),
        None => context.base_url.clone(),
    })
}

pub async fn account_of(
    services: &Services,
    owner: Owner<'_>,
) -> anyhow::Result<Option<StripeAccount>> {
    let id = match owner {
        Owner::Site(site) => site.row.stripe_account_id,
        Owner::Platform => {
            platform_settings::get(services.state.db.reader())
                .await?
                .stripe_account_id
        }
    };
    Ok(account(services, id).await?)
}

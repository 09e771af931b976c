//! Whether a site has credited anything, which fixes its currency.

use domain::credit::{CreditKind, CreditState, Program};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect,
    sea_query::Expr,
};

use crate::{
    CreditId, SiteId,
    entities::credit::{Column, Entity},
};

/// Whether the site's members earned, were given or used any credit. What others changed at Stripe does not
/// count, and neither does what was tried in test mode.
///
/// # Errors
/// If the database fails.
pub async fn any_of_site(db: &impl ConnectionTrait, site_id: SiteId) -> Result<bool, DbErr> {
    let is_real = Condition::any()
        .add(Column::Livemode.is_null())
        .add(Column::Livemode.eq(true));
    for state in [CreditState::Issued, CreditState::Due, CreditState::Failed] {
        // Written out, because SQLite uses a partial index only for a condition without parameters.
        let of_state = Expr::cust(format!("state = '{}'", state.code()));
        let one: Option<CreditId> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Program.eq(Program::Tenant.code()))
            .filter(Column::SiteId.eq(site_id))
            .filter(of_state)
            .filter(Column::Kind.ne(CreditKind::Observed.code()))
            .filter(is_real.clone())
            .limit(1)
            .into_tuple()
            .one(db)
            .await?;
        if one.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

//! Has Stripe asked at once about what a key that did not work kept unknown.

use domain::{credit::Program, purchase::SessionState};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    Scope, Timestamp, Write,
    entities::checkout_session::{Column, Entity},
};

/// Makes due at `now` the check of each session of this scope that is not over and holds credit, or
/// whose request was not answered; also of one that is not checked any more.
pub async fn wake(db: &impl Write, scope: Scope, now: Timestamp) -> Result<(), DbErr> {
    let later = Condition::any()
        .add(Column::NextCheckAt.is_null())
        .add(Column::NextCheckAt.gt(now));
    let with_credit = Condition::all()
        .add(Column::State.eq(SessionState::Open.code()))
        .add(Column::Coupon.is_not_null());
    let unknown = Condition::any()
        .add(Column::State.eq(SessionState::Requested.code()))
        .add(with_credit);
    let program = match scope {
        Scope::Site(_) => Program::Tenant,
        Scope::Platform => Program::Platform,
    };
    let of_scope = Condition::all()
        .add(Column::Program.eq(program.code()))
        .add_option(scope.site().map(|site_id| Column::SiteId.eq(site_id)));
    Entity::update_many()
        .col_expr(Column::NextCheckAt, Expr::value(now))
        .filter(of_scope)
        .filter(unknown)
        .filter(later)
        .exec(db)
        .await
        .map(|_| ())
}

//! What a deleted account leaves in other tables than `users`. Amounts and links stay.

use domain::referral::FailureReason;
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::Expr,
};

use super::bought;
use crate::{
    Write, api_tokens, audit_log, credits,
    entities::{
        audit_entry, checkout_session, email_confirmation, mail, notification, password_reset,
        purchase, referral, security_entry, user,
    },
    known_devices, mailed_links,
    purchases::bought_by,
    referral_clicks, referral_outcomes, refunds, second_factors, sessions,
};

/// What the audit log says in the place of a name.
const DELETED: &str = "Deleted member";

/// Removes or blanks every trace of the person in the member's rows.
pub async fn erase_traces(db: &impl Write, member: &user::Model) -> Result<(), DbErr> {
    sessions::end_others(db, member.id, None).await?;
    api_tokens::revoke_all(db, member.site_id, member.id).await?;
    known_devices::forget_of(db, member.id).await?;
    second_factors::remove(db, member.id).await?;
    mailed_links::end_all::<email_confirmation::Entity>(db, member.id).await?;
    delete_letters(db, member).await?;
    blank_security_log(db, member).await?;
    blank_sessions(db, member).await?;
    blank_cards(db, member).await?;
    referral_clicks::forget_of(db, member.site_id, member.id).await?;
    blank_reasons(db, member).await?;
    blank_audit_log(db, member).await
}

async fn delete_letters(db: &impl Write, member: &user::Model) -> Result<(), DbErr> {
    let same_address = Condition::all()
        .add(password_reset::Column::SiteId.eq(member.site_id))
        .add(password_reset::Column::EmailAccount.eq(member.email_account.as_str()));
    let theirs = Condition::any()
        .add(password_reset::Column::UserId.eq(member.id))
        .add(same_address);
    password_reset::Entity::delete_many()
        .filter(theirs)
        .exec(db)
        .await?;
    notification::Entity::delete_many()
        .filter(notification::Column::UserId.eq(member.id))
        .exec(db)
        .await?;
    mail::Entity::delete_many()
        .filter(mail::Column::UserId.eq(member.id))
        .exec(db)
        .await
        .map(|_| ())
}

/// That something happened stays, for who runs the site; from where does not.
async fn blank_security_log(db: &impl Write, member: &user::Model) -> Result<(), DbErr> {
    security_entry::Entity::update_many()
        .col_expr(security_entry::Column::Network, Expr::value(""))
        .col_expr(security_entry::Column::Device, Expr::value(""))
        .filter(security_entry::Column::UserId.eq(member.id))
        .exec(db)
        .await
        .map(|_| ())
}

/// What Stripe was asked for has the buyer's address in it.
async fn blank_sessions(db: &impl Write, member: &user::Model) -> Result<(), DbErr> {
    let theirs = bought(db, member)
        .select_only()
        .column(purchase::Column::Id)
        .into_query();
    checkout_session::Entity::update_many()
        .col_expr(
            checkout_session::Column::Request,
            Expr::value(None::<String>),
        )
        .col_expr(checkout_session::Column::Url, Expr::value(None::<String>))
        .filter(checkout_session::Column::PurchaseId.in_subquery(theirs))
        .exec(db)
        .await
        .map(|_| ())
}

/// With which cards the member paid. Stripe is not asked about them again.
async fn blank_cards(db: &impl Write, member: &user::Model) -> Result<(), DbErr> {
    purchase::Entity::update_many()
        .col_expr(
            purchase::Column::CardFingerprint,
            Expr::value(None::<String>),
        )
        .col_expr(purchase::Column::CardRead, Expr::value(true))
        .filter(bought_by(db, member.site_id, member.id))
        .exec(db)
        .await
        .map(|_| ())
}

/// What staff wrote about refunds and undone sales, about credit that they gave or took, and about the
/// referral that brought the member.
async fn blank_reasons(db: &impl Write, member: &user::Model) -> Result<(), DbErr> {
    credits::forget_reasons(db, member.site_id, member.id).await?;
    refunds::forget_reasons(db, member.id).await?;
    purchase::Entity::update_many()
        .col_expr(purchase::Column::UndoneReason, Expr::value(None::<String>))
        .filter(bought_by(db, member.site_id, member.id))
        .filter(purchase::Column::UndoneReason.is_not_null())
        .exec(db)
        .await?;
    let voided = referral::Entity::find()
        .filter(referral::Column::SiteId.eq(member.site_id))
        .filter(referral::Column::ReferredId.eq(member.id))
        .one(db)
        .await?;
    let is_voided = |reason: &FailureReason| matches!(reason, FailureReason::Voided(_));
    let reason = |row: &referral::Model| row.failure_reason.as_deref().is_some_and(is_voided);
    let Some(row) = voided.filter(reason) else {
        return Ok(());
    };
    let nameless = FailureReason::Voided(String::new());
    referral_outcomes::set_failed::<referral::Entity>(db, row.id, &nameless).await
}

/// The lines stay; the names and addresses in them do not.
async fn blank_audit_log(db: &impl Write, member: &user::Model) -> Result<(), DbErr> {
    use audit_entry::Column;

    let name = format!("{} {}", member.first_name, member.last_name);
    let referral: Option<i64> = referral::Entity::find()
        .select_only()
        .column(referral::Column::Id)
        .filter(referral::Column::SiteId.eq(member.site_id))
        .filter(referral::Column::ReferredId.eq(member.id))
        .into_tuple()
        .one(db)
        .await?;
    if let Some(id) = referral {
        audit_log::forget_referred(db, member.site_id, id, DELETED).await?;
    }
    audit_entry::Entity::update_many()
        .col_expr(Column::Subject, Expr::value(DELETED))
        .filter(Column::SiteId.eq(member.site_id))
        .filter(Column::Subject.eq(name))
        .exec(db)
        .await?;
    audit_entry::Entity::update_many()
        .col_expr(Column::Actor, Expr::value(DELETED))
        .filter(Column::ActorId.eq(member.id))
        .exec(db)
        .await?;
    let has_address = Column::OldValue
        .like("%@%")
        .or(Column::NewValue.like("%@%"));
    audit_entry::Entity::update_many()
        .col_expr(Column::OldValue, Expr::value(None::<String>))
        .col_expr(Column::NewValue, Expr::value(None::<String>))
        .filter(Column::SiteId.eq(member.site_id))
        .filter(Column::Subject.eq(format!("Member {}", member.id)))
        .filter(has_address)
        .exec(db)
        .await
        .map(|_| ())
}

//! What becomes of a member's row once the account is deleted.

use domain::account::{DELETED_FIRST_NAME, DELETED_LAST_NAME, deleted_address, deleted_birth};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, IntoActiveModel, QueryFilter,
    QuerySelect, Set,
};

use super::{of, spellings};
use crate::{
    MemberId, Scope, SiteId, Timestamp, Write,
    entities::user::{Column, Model},
    search_words::{self, Subject},
};

/// Takes everything off the row that tells the person (`docs/rules.md` 103).
pub async fn become_pseudonym(
    db: &impl Write,
    member: &Model,
    now: Timestamp,
) -> Result<(), DbErr> {
    let address = deleted_address(&member.token);
    let mut changed = member.clone().into_active_model();
    changed.email = Set(address.clone());
    changed.email_account = Set(address.clone());
    changed.email_key = Set(Some(address));
    changed.email_alike = Set(false);
    changed.billing_email = Set(None);
    changed.first_name = Set(DELETED_FIRST_NAME.to_owned());
    changed.last_name = Set(DELETED_LAST_NAME.to_owned());
    changed.date_of_birth = Set(deleted_birth());
    changed.referral_code = Set(None);
    changed.referred_by_words = Set(None);
    changed.deleted_at = Set(Some(now));
    changed.update(db).await?;
    spellings::hand_on_key(db, member).await?;
    let scope = Scope::Site(member.site_id);
    search_words::forget(db, Subject::Member, scope, member.id.get()).await
}

/// Which of these members of the site are deleted.
pub async fn deleted_among(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    ids: &[MemberId],
) -> Result<Vec<MemberId>, DbErr> {
    of(site_id)
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::DeletedAt.is_not_null())
        .into_tuple()
        .all(db)
        .await
}

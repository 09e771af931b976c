//! What a member changes of their profile, on the web and in the app (`docs/rules.md` 207).

use anyhow::Context;
use domain::{
    forms::{FieldError, read_names},
    mail::MailTopic,
};
use store::{entities::user, users};

use crate::Engine;

/// What is to change; what is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProfileChange<'a> {
    /// As typed.
    pub first_name: Option<&'a str>,
    /// As typed.
    pub last_name: Option<&'a str>,
    /// Whether the member wants mails about their referrals.
    pub referral_mails: Option<bool>,
}

/// Changes the profile of `member`, and returns the member as they are now.
///
/// # Errors
/// If the database fails. What is refused is a message beside its field; nothing is changed then.
pub async fn change(
    engine: &Engine,
    member: &user::Model,
    wanted: ProfileChange<'_>,
) -> anyhow::Result<Result<user::Model, Vec<FieldError>>> {
    let (first, last) = match read_names(wanted.first_name, wanted.last_name) {
        Ok(names) => names,
        Err(errors) => return Ok(Err(errors)),
    };
    let (site_id, id) = (member.site_id, member.id);
    let tx = engine.db.begin().await?;
    let row = users::lock(&tx, site_id, id).await?;
    let row = row.context("the member is gone")?;
    if first.is_some() || last.is_some() {
        let first = first.unwrap_or_else(|| row.first_name.clone());
        let last = last.unwrap_or_else(|| row.last_name.clone());
        users::set_name(&tx, &row, first, last).await?;
    }
    if let Some(wanted) = wanted.referral_mails {
        users::set_muted(&tx, site_id, id, MailTopic::Referrals, !wanted).await?;
    }
    let changed = users::by_id(&tx, site_id, id).await?;
    tx.commit().await?;
    changed.map(Ok).context("the member is gone")
}

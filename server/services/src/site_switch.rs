//! Settings of a site that are one button: on or off.

use sea_orm::{DatabaseTransaction, DbErr};
use store::{SiteId, audit_log::Field, entities::site, sites};

use crate::{
    Engine, changed_site,
    rights::{ManageSettings, TenantStaff},
};

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteSwitch {
    /// The documentation of the mobile API is shown (`docs/rules.md` 154).
    ApiDocs,
    /// Only friends who confirmed their e-mail address count (`docs/rules.md` 74).
    ConfirmedFriends,
    /// The preview of a link says who shared it (`docs/rules.md` 185).
    NamesInPreviews,
}

impl SiteSwitch {
    /// What the audit log calls it.
    fn name(self) -> &'static str {
        match self {
            Self::ApiDocs => "Documentation of the mobile API",
            Self::ConfirmedFriends => "Friends who count",
            Self::NamesInPreviews => "First name in link previews",
        }
    }

    /// How the audit log says that it is on or off.
    fn words(self, on: bool) -> &'static str {
        match (self, on) {
            (Self::ApiDocs | Self::NamesInPreviews, true) => "shown",
            (Self::ApiDocs, false) => "not shown",
            (Self::NamesInPreviews, false) => "left out",
            (Self::ConfirmedFriends, true) => "confirmed ones",
            (Self::ConfirmedFriends, false) => "all",
        }
    }

    fn is_on(self, site: &site::Model) -> bool {
        match self {
            Self::ApiDocs => site.api_docs,
            Self::ConfirmedFriends => site.confirmed_friends_only,
            Self::NamesInPreviews => !site.previews_without_names,
        }
    }

    async fn store(self, tx: &DatabaseTransaction, id: SiteId, on: bool) -> Result<(), DbErr> {
        match self {
            Self::ApiDocs => sites::set_api_docs(tx, id, on).await,
            Self::ConfirmedFriends => sites::set_confirmed_friends_only(tx, id, on).await,
            Self::NamesInPreviews => sites::set_previews_without_names(tx, id, !on).await,
        }
    }
}

/// Switches it on or off.
///
/// # Errors
/// If the database fails.
pub async fn set(
    engine: &Engine,
    admin: &TenantStaff<ManageSettings>,
    switch: SiteSwitch,
    on: bool,
) -> anyhow::Result<()> {
    let tx = engine.db.begin().await?;
    set_in(engine, &tx, admin, (switch, on)).await?;
    Ok(tx.commit().await?)
}

/// The same in a transaction, in which something else follows from it.
pub(crate) async fn set_in(
    engine: &Engine,
    tx: &DatabaseTransaction,
    admin: &TenantStaff<ManageSettings>,
    (switch, on): (SiteSwitch, bool),
) -> anyhow::Result<()> {
    let site_id = admin.site.id();
    let before = changed_site::lock(tx, admin).await?;
    switch.store(tx, site_id, on).await?;
    let field = Field {
        name: switch.name(),
        old: Some(switch.words(switch.is_on(&before)).to_owned()),
        new: Some(switch.words(on).to_owned()),
    };
    changed_site::record(engine, tx, admin, [field]).await
}

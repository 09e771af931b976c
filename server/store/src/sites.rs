//! Sites: tenants and platform brands, with their hosts and settings.

use domain::{
    account::SiteKind,
    money::{Currency, Money},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, DerivePartialModel, EntityTrait, ExprTrait,
    FromQueryResult, JoinType, PartialModelTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    RelationTrait, Set,
    sea_query::{Expr, OnConflict},
};

use super::{
    entities::{site, site_host, site_settings},
    prepared::Prepared,
};
use crate::{SiteId, StripeAccountId, Write, row_lock::RowLock};

/// A site with its settings, as loaded for one request or job.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "site::Entity")]
pub struct Site {
    #[sea_orm(nested)]
    pub row: site::Model,
    #[sea_orm(nested)]
    pub settings: site_settings::Model,
}

impl Site {
    pub fn id(&self) -> SiteId {
        self.row.id
    }

    pub fn kind(&self) -> SiteKind {
        *self.row.kind
    }

    pub fn currency(&self) -> Currency {
        *self.settings.currency
    }

    /// The credit for one referral by a member; zero means that the program is off.
    pub fn tenant_credit(&self) -> Money {
        Money::new(self.settings.tenant_credit_cents, self.currency())
    }
}

/// The site that a host names.
#[derive(Clone, Debug)]
pub struct AtHost {
    pub site: Site,
    /// The host to which this one leads; `None` if this is the site's canonical host.
    pub canonical: Option<String>,
}

#[derive(DerivePartialModel)]
#[sea_orm(entity = "site::Entity")]
struct HostedSite {
    #[sea_orm(nested)]
    site: Site,
    #[sea_orm(nested)]
    host: site_host::Model,
}

/// The site with this host (lower case, without port).
pub async fn by_host(db: &impl ConnectionTrait, host: &str) -> Result<Option<AtHost>, DbErr> {
    static FIND: Prepared = Prepared::new();
    let find = FIND.with(db.get_database_backend(), vec![host.into()], || {
        let find = site::Entity::find()
            .join_rev(JoinType::InnerJoin, site_host::Relation::Site.def())
            .inner_join(site_settings::Entity)
            .filter(site_host::Column::Host.eq(host));
        HostedSite::select_cols(find.select_only()).into_query()
    });
    let found = HostedSite::find_by_statement(find).one(db).await?;
    let Some(HostedSite { site, host }) = found else {
        return Ok(None);
    };
    let canonical = match host.canonical {
        true => None,
        false => host_of(db, site.id())
            .await?
            .filter(|one| *one != host.host),
    };
    Ok(Some(AtHost { site, canonical }))
}

/// The site with this id and its current settings.
pub async fn by_id(db: &impl ConnectionTrait, id: SiteId) -> Result<Option<Site>, DbErr> {
    static FIND: Prepared = Prepared::new();
    let find = FIND.with(db.get_database_backend(), vec![id.into()], || {
        let find = site::Entity::find_by_id(id).inner_join(site_settings::Entity);
        Site::select_cols(find.select_only()).into_query()
    });
    Site::find_by_statement(find).one(db).await
}

/// The site with this key, for instance `detroit-arms`.
pub async fn by_key(db: &impl ConnectionTrait, key: &str) -> Result<Option<Site>, DbErr> {
    let row = site::Entity::find()
        .filter(site::Column::Key.eq(key))
        .one(db)
        .await?;
    match row {
        Some(row) => by_id(db, row.id).await,
        None => Ok(None),
    }
}

/// All sites, for the operator's commands.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<site::Model>, DbErr> {
    site::Entity::find().all(db).await
}

/// The platform's brands, each with its canonical host, oldest first.
pub async fn brands(db: &impl ConnectionTrait) -> Result<Vec<(site::Model, String)>, DbErr> {
    let rows = site_host::Entity::find()
        .find_also_related(site::Entity)
        .filter(site::Column::Kind.eq(SiteKind::Platform.code()))
        .order_by_asc(site::Column::Id)
        .order_by_desc(site_host::Column::Canonical)
        .order_by_asc(site_host::Column::Host)
        .all(db)
        .await?;
    let mut brands: Vec<_> = rows
        .into_iter()
        .filter_map(|(host, site)| Some((site?, host.host)))
        .collect();
    brands.dedup_by_key(|(site, _)| site.id);
    Ok(brands)
}

/// The canonical host of `site_id`, which links name. It is the first by name of a site that the version
/// before made, which marks none.
pub async fn host_of(db: &impl ConnectionTrait, site_id: SiteId) -> Result<Option<String>, DbErr> {
    let host = site_host::Entity::find()
        .filter(site_host::Column::SiteId.eq(site_id))
        .order_by_desc(site_host::Column::Canonical)
        .order_by_asc(site_host::Column::Host)
        .one(db)
        .await?;
    Ok(host.map(|host| host.host))
}

/// Adds a site with its canonical `host` and `settings`, whose `site_id` is set here.
pub async fn insert(
    db: &impl Write,
    site: site::ActiveModel,
    host: &str,
    settings: site_settings::ActiveModel,
) -> Result<Site, DbErr> {
    let row = site::Entity::insert(site).exec_with_returning(db).await?;
    let host = site_host::ActiveModel {
        host: Set(host.to_owned()),
        site_id: Set(row.id),
        canonical: Set(true),
    };
    site_host::Entity::insert(host)
        .exec_without_returning(db)
        .await?;
    let settings = site_settings::ActiveModel {
        site_id: Set(row.id),
        ..settings
    };
    let settings = site_settings::Entity::insert(settings)
        .exec_with_returning(db)
        .await?;
    Ok(Site { row, settings })
}

/// Sets the credit for one referral in cents without checking the version; 0 turns the program off.
pub async fn set_tenant_credit(db: &impl Write, site_id: SiteId, cents: i64) -> Result<(), DbErr> {
    let settings = site_settings::ActiveModel {
        site_id: Set(site_id),
        currency: Set(Currency::default().into()),
        tenant_credit_cents: Set(cents),
        referral_memory_days: Set(0),
        minimum_age: Set(None),
        version: Set(1),
        ..Default::default()
    };
    let version = (site_settings::Entity, site_settings::Column::Version);
    let one_more = Expr::col(version).add(1);
    site_settings::Entity::insert(settings)
        .on_conflict(
            OnConflict::column(site_settings::Column::SiteId)
                .update_column(site_settings::Column::TenantCreditCents)
                .value(site_settings::Column::Version, one_more)
                .to_owned(),
        )
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// The site's row, locked until the transaction ends.
pub async fn lock(db: &impl Write, id: SiteId) -> Result<Option<site::Model>, DbErr> {
    site::Entity::find_by_id(id).locked().one(db).await
}

/// Disconnects every site from Stripe.
pub async fn disconnect_all(db: &impl Write) -> Result<(), DbErr> {
    site::Entity::update_many()
        .col_expr(
            site::Column::StripeAccountId,
            Expr::value(None::<StripeAccountId>),
        )
        .exec(db)
        .await
        .map(|_| ())
}

/// Sets whether the site's console opens only for who has a second factor.
pub async fn set_second_factor_required(
    db: &impl Write,
    site_id: SiteId,
    required: bool,
) -> Result<(), DbErr> {
    site::Entity::update(site::ActiveModel {
        id: Set(site_id),
        second_factor_required: Set(required),
        ..Default::default()
    })
    .exec(db)
    .await
    .map(|_| ())
}

/// Sets whether the site counts only friends who confirmed their address.
pub async fn set_confirmed_friends_only(
    db: &impl Write,
    site_id: SiteId,
    only: bool,
) -> Result<(), DbErr> {
    site::Entity::update(site::ActiveModel {
        id: Set(site_id),
        confirmed_friends_only: Set(only),
        ..Default::default()
    })
    .exec(db)
    .await
    .map(|_| ())
}

/// Sets whether the site shows the documentation of the mobile API.
pub async fn set_api_docs(db: &impl Write, site_id: SiteId, shown: bool) -> Result<(), DbErr> {
    site::Entity::update(site::ActiveModel {
        id: Set(site_id),
        api_docs: Set(shown),
        ..Default::default()
    })
    .exec(db)
    .await
    .map(|_| ())
}

/// Sets whether the preview of a link leaves out the first name of who shared it.
pub async fn set_previews_without_names(
    db: &impl Write,
    site_id: SiteId,
    without: bool,
) -> Result<(), DbErr> {
    site::Entity::update(site::ActiveModel {
        id: Set(site_id),
        previews_without_names: Set(without),
        ..Default::default()
    })
    .exec(db)
    .await
    .map(|_| ())
}

/// What a site says of its mobile apps: one entry in a line, empty for none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteApps {
    pub return_addresses: String,
    pub ios_apps: String,
    pub android_apps: String,
}

/// Sets what the site says of its mobile apps.
pub async fn set_apps(db: &impl Write, site_id: SiteId, apps: &SiteApps) -> Result<(), DbErr> {
    let set = |text: &String| Set((!text.is_empty()).then(|| text.clone()));
    site::Entity::update(site::ActiveModel {
        id: Set(site_id),
        app_return_addresses: set(&apps.return_addresses),
        ios_apps: set(&apps.ios_apps),
        android_apps: set(&apps.android_apps),
        ..Default::default()
    })
    .exec(db)
    .await
    .map(|_| ())
}

/// Sets what members send along with their link; `None` for our own words.
pub async fn set_share_message(
    db: &impl Write,
    site_id: SiteId,
    message: Option<&str>,
) -> Result<(), DbErr> {
    site::Entity::update(site::ActiveModel {
        id: Set(site_id),
        share_message: Set(message.map(str::to_owned)),
        ..Default::default()
    })
    .exec(db)
    .await
    .map(|_| ())
}

/// Sets how many days after registering members can name who referred them; 0 for never.
pub async fn set_referrer_days(db: &impl Write, site_id: SiteId, days: i64) -> Result<(), DbErr> {
    site::Entity::update(site::ActiveModel {
        id: Set(site_id),
        referrer_days: Set(days),
        ..Default::default()
    })
    .exec(db)
    .await
    .map(|_| ())
}

/// Sets the sender of the site's mail; `None` for the installation's.
pub async fn set_mail_from(
    db: &impl Write,
    site_id: SiteId,
    mail_from: Option<&str>,
) -> Result<(), DbErr> {
    site::Entity::update(site::ActiveModel {
        id: Set(site_id),
        mail_from: Set(mail_from.map(str::to_owned)),
        ..Default::default()
    })
    .exec(db)
    .await
    .map(|_| ())
}

/// Connects the site to a Stripe account, or disconnects it with `None`.
pub async fn set_stripe_account(
    db: &impl Write,
    site_id: SiteId,
    account: Option<StripeAccountId>,
) -> Result<(), DbErr> {
    site::Entity::update(site::ActiveModel {
        id: Set(site_id),
        stripe_account_id: Set(account),
        ..Default::default()
    })
    .exec(db)
    .await
    .map(|_| ())
}

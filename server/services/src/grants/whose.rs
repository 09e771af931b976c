//! Whose credit staff changes by hand, and who of the staff does it.

use domain::{
    account::{Email, Role},
    money::Currency,
    purchase::Plan,
};
use sea_orm::{ConnectionTrait, DbErr};
use store::{
    MemberId, PlatformReferrerId, Scope, SiteId,
    entities::{platform_referrer, site, user},
    platform_referrers, sites,
    stripe_customers::HolderId,
    users,
};

use crate::{
    Engine,
    rights::{ManageCredits, PlatformStaff, TenantStaff},
    stripe_customers::{Connection, Holder, connection, platform_connection},
};

/// A member or a platform referrer, with the permission to change their credit.
pub enum Whose {
    Member {
        staff: TenantStaff<ManageCredits>,
        member: Box<user::Model>,
    },
    PlatformReferrer {
        staff: PlatformStaff<ManageCredits>,
        referrer: Box<platform_referrer::Model>,
        /// The oldest brand, under whose site the ledger has what has no site of its own.
        brand: Box<site::Model>,
    },
}

impl Whose {
    /// The member of the staff's own site; `None` if there is none with this id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn member(
        db: &impl ConnectionTrait,
        staff: TenantStaff<ManageCredits>,
        id: MemberId,
    ) -> Result<Option<Self>, DbErr> {
        let member = users::by_id(db, staff.site.id(), id).await?;
        Ok(member.map(|member| Self::Member {
            staff,
            member: Box::new(member),
        }))
    }

    /// The platform referrer; `None` if there is none with this id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn platform_referrer(
        db: &impl ConnectionTrait,
        staff: PlatformStaff<ManageCredits>,
        id: PlatformReferrerId,
    ) -> Result<Option<Self>, DbErr> {
        let referrer = platform_referrers::by_id(db, id).await?;
        let brand = sites::brands(db).await?.into_iter().next();
        let found = referrer.zip(brand);
        Ok(found.map(|(referrer, (brand, _))| Self::PlatformReferrer {
            staff,
            referrer: Box::new(referrer),
            brand: Box::new(brand),
        }))
    }

    pub fn name(&self) -> String {
        match self {
            Self::Member { member, .. } => format!("{} {}", member.first_name, member.last_name),
            Self::PlatformReferrer { referrer, .. } => referrer.name.clone(),
        }
    }

    /// The role that changes the credit.
    pub fn role(&self) -> Option<Role> {
        let rights = self.actor().rights();
        match self {
            Self::Member { .. } => rights.tenant.map(Role::Tenant),
            Self::PlatformReferrer { .. } => rights.platform.map(Role::Platform),
        }
    }

    /// The currency in which credit is given and taken.
    pub fn currency(&self) -> Currency {
        match self {
            Self::Member { staff, .. } => staff.site.currency(),
            Self::PlatformReferrer { .. } => Plan::CURRENCY,
        }
    }

    pub fn holder_id(&self) -> HolderId {
        match self {
            Self::Member { member, .. } => HolderId::Member(member.id),
            Self::PlatformReferrer { referrer, .. } => HolderId::PlatformReferrer(referrer.id),
        }
    }

    /// Whether the account is being deleted, or was.
    pub fn is_leaving(&self) -> bool {
        match self {
            Self::Member { member, .. } => member.deletion_requested_at.is_some(),
            Self::PlatformReferrer { .. } => false,
        }
    }

    /// Whether staff changes their own credit; a platform referrer is known by the address.
    pub(super) fn is_own(&self) -> bool {
        match self {
            Self::Member { staff, member } => staff.user.id == member.id,
            Self::PlatformReferrer {
                staff, referrer, ..
            } => Email::parse(&referrer.email).is_some_and(|email| email.key() == staff.user.key()),
        }
    }

    pub(super) fn actor(&self) -> &user::Model {
        match self {
            Self::Member { staff, .. } => &staff.user,
            Self::PlatformReferrer { staff, .. } => &staff.user,
        }
    }

    pub(super) fn holder(&self) -> Holder<'_> {
        match self {
            Self::Member { staff, member } => Holder::Member(&staff.site, member),
            Self::PlatformReferrer {
                referrer, brand, ..
            } => Holder::PlatformReferrer {
                realm: &brand.realm,
                referrer,
            },
        }
    }

    /// The site of the ledger's row.
    pub(super) fn site_id(&self) -> SiteId {
        match self {
            Self::Member { staff, .. } => staff.site.id(),
            Self::PlatformReferrer { brand, .. } => brand.id,
        }
    }

    pub(super) fn scope(&self) -> Scope {
        match self {
            Self::Member { staff, .. } => Scope::Site(staff.site.id()),
            Self::PlatformReferrer { .. } => Scope::Platform,
        }
    }

    /// The subject in the audit log.
    pub(super) fn subject(&self) -> String {
        match self {
            Self::Member { .. } => self.name(),
            Self::PlatformReferrer { .. } => format!("Platform referrer {}", self.name()),
        }
    }

    pub(super) async fn connection(&self, engine: &Engine) -> Result<Option<Connection>, DbErr> {
        match self {
            Self::Member { staff, .. } => connection(engine, &staff.site).await,
            Self::PlatformReferrer { .. } => platform_connection(engine).await,
        }
    }
}

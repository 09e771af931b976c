//! Permissions in the console, as proofs: a service that needs one takes its proof as an argument.

use std::{marker::PhantomData, sync::Arc};

use domain::{
    account::{Permission, SiteKind},
    credit::Program,
};
use store::{entities::user, sites::Site};

/// A permission that a service asks for by its type.
pub trait Permitted {
    const PERMISSION: Permission;
}

macro_rules! permissions {
    ($($name:ident),*) => {$(
        #[doc = concat!("[`Permission::", stringify!($name), "`]")]
        pub enum $name {}

        impl Permitted for $name {
            const PERMISSION: Permission = Permission::$name;
        }
    )*};
}

permissions!(
    See,
    Sell,
    ManageCatalog,
    ManageMembers,
    ManageReferrers,
    ManageCredits,
    ManageSettings,
    ManageStripe,
    ManageTeam
);

/// Proof that `user` may do `P` on this tenant's site.
pub struct TenantStaff<P> {
    /// The only site to which the permission applies.
    pub site: Arc<Site>,
    pub user: Arc<user::Model>,
    permission: PhantomData<P>,
}

/// Proof that `user` may do `P` in the platform program.
pub struct PlatformStaff<P> {
    pub user: Arc<user::Model>,
    permission: PhantomData<P>,
}

impl<P: Permitted> TenantStaff<P> {
    /// Returns the proof if `site` is a tenant's and the role of `user` there includes `P`.
    pub fn of(site: &Arc<Site>, user: &Arc<user::Model>) -> Option<Self> {
        let may = user.rights().may(Program::Tenant, P::PERMISSION);
        let may = may && site.kind() == SiteKind::Tenant && user.site_id == site.id();
        may.then(|| Self {
            site: site.clone(),
            user: user.clone(),
            permission: PhantomData,
        })
    }
}

impl<P: Permitted> PlatformStaff<P> {
    /// Returns the proof if the role of `user` in the platform program includes `P`.
    pub fn of(user: &Arc<user::Model>) -> Option<Self> {
        let may = user.rights().may(Program::Platform, P::PERMISSION);
        may.then(|| Self {
            user: user.clone(),
            permission: PhantomData,
        })
    }
}

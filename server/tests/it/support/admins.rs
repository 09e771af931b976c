//! Admins of tenants and of the platform, and the console's ports for them.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use async_trait::async_trait;
use domain::account::{PlatformRole, Rights, Role, TenantRole};
use sea_orm::{EntityTrait, QueryOrder};
use store::{
    admins,
    entities::{audit_entry, user},
    sites::{self, Site},
};
use tower_cookies::Cookies;
use tower_sessions::{
    Session, SessionStore,
    session::{Id, Record},
    session_store::Result,
};
use web::{
    middleware::{RequestContext, Visitor, set_password_at},
    ports::Services,
};

use super::{Browser, TestApp};

/// A session store for a request without a browser: it stores nothing.
#[derive(Debug)]
struct NoSessions;

#[async_trait]
impl SessionStore for NoSessions {
    async fn save(&self, _: &Record) -> Result<()> {
        Ok(())
    }

    async fn load(&self, _: &Id) -> Result<Option<Record>> {
        Ok(None)
    }

    async fn delete(&self, _: &Id) -> Result<()> {
        Ok(())
    }
}

impl TestApp {
    /// "Dana Stone", who owns this tenant site and nothing else.
    pub async fn admin(&self, site: &Site, email: &str) -> user::Model {
        let owner = Role::Tenant(TenantRole::Owner);
        self.with_roles(site, "Dana", email, &[owner]).await
    }

    /// "Pat Stone", who signs in at this site and owns the platform program, but not the site.
    pub async fn platform_admin(&self, site: &Site, email: &str) -> user::Model {
        let owner = Role::Platform(PlatformRole::Owner);
        self.with_roles(site, "Pat", email, &[owner]).await
    }

    /// The account that the guide's steps use: it owns this tenant site and the platform program.
    pub async fn double_admin(&self, site: &Site, email: &str) -> user::Model {
        let tenant = Role::Tenant(TenantRole::Owner);
        let platform = Role::Platform(PlatformRole::Owner);
        self.with_roles(site, "Dana", email, &[tenant, platform])
            .await
    }

    /// "Sam Stone", who has this role alone.
    pub async fn staff(&self, site: &Site, role: Role, email: &str) -> user::Model {
        self.with_roles(site, "Sam", email, &[role]).await
    }

    async fn with_roles(
        &self,
        site: &Site,
        first_name: &str,
        email: &str,
        roles: &[Role],
    ) -> user::Model {
        let member = self.member(site, first_name, email).await;
        let rights = roles
            .iter()
            .fold(Rights::default(), |all, role| all.with(*role));
        let db = self.state.db.writer();
        let changed = (member.rights(), rights);
        admins::change_rights(db, &member, changed).await.unwrap();
        self.find(site, email).await.unwrap()
    }

    pub async fn detroit_admin(&self) -> Browser {
        self.admin(&self.detroit, "dana@example.com").await;
        self.signed_in("dana@example.com").await
    }

    /// A browser in which the member of Detroit Arms with this e-mail address is signed in.
    pub async fn signed_in(&self, email: &str) -> Browser {
        let browser = self.browser();
        browser.sign_in(email).await;
        browser
    }

    /// The ports of `user` at this site, with its current settings.
    pub async fn services(&self, site: &Site, user: Option<&user::Model>) -> Services {
        let cookies = Cookies::default();
        let visitor = Visitor::new(cookies.clone(), self.state.config.clone(), site.id());
        let site = sites::by_id(self.state.db.reader(), site.id()).await;
        let session = Session::new(None, Arc::new(NoSessions), None);
        set_password_at(&session, self.state.now()).await.unwrap();
        Services {
            state: self.state.clone(),
            context: RequestContext {
                site: Arc::new(site.unwrap().unwrap()),
                session,
                user: user.cloned().map(Arc::new),
                second_factor_missing: false,
                unread: 0,
                base_url: format!("http://{}", self.address),
                html_form: false,
                visitor,
                cookies,
                address: IpAddr::V4(Ipv4Addr::LOCALHOST),
                user_agent: String::new(),
                device_token: None,
            },
        }
    }

    /// Every row of the audit log, oldest first.
    pub async fn audit_rows(&self) -> Vec<audit_entry::Model> {
        audit_entry::Entity::find()
            .order_by_asc(audit_entry::Column::Id)
            .all(self.state.db.reader())
            .await
            .unwrap()
    }
}

//! People who run things.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use async_trait::async_trait;
use domain::account::Role;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryOrder, Set};
use store::{
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
    middleware::{Visit, Visitor},
    ports::Services,
};

use super::{Browser, TestApp};

/// For a visit that has no browser: remembers nothing.
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
    /// "Dana Stone", who runs this tenant site and nothing else.
    pub async fn admin(&self, site: &Site, email: &str) -> user::Model {
        let mut admin = self.member(site, "Dana", email).await.into_active_model();
        admin.role = Set(Role::Admin.into());
        admin.update(self.state.db.reader()).await.unwrap()
    }

    /// "Pat Stone", who runs the platform program and signs in at this site, but does not run it.
    pub async fn platform_admin(&self, site: &Site, email: &str) -> user::Model {
        let mut admin = self.member(site, "Pat", email).await.into_active_model();
        admin.platform_admin = Set(true);
        admin.update(self.state.db.reader()).await.unwrap()
    }

    /// The login that the guide's steps are played by: runs this tenant site and the platform
    /// program.
    pub async fn double_admin(&self, site: &Site, email: &str) -> user::Model {
        let mut admin = self.admin(site, email).await.into_active_model();
        admin.platform_admin = Set(true);
        admin.update(self.state.db.reader()).await.unwrap()
    }

    /// An admin of Detroit Arms, signed in.
    pub async fn detroit_admin(&self) -> Browser {
        self.admin(&self.detroit, "dana@example.com").await;
        self.signed_in("dana@example.com").await
    }

    /// Somebody of Detroit Arms, signed in.
    pub async fn signed_in(&self, email: &str) -> Browser {
        let browser = self.browser();
        browser.sign_in(email).await;
        browser
    }

    /// What a page asks on behalf of `user` at this site, settings as they are now.
    pub async fn services(&self, site: &Site, user: Option<&user::Model>) -> Services {
        let cookies = Cookies::default();
        let visitor = Visitor::new(cookies.clone(), self.state.config.clone(), site.id());
        let site = sites::by_id(self.state.db.reader(), site.id()).await;
        Services {
            state: self.state.clone(),
            visit: Visit {
                site: Arc::new(site.unwrap().unwrap()),
                session: Session::new(None, Arc::new(NoSessions), None),
                user: user.cloned().map(Arc::new),
                unread: 0,
                base_url: format!("http://{}", self.address),
                html_form: false,
                visitor,
                cookies,
                address: IpAddr::V4(Ipv4Addr::LOCALHOST),
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

//! People who run things.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryOrder, Set};
use server::db::{
    entities::{audit_entry, user},
    sites::Site,
    users::ADMIN,
};

use super::{Browser, TestApp};

impl TestApp {
    /// "Dana Stone", who runs this tenant site and nothing else.
    pub async fn admin(&self, site: &Site, email: &str) -> user::Model {
        let mut admin = self.member(site, "Dana", email).await.into_active_model();
        admin.role = Set(ADMIN.to_owned());
        admin.update(self.state.db.conn()).await.unwrap()
    }

    /// "Pat Stone", who runs the platform program and signs in at this site, but does not run it.
    pub async fn platform_admin(&self, site: &Site, email: &str) -> user::Model {
        let mut admin = self.member(site, "Pat", email).await.into_active_model();
        admin.platform_admin = Set(true);
        admin.update(self.state.db.conn()).await.unwrap()
    }

    /// The login that the guide's steps are played by: runs this tenant site and the platform
    /// program.
    pub async fn double_admin(&self, site: &Site, email: &str) -> user::Model {
        let mut admin = self.admin(site, email).await.into_active_model();
        admin.platform_admin = Set(true);
        admin.update(self.state.db.conn()).await.unwrap()
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

    /// Every row of the audit log, oldest first.
    pub async fn audit_rows(&self) -> Vec<audit_entry::Model> {
        audit_entry::Entity::find()
            .order_by_asc(audit_entry::Column::Id)
            .all(self.state.db.conn())
            .await
            .unwrap()
    }
}

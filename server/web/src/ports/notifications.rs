//! A member's notifications on the web.

use app::{
    ports::{Answer, Notifications},
    types::Outcome,
};
use async_trait::async_trait;
use domain::notification::Notification;
use services::notifications::view;
use store::{NotificationId, notifications};

use super::{Services, internal_error};

const PAGE: &str = "/notifications";
/// Most notifications that the page lists.
const SHOWN: u64 = 100;

impl Services {
    async fn mark_notifications(&self, which: Option<i64>) -> Answer<Outcome> {
        let Some(user) = &self.context.user else {
            return Ok(Outcome::Go(sign_in_first()));
        };
        let (db, now) = (self.state.db.writer(), self.state.now());
        notifications::mark_read(
            db,
            self.context.site.id(),
            user.id,
            which.map(NotificationId::new),
            now,
        )
        .await
        .map_err(|error| internal_error(error.into()))?;
        Ok(Outcome::Go(PAGE.to_owned()))
    }
}

fn sign_in_first() -> String {
    format!("/sign-in?next={PAGE}")
}

#[async_trait]
impl Notifications for Services {
    async fn list(&self) -> Answer<Vec<Notification>> {
        let Some(user) = &self.context.user else {
            return Ok(Vec::new());
        };
        let (db, site) = (self.state.db.reader(), self.context.site.id());
        let rows = notifications::list(db, site, user.id, None, SHOWN).await;
        Ok(rows
            .map_err(|error| internal_error(error.into()))?
            .iter()
            .map(|row| view(row, self.zone()))
            .collect())
    }

    async fn mark_read(&self, id: i64) -> Answer<Outcome> {
        self.mark_notifications(Some(id)).await
    }

    async fn mark_all_read(&self) -> Answer<Outcome> {
        self.mark_notifications(None).await
    }
}

//! The devices on which a member is signed in.

use app::types::{Device, Outcome};
use server_core::dates;
use store::{ApiTokenId, api_tokens};

use super::Services;

impl Services {
    pub(super) async fn my_devices(&self) -> anyhow::Result<Vec<Device>> {
        let Some(user) = &self.context.user else {
            return Ok(Vec::new());
        };
        let (db, now) = (self.state.db.reader(), self.state.now());
        let rows = api_tokens::of_user(db, user.site_id, user.id, now).await?;
        Ok(rows.into_iter().map(view).collect())
    }

    pub(super) async fn end_device(&self, id: i64) -> anyhow::Result<Outcome> {
        let Some(user) = &self.context.user else {
            return Ok(Outcome::Go("/sign-in?next=/dashboard".to_owned()));
        };
        // A device that is already gone is signed out, so this is not an error.
        api_tokens::revoke(
            self.state.db.writer(),
            user.site_id,
            user.id,
            ApiTokenId::new(id),
        )
        .await?;
        Ok(Outcome::Done("The device is signed out.".to_owned()))
    }
}

fn view(row: api_tokens::Device) -> Device {
    Device {
        id: row.id.get(),
        name: row.device_name,
        signed_in_on: dates::day(row.created_at),
        signed_in_at: dates::iso(row.created_at),
        last_used_on: dates::day(row.last_used_at),
        last_used_at: dates::iso(row.last_used_at),
    }
}

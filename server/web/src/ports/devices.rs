//! The devices on which a member is signed in.

use app::types::Device;
use server_core::{dates, zone::Zone};
use store::api_tokens;

use super::Services;

impl Services {
    pub(super) async fn my_devices(&self) -> anyhow::Result<Vec<Device>> {
        let Some(user) = &self.context.user else {
            return Ok(Vec::new());
        };
        let (db, now) = (self.state.db.reader(), self.state.now());
        let rows = api_tokens::of_user(db, user.site_id, user.id, now).await?;
        Ok(rows.into_iter().map(|row| view(row, self.zone())).collect())
    }
}

fn view(row: api_tokens::Device, zone: &Zone) -> Device {
    Device {
        id: row.id.get(),
        name: row.device_name,
        signed_in_on: dates::day(row.created_at, zone),
        signed_in_at: dates::iso(row.created_at),
        last_used_on: dates::day(row.last_used_at, zone),
        last_used_at: dates::iso(row.last_used_at),
    }
}

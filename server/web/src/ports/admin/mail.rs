//! The console's mails that could not be delivered.

use app::{
    ports::{AdminMail, Answer},
    types::{Outcome, admin::FailedMail},
};
use async_trait::async_trait;
use domain::{
    account::{Permission, SiteKind},
    credit::Program,
};
use server_core::{dates, zone::Zone};
use store::{MailId, SiteId, entities::mail, mails};

use super::not_yours;
use crate::{
    middleware::RequestContext,
    ports::{Services, internal_error},
};

const CLEARED: &str = "The list was cleared.";
/// The most that the page shows.
const MOST: u64 = 200;

/// The current site, if the viewer's role in its program includes the permission.
pub fn own_site(context: &RequestContext, permission: Permission) -> Option<SiteId> {
    let program = match context.site.kind() {
        SiteKind::Tenant => Program::Tenant,
        SiteKind::Platform => Program::Platform,
    };
    let may = context.rights().may(program, permission);
    may.then(|| context.site.id())
}

#[async_trait]
impl AdminMail for Services {
    async fn failed(&self) -> Answer<Vec<FailedMail>> {
        let Some(site_id) = own_site(&self.context, Permission::ManageSettings) else {
            return Ok(Vec::new());
        };
        let rows = mails::failed_of(self.state.db.reader(), site_id, MOST).await;
        let rows = rows.map_err(|error| internal_error(error.into()))?;
        Ok(rows.into_iter().map(|row| view(row, self.zone())).collect())
    }

    async fn forget_failed(&self, last: i64) -> Answer<Outcome> {
        let Some(site_id) = own_site(&self.context, Permission::ManageSettings) else {
            return Ok(not_yours());
        };
        let db = self.state.db.writer();
        mails::forget_failed(db, site_id, MailId::new(last))
            .await
            .map_err(|error| internal_error(error.into()))?;
        Ok(Outcome::Done(CLEARED.to_owned()))
    }
}

fn view(row: mail::Model, zone: &Zone) -> FailedMail {
    let at = row.ended_at.unwrap_or(row.created_at);
    FailedMail {
        id: row.id.get(),
        subject: row.subject,
        to: row.address,
        member_id: row.user_id.map(|id| id.get()),
        error: row.error.unwrap_or_default(),
        on: dates::minute(at, zone),
        at: dates::iso(at),
    }
}

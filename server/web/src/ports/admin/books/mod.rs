//! The books: what the page shows, and its buttons.

mod page;
mod plot;

use std::sync::Arc;

use app::{
    ports::{AdminBooks, Answer},
    types::{Outcome, admin::BooksPage},
};
use async_trait::async_trait;
use domain::credit::Program;
use services::{
    books::{self, Asked, Begun},
    rights::ManageCredits,
};
use store::{ReconciliationDifferenceId, Scope, entities::user};

use super::{not_yours, refused};
use crate::ports::{Services, internal_error};

const BEGUN: &str = "The comparison has begun. Reload this page in a while.";
const GOES_ON: &str = "A comparison is going on already. Reload this page in a while.";
const NOT_CONNECTED: &str = "Stripe is not connected, so there is nothing to compare with.";
const DONE: &str = "It is marked as done, and stays so in later comparisons.";
const NOT_OPEN: &str = "It is not open anymore. Reload this page to see what is.";

/// Whose books the viewer manages, and who they are; `None` without the permission.
fn staff(services: &Services, program: Program) -> Option<(Scope, Arc<user::Model>)> {
    let context = &services.context;
    match program {
        Program::Tenant => {
            let staff = context.tenant_staff::<ManageCredits>()?;
            Some((Scope::Site(staff.site.id()), staff.user))
        }
        Program::Platform => {
            let staff = context.platform_staff::<ManageCredits>()?;
            Some((Scope::Platform, staff.user))
        }
    }
}

#[async_trait]
impl AdminBooks for Services {
    async fn page(&self, program: Program) -> Answer<Option<BooksPage>> {
        let Some((scope, _)) = staff(self, program) else {
            return Ok(None);
        };
        let page = page::read(self, program, scope).await;
        page.map(Some).map_err(internal_error)
    }

    async fn compare(&self, program: Program) -> Answer<Outcome> {
        let Some((scope, user)) = staff(self, program) else {
            return Ok(not_yours());
        };
        let connected = books::is_connected(&self.state, scope).await;
        if !connected.map_err(internal_error)? {
            return Ok(refused(NOT_CONNECTED));
        }
        let begun = books::begin(&self.state, scope, Asked::ByStaff(&user)).await;
        Ok(match begun.map_err(internal_error)? {
            Begun::Now(_) => Outcome::Done(BEGUN.to_owned()),
            Begun::Before(_) => Outcome::Done(GOES_ON.to_owned()),
        })
    }

    async fn set_done(&self, program: Program, id: i64) -> Answer<Outcome> {
        let Some((scope, user)) = staff(self, program) else {
            return Ok(not_yours());
        };
        let id = ReconciliationDifferenceId::new(id);
        let done = books::set_done(&self.state, scope, &user, id).await;
        Ok(match done.map_err(internal_error)? {
            true => Outcome::Done(DONE.to_owned()),
            false => refused(NOT_OPEN),
        })
    }
}

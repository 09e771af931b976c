//! The statement of the member's credit.

use app::{
    ports::{Answer, Credits},
    types::{CreditStatement, StatementLine},
};
use async_trait::async_trait;
use server_core::dates;
use services::stripe_customers::statement::{self, Statement};
use store::sites::Site;

use super::{Services, internal_error};

#[async_trait]
impl Credits for Services {
    async fn statement(&self) -> Answer<Option<CreditStatement>> {
        let Some(user) = &self.context.user else {
            return Ok(None);
        };
        let site = &self.context.site;
        let statement = statement::statement(&self.state, site, user).await;
        let statement = statement.map_err(internal_error)?;
        Ok(Some(shown(statement, site)))
    }
}

/// The statement, with a link to each purchase.
pub(super) fn shown(statement: Statement, site: &Site) -> CreditStatement {
    let line = |line: statement::StatementLine| StatementLine {
        on: dates::day(line.at, &site.row.time_zone),
        at: dates::iso(line.at),
        words: line
            .change
            .sentence(&site.row.name, line.amount.is_positive()),
        amount: line.amount,
        left: line.left,
        path: line.purchase.map(|id| format!("/purchases/{id}")),
    };
    CreditStatement {
        available: statement.available,
        reserved: statement.reserved,
        other_currencies: statement.other_currencies,
        lines: statement.lines.into_iter().map(line).collect(),
        gap: statement.gap,
    }
}

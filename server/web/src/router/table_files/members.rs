//! `GET /admin/members.csv`.

use domain::{account::shown_address, credit::Program};
use server_core::dates;
use store::entities::user;

use super::Table;
use crate::{
    csv_file::Page,
    ports::{
        Services,
        admin::members::list::{self, Found},
    },
};

/// What the first row says if a search finds more than it returns.
const TOO_MANY: &str = "Too many members match. Type more of the name or the email address.";

/// Admin > Members.
pub struct Members;

impl Table for Members {
    const PAGE: &'static str = "/admin/members";
    const FILE: &'static str = "members.csv";
    const SUBJECT: &'static str = "Members";
    const HEADS: &'static [&'static str] = &["Number", "Joined (UTC)", "Name", "Email", "Admin"];
    const PROGRAMS: &'static [Program] = &[Program::Tenant];
    /// What was typed, and the last member of the page before.
    type Place = (String, Option<i64>);

    fn first(_program: Program, query: &str) -> Self::Place {
        let typed = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "q");
        let typed = typed.map(|(_, value)| value.into_owned());
        (typed.unwrap_or_default(), None)
    }

    async fn read(
        services: &Services,
        (text, before): Self::Place,
        goes_on: bool,
    ) -> anyhow::Result<Page<Self::Place>> {
        let Some(found) = list::found(services, &text, before).await? else {
            return Ok((Vec::new(), None));
        };
        let Found {
            members,
            last,
            too_many,
            ..
        } = found;
        // In the first row, where nobody overlooks it.
        let left_out = (too_many && !goes_on).then(|| {
            let mut row = vec![TOO_MANY.to_owned()];
            row.resize(Self::HEADS.len(), String::new());
            row
        });
        let rows = left_out.into_iter().chain(members.iter().map(member));
        Ok((rows.collect(), last.map(|last| (text, Some(last)))))
    }
}

fn member(member: &user::Model) -> Vec<String> {
    let staff = if member.tenant_role.is_some() {
        "yes"
    } else {
        "no"
    };
    vec![
        member.id.to_string(),
        dates::iso(member.created_at),
        format!("{} {}", member.first_name, member.last_name),
        shown_address(&member.email).to_owned(),
        staff.to_owned(),
    ]
}

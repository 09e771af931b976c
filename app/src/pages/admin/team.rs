//! Admin > Team: who runs the site and the platform program, and what each role may do.

use domain::{
    account::{Permission, Role, SiteKind},
    credit::Program,
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::team_rows::{invitations, team};
use crate::{
    components::{AdminPage, internal_error, password_panel, refusal_notice},
    pages::plain_field::PlainField,
    ports::{Ports, Viewer},
    server_fns::admin::InviteStaff,
    types::admin::TeamPage as Page,
};

const PATH: &str = "/admin/team";

/// The teams that the viewer may change, the invitations, and the table of roles.
#[component]
pub fn TeamPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let content = Suspend::new(async move {
        let asked = ports.recent_password.is_asked().await.unwrap_or(true);
        match ports.teams.page().await {
            Ok(page) => {
                let password = asked.then(|| password_panel(&viewer, PATH));
                view! { {password} {content(&viewer, page)} }.into_any()
            }
            Err(_) => internal_error(&ports),
        }
    });
    view! {
        <AdminPage title="Team">
            <Suspense>{content}</Suspense>
        </AdminPage>
    }
}

fn content(viewer: &Viewer, page: Page) -> impl IntoView + use<> {
    let refusals = ["change_role", "end_staff_sessions", "withdraw_invitation"];
    let refusals = refusals.map(|form| refusal_notice(&viewer.refusal(form)));
    let programs: Vec<_> = page.teams.iter().map(|team| team.program).collect();
    let invite = invite(viewer, &offered(&programs));
    let teams = page.teams.into_iter().map(team).collect_view();
    view! {
        {refusals}
        {teams}
        {invitations(page.invitations)}
        {invite}
        {table(viewer.site.kind)}
    }
}

/// The roles that the viewer may give.
fn offered(programs: &[Program]) -> Vec<Role> {
    let mut roles = Role::ALL.to_vec();
    roles.retain(|role| programs.contains(&domain::account::team::program_of(*role)));
    roles
}

fn invite(viewer: &Viewer, roles: &[Role]) -> impl IntoView + use<> {
    let refusal = viewer.refusal("invite_staff");
    let email = PlainField {
        form: "invite",
        name: "email",
        label: "Email address",
        kind: "email",
        autocomplete: "off",
        value: "",
    };
    let email = email.view(&refusal);
    let chosen = refusal.typed("role").to_owned();
    let options = roles.iter().map(|role| {
        let code = role.code();
        view! { <option value=code selected=chosen == code>{role.label()}</option> }
    });
    let options = options.collect_view();
    let error = refusal.about("role").map(str::to_owned);
    let notice = refusal.fields.is_empty().then(|| refusal_notice(&refusal));
    view! {
        <section class="panel" aria-labelledby="invite-title">
            <h2 class="panel-title" id="invite-title">"Invite somebody"</h2>
            <form class="sale" method="post" action=InviteStaff::PATH novalidate>
                {notice}
                <p class="sale-words">
                    "They get an email with a link that works once, for seven days. Nobody can accept it with \
                     another address."
                </p>
                {email}
                <div class="field">
                    <label for="invite-role">"Role"</label>
                    <select id="invite-role" name="role" aria-describedby="invite-role-error">
                        <option value="">"Choose a role"</option>
                        {options}
                    </select>
                    <p class="field-error" id="invite-role-error">{error}</p>
                </div>
                <button type="submit" class="button button-primary">"Send the invitation"</button>
            </form>
        </section>
    }
}

/// What each role may do, of the roles that there are on a site of this kind.
fn table(kind: SiteKind) -> impl IntoView {
    let here = |role: &Role| kind == SiteKind::Tenant || role.is_platform();
    let roles: Vec<_> = Role::ALL.into_iter().filter(here).collect();
    let heads = roles.iter().map(|role| {
        view! { <th role="columnheader" scope="col">{role.label()}</th> }
    });
    let heads = heads.collect_view();
    let used = |permission: &Permission| roles.iter().any(|role| role.may(*permission));
    let rows = Permission::ALL.into_iter().filter(used).map(|permission| {
        let cells = roles.iter().map(|role| {
            let may = if role.may(permission) { "Yes" } else { "No" };
            view! { <td role="cell" data-label=role.label()>{may}</td> }
        });
        let cells = cells.collect_view();
        view! {
            <tr role="row">
                <th role="rowheader" scope="row">{permission.label()}</th>
                {cells}
            </tr>
        }
    });
    let rows = rows.collect_view();
    // On a phone each row is shown as a card; the roles keep it a table for screen readers.
    view! {
        <section class="panel" aria-labelledby="roles-title">
            <h2 class="panel-title" id="roles-title">"What each role may do"</h2>
            <table class="audit team-roles" role="table" aria-labelledby="roles-title">
                <thead role="rowgroup">
                    <tr role="row"><td role="cell"></td>{heads}</tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </section>
    }
}

//! The tables of Admin > Team: the staff, and open invitations.

use domain::{
    account::{Role, team::program_of},
    credit::Program,
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    server_fns::admin::{ChangeRole, EndStaffSessions, WithdrawInvitation},
    types::admin::{Invitation, Team, TeamMember},
};

/// The staff of one program.
pub fn team(team: Team) -> impl IntoView {
    let program = team.program;
    let (title, id) = match program {
        Program::Tenant => ("Staff of this site", "team-tenant"),
        Program::Platform => ("Staff of the platform program", "team-platform"),
    };
    let rows = team.members.into_iter().map(|member| row(program, member));
    let rows = rows.collect_view();
    // On a phone each row is shown as a card; the roles keep it a table for screen readers.
    view! {
        <section class="panel" aria-labelledby=id>
            <h2 class="panel-title" id=id>{title}</h2>
            <table class="audit" role="table" aria-labelledby=id>
                <thead role="rowgroup">
                    <tr role="row">
                        {["Name", "Email", "Second factor", "Role", "Sessions"]
                            .map(|name| view! { <th role="columnheader" scope="col">{name}</th> })}
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </section>
    }
}

fn row(program: Program, member: TeamMember) -> impl IntoView {
    let you = member.is_viewer.then_some(" (you)");
    let at = member.site.as_ref().map(|site| {
        view! { <span class="audit-field">{format!("Signs in at {site}")}</span> }
    });
    let factor = if member.has_second_factor {
        "On"
    } else {
        "Off"
    };
    let role = role_form(program, &member);
    let sessions = end_form(program, &member);
    view! {
        <tr role="row">
            <td role="cell" data-label="Name">
                <span><bdi>{member.name}</bdi>{you}{at}</span>
            </td>
            <td role="cell" data-label="Email"><span class="audit-value">{member.email}</span></td>
            <td role="cell" data-label="Second factor">{factor}</td>
            <td role="cell" data-label="Role">{role}</td>
            <td role="cell" data-label="Sessions">{sessions}</td>
        </tr>
    }
}

fn role_form(program: Program, member: &TeamMember) -> impl IntoView + use<> {
    let options = Role::ALL
        .into_iter()
        .filter(|role| program_of(*role) == program)
        .map(|role| {
            let selected = role == member.role;
            view! { <option value=role.code() selected=selected>{role.label()}</option> }
        })
        .collect_view();
    let whose = format!("Role of {}", member.name);
    view! {
        <form class="team-role" method="post" action=ChangeRole::PATH>
            <input type="hidden" name="program" value=program.code() />
            <input type="hidden" name="member_id" value=member.id.to_string() />
            <select name="role" aria-label=whose>
                {options}
                <option value="">"No role"</option>
            </select>
            <button type="submit" class="button button-small">
                "Change"<span class="visually-hidden">{format!(" the role of {}", member.name)}</span>
            </button>
        </form>
    }
}

fn end_form(program: Program, member: &TeamMember) -> impl IntoView + use<> {
    view! {
        <form method="post" action=EndStaffSessions::PATH>
            <input type="hidden" name="program" value=program.code() />
            <input type="hidden" name="member_id" value=member.id.to_string() />
            <button type="submit" class="button button-small">
                "Sign out everywhere"<span class="visually-hidden">{format!(": {}", member.name)}</span>
            </button>
        </form>
    }
}

/// The invitations that were not accepted yet; nothing without one.
pub fn invitations(open: Vec<Invitation>) -> Option<impl IntoView> {
    let rows = open.iter().map(invitation).collect_view();
    (!open.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="invitations-title">
                <h2 class="panel-title" id="invitations-title">"Open invitations"</h2>
                <table class="audit" role="table" aria-labelledby="invitations-title">
                    <thead role="rowgroup">
                        <tr role="row">
                            {["Email", "Role", "Works until", "Withdraw"]
                                .map(|name| view! { <th role="columnheader" scope="col">{name}</th> })}
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </section>
        }
    })
}

fn invitation(open: &Invitation) -> impl IntoView + use<> {
    let email = open.email.clone();
    view! {
        <tr role="row">
            <td role="cell" data-label="Email"><span class="audit-value">{email}</span></td>
            <td role="cell" data-label="Role">{open.role.label()}</td>
            <td role="cell" data-label="Works until">{open.until.clone()}</td>
            <td role="cell" data-label="Withdraw">
                <form method="post" action=WithdrawInvitation::PATH>
                    <input type="hidden" name="id" value=open.id.to_string() />
                    <button type="submit" class="button button-small">
                        "Withdraw"
                        <span class="visually-hidden">{format!(" the invitation of {}", open.email)}</span>
                    </button>
                </form>
            </td>
        </tr>
    }
}

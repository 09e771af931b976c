//! The page that the link in a mail opens: accepting an invitation to the staff. The button does it
//! and not the link, because some mail programs open every link.

use domain::{account::Permission, forms::Refusal};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{plain_field::PlainField, query, with_next};
use crate::{
    components::{PageTitle, internal_error, refusal_notice},
    ports::{Ports, Viewer},
    server_fns::{AcceptInvitation, EnrolStaff, SignOut},
    types::admin::{InvitationOffer, InvitationReader},
};

/// What is offered and how to accept it, or what to do if the link does not work any more.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let token = query("token").unwrap_or_default();
    let page = Suspend::new(async move {
        match ports.teams.offer(&token).await {
            Ok(Some(offer)) => offered(&viewer, &offer, &token).into_any(),
            Ok(None) => ended().into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    view! {
        <PageTitle title="Invitation" />
        <Suspense>{page}</Suspense>
    }
}

fn offered(viewer: &Viewer, offer: &InvitationOffer, token: &str) -> impl IntoView + use<> {
    let may = Permission::ALL
        .into_iter()
        .filter(|one| offer.role.may(*one));
    let may = may
        .map(|one| view! { <li>{one.label()}</li> })
        .collect_view();
    let lede = format!(
        "{} invited you to join the staff of {}.",
        offer.inviter, viewer.site.name
    );
    let next = format!("/invitation?token={token}");
    let answer = match &offer.reader {
        InvitationReader::Invited => accept(&viewer.refusal("accept_invitation"), token).into_any(),
        InvitationReader::SomebodyElse(email) => sign_out(&offer.email, email).into_any(),
        InvitationReader::Visitor => sign_in(&offer.email, &next).into_any(),
        InvitationReader::Newcomer => {
            enrol(&viewer.refusal("enrol_staff"), &offer.email, token).into_any()
        }
    };
    view! {
        <div class="page page-form">
            <h1 class="page-title">"Join the staff"</h1>
            <p class="page-lede">{lede}</p>
            <p>"Your role: "<strong>{offer.role.label()}</strong>". You may:"</p>
            <ul>{may}</ul>
            {answer}
        </div>
    }
}

fn accept(refusal: &Refusal, token: &str) -> impl IntoView + use<> {
    view! {
        <form class="form" method="post" action=AcceptInvitation::PATH>
            {refusal_notice(refusal)}
            <input type="hidden" name="token" value=token.to_owned() />
            <button type="submit" class="button button-primary">"Accept the invitation"</button>
        </form>
        <p class="page-aside">"You will be signed out of other browsers and phones."</p>
    }
}

fn sign_out(invited: &str, signed_in: &str) -> impl IntoView + use<> {
    let words = format!(
        "The invitation is for {invited}, and you are signed in as {signed_in}. Sign out, then open \
         the link in the email again."
    );
    view! {
        <p class="notice" role="status">{words}</p>
        <form method="post" action=SignOut::PATH>
            <button type="submit" class="button">"Sign out"</button>
        </form>
    }
}

fn sign_in(invited: &str, next: &str) -> impl IntoView + use<> {
    let words = format!("{invited} has an account here. Sign in to accept the invitation.");
    view! {
        <p>{words}</p>
        <p><a class="button button-primary" href=with_next("/sign-in", next)>"Sign in"</a></p>
    }
}

fn enrol(refusal: &Refusal, invited: &str, token: &str) -> impl IntoView + use<> {
    let field = |name, label, kind, autocomplete| {
        let field = PlainField {
            form: "enrol",
            name,
            label,
            kind,
            autocomplete,
            value: "",
        };
        field.view(refusal)
    };
    let first_name = field("first_name", "First name", "text", "given-name");
    let last_name = field("last_name", "Last name", "text", "family-name");
    let born = field("date_of_birth", "Date of birth", "date", "bday");
    let password = field("password", "Password", "password", "new-password");
    let notice = refusal.fields.is_empty().then(|| refusal_notice(refusal));
    let other = refusal.about("email").map(str::to_owned);
    let is_taken = other.is_some();
    let words = format!("Your account will have the email address {invited}.");
    view! {
        <form class="form" method="post" action=EnrolStaff::PATH novalidate>
            {notice}
            <p>{words}</p>
            <p class="field-error" role=is_taken.then_some("alert")>{other}</p>
            <input type="hidden" name="token" value=token.to_owned() />
            {first_name}
            {last_name}
            {born}
            {password}
            <button type="submit" class="button button-primary">"Create the account and accept"</button>
        </form>
    }
}

fn ended() -> impl IntoView {
    view! {
        <div class="page page-form">
            <h1 class="page-title">"This invitation no longer works"</h1>
            <p class="page-lede">
                "It was already used, was withdrawn, or is older than seven days. Ask the person \
                 who invited you for a new one."
            </p>
            <p><a class="button button-primary" href="/sign-in">"Sign in"</a></p>
        </div>
    }
}

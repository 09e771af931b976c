//! Blocks a member, lets them in again, and signs them out. The forms are plain: their page reloads
//! and says what was done.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::refusal_notice,
    ports::Viewer,
    server_fns::admin::{BlockMember, SignOutMember},
    types::admin::MemberPage,
};

/// The panel with the forms.
pub fn door(page: &MemberPage, viewer: &Viewer) -> impl IntoView + use<> {
    let (block, sign_out) = (
        viewer.refusal("block_member"),
        viewer.refusal("sign_out_member"),
    );
    let id = page.member.id.to_string();
    let words = match &page.blocked_on {
        Some(day) => {
            format!("Blocked since {day}: they cannot sign in, and their link earns nothing.")
        }
        None => "They can sign in.".to_owned(),
    };
    let sign_out = page.blocked_on.is_none().then(|| {
        view! {
            <form class="sale" method="post" action=SignOutMember::PATH>
                {refusal_notice(&sign_out)}
                <input type="hidden" name="member_id" value=id.clone() />
                <button type="submit" class="button">"Sign out everywhere"</button>
            </form>
        }
    });
    let block = block_form(id, page.blocked_on.is_some(), &block);
    view! {
        <section class="panel" aria-labelledby="door-title">
            <h2 class="panel-title" id="door-title">"Access"</h2>
            <p class="account-standing">{words}</p>
            {sign_out}
            {block}
        </section>
    }
}

fn block_form(id: String, blocked: bool, refusal: &Refusal) -> impl IntoView + use<> {
    let error = refusal.about("block_reason").map(str::to_owned);
    let notice = error.is_none().then(|| refusal_notice(refusal));
    let (label, value) = match blocked {
        true => ("Unblock this member", ""),
        false => ("Block this member", "on"),
    };
    view! {
        <form class="sale" method="post" action=BlockMember::PATH novalidate>
            {notice}
            <input type="hidden" name="member_id" value=id />
            <input type="hidden" name="block" value=value />
            <div class="field">
                <label for="block_reason">"Reason"</label>
                <input
                    id="block_reason"
                    name="reason"
                    autocomplete="off"
                    value=refusal.typed("reason").to_owned()
                    aria-required="true"
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby="block_reason-hint block_reason-error"
                />
                <p class="field-hint" id="block_reason-hint">"For the audit log. The member does not see it."</p>
                <p class="field-error" id="block_reason-error">{error}</p>
            </div>
            <button type="submit" class="button">{label}</button>
        </form>
    }
}

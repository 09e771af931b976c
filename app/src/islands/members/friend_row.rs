//! A referred friend in a list: who it is, how it stands, and what happened so far. A plain disclosure, which needs no
//! JavaScript.

use leptos::prelude::*;

use crate::{
    islands::live_text::LiveText,
    types::{Friend, FriendStep},
};

/// The row. `open` shows what happened at once.
pub fn friend_row(friend: &Friend, open: bool) -> impl IntoView + use<> {
    let Friend {
        line,
        initials,
        steps,
    } = friend.clone();
    let steps = steps.into_iter().map(step).collect_view();
    let credit = line.credit.map(|credit| credit.to_string());
    let credit = credit.unwrap_or_default();
    view! {
        <li class="friend">
            <details open=open>
                <summary class="friend-line">
                    <span class="friend-initials" aria-hidden="true" translate="no">
                        {LiveText(initials)}
                    </span>
                    <span class="friend-name" dir="auto" translate="no">{LiveText(line.friend)}</span>
                    <span class="friend-joined">{LiveText(format!("Joined {}", line.joined_on))}</span>
                    <span class="friend-credit money">{LiveText(credit)}</span>
                    <span class=format!("badge badge-{}", line.status.code())>
                        {LiveText(line.status.label().to_owned())}
                    </span>
                    <span class="friend-why">{LiveText(line.reason.unwrap_or_default())}</span>
                </summary>
                <ol class="friend-steps">{steps}</ol>
            </details>
        </li>
    }
}

fn step(step: FriendStep) -> impl IntoView {
    let at =
        (!step.on.is_empty()).then(|| view! { <time datetime=step.at>{LiveText(step.on)}</time> });
    view! { <li><span>{LiveText(step.words)}</span>" "{at}</li> }
}

//! A referred friend in a list: who it is, how it stands, and what happened so far. A plain disclosure, which needs no
//! JavaScript.

use leptos::prelude::*;

use crate::types::{Friend, FriendStep};

/// The row. `open` shows what happened at once.
pub fn friend_row(friend: &Friend, open: bool) -> impl IntoView + use<> {
    let Friend {
        line,
        initials,
        steps,
    } = friend.clone();
    let steps = steps.into_iter().map(step).collect_view();
    view! {
        <li class="friend">
            <details open=open>
                <summary class="friend-line">
                    <span class="friend-initials" aria-hidden="true">{initials}</span>
                    <span class="friend-name" dir="auto">{line.friend}</span>
                    <span class="friend-joined">{format!("Joined {}", line.joined_on)}</span>
                    <span class="friend-credit money">{line.credit.map(|credit| credit.to_string())}</span>
                    <span class=format!("badge badge-{}", line.status.code())>{line.status.label()}</span>
                    <span class="friend-why">{line.reason}</span>
                </summary>
                <ol class="friend-steps">{steps}</ol>
            </details>
        </li>
    }
}

fn step(step: FriendStep) -> impl IntoView {
    let at = (!step.on.is_empty()).then(|| view! { <time datetime=step.at>{step.on}</time> });
    view! { <li><span>{step.words}</span>" "{at}</li> }
}

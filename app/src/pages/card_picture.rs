//! A picture of the product in use: the card "Refer a Friend" as a member sees it, with made-up friends. It is drawn
//! with the card's own styles, so it looks like the site and is sharp at every size.

use leptos::prelude::*;

/// What the picture shows, in words.
const WORDS: &str = "A member\u{2019}s card: $10.00 for each friend who buys, a link to share, and two friends. \
                     Jane has bought and earned the member $10.00, and Omar has joined.";

/// The picture. Nothing in it can be pressed, and it is read as one sentence.
pub fn card_picture() -> impl IntoView {
    view! {
        <div class="card-picture" role="img" aria-label=WORDS>
            <div class="panel referral-card">
                <p class="panel-title">"Refer a Friend"</p>
                <p class="referral-card-amount">
                    <strong class="money">"$10.00"</strong>
                    <span>" for each friend who buys"</span>
                </p>
                <p class="card-picture-link">"https://yoursite.com?ref=ab3kx7mn"</p>
                {friend("JD", "Jane D.", Some("$10.00"), ("credited", "Credited"))}
                {friend("OK", "Omar K.", None, ("pending", "Pending"))}
            </div>
        </div>
    }
}

fn friend(
    initials: &'static str,
    name: &'static str,
    credit: Option<&'static str>,
    (badge, label): (&'static str, &'static str),
) -> impl IntoView {
    view! {
        <p class="card-picture-friend">
            <span class="friend-initials">{initials}</span>
            <span class="friend-name">{name}</span>
            <span class="friend-credit money">{credit}</span>
            <span class=format!("badge badge-{badge}")>{label}</span>
        </p>
    }
}

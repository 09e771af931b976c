//! Admin > Referrals: everything about one referral.

use domain::{credit::Program, forms::Refusal, referral::ReferralStatus};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Meta;
use leptos_router::hooks::use_params_map;

use super::{referrals::tab, review::seen};
use crate::{
    components::{AdminPage, internal_error, refusal_notice, stripe_id},
    pages::{not_found, query},
    ports::{Ports, Viewer},
    server_fns::admin::{DecideAgain, PAYMENTS_PATH, RetryReferrals, review_path, void_path},
    types::admin::{ReferralRow, ReferralStory, StoryStep},
};

/// After "Retry" the page reloads after each of these waits, in seconds, while the credit is Pending.
const REFRESHES: [u8; 3] = [3, 5, 8];

#[component]
pub fn ReferralPage() -> impl IntoView {
    let ports = Ports::current();
    let viewer = Viewer::current();
    let params = use_params_map();
    let param = |name| params.read_untracked().get(name).unwrap_or_default();
    let program = Program::parse(&param("program"));
    let id = param("id").parse::<i64>().ok();
    let refreshed = query("refresh").and_then(|count| count.parse::<usize>().ok());
    let page = Suspend::new(async move {
        let Some((program, id)) = program.zip(id) else {
            return not_found(&ports);
        };
        match ports.admin_referrals.story(program, id).await {
            Ok(Some(story)) => {
                let refusals = ["retry_referrals", "decide_again"];
                let refusals = refusals.map(|form| viewer.refusal(form));
                page(program, story, refreshed, refusals)
            }
            Ok(None) => not_found(&ports),
            Err(_) => internal_error(&ports),
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

fn page(
    program: Program,
    story: ReferralStory,
    refreshed: Option<usize>,
    refusals: [Refusal; 2],
) -> AnyView {
    let row = &story.row;
    let title = match program {
        Program::Tenant => format!(
            "{}, referred by {}",
            isolated(&row.referred),
            isolated(&row.referrer)
        ),
        // An address is long enough.
        Program::Platform => row.referred.clone(),
    };
    let (list, label) = tab(program);
    let auto_refresh = refreshed
        .and_then(|count| Some((count + 1, REFRESHES.get(count)?)))
        .filter(|_| row.status == ReferralStatus::Pending);
    let meta = auto_refresh.map(|(count, seconds)| {
        let content = format!("{seconds};url={}?refresh={count}", row.path(program));
        view! { <Meta http_equiv="refresh" content /> }
    });
    let auto_refresh = auto_refresh.map(|_| {
        view! { <p class="story-reason">"This page refreshes by itself."</p> }
    });
    let reason = row
        .reason
        .clone()
        .map(|reason| view! { <p class="story-reason">{reason}</p> });
    let settings = row.see_settings.then(|| {
        view! { <p class="story-reason"><a href=PAYMENTS_PATH>"Open Payments settings"</a></p> }
    });
    let off = story.program_is_off.then(|| {
        view! {
            <p class="notice" role="status">
                "The referral program is off: what is bought now earns nothing."
            </p>
        }
    });
    let retry = row.can_retry.then(|| retry_form(program, row));
    let again = story.decide_again.then(|| again_form(program, row));
    let void = story.may_void.then(|| {
        let path = void_path(program, row.id);
        view! { <p class="story-reason"><a href=path>"Void this referral"</a></p> }
    });
    let review = story.may_review.then(|| {
        let path = review_path(program, row.id);
        view! { <p class="story-reason"><a href=path>"Review this credit"</a></p> }
    });
    let seen = (!story.seen.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="why-reviewed">
                <h2 id="why-reviewed" class="panel-title">"Why it was reviewed"</h2>
                {seen(&story.seen)}
            </section>
        }
    });
    let status = row.status;
    let details = details(program, &story);
    let steps = story.steps.iter().map(step).collect_view();
    view! {
        {meta}
        <AdminPage title>
            <nav class="crumbs" aria-label="You are here"><a href=list>{label}</a></nav>
            <div class="story-status">
                <span class=format!("badge badge-{}", status.code())>{status.label()}</span>
                {reason}
                {settings}
                {auto_refresh}
                {retry}
                {again}
                {review}
                {void}
            </div>
            {refusal_notice(&refusals[0])}
            {refusal_notice(&refusals[1])}
            {off}
            {seen}
            <div class="story-columns">
                <section class="panel" aria-labelledby="what-happened">
                    <h2 id="what-happened" class="panel-title">"What happened"</h2>
                    <ol class="story">{steps}</ol>
                </section>
                <section class="panel" aria-labelledby="details">
                    <h2 id="details" class="panel-title">"Details"</h2>
                    {details}
                </section>
            </div>
        </AdminPage>
    }
    .into_any()
}

/// One step of a story.
pub fn step(step: &StoryStep) -> impl IntoView + use<> {
    let detail = (!step.detail.is_empty())
        .then(|| view! { <p class="story-detail" dir="auto">{step.detail.clone()}</p> });
    let when = if step.on.is_empty() {
        view! { <p class="story-time">"Time not known"</p> }.into_any()
    } else {
        view! { <time class="story-time" datetime=step.at.clone()>{step.on.clone()}</time> }
            .into_any()
    };
    let class = match step.ended {
        Some(status) => format!("story-step story-{}", status.code()),
        None => "story-step".to_owned(),
    };
    view! {
        <li class=class>
            <p class="story-what">{step.what.clone()}</p>
            {detail}
            {when}
        </li>
    }
}

fn details(program: Program, story: &ReferralStory) -> impl IntoView + use<> {
    let row = &story.row;
    let (referred, kind, credit) = match program {
        Program::Tenant => ("Referred user", "Purchase type", "Credit amount"),
        Program::Platform => ("Customer email", "Plan", "Credit"),
    };
    let fact = |name: &str, value: AnyView| {
        view! { <div><dt>{name.to_owned()}</dt><dd>{value}</dd></div> }
    };
    let person = |name: &str, path: &Option<String>| match path {
        Some(path) => view! { <a href=path.clone() dir="auto">{name.to_owned()}</a> }.into_any(),
        None => view! { <span dir="auto">{name.to_owned()}</span> }.into_any(),
    };
    let kind = row.kind.clone().map(|value| fact(kind, value.into_any()));
    let amount = match (row.credit, row.owed) {
        (None, Some(owed)) => Some(format!("{owed} owed")),
        (credited, _) => credited.map(|money| money.to_string()),
    };
    let credit = amount.map(|amount| {
        let money = view! { <span class="money">{amount}</span> };
        fact(credit, money.into_any())
    });
    let facts = story.facts.iter().map(|one| {
        let value = if one.dashboard.is_some() || is_id(&one.value) {
            stripe_id(&one.name, &one.value, one.dashboard.as_deref())
        } else {
            one.value.clone().into_any()
        };
        fact(&one.name, value)
    });
    view! {
        <dl class="facts story-facts">
            {fact("Referrer", person(&row.referrer, &story.referrer_path))}
            {fact(referred, person(&row.referred, &story.referred_path))}
            {kind}
            {credit}
            {facts.collect_view()}
        </dl>
    }
}

fn retry_form(program: Program, row: &ReferralRow) -> impl IntoView + use<> {
    view! {
        <form class="story-retry" method="post" action=RetryReferrals::PATH>
            <input type="hidden" name="program" value=program.code() />
            <input type="hidden" name="ids[]" value=row.id.to_string() />
            <input type="hidden" name="back" value=format!("{}?refresh=0", row.path(program)) />
            <button type="submit" class="button button-primary button-small">"Retry"</button>
        </form>
    }
}

fn again_form(program: Program, row: &ReferralRow) -> impl IntoView + use<> {
    view! {
        <form class="story-retry" method="post" action=DecideAgain::PATH>
            <input type="hidden" name="program" value=program.code() />
            <input type="hidden" name="id" value=row.id.to_string() />
            <button type="submit" class="button button-primary button-small">"Decide again"</button>
        </form>
    }
}

/// An id of Stripe's or of ours, which is shown in a monospaced font.
fn is_id(value: &str) -> bool {
    value.contains(['_', ':', '-']) && !value.contains([' ', '@', ','])
}

/// Isolates a name that is written from right to left, so that it does not reorder the sentence.
fn isolated(name: &str) -> String {
    if name.chars().any(|letter| letter >= '\u{590}') {
        format!("\u{2068}{name}\u{2069}")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_distinguished_from_words() {
        for id in ["cbtxn_1QfX2", "cus_R3k", "tenant:7:12", "re-1"] {
            assert!(is_id(id), "{id}");
        }
        for words in [
            "3",
            "$10.00",
            "Nov 22, 2026, 2:05 PM EST",
            "a-b@example.com",
        ] {
            assert!(!is_id(words), "{words}");
        }
    }

    #[test]
    fn only_a_name_that_could_reorder_the_sentence_is_isolated() {
        assert_eq!(isolated("José Müller"), "José Müller");
        assert_eq!(isolated("جين"), "\u{2068}جين\u{2069}");
    }
}

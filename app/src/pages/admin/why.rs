//! Admin > Referrals > Why did they get nothing?: one look-up by person, code or link. It is plain: a form that is
//! answered with a page.

use domain::referral::REFERRALS_PATH;
use leptos::prelude::*;

use super::{filtered::answered, member::referral, referral::step, why_link::TITLE};
use crate::{
    components::{AdminPage, Empty},
    islands::{Icon, icon},
    pages::query,
    ports::Ports,
    types::{
        ReferralLine,
        admin::{
            MemberRow, WHY_PATH, WhyClicks, WhyCode, WhyFound, WhyPage as Page, WhyPerson,
            WhyRemedy, why_path,
        },
    },
};

#[component]
pub fn WhyPage() -> impl IntoView {
    let ports = Ports::current();
    let asked = query("q").unwrap_or_default();
    let member = query("member").and_then(|id| id.parse::<i64>().ok());
    let page = Suspend::new(async move {
        let page = ports.admin_referrals.why(&asked, member).await;
        answered(&ports, page, |page| {
            view! {
                <AdminPage title=TITLE>
                    <nav class="crumbs" aria-label="You are here">
                        <a href=REFERRALS_PATH>"Referrals"</a>
                    </nav>
                    {form(&page.asked)}
                    {found(page)}
                </AdminPage>
            }
            .into_any()
        })
    });
    view! { <Suspense>{page}</Suspense> }
}

fn form(asked: &str) -> impl IntoView + use<> {
    view! {
        <form class="member-search" role="search" method="get" action=WHY_PATH>
            <div class="field">
                <label for="why">"Person, code or link"</label>
                <input
                    id="why"
                    name="q"
                    type="search"
                    dir="auto"
                    value=asked.to_owned()
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="why-hint"
                />
                <p class="field-hint" id="why-hint">
                    "The friend or the referrer, by name or email address, or what was shared."
                </p>
            </div>
            <button type="submit" class="button">{icon(Icon::Search)}"Look up"</button>
        </form>
    }
}

fn found(page: Page) -> AnyView {
    match page.found {
        WhyFound::Nothing => ().into_any(),
        WhyFound::Nobody => view! {
            <Empty title="Nobody found">
                <p>"No member\u{2019}s name or email address begins so, and it is no code."</p>
            </Empty>
        }
        .into_any(),
        WhyFound::Several { members, more } => several(members, more).into_any(),
        WhyFound::Person(person) => view! { {of_person(*person)} }.into_any(),
        WhyFound::Code(code) => code_panel(*code, "What this code brought").into_any(),
    }
}

fn several(members: Vec<MemberRow>, more: bool) -> impl IntoView {
    let rows = members.into_iter().map(|member| {
        view! {
            <li class="member">
                <span class="member-name">
                    <a href=why_path(member.id) dir="auto">{member.name}</a>
                </span>
                <span class="member-email">{member.email}</span>
                <span class="member-joined">{format!("Joined {}", member.joined_on)}</span>
            </li>
        }
    });
    let more = more.then(|| {
        view! { <p>"More members match. Type more of the name or the email address."</p> }
    });
    view! {
        <p>"Several members match. Whom do you mean?"</p>
        <ul class="members" aria-label="Members">{rows.collect_view()}</ul>
        {more}
    }
}

fn of_person(person: WhyPerson) -> impl IntoView {
    let member = person.member;
    let referrer = person.referrer.map(|(name, id)| {
        let path = format!("/admin/members/{id}");
        view! { <p class="story-reason">"Referred by " <a href=path dir="auto">{name}</a></p> }
    });
    let whole = person.referral_path.map(|path| {
        view! { <p class="story-reason"><a href=path>"Everything about this referral"</a></p> }
    });
    let remedies = person.remedies.into_iter().map(remedy).collect_view();
    let steps = person.steps.iter().map(step).collect_view();
    let more = person
        .more
        .then(|| view! { <p class="field-hint">"Only the newest purchases are shown."</p> });
    let own = match person.code {
        Some(code) => code_panel(code, "Friends of theirs").into_any(),
        None => ().into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="why-title">
            <h2 class="panel-title" id="why-title">
                <a href=format!("/admin/members/{}", member.id) dir="auto">{member.name}</a>
            </h2>
            <p><strong>{person.verdict}</strong></p>
            {referrer}
            {remedies}
            {whole}
        </section>
        <section class="panel" aria-labelledby="what-happened">
            <h2 class="panel-title" id="what-happened">"What happened"</h2>
            <ol class="story">{steps}</ol>
            {more}
        </section>
        {own}
    }
}

fn remedy(remedy: WhyRemedy) -> impl IntoView {
    let label = remedy.label;
    match remedy.path {
        Some(path) => view! { <p class="story-reason"><a href=path>{label}</a></p> }.into_any(),
        None => view! { <p class="story-reason">{label}</p> }.into_any(),
    }
}

/// A code: whose it is, whether it counts, and what it brought.
fn code_panel(code: WhyCode, brought: &'static str) -> impl IntoView {
    let owner = code.owner.map(|owner| {
        view! { <div><dt>"Member"</dt><dd>{person(owner)}</dd></div> }
    });
    let clicks = code.clicks;
    let unnamed = clicks.is_some().then(|| {
        view! {
            <p class="field-hint">
                "Clicks are counted as sums, without names, so the click of a certain friend cannot be shown. \
                 New ones show up after a minute or two."
            </p>
        }
    });
    let near = (!code.near.is_empty()).then(|| {
        let lines = code.near.into_iter().map(|(code, owner)| {
            view! { <li><code translate="no">{code}</code>" "{person(owner)}</li> }
        });
        view! {
            <div>
                <dt>"Nearly the same"</dt>
                <dd><ul>{lines.collect_view()}</ul></dd>
            </div>
        }
    });
    view! {
        <section class="panel" aria-labelledby="code-title">
            <h2 class="panel-title" id="code-title">"Referral code"</h2>
            <dl class="facts facts-wide">
                <div><dt>"Code"</dt><dd><code translate="no">{code.code}</code></dd></div>
                <div><dt>"Standing"</dt><dd>{code.standing}</dd></div>
                {owner}
                {clicks.map(clicks_fact)}
                {near}
            </dl>
            {unnamed}
            {lines(code.brought, brought)}
        </section>
    }
}

/// How often the link was opened, in all and on each channel.
fn clicks_fact(clicks: WhyClicks) -> impl IntoView {
    let total = clicks.total.unwrap_or_else(|| "None yet".to_owned());
    let days = clicks
        .days
        .map(|days| view! { <p class="field-hint">{days}</p> });
    let channels = (!clicks.channels.is_empty()).then(|| {
        let lines = clicks.channels.into_iter();
        let lines = lines.map(|(channel, counts)| view! { <li>{channel}": "{counts}</li> });
        view! { <ul>{lines.collect_view()}</ul> }
    });
    view! {
        <div><dt>"Clicks"</dt><dd>{total}{days}{channels}</dd></div>
    }
}

fn person(owner: MemberRow) -> impl IntoView {
    view! {
        <a href=why_path(owner.id) dir="auto">{owner.name}</a>" "{owner.email}
    }
}

fn lines(brought: Vec<ReferralLine>, title: &'static str) -> Option<impl IntoView> {
    (!brought.is_empty()).then(|| {
        let lines = brought.into_iter().map(referral).collect_view();
        view! {
            <h3>{title}</h3>
            <ul class="referral-lines">{lines}</ul>
        }
    })
}

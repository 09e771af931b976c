//! Admin > Referrals > Why did they get nothing?: one look-up by person, code or link. It is plain: a form that is
//! answered with a page.

use domain::{credit::Program, referral::REFERRALS_PATH};
use leptos::prelude::*;

use super::{
    filtered::answered,
    member::referral,
    referral::step,
    tabs::{choose, tabs},
    why_link::TITLE,
    why_platform::of_platform,
    why_remedies::remedies,
};
use crate::{
    components::{AdminPage, Empty},
    islands::{Icon, icon},
    pages::query,
    ports::{Ports, Viewer},
    types::{
        ReferralLine,
        admin::{
            MemberRow, WHY_PATH, WhyClicks, WhyCode, WhyFound, WhyPage as Page, WhyPerson,
            why_page, why_path,
        },
    },
};

/// The look-up in the program of the address.
#[component]
pub fn WhyPage() -> impl IntoView {
    let (ports, rights) = (Ports::current(), Viewer::current().rights);
    let (program, notice) = choose(rights, query("tab").as_deref(), tab);
    let asked = query("q").unwrap_or_default();
    let who = query(match program {
        Program::Tenant => "member",
        Program::Platform => "referrer",
    });
    let who = who.and_then(|id| id.parse::<i64>().ok());
    let page = Suspend::new(async move {
        let page = ports.admin_referrals.why(program, &asked, who).await;
        answered(&ports, page, |page| {
            view! {
                <AdminPage title=TITLE>
                    <nav class="crumbs" aria-label="You are here">
                        <a href=REFERRALS_PATH>"Referrals"</a>
                    </nav>
                    {tabs(rights, program, tab)}
                    {notice.map(|words| view! { <p class="notice" role="status">{words}</p> })}
                    {form(program, &page.asked)}
                    {found(page)}
                </AdminPage>
            }
            .into_any()
        })
    });
    view! { <Suspense>{page}</Suspense> }
}

/// The path and the label of a program's tab.
fn tab(program: Program) -> (&'static str, &'static str) {
    let label = match program {
        Program::Tenant => "Tenant Referrals",
        Program::Platform => "Platform Referrals",
    };
    (why_page(program), label)
}

fn form(program: Program, asked: &str) -> impl IntoView + use<> {
    let tab = (program == Program::Platform)
        .then(|| view! { <input type="hidden" name="tab" value=program.code() /> });
    let hint = match program {
        Program::Tenant => {
            "The friend or the referrer, by name or email address, or what was shared."
        }
        Program::Platform => {
            "The platform referrer, by name or email address, the customer, by email address, or what was \
             shared."
        }
    };
    view! {
        <form class="member-search" role="search" method="get" action=WHY_PATH>
            {tab}
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
                <p class="field-hint" id="why-hint">{hint}</p>
            </div>
            <button type="submit" class="button">{icon(Icon::Search)}"Look up"</button>
        </form>
    }
}

fn found(page: Page) -> AnyView {
    match page.found {
        WhyFound::Nothing => ().into_any(),
        WhyFound::Nobody => nobody(page.program).into_any(),
        WhyFound::Several { members, more } => several(members, more).into_any(),
        WhyFound::Person(person) => view! { {of_person(*person)} }.into_any(),
        WhyFound::Code(code) => code_panel(*code, "What this code brought").into_any(),
        WhyFound::Platform(found) => of_platform(*found).into_any(),
    }
}

fn nobody(program: Program) -> impl IntoView {
    let words = match program {
        Program::Tenant => "No member\u{2019}s name or email address begins so, and it is no code.",
        Program::Platform => {
            "No platform referrer\u{2019}s name or email address begins so, no customer\u{2019}s email address \
             does, and it is no code."
        }
    };
    view! { <Empty title="Nobody found"><p>{words}</p></Empty> }
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
    let remedies = remedies(person.remedies);
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

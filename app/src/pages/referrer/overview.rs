//! What a platform referrer sees: their links, referrals, credits and balance.

use domain::money::Money;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::Empty,
    islands::CopyField,
    pages::credits::owed,
    server_fns::SignReferrerOut,
    types::{LastKnown, OwnChange, OwnCredit, OwnReferral, ReferrerOverview, admin::ReferrerLink},
};

pub fn view(own: ReferrerOverview) -> AnyView {
    let disabled = own.disabled.then(|| {
        view! {
            <p class="notice" role="status">
                "Your code is disabled. Subscriptions through your link earn nothing now."
            </p>
        }
    });
    let credits = own.referrals.iter().filter_map(|referral| {
        let credit = referral.credit.clone()?;
        Some(earned(&referral.bought, credit))
    });
    let mut credits: Vec<_> = credits.chain(own.by_staff).collect();
    // ISO 8601 sorts as time does.
    credits.sort_by(|one, other| other.at.cmp(&one.at));
    view! {
        <div class="page page-narrow page-referrer">
            <h1 class="page-title">"Your referrals"</h1>
            <p class="page-lede">"Signed in as " <bdi>{own.name}</bdi> "."</p>
            {disabled}
            {links(own.links)}
            {money(&own.earned, own.balance)}
            {referrals(own.referrals, own.is_cut, own.disabled)}
            {list_of_credits(credits)}
            <form method="post" action=SignReferrerOut::PATH>
                <button type="submit" class="button button-quiet">"Sign out"</button>
            </form>
        </div>
    }
    .into_any()
}

fn links(links: Vec<ReferrerLink>) -> impl IntoView {
    let links = links.into_iter().enumerate().map(|(place, link)| {
        let id = format!("referrer-link-{place}");
        view! {
            <CopyField id label=format!("Your {} link", link.brand) value=link.url />
        }
    });
    view! { <div class="form">{links.collect_view()}</div> }
}

fn money(earned: &[Money], balance: Option<LastKnown>) -> impl IntoView + use<> {
    let earned = match earned {
        [] => "Nothing yet".to_owned(),
        amounts => amounts
            .iter()
            .map(Money::to_string)
            .collect::<Vec<_>>()
            .join(" and "),
    };
    let others = balance.as_ref().map(|known| known.others.clone());
    let others = others.unwrap_or_default().into_iter().map(|credit| {
        let words =
            format!("You also have {credit} at Stripe. Plans are not sold in this currency.");
        view! { <p class="field-hint">{words}</p> }
    });
    let others = others.collect_view();
    let balance = match balance {
        Some(LastKnown { amount, read, .. }) => {
            let when = match read {
                Some((on, at)) => view! { " on " <time datetime=at>{on}</time> }.into_any(),
                None => " after the last credit".into_any(),
            };
            let amount = match owed(amount) {
                Some(owed) => format!("You owe {owed}"),
                None => amount.to_string(),
            };
            view! { <dd><span class="money">{amount}</span>{when}</dd> }.into_any()
        }
        None => view! { <dd>"Not known yet"</dd> }.into_any(),
    };
    view! {
        <dl class="facts statement-facts">
            <div><dt>"Earned by referrals"</dt><dd class="money">{earned}</dd></div>
            <div><dt>"Balance at Stripe"</dt>{balance}</div>
        </dl>
        {others}
    }
}

fn referrals(referrals: Vec<OwnReferral>, is_cut: bool, disabled: bool) -> AnyView {
    if referrals.is_empty() {
        let words = match disabled {
            true => "Nobody subscribed through your link while your code was in use.",
            false => "Share your link: whoever subscribes through it is listed here.",
        };
        return view! { <Empty title="No referrals yet"><p>{words}</p></Empty> }.into_any();
    }
    let cut = is_cut.then(|| {
        view! { <p class="field-hint">"Older referrals are not listed. Their credits are in the total."</p> }
    });
    view! {
        <h2 class="panel-title" id="referrals">"Referrals"</h2>
        <table class="statement" aria-labelledby="referrals">
            <thead>
                <tr>
                    <th scope="col">"Date"</th>
                    <th scope="col">"Subscription"</th>
                    <th scope="col" class="statement-money">"Status"</th>
                </tr>
            </thead>
            <tbody>{referrals.into_iter().map(referral).collect_view()}</tbody>
        </table>
        {cut}
    }
    .into_any()
}

fn referral(referral: OwnReferral) -> impl IntoView {
    let status = referral.status;
    view! {
        <tr>
            <td class="statement-date"><time datetime=referral.at>{referral.on}</time></td>
            <td>{referral.bought}</td>
            <td class="statement-money">
                <span class=format!("badge badge-{}", status.code())>{status.label()}</span>
                {referral.held.map(|held| view! { <p class="field-hint">{held}</p> })}
            </td>
        </tr>
    }
}

fn list_of_credits(credits: Vec<OwnChange>) -> AnyView {
    if credits.is_empty() {
        return view! {
            <Empty title="No credits yet">
                <p>"A credit is listed here once a referral is Credited."</p>
            </Empty>
        }
        .into_any();
    }
    view! {
        <h2 class="panel-title" id="credits">"Credits"</h2>
        <table class="statement" aria-labelledby="credits">
            <thead>
                <tr>
                    <th scope="col">"Date"</th>
                    <th scope="col">"For"</th>
                    <th scope="col" class="statement-money">"Amount"</th>
                </tr>
            </thead>
            <tbody>{credits.into_iter().map(credit).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// What a referral earned, in the list with what the staff changed.
fn earned(bought: &str, credit: OwnCredit) -> OwnChange {
    OwnChange {
        words: match credit.taken_back {
            Some(why) => format!("{bought}; {why}"),
            None => bought.to_owned(),
        },
        amount: credit.amount,
        on: credit.on,
        at: credit.at,
    }
}

fn credit(change: OwnChange) -> impl IntoView {
    view! {
        <tr>
            <td class="statement-date"><time datetime=change.at>{change.on}</time></td>
            <td dir="auto">{change.words}</td>
            <td class="statement-money money">{change.amount.to_string()}</td>
        </tr>
    }
}

//! Where a member shares a link: to the home page, and to the page that was open. Its QR code can be downloaded or
//! printed.

use domain::forms::Refusal;
use leptos::prelude::*;

use super::{member_or_sign_in, query};
use crate::{
    components::{Empty, PageTitle, get_link, internal_error, share_links},
    islands::{Icon, icon},
    ports::{Ports, Viewer},
    types::{QR_PNG, QR_SVG, SHARE_PAGE, ShareLinks, SharedLinks, Sharing, local},
};

const TITLE: &str = "Refer a Friend";

/// The code, the links, and who came by them. Who has no link yet gets it here.
#[component]
pub fn SharePage() -> impl IntoView {
    let viewer = Viewer::current();
    let ports = Ports::current();
    member_or_sign_in(&viewer, &ports)?;
    let refusal = viewer.refusal("get_referral_link");
    let site = viewer.site.name;
    let about = query("page").unwrap_or_default();
    let about = local::path(&about).map(str::to_owned);
    let page = Suspend::new(async move {
        match ports.referrals.sharing(about.as_deref()).await {
            Ok(Some(sharing)) => offered(&site, sharing, about.as_deref(), &refusal),
            Ok(None) => off(),
            Err(_) => internal_error(&ports),
        }
    });
    Some(view! { <Suspense>{page}</Suspense> })
}

fn offered(site: &str, sharing: Sharing, about: Option<&str>, refusal: &Refusal) -> AnyView {
    match sharing.links {
        Some(links) => sheet(site, sharing.offer, links, about),
        None => {
            let here = address(SHARE_PAGE, about);
            view! {
                <PageTitle title=TITLE />
                <div class="page page-narrow">
                    <h1 class="page-title">{TITLE}</h1>
                    <p class="page-lede">{sharing.offer}</p>
                    <p>"Once you have your link, you can copy it, share it and print its QR code here."</p>
                    {get_link(&here, refusal)}
                </div>
            }
            .into_any()
        }
    }
}

fn sheet(site: &str, offer: String, links: SharedLinks, about: Option<&str>) -> AnyView {
    let came = came(&links);
    let printed = match &links.page {
        Some((_, links)) => links.link.clone(),
        None => links.home.link.clone(),
    };
    let about = about.filter(|_| links.page.is_some());
    let (svg, png) = (address(QR_SVG, about), address(QR_PNG, about));
    let to_page = links.page.map(|(name, links)| {
        let label = format!("Your link to {name}");
        share_links("page-link", &label, links, true)
    });
    let home = home(links.home, to_page.is_some());
    view! {
        <PageTitle title=TITLE />
        <article class="page page-narrow share-sheet">
            <h1 class="page-title">{format!("Join me at {site}")}</h1>
            <p class="page-lede">"Point your phone's camera at the code."</p>
            <img class="share-code" src=svg.clone() width="320" height="320" alt="QR code of your referral link" />
            <p class="share-link" translate="no">{printed}</p>
            <p class="share-actions">
                <a class="button" href=png download="referral-link.png">"Download as PNG"</a>
                <a class="button" href=svg download="referral-link.svg">"Download as SVG"</a>
                <button type="button" class="button needs-script" data-print>
                    {icon(Icon::Printer)}
                    "Print"
                </button>
            </p>
            <p class="share-actions">
                "You can print this page and put it up: only the code and the words above it are \
                 printed."
            </p>
            <section class="share-kit" aria-labelledby="share-title">
                <h2 class="group-title" id="share-title">{TITLE}</h2>
                <p>{offer}</p>
                {to_page}
                {home}
            </section>
            {came}
            <p class="share-actions"><a href="/dashboard#refer">"Your referrals are on your dashboard"</a></p>
        </article>
    }
    .into_any()
}

fn home(links: ShareLinks, is_second: bool) -> AnyView {
    // A second row of the same ways would have the same names.
    match is_second {
        true => view! {
            <p>"Your link to the home page: "<span class="share-link" translate="no">{links.link}</span></p>
            <p><a href=SHARE_PAGE>"Share this one instead"</a></p>
        }
        .into_any(),
        false => share_links("referral-link", "Your referral link", links, true),
    }
}

/// Who came by the link, on which channels.
fn came(links: &SharedLinks) -> Option<AnyView> {
    let total = links.total.clone()?;
    let rows = links.channels.clone().into_iter();
    let rows = rows.map(|(channel, counts)| {
        view! { <div><dt>{channel}</dt><dd>{counts}</dd></div> }
    });
    let section = view! {
        <section class="share-kit" aria-labelledby="came-title">
            <h2 class="group-title" id="came-title">"Who opened your link"</h2>
            <p>{total}</p>
            <dl class="facts">{rows.collect_view()}</dl>
            <p class="field-hint">"New clicks appear after a minute."</p>
        </section>
    };
    Some(section.into_any())
}

/// `path` with the page that is shared in its query.
fn address(path: &str, about: Option<&str>) -> String {
    let Some(about) = about else {
        return path.to_owned();
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!("{path}?{}", query.append_pair("page", about).finish())
}

fn off() -> AnyView {
    view! {
        <PageTitle title=TITLE />
        <div class="page page-narrow">
            <h1 class="page-title">{TITLE}</h1>
            <Empty title="There is no referral program right now">
                <p>"You cannot earn credit for referring a friend at the moment."</p>
                <a class="button" href="/dashboard">"Go to your dashboard"</a>
            </Empty>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stays_one_value_of_the_query() {
        assert_eq!(address(QR_SVG, None), "/share/qr.svg");
        assert_eq!(
            address(QR_SVG, Some("/events/a?b=c&d")),
            "/share/qr.svg?page=%2Fevents%2Fa%3Fb%3Dc%26d"
        );
    }
}

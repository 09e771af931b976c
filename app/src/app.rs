//! The HTML document around every page, and the routes to the pages.

use domain::{account::SiteKind, purchase::ProductKind};
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    ParamSegment, SsrMode, StaticSegment,
    components::{FlatRoutes, Route, Router},
};

use crate::{
    components::{SiteFooter, SiteHeader, WelcomeNote, page_script},
    pages::{
        AccountPage, AppReturnPage, CheckoutPage, ConfirmEmailPage, CreditsPage, DashboardPage,
        DeleteAccountPage, DeletedPage, ForbiddenPage, ForgotPasswordPage, FriendsPage, HomePage,
        InvitationPage, LandingPage, NameReferrerPage, NotFoundPage, NotificationsPage,
        PricingPage, PrivacyPage, ProductPage, PurchasePage, ReferrerPage, ReferrerSignInPage,
        RegisterPage, ResetPasswordPage, SecondFactorPage, SectionPage, SharePage, SignInCodePage,
        SignInPage, TermsPage, ThankYouPage, UnsubscribePage,
    },
    ports::Viewer,
};

/// The document: head, style, scripts and [`App`]. Its type is erased, like that of the
/// routes, so that the crate that serves it is not compiled again when a page changes.
pub fn shell(options: LeptosOptions) -> AnyView {
    let viewer = use_context::<Viewer>();
    let islands = scripts::islands(&options, viewer.as_ref());
    let style = style::style(&options, viewer.as_ref());
    // For the scripts that a page may have.
    provide_context(options.clone());
    let theme = viewer.map(|viewer| viewer.site.theme);
    let icon = match &theme {
        Some(theme) => format!("/favicons/{theme}.svg"),
        None => "/favicon.svg".to_owned(),
    };
    let touch_icon = theme.as_ref().map(|theme| {
        view! { <link rel="apple-touch-icon" href=format!("/favicons/{theme}.png") /> }
    });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href=icon type="image/svg+xml" />
                {touch_icon}
                // Before the style: a script waits for a style sheet that is linked before it.
                {scripts::copying()}
                {style}
                {islands}
                {page_script("states")}
                // Under `cargo xtask dev`; a release has no code of it.
                {cfg!(debug_assertions).then(|| view! { <AutoReload options /> })}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
    .into_any()
}

/// The routes of a tenant's pages, for the server's router.
#[component]
pub fn TenantRoutes() -> AnyView {
    view! { <Router><TenantPages /></Router> }.into_any()
}

/// The routes of a brand's pages, for the server's router.
#[component]
pub fn PlatformRoutes() -> AnyView {
    view! { <Router><PlatformPages /></Router> }.into_any()
}

/// Header, page and footer of a site of either kind.
#[component]
fn App() -> impl IntoView {
    provide_meta_context();
    let viewer = use_context::<Viewer>();
    let platform = viewer
        .as_ref()
        .is_some_and(|viewer| viewer.site.kind == SiteKind::Platform);
    let forbidden = viewer.as_ref().is_some_and(|viewer| viewer.forbidden);
    let invited_by = viewer.as_ref().and_then(|viewer| viewer.invited_by.clone());
    let invited = invited_by.map(|name| {
        view! { <p class="invited"><bdi>{name}</bdi>" invited you"</p> }
    });
    let welcome = viewer
        .clone()
        .map(|viewer| view! { <WelcomeNote viewer /> });
    let header = viewer.clone().map(|viewer| view! { <SiteHeader viewer /> });
    let footer = viewer.map(|viewer| view! { <SiteFooter site=viewer.site /> });
    view! {
        <Router>
            {header}
            <main id="content">
                {invited}
                {welcome}
                {if forbidden {
                    view! { <ForbiddenPage /> }.into_any()
                } else if platform {
                    view! { <PlatformPages /> }.into_any()
                } else {
                    view! { <TenantPages /> }.into_any()
                }}
            </main>
            {footer}
        </Router>
    }
}

/// A page whose type the routes do not contain: they are compiled once, and not again whenever a page
/// changes.
macro_rules! any {
    ($page:ident) => {
        || $page().into_any()
    };
}

// After the macro that it uses.
mod admin;
mod scripts;
mod style;

use admin::AdminRoutes;

/// The pages of a tenant's site.
#[component]
fn TenantPages() -> impl IntoView {
    let section = |kind| move || view! { <SectionPage kind /> }.into_any();
    let product = |kind| move || view! { <ProductPage kind /> }.into_any();
    view! {
        <FlatRoutes fallback=NotFoundPage>
            <Route path=StaticSegment("") view=any!(HomePage) ssr=SsrMode::Async />
            <Route
                path=StaticSegment("events")
                view=section(ProductKind::EventTicket)
                ssr=SsrMode::Async
            />
            <Route
                path=(StaticSegment("events"), ParamSegment("slug"))
                view=product(ProductKind::EventTicket)
                ssr=SsrMode::Async
            />
            <Route
                path=StaticSegment("courses")
                view=section(ProductKind::Course)
                ssr=SsrMode::Async
            />
            <Route
                path=(StaticSegment("courses"), ParamSegment("slug"))
                view=product(ProductKind::Course)
                ssr=SsrMode::Async
            />
            <Route
                path=StaticSegment("memberships")
                view=section(ProductKind::Membership)
                ssr=SsrMode::Async
            />
            <Route
                path=(StaticSegment("memberships"), ParamSegment("slug"))
                view=product(ProductKind::Membership)
                ssr=SsrMode::Async
            />
            <Route
                path=StaticSegment("shop")
                view=section(ProductKind::ShopItem)
                ssr=SsrMode::Async
            />
            <Route
                path=(StaticSegment("shop"), ParamSegment("slug"))
                view=product(ProductKind::ShopItem)
                ssr=SsrMode::Async
            />
            <Route path=StaticSegment("register") view=any!(RegisterPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("sign-in") view=any!(SignInPage) ssr=SsrMode::Async />
            <Route
                path=(StaticSegment("sign-in"), StaticSegment("code"))
                view=any!(SignInCodePage)
                ssr=SsrMode::Async
            />
            <Route path=StaticSegment("forgot-password") view=any!(ForgotPasswordPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("reset-password") view=any!(ResetPasswordPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("account") view=any!(AccountPage) ssr=SsrMode::Async />
            <Route
                path=(StaticSegment("account"), StaticSegment("second-factor"))
                view=any!(SecondFactorPage)
                ssr=SsrMode::Async
            />
            <Route
                path=(StaticSegment("account"), StaticSegment("delete"))
                view=any!(DeleteAccountPage)
                ssr=SsrMode::Async
            />
            <Route
                path=(StaticSegment("account"), StaticSegment("referrer"))
                view=any!(NameReferrerPage)
                ssr=SsrMode::Async
            />
            <Route path=StaticSegment("deleted") view=any!(DeletedPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("confirm-email") view=any!(ConfirmEmailPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("unsubscribe") view=any!(UnsubscribePage) ssr=SsrMode::Async />
            <Route path=StaticSegment("invitation") view=any!(InvitationPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("terms") view=any!(TermsPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("privacy") view=any!(PrivacyPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("dashboard") view=any!(DashboardPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("credits") view=any!(CreditsPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("referrals") view=any!(FriendsPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("app-return") view=any!(AppReturnPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("share") view=any!(SharePage) ssr=SsrMode::Async />
            <Route path=StaticSegment("notifications") view=any!(NotificationsPage) ssr=SsrMode::Async />
            <Route
                path=(StaticSegment("purchases"), ParamSegment("id"))
                view=any!(PurchasePage)
                ssr=SsrMode::Async
            />
            <AdminRoutes />
        </FlatRoutes>
    }
}

/// The pages of a platform brand.
#[component]
fn PlatformPages() -> impl IntoView {
    view! {
        <FlatRoutes fallback=NotFoundPage>
            <Route path=StaticSegment("") view=any!(LandingPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("pricing") view=any!(PricingPage) ssr=SsrMode::Async />
            <Route
                path=(StaticSegment("pricing"), StaticSegment("checkout"))
                view=any!(CheckoutPage)
                ssr=SsrMode::Async
            />
            <Route
                path=(StaticSegment("pricing"), StaticSegment("thank-you"))
                view=any!(ThankYouPage)
                ssr=SsrMode::Async
            />
            <Route path=StaticSegment("referrer") view=any!(ReferrerPage) ssr=SsrMode::Async />
            <Route
                path=(StaticSegment("referrer"), StaticSegment("sign-in"))
                view=any!(ReferrerSignInPage)
                ssr=SsrMode::Async
            />
            <Route path=StaticSegment("sign-in") view=any!(SignInPage) ssr=SsrMode::Async />
            <Route
                path=(StaticSegment("sign-in"), StaticSegment("code"))
                view=any!(SignInCodePage)
                ssr=SsrMode::Async
            />
            <Route path=StaticSegment("forgot-password") view=any!(ForgotPasswordPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("reset-password") view=any!(ResetPasswordPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("account") view=any!(AccountPage) ssr=SsrMode::Async />
            <Route
                path=(StaticSegment("account"), StaticSegment("second-factor"))
                view=any!(SecondFactorPage)
                ssr=SsrMode::Async
            />
            <Route
                path=(StaticSegment("account"), StaticSegment("delete"))
                view=any!(DeleteAccountPage)
                ssr=SsrMode::Async
            />
            <Route path=StaticSegment("deleted") view=any!(DeletedPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("confirm-email") view=any!(ConfirmEmailPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("unsubscribe") view=any!(UnsubscribePage) ssr=SsrMode::Async />
            <Route path=StaticSegment("invitation") view=any!(InvitationPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("terms") view=any!(TermsPage) ssr=SsrMode::Async />
            <Route path=StaticSegment("privacy") view=any!(PrivacyPage) ssr=SsrMode::Async />
            <AdminRoutes />
        </FlatRoutes>
    }
}

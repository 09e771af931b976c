//! The routes to the pages of the console.

use leptos::prelude::*;
use leptos_router::{
    ParamSegment, SsrMode, StaticSegment,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
};

use crate::pages::admin::{
    BooksPage, CatalogPage, CustomerPage, ErasePage, MailPage, MemberCreditPage, MemberGrantPage,
    MemberPage, MembersPage, OrdersPage, ProductFormPage, ReferralPage, ReferralsPage,
    ReferrerGrantPage, RefundPage, ReviewPage, ReviewsPage, SettingsPage, SharedByMembersPage,
    SharedByReferrersPage, SubscriptionsPage, TeamPage, VoidReferralPage, WhyPage,
};

/// The console, on both kinds of site. Its type is named, so that it is the same where Leptos erases
/// the types of views.
#[component(transparent)]
pub fn AdminRoutes() -> AnyNestedRoute {
    let admin = StaticSegment("admin");
    view! {
        <Route
            path=(admin, StaticSegment("referrals"))
            view=any!(ReferralsPage)
            ssr=SsrMode::Async
        />
        <Route
            path=(admin, StaticSegment("referrals"), StaticSegment("books"))
            view=any!(BooksPage)
            ssr=SsrMode::Async
        />
        <Route
            path=(admin, StaticSegment("referrals"), StaticSegment("why"))
            view=any!(WhyPage)
            ssr=SsrMode::Async
        />
        <Route
            path=(admin, StaticSegment("referrals"), StaticSegment("reviews"))
            view=any!(ReviewsPage)
            ssr=SsrMode::Async
        />
        <Route
            path=(
                admin,
                StaticSegment("referrals"),
                ParamSegment("program"),
                ParamSegment("id"),
            )
            view=any!(ReferralPage)
            ssr=SsrMode::Async
        />
        // Before the pages of one person: the first route that matches is taken.
        <Route
            path=(admin, StaticSegment("platform-referrers"), StaticSegment("same-address"))
            view=any!(SharedByReferrersPage)
            ssr=SsrMode::Async
        />
        <Route
            path=(admin, StaticSegment("members"), StaticSegment("same-address"))
            view=any!(SharedByMembersPage)
            ssr=SsrMode::Async
        />
        <Route
            path=(admin, StaticSegment("platform-referrers"), ParamSegment("id"))
            view=any!(CustomerPage)
            ssr=SsrMode::Async
        />
        <Route path=(admin, StaticSegment("orders")) view=any!(OrdersPage) ssr=SsrMode::Async />
        <Route
            path=(admin, StaticSegment("orders"), StaticSegment("subscriptions"))
            view=any!(SubscriptionsPage)
            ssr=SsrMode::Async
        />
        <Route
            path=(admin, StaticSegment("catalog"))
            view=any!(CatalogPage)
            ssr=SsrMode::Async
        />
        <Route
            path=(admin, StaticSegment("catalog"), ParamSegment("id"))
            view=any!(ProductFormPage)
            ssr=SsrMode::Async
        />
        <Route path=(admin, StaticSegment("mail")) view=any!(MailPage) ssr=SsrMode::Async />
        <Route path=(admin, StaticSegment("members")) view=any!(MembersPage) ssr=SsrMode::Async />
        <Route
            path=(admin, StaticSegment("members"), ParamSegment("id"))
            view=any!(MemberPage)
            ssr=SsrMode::Async
        />
        <Route
            path=(
                admin,
                StaticSegment("members"),
                ParamSegment("id"),
                StaticSegment("credits"),
            )
            view=any!(MemberCreditPage)
            ssr=SsrMode::Async
        />
        <Route path=(admin, StaticSegment("team")) view=any!(TeamPage) ssr=SsrMode::Async />
        <Route
            path=(
                admin,
                StaticSegment("members"),
                ParamSegment("id"),
                StaticSegment("erase"),
            )
            view=any!(ErasePage)
            ssr=SsrMode::Async
        />
        <Route
            path=(
                admin,
                StaticSegment("members"),
                ParamSegment("id"),
                StaticSegment("grant"),
            )
            view=any!(MemberGrantPage)
            ssr=SsrMode::Async
        />
        <Route
            path=(
                admin,
                StaticSegment("platform-referrers"),
                ParamSegment("id"),
                StaticSegment("grant"),
            )
            view=any!(ReferrerGrantPage)
            ssr=SsrMode::Async
        />
        <Route
            path=(
                admin,
                StaticSegment("orders"),
                ParamSegment("id"),
                StaticSegment("refund"),
            )
            view=any!(RefundPage)
            ssr=SsrMode::Async
        />
        <Route
            path=(
                admin,
                StaticSegment("referrals"),
                ParamSegment("program"),
                ParamSegment("id"),
                StaticSegment("void"),
            )
            view=any!(VoidReferralPage)
            ssr=SsrMode::Async
        />
        <Route
            path=(
                admin,
                StaticSegment("referrals"),
                ParamSegment("program"),
                ParamSegment("id"),
                StaticSegment("review"),
            )
            view=any!(ReviewPage)
            ssr=SsrMode::Async
        />
        <Route path=(admin, StaticSegment("settings")) view=any!(SettingsPage) ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}

//! The document around every page, and which page answers which path.

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode, StaticSegment,
    components::{FlatRoutes, Route, Router},
};

use crate::ports::Viewer;

/// The document: head, style sheet, scripts and [`App`].
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = use_context::<Viewer>().map(|viewer| viewer.site.theme);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options=options.clone() id="style" />
                <HydrationScripts options islands=true />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The page that the path names.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <main>
                <FlatRoutes fallback=|| "Not found">
                    <Route path=StaticSegment("") view=|| "Home" ssr=SsrMode::Async />
                </FlatRoutes>
            </main>
        </Router>
    }
}

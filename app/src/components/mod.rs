//! The parts that several pages share; they are rendered only on the server.

mod admin_page;
mod attention;
mod empty;
mod link_preview;
mod live_part;
mod page_title;
mod password_panel;
mod password_script;
mod picture;
mod product_card;
mod purchases;
mod refer_link;
mod refusal_notice;
mod share_kit;
mod site_file;
mod site_footer;
mod site_header;
mod site_menu;
mod site_places;
mod stripe_id;
mod welcome;

pub use admin_page::AdminPage;
pub use attention::attention;
pub use empty::Empty;
pub use link_preview::{LinkPreview, PREVIEW_PICTURE};
pub use live_part::LivePart;
pub use page_title::PageTitle;
pub use password_panel::password_panel;
pub use password_script::password_script;
pub use picture::Picture;
pub use product_card::{FIRST_ROW, Price, ProductCard, add_to_calendar, event_time};
pub use purchases::{Actions, Purchases};
pub use refer_link::ReferLink;
pub use refusal_notice::refusal_notice;
pub use share_kit::{get_link, refer_panel, share_links};
pub use site_file::{page_script, site_file};
pub use site_footer::SiteFooter;
pub use site_header::SiteHeader;
pub use site_menu::SiteMenu;
pub use stripe_id::stripe_id;
pub use welcome::WelcomeNote;

use domain::purchase::ProductKind;
use leptos::prelude::*;

use crate::ports::Ports;

/// The name of the section with products of this kind.
pub fn section_label(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::EventTicket => "Events",
        ProductKind::Course => "Courses",
        ProductKind::Membership => "Memberships",
        ProductKind::ShopItem => "Shop",
    }
}

/// The content of a page after an error of ours; its status is 500.
pub fn internal_error(ports: &Ports) -> AnyView {
    ports.response.status(500);
    view! {
        <PageTitle title="Something went wrong" />
        <div class="page page-narrow">
            <Empty title="Something went wrong on our side">
                <p>"Nothing you did caused this. Try again in a minute."</p>
                <a class="button" href="/">"Go to the home page"</a>
            </Empty>
        </div>
    }
    .into_any()
}

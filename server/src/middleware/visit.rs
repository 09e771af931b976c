//! Who asks, and where: what every page and server function knows of its request.

use std::sync::Arc;

use tower_sessions::Session;

use crate::db::{entities::user, sites::Site};

/// One request of a person to a site.
#[derive(Clone)]
pub struct Visit {
    /// The site that the host names, settings as they are now.
    pub site: Arc<Site>,
    /// What the visitor's browser lets us remember.
    pub session: Session,
    /// The signed-in member.
    pub user: Option<Arc<user::Model>>,
    /// The root of this site as the visitor typed it, without a slash: `http://localhost:3000`.
    pub base_url: String,
    /// A plain form post, without JavaScript: answered by a redirect.
    pub html_form: bool,
}

//! The console's ports for a viewer at a site.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use app::{
    ports::Ports,
    types::admin::{ReferralStory, ReferralsPage},
};
use async_trait::async_trait;
use domain::{credit::Program, referral::ReferralFilter};
use store::{entities::user, sites::Site};
use tower_sessions::{
    Session, SessionStore,
    session::{Id, Record},
    session_store::Result,
};
use web::{
    middleware::{RequestContext, Visitor, set_password_at},
    ports::{Services, ports},
};

use crate::support::TestApp;

/// A session store that stores nothing.
#[derive(Debug)]
struct Nowhere;

#[async_trait]
impl SessionStore for Nowhere {
    async fn save(&self, _: &Record) -> Result<()> {
        Ok(())
    }

    async fn load(&self, _: &Id) -> Result<Option<Record>> {
        Ok(None)
    }

    async fn delete(&self, _: &Id) -> Result<()> {
        Ok(())
    }
}

impl TestApp {
    /// The ports of `user` at `site`, with the site's current settings.
    pub async fn ports(&self, site: &Site, user: Option<&user::Model>) -> Ports {
        let cookies = tower_cookies::Cookies::default();
        let visitor = Visitor::new(cookies.clone(), self.state.config.clone(), site.id());
        let site = store::sites::by_id(self.state.db.reader(), site.id()).await;
        let session = Session::new(None, Arc::new(Nowhere), None);
        set_password_at(&session, self.state.now()).await.unwrap();
        let context = RequestContext {
            site: Arc::new(site.unwrap().unwrap()),
            session,
            user: user.cloned().map(Arc::new),
            second_factor_missing: false,
            unread: 0,
            base_url: "http://localhost".to_owned(),
            html_form: false,
            visitor,
            cookies,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            user_agent: String::new(),
            device_token: None,
        };
        ports(Services {
            state: self.state.clone(),
            context,
        })
    }

    /// The ports of an admin of Detroit Arms.
    pub async fn dana(&self) -> Ports {
        let dana = self.admin(&self.detroit, "dana@example.com").await;
        self.ports(&self.detroit, Some(&dana)).await
    }

    /// The ports of a platform admin who signs in at Detroit Arms.
    pub async fn pat(&self) -> Ports {
        let pat = self.platform_admin(&self.detroit, "pat@example.com").await;
        self.ports(&self.detroit, Some(&pat)).await
    }
}

/// The page that a filter shows; the viewer has the right to it.
pub async fn shown(ports: &Ports, filter: &ReferralFilter) -> ReferralsPage {
    let page = ports.admin_referrals.page(filter.clone(), Vec::new()).await;
    page.unwrap().expect("the right to see it")
}

/// The page that the query of an address shows.
pub async fn asked(ports: &Ports, program: Program, query: &str) -> ReferralsPage {
    let (filter, left_out) = ReferralFilter::from_query(program, query);
    assert!(left_out.is_empty(), "{left_out:?}");
    shown(ports, &filter).await
}

/// The story of a referral, if this viewer may see one.
pub async fn story(ports: &Ports, program: Program, id: i64) -> Option<ReferralStory> {
    ports.admin_referrals.story(program, id).await.unwrap()
}

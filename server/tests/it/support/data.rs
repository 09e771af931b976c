//! Rows that tests start from.

use domain::{
    account::{Email, SiteKind},
    forms::NewMember,
    money::Currency,
    purchase::ProductKind,
    referral::ReferralCode,
};
use sea_orm::Set;
use services::operator::{self, StripeKeys};
use store::{
    entities::{product, site, site_settings, user},
    products,
    sites::{self, Site},
    users,
};
use stripe_stand_in::Endpoint;
use time::macros::date;
use tokio::sync::OnceCell;
use web::state::AppState;

use super::TestApp;

/// The password of every member.
pub const PASSWORD: &str = "securepassword";
pub const STRIPE_KEY: &str = "sk_test_detroit";
pub const WEBHOOK_SECRET: &str = "whsec_detroit";

/// A registration without a mistake.
pub const GOOD_FORM: [(&str, &str); 5] = [
    ("first_name", "Jane"),
    ("last_name", "Doe"),
    ("email", "jane@example.com"),
    ("date_of_birth", "1990-01-15"),
    ("password", PASSWORD),
];

pub async fn site(state: &AppState, key: &str, name: &str, host: &str) -> Site {
    let site = site::ActiveModel {
        key: Set(key.into()),
        kind: Set(SiteKind::Tenant.into()),
        name: Set(name.into()),
        tagline: Set(format!("{name} is here for you.")),
        theme: Set("range".into()),
        realm: Set(state.random.token()),
        created_at: Set(state.now()),
        ..Default::default()
    };
    let settings = site_settings::ActiveModel {
        currency: Set(Currency::Usd.into()),
        tenant_credit_cents: Set(1000),
        referral_memory_days: Set(0),
        ..Default::default()
    };
    sites::insert(state.db.writer(), site, host, settings)
        .await
        .unwrap()
}

impl TestApp {
    /// A member with [`PASSWORD`].
    pub async fn member(&self, site: &Site, first_name: &str, email: &str) -> user::Model {
        let member = NewMember {
            email: Email::parse(email).unwrap(),
            first_name: first_name.into(),
            last_name: "Stone".into(),
            date_of_birth: date!(1985 - 04 - 12),
            password: PASSWORD.into(),
        };
        let hash = self.password_hash().await;
        let now = self.state.now();
        let inserted = users::insert(
            self.state.db.writer(),
            site.id(),
            self.state.random.token(),
            &member,
            hash,
            None,
            now,
        )
        .await;
        inserted.unwrap().expect("a new email")
    }

    /// A member with a referral code.
    pub async fn referrer(&self, site: &Site, email: &str, code: &str) -> user::Model {
        let user = self.member(site, "Mia", email).await;
        let db = self.state.db.reader();
        let code = ReferralCode::parse(code).unwrap();
        assert!(
            users::give_code(&self.state.db, site.id(), user.id, &code)
                .await
                .unwrap()
        );
        users::by_id(db, site.id(), user.id).await.unwrap().unwrap()
    }

    pub async fn find(&self, site: &Site, email: &str) -> Option<user::Model> {
        let email = Email::parse(email).unwrap();
        users::by_email(self.state.db.reader(), site.id(), &email)
            .await
            .unwrap()
    }

    /// A product on sale.
    pub async fn product(
        &self,
        site: &Site,
        kind: ProductKind,
        slug: &str,
        cents: i64,
    ) -> product::Model {
        let product = product::ActiveModel {
            site_id: Set(site.id()),
            kind: Set(kind.into()),
            slug: Set(slug.into()),
            name: Set(format!("The {slug}")),
            summary: Set("One line.".into()),
            description: Set("A paragraph.".into()),
            detail: Set(String::new()),
            price_cents: Set(cents),
            currency: Set(Currency::Usd.into()),
            picture: Set("/art/picture.svg".into()),
            position: Set(1),
            ..Default::default()
        };
        products::insert(self.state.db.writer(), product)
            .await
            .unwrap()
    }

    /// Connects the site to an account of the stand-in that delivers its events here; returns the
    /// path of the webhook endpoint.
    pub async fn connect_stripe(
        &self,
        site: &Site,
        secret_key: &str,
        webhook_secret: &str,
    ) -> String {
        let keys = StripeKeys {
            secret_key,
            webhook_secrets: &[webhook_secret.to_owned()],
            same_account: false,
            ..StripeKeys::default()
        };
        let connected = operator::connect_stripe(&self.state, &site.row.key, &keys).await;
        let path = connected.unwrap().path;
        let url = format!("http://{}{path}", self.address);
        self.stripe
            .register_endpoint(Endpoint::new(secret_key, &url, webhook_secret));
        path
    }

    async fn password_hash(&self) -> String {
        static HASH: OnceCell<String> = OnceCell::const_new();
        let hash = || async { self.state.passwords.hash(PASSWORD).await.unwrap() };
        HASH.get_or_init(hash).await.clone()
    }
}

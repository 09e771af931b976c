//! Whose a Stripe customer is, and what we write on it.

use std::collections::BTreeMap;

use store::{
    entities::{platform_referrer, stripe_customer, user},
    sites::Site,
    stripe_customers::HolderId,
};
use stripe_gateway::Customer;

/// The metadata key for the installation that created a customer.
const REALM: &str = "realm";
/// The metadata key for the token of the member or platform referrer to whom a customer belongs.
const HOLDER: &str = "holder";
/// The metadata keys for the row numbers, on customers from before holders had tokens.
const USER_ID: &str = "user_id";
const PLATFORM_REFERRER_ID: &str = "platform_referrer_id";

/// The person to whom a customer and its balance belong.
pub enum Holder<'a> {
    Member(&'a Site, &'a user::Model),
    /// A platform referrer.
    PlatformReferrer {
        /// The realm of the installation, which is the same for all brands.
        realm: &'a str,
        referrer: &'a platform_referrer::Model,
    },
}

/// The address at which Stripe reaches a member.
pub fn billing_email(member: &user::Model) -> &str {
    member.billing_email.as_deref().unwrap_or(&member.email)
}

impl Holder<'_> {
    pub fn id(&self) -> HolderId {
        match self {
            Self::Member(_, member) => HolderId::Member(member.id),
            Self::PlatformReferrer { referrer, .. } => HolderId::PlatformReferrer(referrer.id),
        }
    }

    pub(super) fn email(&self) -> &str {
        match self {
            Self::Member(_, member) => billing_email(member),
            Self::PlatformReferrer { referrer, .. } => &referrer.email,
        }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::Member(_, member) => format!("{} {}", member.first_name, member.last_name),
            Self::PlatformReferrer { referrer, .. } => referrer.name.clone(),
        }
    }

    /// The metadata of a customer that we created: the realm, and the holder's random token.
    pub fn metadata(&self) -> BTreeMap<String, String> {
        let (realm, token) = match self {
            Self::Member(site, member) => (site.row.realm.as_str(), &member.token),
            Self::PlatformReferrer { realm, referrer } => (*realm, &referrer.token),
        };
        BTreeMap::from([
            (REALM.to_owned(), realm.to_owned()),
            (HOLDER.to_owned(), token.clone()),
        ])
    }

    /// The metadata that takes a platform referrer's off a customer: Stripe removes a key whose value is
    /// empty. Other keys are not ours.
    pub(super) fn no_metadata() -> BTreeMap<String, String> {
        let keys = [REALM, HOLDER, PLATFORM_REFERRER_ID];
        keys.map(|key| (key.to_owned(), String::new())).into()
    }

    /// Whether this customer, which has the holder's address, carries our metadata. Customers that
    /// were created before holders had tokens carry the holder's row number.
    pub(super) fn is_on(&self, customer: &Customer) -> bool {
        let has = |name: &str, text: &str| customer.metadata.get(name).is_some_and(|of| of == text);
        if customer.metadata.contains_key(HOLDER) {
            return self.metadata().iter().all(|(name, text)| has(name, text));
        }
        let (realm, name, id) = match self {
            Self::Member(site, member) => (site.row.realm.as_str(), USER_ID, member.id.get()),
            Self::PlatformReferrer { realm, referrer } => {
                (*realm, PLATFORM_REFERRER_ID, referrer.id.get())
            }
        };
        has(REALM, realm) && has(name, &id.to_string())
    }

    /// The idempotency key under which the next customer is created.
    pub(super) fn key(&self, row: &stripe_customer::Model) -> String {
        let made = row.generation;
        match (self, &row.key_token) {
            (_, Some(token)) => format!("customer:{token}:{made}"),
            (Self::Member(site, member), None) => {
                format!("customer:{}:{}:{made}", site.row.realm, member.id)
            }
            (Self::PlatformReferrer { realm, referrer }, None) => {
                format!("partner:{realm}:{}:{made}", referrer.id)
            }
        }
    }
}

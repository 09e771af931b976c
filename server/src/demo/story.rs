//! The story of the demo's members: they registered, got links, brought friends, and bought.

use anyhow::{Context, anyhow};
use domain::{account::Email, forms::RegistrationForm, referral::ReferralCode, sharing::Channel};
use server_core::clock::Clock;
use services::{
    Engine,
    accounts::{self, Proof, ReferredBy},
    credits,
    purchases::counter_sale,
    referrals::ReferralClick,
};
use store::{entities::user, products, sites::Site, users};
use time::Duration;

/// The password of every login of the demo.
pub const PASSWORD: &str = "range-day-2026";

#[derive(Clone, Copy)]
pub struct Person {
    pub first_name: &'static str,
    pub last_name: &'static str,
    pub email: &'static str,
}

/// The people of one site: a member, and the friends whom the member brought.
#[derive(Clone, Copy)]
pub struct People {
    pub member: Person,
    friends: &'static [(Person, Fate)],
}

/// What became of a friend's referral.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Registered, but did not buy.
    Pending,
    /// Bought.
    Credited,
    /// Bought, and Stripe answered no attempt to issue the credit.
    Failed,
}

const fn person(first_name: &'static str, last_name: &'static str, email: &'static str) -> Person {
    Person {
        first_name,
        last_name,
        email,
    }
}

pub const DETROIT: People = People {
    member: person("Mia", "Stone", "mia@example.com"),
    friends: &[
        (person("Jane", "Doe", "jane@example.com"), Fate::Credited),
        (person("Omar", "Haddad", "omar@example.com"), Fate::Failed),
        (person("Priya", "Nair", "priya@example.com"), Fate::Credited),
        (person("Sam", "Lee", "sam@example.com"), Fate::Pending),
    ],
};

/// Mia is a member here too, with another account and another balance.
pub const MOTOR_CITY: People = People {
    member: person("Mia", "Stone", "mia@example.com"),
    friends: &[(person("Lou", "Berg", "lou@example.com"), Fate::Pending)],
};

/// The time from the click on a link to the registration.
const READING: Duration = Duration::minutes(7);

/// The days between two steps of the story.
const PACE: i64 = 6;

/// Plays the story, each step on a day of its own, the last one some days ago.
pub async fn live(state: &Engine, site: &Site, people: People) -> anyhow::Result<()> {
    let mut days_ago = PACE * (i64::try_from(people.friends.len())? + 2);
    let then = on_day(state, days_ago);
    let member = register(&then, site, people.member, None).await?;
    let code = then.random.referral_code();
    users::give_code(&then.db, site.id(), member.id, &code).await?;
    for (friend, fate) in people.friends {
        days_ago -= PACE;
        let then = on_day(state, days_ago);
        let friend = register(&then, site, *friend, Some(&code)).await?;
        match fate {
            Fate::Pending => {}
            Fate::Credited | Fate::Failed => buy(&then, site, &friend, *fate).await?,
        }
    }
    Ok(())
}

/// A copy of the engine whose clock is `days_ago` days behind.
pub fn on_day(state: &Engine, days_ago: i64) -> Engine {
    let now = state.clock.clone();
    let clock = Clock::from_fn(move || now.now() - Duration::days(days_ago));
    let mut then = state.clone();
    then.clock = clock;
    then
}

async fn register(
    state: &Engine,
    site: &Site,
    person: Person,
    code: Option<&ReferralCode>,
) -> anyhow::Result<user::Model> {
    let form = RegistrationForm {
        email: person.email.to_owned(),
        password: PASSWORD.to_owned(),
        first_name: person.first_name.to_owned(),
        last_name: person.last_name.to_owned(),
        date_of_birth: "1990-01-15".to_owned(),
    };
    let click = code.map(|code| ReferralClick {
        code: code.to_string(),
        clicked_at: Some(state.now() - READING),
        via: Some(Channel::Link),
    });
    let referred_by = ReferredBy {
        click: click.as_ref(),
        words: "",
    };
    accounts::enrol(state, site, &form, referred_by, Proof::Operator).await?;
    let email = Email::parse(person.email).context("an email address of the demo")?;
    let user = users::by_email(state.db.reader(), site.id(), &email).await?;
    user.ok_or_else(|| anyhow!("{} did not become a member", person.email))
}

async fn buy(state: &Engine, site: &Site, buyer: &user::Model, fate: Fate) -> anyhow::Result<()> {
    // The first event, whenever the demo is made.
    let product = products::all(state.db.reader(), site.id())
        .await?
        .into_iter()
        .filter(|product| product.price_cents > 0)
        .min_by_key(|product| (product.starts_at.is_none(), product.starts_at))
        .context("nothing to buy")?;
    let sale = counter_sale::record(state, site, buyer.id, product.id).await?;
    let purchase_id = sale.map_err(|reason| anyhow!("the sale was not recorded: {reason:?}"))?;
    if let Some(credit_id) = credits::decide(state, credits::Paid::Tenant(purchase_id)).await? {
        match fate {
            Fate::Failed => credits::end_unanswered(state, credit_id).await?,
            Fate::Pending | Fate::Credited => credits::issue(state, credit_id).await?,
        };
    }
    Ok(())
}

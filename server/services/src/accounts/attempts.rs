//! Passwords that are tried: limited for all processes together, and logged (`docs/rules.md` 69).

use domain::account::{SecurityEvent, Throttle, network_of_guesser};
use store::{entities::user, sites::Site};
use time::Duration;

use super::{
    Client, known_devices,
    passwords::Verified,
    security_log,
    throttle::{self, Limit},
};
use crate::Engine;

/// An attempt at the password of an account, which counts as wrong until [`Self::was_right`] says
/// otherwise, so that guesses sent all at once are limited too.
pub struct Attempt<'a> {
    engine: &'a Engine,
    member: Option<&'a user::Model>,
    client: Client<'a>,
    limits: Vec<Limit>,
    /// The member signed in there before.
    pub is_known: bool,
}

impl<'a> Attempt<'a> {
    /// Counts an attempt at `account` (`Email::key`, or what was typed for it), which is
    /// `member`'s if there is one.
    ///
    /// # Errors
    /// If the database fails. If there were too many wrong passwords, nothing is counted, and the
    /// wait is returned.
    pub async fn begin(
        engine: &'a Engine,
        site: &Site,
        account: &str,
        member: Option<&'a user::Model>,
        client: Client<'a>,
    ) -> anyhow::Result<Result<Self, Duration>> {
        let device = match member {
            Some(member) => known_devices::find(engine, member, client).await?,
            None => None,
        };
        let account = format!("{}:{account}", site.id());
        let limits = match &device {
            Some(device) => vec![Limit::new(engine, &format!("device:{}", device.id), DEVICE)],
            None => {
                let network = network_of_guesser(client.address);
                vec![
                    Limit::new(engine, &format!("network:{network}:{account}"), NETWORK),
                    Limit::new(engine, &format!("all:{account}"), ALL_NETWORKS),
                ]
            }
        };
        let is_known = device.is_some();
        let attempt = Self {
            engine,
            member,
            client,
            limits,
            is_known,
        };
        attempt.counted().await
    }

    /// The same for the code that is asked for after the right password of `member`: few, wherever they
    /// come from, since the code has six digits alone.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub async fn begin_code(
        engine: &'a Engine,
        member: &'a user::Model,
        client: Client<'a>,
    ) -> anyhow::Result<Result<Self, Duration>> {
        let device = known_devices::find(engine, member, client).await?;
        let key = match &device {
            Some(device) => format!("code:device:{}", device.id),
            None => format!("code:{}", member.id),
        };
        let attempt = Self {
            engine,
            member: Some(member),
            client,
            limits: vec![Limit::new(engine, &key, CODE)],
            is_known: device.is_some(),
        };
        attempt.counted().await
    }

    async fn counted(self) -> anyhow::Result<Result<Self, Duration>> {
        let attempt = self;
        let counted = throttle::count(attempt.engine, &attempt.limits).await?;
        if counted.is_err() {
            attempt.log(SecurityEvent::TooManyAttempts).await?;
        }
        Ok(counted.map(|()| attempt))
    }

    /// Checks what was typed against the stored hash.
    ///
    /// # Errors
    /// If the database fails or the hash cannot be read; `Busy`.
    pub async fn verify(&self, typed: &str, hash: Option<&str>) -> anyhow::Result<Verified> {
        self.looked(self.engine.passwords.verify(typed, hash).await)
            .await
    }

    /// Passes on what a look at the password came to. If it failed, as where too many passwords wait,
    /// nobody looked, and the attempt is taken back.
    ///
    /// # Errors
    /// As the look; if the database fails.
    pub async fn looked<T>(&self, result: anyhow::Result<T>) -> anyhow::Result<T> {
        if result.is_err() {
            throttle::take_back(self.engine, &self.limits).await?;
        }
        result
    }

    /// Records that the password was right: this attempt does not count, and the wrong ones from this
    /// network or device are forgotten.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn was_right(&self) -> anyhow::Result<()> {
        throttle::forgive(self.engine, &self.limits).await
    }

    /// Records that it was wrong, as this event.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn was_wrong(&self, event: SecurityEvent) -> anyhow::Result<()> {
        self.log(event).await
    }

    async fn log(&self, event: SecurityEvent) -> anyhow::Result<()> {
        let Some(member) = self.member else {
            return Ok(());
        };
        let db = self.engine.db.writer();
        Ok(security_log::write(self.engine, db, member, event, self.client).await?)
    }
}

/// The limits, and whether a right password forgets the wrong ones before it.
const DEVICE: (Throttle, bool) = (Throttle::DEVICE, true);
const NETWORK: (Throttle, bool) = (Throttle::NETWORK, true);
const ALL_NETWORKS: (Throttle, bool) = (Throttle::ALL_NETWORKS, false);
const CODE: (Throttle, bool) = (Throttle::CODE, true);

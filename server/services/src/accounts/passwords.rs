//! Hashes and checks passwords with argon2id, on one low-priority thread for each core. A hash takes 19
//! MB and 15 ms, so few are made at once, and few wait (`docs/rules.md` 153).

mod threads;

use std::sync::Arc;

use anyhow::{Context, anyhow};
use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::{Output, ParamsString, SaltString},
};
use domain::{forms::PASSWORD_GUESSES, spelling::normalized_password};
use rayon::ThreadPool;
use server_core::{config::PasswordCost, random::Random};
use tokio::sync::{Semaphore, oneshot};

/// How many characters of a password, and of each known word about its owner, are estimated. A
/// beginning that is hard to guess is enough, and estimating 100 characters of `4@8($` takes
/// seconds.
const ESTIMATED_CHARS: usize = 24;

/// How many passwords may be under way or wait, for each thread: less than a second of work. On a busy
/// machine, where one thread alone has a share, it is some seconds.
const PLACES: usize = 50;

/// Too many passwords wait. Nothing was done with this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords wait to be hashed")]
pub struct Busy;

impl Busy {
    /// After how many seconds there is likely a place again.
    pub const RETRY_AFTER: u64 = 5;

    /// Whether this is why something failed.
    pub fn is_in(error: &anyhow::Error) -> bool {
        error.is::<Self>()
    }
}

/// What came of a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// It is another one, or there is no hash.
    Wrong,
    /// It is the one.
    Right,
    /// It is the one, and its hash is from before: passwords were not normalized (`docs/rules.md`
    /// 77), or hashing cost less. With the hash to store instead.
    Outdated(String),
}

impl Verified {
    /// Whether the password is the one.
    pub fn is_right(&self) -> bool {
        *self != Self::Wrong
    }
}

/// Hashes and checks passwords. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Passwords {
    threads: Arc<ThreadPool>,
    /// One is taken as long as a password is under way or waits.
    places: Arc<Semaphore>,
    random: Random,
    cost: PasswordCost,
    /// What no password hashes to.
    nobodys: Arc<str>,
}

impl Passwords {
    /// Starts one thread for each core of the machine.
    ///
    /// # Errors
    /// If the threads cannot start, or argon2 refuses its own parameters.
    pub fn new(random: Random, cost: PasswordCost) -> anyhow::Result<Self> {
        let threads = threads::pool()?;
        let nobodys = nobodys(random.bytes(), random.bytes::<32>(), cost)?;
        Ok(Self {
            places: Arc::new(Semaphore::new(PLACES * threads.current_num_threads())),
            threads: Arc::new(threads),
            random,
            cost,
            nobodys: nobodys.into(),
        })
    }

    /// The places for passwords that are under way or wait. Without a free one the answer is [`Busy`].
    pub fn places(&self) -> Arc<Semaphore> {
        self.places.clone()
    }

    /// The hash to store, in PHC form.
    ///
    /// # Errors
    /// If hashing fails; [`Busy`].
    pub async fn hash(&self, password: &str) -> anyhow::Result<String> {
        let (password, salt) = (normalized_password(password), self.random.bytes());
        let cost = self.cost;
        self.in_turn(move || hash(&password, salt, cost)).await?
    }

    /// Whether `password` matches `hash`, normalized or as it was typed. Without a hash the answer is
    /// [`Verified::Wrong`] after the same time, so that nobody learns which accounts exist.
    ///
    /// # Errors
    /// If the hash cannot be read; [`Busy`].
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> anyhow::Result<Verified> {
        let known = hash.is_some();
        let stored = hash.unwrap_or(&self.nobodys).to_owned();
        let (typed, salt) = (password.to_owned(), self.random.bytes());
        let cost = self.cost;
        let verify = move || verify_any(&typed, &stored, salt, cost);
        let verified = self.in_turn(verify).await??;
        Ok(if known { verified } else { Verified::Wrong })
    }

    /// Whether an attacker who knows these words about the owner soon guesses the password, by
    /// zxcvbn's estimate from lists of leaked passwords, words, names, keyboard patterns and dates.
    ///
    /// # Errors
    /// If the estimate was cut short; [`Busy`].
    pub async fn soon_guessed(&self, password: &str, known: Vec<String>) -> anyhow::Result<bool> {
        let password = beginning(password);
        let estimate = move || {
            let known: Vec<String> = known.iter().map(|word| beginning(word)).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            zxcvbn::zxcvbn(&password, &known).guesses() < PASSWORD_GUESSES
        };
        self.in_turn(estimate).await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> anyhow::Result<T> {
        let place = self.places().try_acquire_owned().map_err(|_| Busy)?;
        let (done, hashed) = oneshot::channel();
        // The work continues even if its request was dropped, so that a client that hangs up does
        // not free a thread, or a place, early.
        self.threads.spawn(move || {
            let result = work();
            drop(place);
            done.send(result).ok();
        });
        hashed.await.context("hashing was interrupted")
    }
}

fn beginning(text: &str) -> String {
    text.chars().take(ESTIMATED_CHARS).collect()
}

fn argon2(cost: PasswordCost) -> Argon2<'static> {
    let params = match cost {
        PasswordCost::Full => Params::DEFAULT,
        PasswordCost::Least => {
            Params::new(Params::MIN_M_COST, Params::MIN_T_COST, 1, None).unwrap_or(Params::DEFAULT)
        }
    };
    Argon2::new(Algorithm::default(), Version::default(), params)
}

fn hash(password: &str, salt: [u8; 16], cost: PasswordCost) -> anyhow::Result<String> {
    let salt = SaltString::encode_b64(&salt).map_err(|error| anyhow!("no salt: {error}"))?;
    let hash = argon2(cost)
        .hash_password(password.as_bytes(), &salt)
        .map_err(|error| anyhow!("cannot hash: {error}"))?;
    Ok(hash.to_string())
}

/// Random bytes in the form of a hash: checking a password against it takes as long as against any.
fn nobodys(salt: [u8; 16], bytes: [u8; 32], cost: PasswordCost) -> anyhow::Result<String> {
    let refused = |error| anyhow!("not a hash: {error}");
    let argon2 = argon2(cost);
    let salt = SaltString::encode_b64(&salt).map_err(refused)?;
    let hash = PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(argon2.params()).map_err(refused)?,
        salt: Some(salt.as_salt()),
        hash: Some(Output::new(&bytes).map_err(refused)?),
    };
    Ok(hash.to_string())
}

fn verify_any(
    typed: &str,
    stored: &str,
    salt: [u8; 16],
    cost: PasswordCost,
) -> anyhow::Result<Verified> {
    let normalized = normalized_password(typed);
    let is_right = verify(&normalized, stored)?;
    if is_right && costs(stored, cost)? {
        return Ok(Verified::Right);
    }
    match is_right || normalized != typed && verify(typed, stored)? {
        true => Ok(Verified::Outdated(hash(&normalized, salt, cost)?)),
        false => Ok(Verified::Wrong),
    }
}

/// Whether `stored` was made as hashes are made now.
fn costs(stored: &str, cost: PasswordCost) -> anyhow::Result<bool> {
    let refused = |error| anyhow!("not a hash: {error}");
    let hash = PasswordHash::new(stored).map_err(refused)?;
    let params = ParamsString::try_from(argon2(cost).params()).map_err(refused)?;
    Ok(hash.algorithm == Algorithm::default().ident() && hash.params == params)
}

fn verify(password: &str, hash: &str) -> anyhow::Result<bool> {
    use argon2::password_hash::Error::Password;

    let hash = PasswordHash::new(hash).map_err(|error| anyhow!("not a hash: {error}"))?;
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(Password) => Ok(false),
        Err(error) => Err(anyhow!("cannot check a password: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use futures::future::join_all;

    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let passwords = Passwords::new(Random::system(), PasswordCost::Full).unwrap();
        let hash = passwords.hash("securepassword").await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert_ne!(
            hash,
            passwords.hash("securepassword").await.unwrap(),
            "salted"
        );
        let verify =
            async |typed: &str, hash: Option<&str>| passwords.verify(typed, hash).await.unwrap();
        assert_eq!(verify("securepassword", Some(&hash)).await, Verified::Right);
        assert_eq!(verify("securepassworD", Some(&hash)).await, Verified::Wrong);
        assert_eq!(verify("securepassword", None).await, Verified::Wrong);
    }

    /// The finding's: registered on one keyboard, typed on another.
    #[tokio::test]
    async fn an_accent_opens_in_both_encodings() {
        let passwords = Passwords::new(Random::system(), PasswordCost::Full).unwrap();
        let verify =
            async |typed: &str, hash: &str| passwords.verify(typed, Some(hash)).await.unwrap();
        let (composed, decomposed) = ("Caf\u{e9}-range-2026", "Cafe\u{301}-range-2026");
        for registered in [composed, decomposed] {
            let hash = passwords.hash(registered).await.unwrap();
            for typed in [composed, decomposed] {
                assert_eq!(verify(typed, &hash).await, Verified::Right, "{typed:?}");
            }
            assert_eq!(verify("Cafe-range-2026", &hash).await, Verified::Wrong);
        }
    }

    #[tokio::test]
    async fn a_hash_of_before_opens_as_it_was_typed_and_is_renewed() {
        let passwords = Passwords::new(Random::system(), PasswordCost::Full).unwrap();
        let (composed, decomposed) = ("Caf\u{e9}-range-2026", "Cafe\u{301}-range-2026");
        let before = hash(decomposed, [7; 16], PasswordCost::Full).unwrap();
        let verified = passwords.verify(composed, Some(&before)).await.unwrap();
        assert_eq!(verified, Verified::Wrong, "its bytes are not known");
        let verified = passwords.verify(decomposed, Some(&before)).await.unwrap();
        let Verified::Outdated(renewed) = verified else {
            panic!("{verified:?}")
        };
        for typed in [composed, decomposed] {
            let verified = passwords.verify(typed, Some(&renewed)).await.unwrap();
            assert_eq!(verified, Verified::Right);
        }
    }

    /// As after an update that made hashing cost more.
    #[tokio::test]
    async fn a_cheaper_hash_of_before_is_renewed() {
        let passwords = Passwords::new(Random::system(), PasswordCost::Full).unwrap();
        let cheap = Params::new(8 * 1024, 1, 1, None).unwrap();
        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        let before = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap)
            .hash_password(b"securepassword", &salt)
            .unwrap()
            .to_string();
        let verify = async |typed: &str, hash: &str| passwords.verify(typed, Some(hash)).await;
        let verified = verify("securepassworD", &before).await.unwrap();
        assert_eq!(verified, Verified::Wrong);
        let verified = verify("securepassword", &before).await.unwrap();
        let Verified::Outdated(renewed) = verified else {
            panic!("{verified:?}")
        };
        let verified = verify("securepassword", &renewed).await.unwrap();
        assert_eq!(verified, Verified::Right);
    }

    #[tokio::test]
    async fn a_burst_beyond_the_places_is_refused_and_the_others_succeed() {
        const BURST: usize = 12;
        let mut passwords = Passwords::new(Random::system(), PasswordCost::Full).unwrap();
        passwords.places = Arc::new(Semaphore::new(4));
        // All threads are busy until the whole burst has come.
        let gate = Arc::new(Barrier::new(passwords.threads.current_num_threads() + 1));
        for _ in 0..passwords.threads.current_num_threads() {
            let gate = gate.clone();
            passwords.threads.spawn(move || {
                gate.wait();
            });
        }
        let burst = (0..BURST).map(|_| passwords.hash("securepassword"));
        let (hashes, _) = tokio::join!(join_all(burst), async { gate.wait() });
        let refused: Vec<_> = hashes
            .iter()
            .filter_map(|hash| hash.as_ref().err())
            .collect();
        assert_eq!(refused.len(), BURST - 4);
        assert!(refused.iter().all(|error| Busy::is_in(error)));
        let late = passwords.hash("securepassword").await;
        assert!(late.is_ok(), "the places are free again");
    }

    /// Whoever has no account is told so after the same work as whoever has one.
    #[tokio::test]
    async fn what_nobody_has_costs_as_much_as_a_members() {
        let passwords = Passwords::new(Random::system(), PasswordCost::Full).unwrap();
        let members = passwords.hash("securepassword").await.unwrap();
        let costs = |hash: &str| {
            let hash = PasswordHash::new(hash).unwrap();
            (
                hash.algorithm.to_string(),
                hash.version,
                hash.params.to_string(),
                hash.salt.map(|salt| salt.len()),
                hash.hash.map(|output| output.len()),
            )
        };
        assert_eq!(costs(&passwords.nobodys), costs(&members));
    }

    #[tokio::test]
    async fn what_is_soon_guessed_is_told() {
        let passwords = Passwords::new(Random::system(), PasswordCost::Full).unwrap();
        let known = ["Jane", "Doe", "jane.doe@example.com"].map(str::to_owned);
        for (password, guessed) in [
            ("password", true),
            ("12345678", true),
            ("P@ssw0rd", true),
            ("Password123!", true),
            ("qwertyuiop", true),
            ("aaaaaaaaaaaaaaaa", true),
            ("jane.doe@example.com", true),
            ("securepassword", false),
            ("correct horse battery", false),
            ("xk4-Tq9!vb", false),
        ] {
            let hashed = passwords.soon_guessed(password, known.to_vec()).await;
            assert_eq!(hashed.unwrap(), guessed, "{password}");
        }
    }
}

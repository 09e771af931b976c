//! Hashes and checks passwords with argon2id, on one low-priority thread for each core.

use std::sync::Arc;

use anyhow::{Context, anyhow};
use argon2::{
    Algorithm, Argon2, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::{Output, ParamsString, SaltString},
};
use domain::{forms::PASSWORD_GUESSES, spelling::normalized_password};
use rayon::{ThreadPool, ThreadPoolBuilder};
use server_core::random::Random;
use tokio::sync::oneshot;

/// How many characters of a password, and of each known word about its owner, are estimated. A
/// beginning that is hard to guess is enough, and estimating 100 characters of `4@8($` takes
/// seconds.
const ESTIMATED_CHARS: usize = 24;

/// What came of a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// It is another one, or there is no hash.
    Wrong,
    /// It is the one.
    Right,
    /// It is the one as it was typed: the hash is from before passwords were normalized
    /// (`docs/rules.md` 77). With the hash to store instead.
    AsTyped(String),
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
    random: Random,
    /// What no password hashes to.
    nobodys: Arc<str>,
}

impl Passwords {
    /// Starts one thread for each core of the machine.
    ///
    /// # Errors
    /// If the threads cannot start, or argon2 refuses its own parameters.
    pub fn new(random: Random) -> anyhow::Result<Self> {
        let threads = ThreadPoolBuilder::new()
            .thread_name(|number| format!("password-{number}"))
            .start_handler(give_way)
            .build()?;
        let nobodys = nobodys(random.bytes(), random.bytes::<32>())?;
        Ok(Self {
            threads: Arc::new(threads),
            random,
            nobodys: nobodys.into(),
        })
    }

    /// The hash to store, in PHC form.
    ///
    /// # Errors
    /// If hashing fails.
    pub async fn hash(&self, password: &str) -> anyhow::Result<String> {
        let (password, salt) = (normalized_password(password), self.random.bytes());
        self.in_turn(move || hash(&password, salt)).await?
    }

    /// Whether `password` matches `hash`, normalized or as it was typed. Without a hash the answer is
    /// [`Verified::Wrong`] after the same time, so that nobody learns which accounts exist.
    ///
    /// # Errors
    /// If the hash cannot be read.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> anyhow::Result<Verified> {
        let known = hash.is_some();
        let stored = hash.unwrap_or(&self.nobodys).to_owned();
        let (typed, salt) = (password.to_owned(), self.random.bytes());
        let verify = move || verify_any(&typed, &stored, salt);
        let verified = self.in_turn(verify).await??;
        Ok(if known { verified } else { Verified::Wrong })
    }

    /// Whether an attacker who knows these words about the owner soon guesses the password, by
    /// zxcvbn's estimate from lists of leaked passwords, words, names, keyboard patterns and dates.
    ///
    /// # Errors
    /// If the estimate was cut short.
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
        let (done, hashed) = oneshot::channel();
        // The work continues even if its request was dropped, so that a client that hangs up does
        // not free a thread early.
        self.threads.spawn(move || {
            done.send(work()).ok();
        });
        hashed.await.context("hashing was interrupted")
    }
}

/// Gives the threads a low priority, so that pages do not wait for passwords: a hash takes 15 ms of
/// a core, and a page less than 1 ms. A `SCHED_IDLE` thread yields as soon as any other thread has
/// work. The first thread keeps a tenth of a core, so that people can sign in on a busy machine.
/// (sched(7), `SCHED_IDLE` and "The nice value".)
fn give_way(number: usize) {
    #[cfg(target_os = "linux")]
    {
        let gave_way = match number {
            0 => keep_a_share().map_err(|error| error.to_string()),
            _ => be_idle().map_err(|error| format!("{error:?}")),
        };
        if let Err(error) = gave_way {
            tracing::debug!(error, number, "hashing threads keep the normal priority");
        }
    }
}

#[cfg(target_os = "linux")]
fn keep_a_share() -> rustix::io::Result<()> {
    rustix::process::setpriority_process(None, 10)
}

#[cfg(target_os = "linux")]
fn be_idle() -> Result<(), thread_priority::Error> {
    use thread_priority::{
        NormalThreadSchedulePolicy::Idle, ThreadPriority, ThreadSchedulePolicy,
        set_thread_priority_and_policy, thread_native_id,
    };

    set_thread_priority_and_policy(
        thread_native_id(),
        ThreadPriority::Min,
        ThreadSchedulePolicy::Normal(Idle),
    )
}

fn beginning(text: &str) -> String {
    text.chars().take(ESTIMATED_CHARS).collect()
}

fn hash(password: &str, salt: [u8; 16]) -> anyhow::Result<String> {
    let salt = SaltString::encode_b64(&salt).map_err(|error| anyhow!("no salt: {error}"))?;
    let hash = Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .map_err(|error| anyhow!("cannot hash: {error}"))?;
    Ok(hash.to_string())
}

/// Random bytes in the form of a hash: checking a password against it takes as long as against any.
fn nobodys(salt: [u8; 16], bytes: [u8; 32]) -> anyhow::Result<String> {
    let refused = |error| anyhow!("not a hash: {error}");
    let argon2 = Argon2::default();
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

fn verify_any(typed: &str, stored: &str, salt: [u8; 16]) -> anyhow::Result<Verified> {
    let normalized = normalized_password(typed);
    if verify(&normalized, stored)? {
        return Ok(Verified::Right);
    }
    match normalized != typed && verify(typed, stored)? {
        true => Ok(Verified::AsTyped(hash(&normalized, salt)?)),
        false => Ok(Verified::Wrong),
    }
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
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let passwords = Passwords::new(Random::system()).unwrap();
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
        let passwords = Passwords::new(Random::system()).unwrap();
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
        let passwords = Passwords::new(Random::system()).unwrap();
        let (composed, decomposed) = ("Caf\u{e9}-range-2026", "Cafe\u{301}-range-2026");
        let before = hash(decomposed, [7; 16]).unwrap();
        let verified = passwords.verify(composed, Some(&before)).await.unwrap();
        assert_eq!(verified, Verified::Wrong, "its bytes are not known");
        let verified = passwords.verify(decomposed, Some(&before)).await.unwrap();
        let Verified::AsTyped(renewed) = verified else {
            panic!("{verified:?}")
        };
        for typed in [composed, decomposed] {
            let verified = passwords.verify(typed, Some(&renewed)).await.unwrap();
            assert_eq!(verified, Verified::Right);
        }
    }

    /// Whoever has no account is told so after the same work as whoever has one.
    #[tokio::test]
    async fn what_nobody_has_costs_as_much_as_a_members() {
        let passwords = Passwords::new(Random::system()).unwrap();
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

    #[cfg(target_os = "linux")]
    #[test]
    fn all_threads_give_way_and_one_keeps_a_share() {
        const SCHED_OTHER: &str = "0";
        const SCHED_IDLE: &str = "5";
        let passwords = Passwords::new(Random::system()).unwrap();
        let standings = passwords.threads.broadcast(|_| {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
            // proc_pid_stat(5): `nice` is field 19 and `policy` is field 41. Here the third field
            // has index 0.
            let (_, fields) = stat.rsplit_once(") ").unwrap();
            let mut fields = fields.split(' ').map(str::to_owned);
            (fields.nth(16).unwrap(), fields.nth(21).unwrap())
        });
        let (nice, policy) = &standings[0];
        assert_eq!((nice.as_str(), policy.as_str()), ("10", SCHED_OTHER));
        for (_, policy) in &standings[1..] {
            assert_eq!(policy, SCHED_IDLE);
        }
    }

    #[tokio::test]
    async fn what_is_soon_guessed_is_told() {
        let passwords = Passwords::new(Random::system()).unwrap();
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

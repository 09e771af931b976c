//! The sealer of a process. Its fingerprints have a key of their own, which is sealed in the database
//! and outlives `APP_SECRET` (`docs/rules.md` 151).

use anyhow::{anyhow, ensure};
use sea_orm::DbErr;
use server_core::{
    config::Config,
    random::Random,
    sealing::{FingerprintKey, Sealer},
};
use store::{Db, Timestamp, data_keys, stripe_accounts};

use crate::migrate::is_migrated;

/// The name of the key that fingerprints are made with.
pub const FINGERPRINTS: &str = "fingerprints";

/// What the data key of this name is sealed for.
pub fn purpose(name: &str) -> String {
    format!("data key {name}")
}

/// The sealer that `config` and the database give. A key that cannot be opened stays where it is, and
/// fingerprints are made with one that follows from `APP_SECRET`: whoever asks [`is_lost`] hears of it.
///
/// # Errors
/// If a secret is refused, the database fails, or `APP_SECRET` is replaced before the first start of a
/// program that knows this key.
pub async fn sealer(
    db: &Db,
    config: &Config,
    random: &Random,
    now: Timestamp,
) -> anyhow::Result<Sealer> {
    let mut sealer = Sealer::new(&config.app_secret, random.clone())?;
    if let Some(old) = config.app_secret_old() {
        sealer = sealer.also_opening(old)?;
    }
    // The command that migrates a database needs no fingerprints.
    if !is_migrated(db).await? {
        return Ok(sealer);
    }
    if data_keys::find(db.reader(), FINGERPRINTS).await?.is_none()
        && let Some(first) = first_key(db, config, &sealer, random).await?
    {
        let sealed = sealer.seal(&purpose(FINGERPRINTS), &hex::encode(first))?;
        data_keys::insert(db.writer(), FINGERPRINTS, sealed, now).await?;
    }
    // Another process may have been the first.
    let Some(sealed) = data_keys::find(db.reader(), FINGERPRINTS).await? else {
        return Ok(sealer);
    };
    match sealer.open(&purpose(FINGERPRINTS), &sealed) {
        Ok(digits) => sealer.with_fingerprint_key(&read(&digits)?),
        Err(_) => Ok(sealer),
    }
}

/// The key to begin with: a random one, or the one that fingerprints of before were made with. `None`
/// if `APP_SECRET` is not the one of before, so that no wrong key is kept.
async fn first_key(
    db: &Db,
    config: &Config,
    sealer: &Sealer,
    random: &Random,
) -> anyhow::Result<Option<FingerprintKey>> {
    if !data_keys::has_members(db.reader()).await? {
        return Ok(Some(random.bytes()));
    }
    ensure!(
        config.app_secret_old().is_none(),
        "start this version once with the APP_SECRET of before alone, and only then replace it"
    );
    match stripe_accounts::sealed_otherwise(db.reader(), sealer).await? {
        0 => Ok(Some(Sealer::fingerprint_key_of(&config.app_secret)?)),
        _ => Ok(None),
    }
}

fn read(digits: &str) -> anyhow::Result<FingerprintKey> {
    let bytes = hex::decode(digits)?;
    bytes.try_into().map_err(|_| anyhow!("not a data key"))
}

/// Whether the key of fingerprints is sealed under a secret that this process does not know.
///
/// # Errors
/// If the database fails.
pub async fn is_lost(db: &Db, sealer: &Sealer) -> Result<bool, DbErr> {
    let sealed = data_keys::find(db.reader(), FINGERPRINTS).await?;
    Ok(sealed.is_some_and(|sealed| sealer.open(&purpose(FINGERPRINTS), &sealed).is_err()))
}

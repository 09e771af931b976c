//! Seals everything anew under `APP_SECRET`, so that `APP_SECRET_OLD` can be dropped (`docs/rules.md`
//! 150).

use server_core::sealing::Sealer;
use store::{
    audit_log::{self, Change, Field},
    data_keys,
    sealed::{SealedColumn, SealedValue},
    stripe_accounts,
};

use crate::{
    Engine,
    accounts::second_factor,
    mail,
    secrets::{self, FINGERPRINTS},
};

/// How many values are read at once.
const PAGE: u64 = 100;

/// What a rotation did.
#[derive(Debug)]
pub struct Rotation {
    /// A line for each kind of value, and what to do now.
    pub lines: Vec<String>,
    /// Whether `APP_SECRET` alone opens everything.
    pub is_done: bool,
}

/// How many values of a column came to what.
#[derive(Clone, Copy, Default)]
struct Counts {
    /// Sealed under the former secret until now.
    anew: u64,
    /// Sealed under `APP_SECRET` before.
    already: u64,
    /// Opened by neither.
    lost: u64,
    /// Changed by somebody else while it was sealed anew.
    changed: u64,
}

/// Seals each value anew that opens under `APP_SECRET_OLD` alone, one statement for each, so that it can
/// be stopped and run again at any time, also while the sites are served. With `former_is_lost`,
/// fingerprints get the key of `APP_SECRET` instead of one that neither secret opens.
///
/// # Errors
/// If the database fails. What was sealed anew until then stays so.
pub async fn rotate(engine: &Engine, former_is_lost: bool) -> anyhow::Result<Rotation> {
    let mut lines = Vec::new();
    if former_is_lost && give_up_the_former_key(engine).await? {
        lines.push(
            "A new key of fingerprints: links to unsubscribe of before, and what was remembered of \
             deleted accounts, do not count anymore"
                .to_owned(),
        );
    }
    let (mut all, mut is_done) = (Counts::default(), true);
    for column in SealedColumn::ALL {
        let counts = seal_anew(engine, column).await?;
        lines.push(counts.line(column));
        is_done &= counts.lost == 0 && counts.changed == 0;
        all.anew += counts.anew;
        all.lost += counts.lost;
    }
    if all.anew > 0 {
        note(engine, all.anew).await?;
    }
    lines.push(match (is_done, all.lost) {
        (true, _) => "Everything is sealed under APP_SECRET. Start all processes without \
                      APP_SECRET_OLD. Keep the former secret as long as the backups made under it"
            .to_owned(),
        (false, 0) => {
            "Values changed meanwhile: see that every process has the new APP_SECRET, and \
                       run this again"
                .to_owned()
        }
        (false, lost) => format!(
            "{lost} open neither under APP_SECRET nor under APP_SECRET_OLD. Name the secret of \
             before in APP_SECRET_OLD and run this again. If it is lost, see docs/OPERATING.md"
        ),
    });
    Ok(Rotation { lines, is_done })
}

impl Counts {
    fn line(self, column: SealedColumn) -> String {
        let Self {
            anew,
            already,
            lost,
            changed,
        } = self;
        let mut line = format!(
            "{}: {anew} sealed anew, {already} before",
            words_for(column)
        );
        for (count, what) in [(lost, "opened by neither"), (changed, "changed meanwhile")] {
            if count > 0 {
                line += &format!(", {count} {what}");
            }
        }
        line
    }
}

fn words_for(column: SealedColumn) -> &'static str {
    match column {
        SealedColumn::DataKey => "Keys of fingerprints",
        SealedColumn::StripeKey => "Secret keys of Stripe accounts",
        SealedColumn::WebhookSecrets => "Webhook secrets of Stripe accounts",
        SealedColumn::SecondFactor => "Second factors",
        SealedColumn::MailBody => "Mails that are not sent yet",
        SealedColumn::KeptAnswer => "Kept answers of the mobile API",
    }
}

/// What a value is sealed for.
fn purpose(column: SealedColumn, owner: &str) -> String {
    match column {
        SealedColumn::DataKey => secrets::purpose(owner),
        SealedColumn::StripeKey => stripe_accounts::key_purpose(owner),
        SealedColumn::WebhookSecrets => stripe_accounts::webhook_purpose(owner),
        SealedColumn::SecondFactor => second_factor::purpose(owner),
        SealedColumn::MailBody => mail::purpose(owner),
        SealedColumn::KeptAnswer => owner.to_owned(),
    }
}

async fn seal_anew(engine: &Engine, column: SealedColumn) -> anyhow::Result<Counts> {
    let (mut counts, mut last) = (Counts::default(), None);
    loop {
        let page = column.after(engine.db.reader(), last, PAGE).await?;
        let Some(end) = page.last().map(|value| value.key.clone()) else {
            return Ok(counts);
        };
        for value in page {
            *seal_one(engine, column, &value).await?.of(&mut counts) += 1;
        }
        last = Some(end);
    }
}

/// What became of one value.
enum Became {
    Anew,
    Already,
    Lost,
    Changed,
}

impl Became {
    fn of(self, counts: &mut Counts) -> &mut u64 {
        match self {
            Self::Anew => &mut counts.anew,
            Self::Already => &mut counts.already,
            Self::Lost => &mut counts.lost,
            Self::Changed => &mut counts.changed,
        }
    }
}

async fn seal_one(
    engine: &Engine,
    column: SealedColumn,
    value: &SealedValue,
) -> anyhow::Result<Became> {
    let purpose = purpose(column, &value.owner);
    let Ok(anew) = engine.sealer.seal_anew(&purpose, &value.sealed) else {
        return Ok(Became::Lost);
    };
    let Some(anew) = anew else {
        return Ok(Became::Already);
    };
    // What changed since it was read is the concern of whoever changed it.
    let replaced = column.replace(engine.db.writer(), value, anew).await?;
    Ok(match replaced {
        true => Became::Anew,
        false => Became::Changed,
    })
}

/// Gives fingerprints the key that follows from `APP_SECRET`, with which they are made while theirs does
/// not open; `false` if theirs opens.
async fn give_up_the_former_key(engine: &Engine) -> anyhow::Result<bool> {
    let (db, sealer) = (&engine.db, &engine.sealer);
    let stored = data_keys::find(db.reader(), FINGERPRINTS).await?;
    let purpose = secrets::purpose(FINGERPRINTS);
    if let Some(sealed) = &stored
        && sealer.open(&purpose, sealed).is_ok()
    {
        return Ok(false);
    }
    let key = Sealer::fingerprint_key_of(&engine.config.app_secret)?;
    let anew = sealer.seal(&purpose, &hex::encode(key))?;
    match stored {
        Some(lost) => data_keys::replace(db.writer(), FINGERPRINTS, &lost, anew).await?,
        None => data_keys::insert(db.writer(), FINGERPRINTS, anew, engine.now()).await?,
    }
    Ok(true)
}

/// Leaves a line in the audit log of the platform.
async fn note(engine: &Engine, anew: u64) -> anyhow::Result<()> {
    let change = Change {
        site_id: None,
        actor: None,
        subject: "APP_SECRET",
        now: engine.now(),
    };
    let field = Field {
        name: "Values sealed anew",
        old: None,
        new: Some(anew.to_string()),
    };
    Ok(audit_log::write(engine.db.writer(), &change, [field]).await?)
}

//! A backup is put back: what was written since is gone, and the operator has Stripe send again what
//! it told meanwhile. SQLite alone; PostgreSQL has programs of its own for it.

use std::{
    path::Path,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep},
};

use super::{Count, endpoints, insist, keys};
use crate::{crew::Crew, database::Place, diary::Gone, people::World};

/// How long before the end no backup is put back any more: it must be done by then, and all that Stripe
/// told since on its way.
const IN_TIME: Duration = Duration::from_secs(90);

/// Makes backups and puts them back, in a trial that `lasts` so long.
pub async fn put_back(
    world: Arc<World>,
    crew: Arc<Mutex<Crew>>,
    place: Arc<Place>,
    count: Arc<Count>,
    lasts: Duration,
    seed: u64,
) {
    let last = Instant::now() + lasts.saturating_sub(IN_TIME);
    let Place::Sqlite { file } = place.as_ref() else {
        return;
    };
    let mut chance = StdRng::seed_from_u64(seed);
    sleep(Duration::from_millis(chance.random_range(2_000..5_000))).await;
    for number in 1.. {
        if Instant::now() > last {
            return;
        }
        let copy = file.with_extension(format!("backup-{number}"));
        let from = world.stripe.now();
        make(&world, &crew, &copy).await;
        sleep(Duration::from_millis(chance.random_range(1_000..6_000))).await;
        match restore(&world, &crew, file, &copy, from).await {
            Ok(gone) => {
                keys::connect_all(&world, &crew).await;
                send_again(&world, gone);
                count.restores.fetch_add(1, Relaxed);
            }
            Err(error) => world.diary.gave_up(format!("a restore: {error:#}")),
        }
        sleep(Duration::from_secs(chance.random_range(120..400))).await;
    }
}

/// Makes one: a process that is killed or whose disk is full makes none.
pub async fn make(world: &World, crew: &Mutex<Crew>, copy: &Path) {
    let name = copy.to_string_lossy();
    insist(world, crew, &["backup", name.as_ref()]).await;
}

/// Stops everything, puts the copy where the database was, and starts as docs/OPERATING.md says.
async fn restore(
    world: &World,
    crew: &Mutex<Crew>,
    file: &Path,
    copy: &Path,
    from: i64,
) -> anyhow::Result<Gone> {
    let mut crew = crew.lock().await;
    crew.kill_all().await?;
    world.calls_end().await;
    let gone = Gone {
        from,
        to: world.stripe.now(),
    };
    world.diary.gone(gone);
    for end in ["-wal", "-shm"] {
        let mut beside = file.as_os_str().to_owned();
        beside.push(end);
        std::fs::remove_file(beside).ok();
    }
    std::fs::rename(copy, file)?;
    crew.start_moved().await?;
    Ok(gone)
}

/// What Stripe told since the backup it tells again, at endpoints that the operator has seen to.
fn send_again(world: &World, gone: Gone) {
    endpoints::add_all(world);
    for account in world.accounts() {
        let books = world.stripe.books(&account, None);
        for event in books["events"].as_array().into_iter().flatten() {
            let created = event["created"].as_i64().unwrap_or_default();
            if let Some(id) = event["id"].as_str().filter(|_| gone.holds(created)) {
                world.stripe.resend(id).ok();
            }
        }
    }
}

//! Processes die or are told to stop, connections to the database are cut, and a disk is full for a
//! moment.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::{sync::Mutex, time::sleep};

use super::Count;
use crate::{database::Place, server_processes::Crew, workload::World};

/// Connections cut at once.
const MOST: u32 = 12;
/// A process that runs for so long serves by now.
const SETTLED: Duration = Duration::from_secs(2);

/// Kills and restarts, for ever.
pub async fn kill(
    world: Arc<World>,
    crew: Arc<Mutex<Crew>>,
    place: Arc<Place>,
    count: Arc<Count>,
    seed: u64,
) {
    let mut chance = StdRng::seed_from_u64(seed);
    loop {
        sleep(Duration::from_millis(chance.random_range(500..3_000))).await;
        let done = once(&crew, &place, &count, &mut chance).await;
        if let Err(error) = done {
            world.diary.gave_up(format!("a process: {error:#}"));
        }
    }
}

async fn once(
    crew: &Mutex<Crew>,
    place: &Place,
    count: &Count,
    chance: &mut StdRng,
) -> anyhow::Result<()> {
    let mut crew = crew.lock().await;
    let one = chance.random_range(0..crew.size());
    match chance.random_range(0..10) {
        0..2 => {
            count
                .stops
                .fetch_add(u64::from(crew.stop(one).await?), Relaxed);
        }
        2..4 if place.is_shared() => {
            let most = chance.random_range(1..=MOST);
            count.cuts.fetch_add(place.cut(most).await?, Relaxed);
        }
        2..4 if crew.runs_for(one) > SETTLED => {
            let _full = crew.fill_disk(one)?;
            count.full_disks.fetch_add(1, Relaxed);
            sleep(Duration::from_millis(chance.random_range(100..2_000))).await;
        }
        4 => {
            count.kills.fetch_add(crew.kill_all().await?, Relaxed);
        }
        _ => {
            count
                .kills
                .fetch_add(u64::from(crew.kill(one).await?), Relaxed);
        }
    }
    sleep(Duration::from_millis(chance.random_range(0..800))).await;
    crew.start()
}

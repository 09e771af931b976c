//! What goes wrong, and that it ends.

mod amounts;
mod clones;
mod deliveries;
mod endpoints;
mod infrastructure;
mod keys;
mod live_mode;
mod restores;
mod stripe;

pub use amounts::AMOUNTS;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Mutex, task::JoinSet, time::sleep};

use crate::{database::Place, report::LONG, server_processes::Crew, workload::World};

/// Gives an order until it is carried out, since everything may fail; answers what was said then.
async fn insist(world: &World, crew: &Mutex<Crew>, order: &[&str]) -> String {
    loop {
        let done = crew.lock().await.order(order, world.balancer).await;
        match done {
            Ok(said) => return said,
            Err(_) => sleep(Duration::from_millis(200)).await,
        }
    }
}

/// What was done to the product.
#[derive(Default)]
pub struct Count {
    pub kills: AtomicU64,
    pub stops: AtomicU64,
    pub cuts: AtomicU64,
    pub full_disks: AtomicU64,
    pub rolls: AtomicU64,
    pub endpoints: AtomicU64,
    pub reconnects: AtomicU64,
    pub went_live: AtomicU64,
    pub restores: AtomicU64,
    pub clones: AtomicU64,
    pub armed: AtomicU64,
}

/// Everything that goes wrong by itself until it is ended.
pub struct Trouble {
    crew: Arc<Mutex<Crew>>,
    tasks: JoinSet<()>,
    rough: Arc<AtomicBool>,
    world: Arc<World>,
    pub count: Arc<Count>,
}

impl Trouble {
    /// Begins, in a trial that `lasts` so long; `rough` tells the balancer. Backups are put back and
    /// clones served in a long trial alone.
    pub fn begin(
        world: &Arc<World>,
        crew: &Arc<Mutex<Crew>>,
        place: &Arc<Place>,
        rough: &Arc<AtomicBool>,
        seed: u64,
        lasts: Duration,
    ) -> Self {
        let count = Arc::new(Count::default());
        rough.store(true, Ordering::Relaxed);
        let mut tasks = JoinSet::new();
        tasks.spawn(stripe::fail(world.clone(), count.clone(), seed ^ 1));
        tasks.spawn(deliveries::disturb(world.clone(), seed ^ 2));
        tasks.spawn(endpoints::remove(world.clone(), count.clone(), seed ^ 6));
        tasks.spawn(infrastructure::kill(
            world.clone(),
            crew.clone(),
            place.clone(),
            count.clone(),
            seed ^ 3,
        ));
        if lasts.as_secs() >= LONG {
            tasks.spawn(restores::put_back(
                world.clone(),
                crew.clone(),
                place.clone(),
                count.clone(),
                lasts,
                seed ^ 7,
            ));
            tasks.spawn(clones::serve(
                world.clone(),
                crew.clone(),
                place.clone(),
                count.clone(),
                seed ^ 8,
            ));
        }
        tasks.spawn(live_mode::go(
            world.clone(),
            crew.clone(),
            count.clone(),
            lasts,
            seed ^ 9,
        ));
        tasks.spawn(amounts::change(world.clone(), crew.clone(), seed ^ 4));
        tasks.spawn(keys::roll(
            world.clone(),
            crew.clone(),
            count.clone(),
            seed ^ 5,
        ));
        Self {
            crew: crew.clone(),
            tasks,
            rough: rough.clone(),
            world: world.clone(),
            count,
        }
    }

    /// Ends: Stripe is well again, and what was held back is on its way. Answers how many faults
    /// struck.
    pub async fn end(&mut self) -> u64 {
        self.tasks.shutdown().await;
        self.rough.store(false, Ordering::Relaxed);
        let unused = self.world.stripe.clear_faults();
        self.world.stripe.release_hung();
        // One may have been disconnected just now.
        keys::connect_all(&self.world, &self.crew).await;
        endpoints::add_all(&self.world);
        deliveries::undisturb(&self.world);
        self.count.armed.load(Ordering::Relaxed) - u64::from(unused)
    }
}

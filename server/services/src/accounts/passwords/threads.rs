//! The threads that hash passwords: one for each core, of low priority.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// Starts one thread for each core of the machine.
///
/// # Errors
/// If the threads cannot start.
pub fn pool() -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new()
        .thread_name(|number| format!("password-{number}"))
        .start_handler(give_way)
        .build()
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

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn all_threads_give_way_and_one_keeps_a_share() {
        const SCHED_OTHER: &str = "0";
        const SCHED_IDLE: &str = "5";
        let standings = pool().unwrap().broadcast(|_| {
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
}

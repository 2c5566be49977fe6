use std::sync::Arc;

use chrono::TimeDelta;
use service::{
    Clock, SystemClock, cron,
    housekeeping::CleanUp,
    jobs::{claim, sweep},
    testing::{Queue, TestClock, World},
};

/// A machine whose clock is off.
fn machine(off: TimeDelta) -> Arc<TestClock> {
    Arc::new(TestClock::new((SystemClock.now().utc() + off).into()))
}

#[tokio::test]
async fn machines_with_clocks_hours_apart_agree_on_time_and_leases() {
    let world = World::new().await;
    let (one, other) = (machine(TimeDelta::hours(-1)), machine(TimeDelta::hours(1)));
    let behind = world.process_on_machine(one.clone()).await;
    let ahead = world.process_on_machine(other.clone()).await;
    if world.database_url().starts_with("sqlite") {
        // A file is on one machine, and so are all of its processes.
        assert_eq!((behind.now(), ahead.now()), (one.now(), other.now()));
        return;
    }
    let apart = (ahead.now().utc() - behind.now().utc()).abs();
    assert!(apart < TimeDelta::seconds(5), "{apart}");
    cron::fire(&ahead, "clean_up", ahead.now(), CleanUp {}).await.unwrap();
    assert_eq!(claim(&behind, 1).await.unwrap().len(), 1, "it is due everywhere");
    assert_eq!(sweep(&ahead).await.unwrap(), 0, "its lease lasts everywhere");
    assert_eq!(world.queue().await, Queue { active: 1, ..Queue::default() });

    // Both are set while they run.
    one.advance(TimeDelta::hours(2));
    other.advance(TimeDelta::hours(-3));
    assert_eq!(sweep(&ahead).await.unwrap() + sweep(&behind).await.unwrap(), 0);
    ahead.read_clock().await.unwrap();
    behind.read_clock().await.unwrap();
    assert_eq!(sweep(&ahead).await.unwrap() + sweep(&behind).await.unwrap(), 0);
}

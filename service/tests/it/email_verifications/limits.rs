//! How many mails verify an address.

use chrono::TimeDelta;
use domain::ErrorCode;
use service::{
    jobs::claim,
    testing::{World, run_pending_jobs},
};

use super::{ask_for, signed_up, site};
use crate::{
    sink::Sink,
    support::{count, run_job},
};

#[tokio::test]
async fn six_mails_an_hour_verify_addresses_of_an_account() {
    let (world, sink, ctx, ada) = site().await;
    let mut outcomes = Vec::new();
    for number in 0..8 {
        outcomes.push(ask_for(&ctx, &ada, &format!("ada{number}@example.com")).await.map(drop));
        run_pending_jobs(&ctx).await;
        world.clock.advance(TimeDelta::minutes(1));
    }
    assert_eq!(count(&outcomes, &Ok(())), 6);
    assert_eq!(outcomes[6..], [Err(ErrorCode::RateLimited), Err(ErrorCode::RateLimited)]);
    assert_eq!(sink.mails().len(), 7);
}

#[tokio::test]
async fn six_mails_an_hour_verify_one_address_however_many_accounts_ask_for_it() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    for number in 0..8 {
        signed_up(&ctx, &format!("ada+{number}@example.com")).await;
    }
    let mut sent = 0;
    for claim in claim(&ctx, 10).await.unwrap() {
        sent += usize::from(run_job(&ctx, &claim).await.is_ok());
    }
    assert_eq!((sent, sink.mails().len()), (6, 6), "the others are mailed later");
}

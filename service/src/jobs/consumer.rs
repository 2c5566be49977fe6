//! How a worker takes jobs: from the lists in Redis, or from the database.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use tokio::time;

use super::{
    Class, Ticket,
    claim::Claim,
    claiming::{Claimed, Turn, claim_of, claim_these},
    queue::Queue,
};
use crate::{
    Context, JobSignal, Result,
    infrastructure::{failpoint, ids::new_token},
};

/// The poll interval of a worker without Redis. Jobs of its own process wake it at once.
const POLL: Duration = Duration::from_millis(500);

/// Takes the jobs of one class for a worker: from the lists in Redis, or from the database while
/// Redis is not configured or does not answer.
#[derive(Debug)]
pub struct Consumer {
    ctx: Context,
    class: Class,
    /// Part of the name of its processing list in Redis.
    name: String,
    queue: Option<Queue>,
    /// Whether Redis knows this worker, so that its tickets are put back if it dies.
    is_registered: bool,
    turn: Turn,
    /// For BLPOP, which blocks its connection.
    connection: Option<MultiplexedConnection>,
    /// Wakes it without Redis.
    new_jobs: JobSignal,
}

impl Consumer {
    /// A consumer that has taken nothing yet.
    pub fn new(ctx: &Context, class: Class) -> Self {
        let (queue, new_jobs) = (Queue::of(ctx), ctx.subscribe_to_jobs());
        Self {
            ctx: ctx.clone(),
            class,
            name: new_token(),
            queue,
            is_registered: false,
            turn: Turn::MostUrgent,
            connection: None,
            new_jobs,
        }
    }

    /// Takes up to `limit` jobs that are due, the most urgent first. Returns at once, without jobs
    /// if none is due.
    ///
    /// # Errors
    /// When the database fails. Tickets that were taken from Redis by then are returned by the next
    /// call.
    pub async fn take(&mut self, limit: usize) -> Result<Vec<Claim>> {
        failpoint::panic_at("take_jobs");
        if let Some(queue) = self.queue.clone() {
            let now = self.ctx.now();
            while let Some(tickets) = queue.take(&self.name, self.class, now, limit).await {
                self.is_registered = true;
                let claims = self.claim(&queue, &tickets).await?;
                // Tickets of jobs that another worker has leave no claim, and there may be more.
                if !claims.is_empty() || tickets.is_empty() {
                    return Ok(claims);
                }
            }
            // Redis may have lost its data until it answers again.
            self.is_registered = false;
        }
        let limit = limit as u64;
        let (claims, next) = claim_of(&self.ctx, &[self.class], limit, self.turn).await?;
        self.turn = next;
        Ok(claims)
    }

    /// Claims jobs and removes their tickets: from here on the lease in the database keeps a job
    /// from getting lost, and any process can push it again.
    ///
    /// Jobs that are left for a later call keep their tickets in the processing list.
    async fn claim(&mut self, queue: &Queue, tickets: &[Ticket]) -> Result<Vec<Claim>> {
        if tickets.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = tickets.iter().map(|ticket| ticket.id).collect();
        let Claimed { claims, left, next } =
            claim_these(&self.ctx, &[self.class], &ids, self.turn).await?;
        self.turn = next;
        let settled = tickets.iter().copied().filter(|ticket| !left.contains(&ticket.id));
        queue.settle(&self.name, &settled.collect::<Vec<_>>()).await;
        Ok(claims)
    }

    /// Waits until there may be a job to take, for at most two seconds.
    pub async fn wait(&mut self) {
        if self.wait_for_redis().await.is_none() {
            tokio::select! {
                () = self.new_jobs.wait() => {}
                () = time::sleep(POLL) => {}
            }
        }
    }

    /// `None` when Redis does not answer, or did not answer the last [`take`](Self::take).
    async fn wait_for_redis(&mut self) -> Option<()> {
        let queue = self.queue.as_ref().filter(|_| self.is_registered)?;
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => queue.dedicated().await?,
        };
        queue.wait(&mut connection, self.class).await?;
        self.connection = Some(connection);
        Some(())
    }

    /// Puts tickets back that were taken and not claimed.
    pub async fn retire(self) {
        if let Some(queue) = &self.queue {
            queue.retire(&self.name).await;
        }
    }
}

//! Where a worker gets its jobs from.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use tokio::time;

use super::{
    Class, Ticket,
    claim::{Claim, claim_of, claim_these},
    queue::Queue,
};
use crate::{Context, JobNews, Result, failpoint, ids::new_token};

/// How long a worker without Redis waits before it looks again. Jobs of its own process wake it at once.
const POLL: Duration = Duration::from_millis(500);

/// What takes the jobs of one class for a worker, as the queue knows it: from the lists in Redis,
/// or from the database while there is no Redis or none that answers.
#[derive(Debug)]
pub struct Consumer {
    ctx: Context,
    class: Class,
    /// Tells its jobs in Redis from those of others.
    name: String,
    queue: Option<Queue>,
    /// To wait on; waiting keeps a connection from doing anything else.
    connection: Option<MultiplexedConnection>,
    /// To wait on without Redis.
    news: JobNews,
}

impl Consumer {
    /// One that has taken nothing yet.
    pub fn new(ctx: &Context, class: Class) -> Self {
        let (queue, news) = (Queue::of(ctx), ctx.new_jobs());
        Self { ctx: ctx.clone(), class, name: new_token(), queue, connection: None, news }
    }

    /// Takes up to `limit` jobs that are due, the most urgent first; none if there is none.
    ///
    /// # Errors
    /// When the database fails. What was taken from Redis by then is taken again by the next call.
    pub async fn take(&self, limit: usize) -> Result<Vec<Claim>> {
        failpoint::panic_at("take_jobs");
        if let Some(queue) = &self.queue {
            let now = self.ctx.now();
            while let Some(tickets) = queue.take(&self.name, self.class, now, limit).await {
                let claims = self.claim(queue, &tickets).await?;
                // What others have done already leads to no claim, and there may be more.
                if !claims.is_empty() || tickets.is_empty() {
                    return Ok(claims);
                }
            }
        }
        claim_of(&self.ctx, &[self.class], limit as u64).await
    }

    /// Once claimed, the lease in the database keeps a job from getting lost. So Redis forgets it at once, and whoever
    /// makes it ready again can push it without regard to who had it.
    async fn claim(&self, queue: &Queue, tickets: &[Ticket]) -> Result<Vec<Claim>> {
        if tickets.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = tickets.iter().map(|ticket| ticket.id).collect();
        let (claims, left) = claim_these(&self.ctx, &[self.class], &ids).await?;
        let settled = tickets.iter().copied().filter(|ticket| !left.contains(&ticket.id));
        queue.settle(&self.name, &settled.collect::<Vec<_>>()).await;
        Ok(claims)
    }

    /// Waits until there may be something to take, but not for longer than a second.
    pub async fn wait(&mut self) {
        if self.wait_for_redis().await.is_none() {
            tokio::select! {
                () = self.news.wait() => {}
                () = time::sleep(POLL) => {}
            }
        }
    }

    /// `None` when Redis cannot be waited for.
    async fn wait_for_redis(&mut self) -> Option<()> {
        let queue = self.queue.as_ref()?;
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => queue.dedicated().await?,
        };
        queue.wait(&mut connection, &self.name, self.class).await?;
        self.connection = Some(connection);
        Some(())
    }

    /// Gives back what was taken and not claimed.
    pub async fn retire(self) {
        if let Some(queue) = &self.queue {
            queue.retire(&self.name).await;
        }
    }
}

//! Limits on access codes that are not valid, against guessing them.

use domain::{CompetitionId, PublicError, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tokio::runtime::Handle;

use super::{LoginLimits, in_flight::Entered, key, record_failure, seconds_left};
use crate::{
    Context, Result,
    entity::login_attempt::{Column, Entity},
};

/// Codes that are not valid, of a participant and for a competition, within
/// [`LoginLimits::WINDOW`].
pub const MAX_GUESSES: i32 = 10;
/// Requests with a code, of a participant and for a competition, that may run at the same time in
/// one process: as many guesses may exceed the limit.
const AT_ONCE: usize = 4;

/// A request with an access code. It counts as one that was not valid, unless it is known to have
/// been: also when the client hangs up before the response.
pub(crate) struct Guess {
    ctx: Context,
    /// `None` where guesses are not limited, and once the code is known to be valid.
    counted: Option<(String, Entered)>,
}

/// Begins a request with an access code.
///
/// # Errors
/// [`domain::ErrorCode::RateLimited`] after too many codes that were not valid, and while too many
/// requests with a code run.
pub(crate) async fn begin_guess(
    ctx: &Context,
    user: UserId,
    competition: CompetitionId,
) -> Result<Guess> {
    if !ctx.rate_limits {
        return Ok(Guess { ctx: ctx.clone(), counted: None });
    }
    let key = key("access-code", &[&user.to_string(), &competition.to_string()]);
    let Some(entered) = ctx.in_flight.enter(&key, AT_ONCE) else {
        return Err(PublicError::rate_limited("Too many requests with an access code", 1).into());
    };
    let wrong = Entity::find_by_id(&key)
        .filter(Column::Failures.gte(MAX_GUESSES))
        .filter(Column::Since.gt(ctx.now().utc() - LoginLimits::WINDOW))
        .one(ctx.db.connection())
        .await?;
    if let Some(wrong) = wrong {
        let seconds = seconds_left(ctx, wrong.since);
        let message = "Too many access codes that are not valid";
        return Err(PublicError::rate_limited(message, seconds).into());
    }
    Ok(Guess { ctx: ctx.clone(), counted: Some((key, entered)) })
}

impl Guess {
    /// Counts a code that is not valid.
    pub(crate) async fn was_wrong(mut self) -> Result<()> {
        if let Some((key, _entered)) = self.counted.take() {
            record_failure(&self.ctx, &key).await?;
        }
        Ok(())
    }

    /// Counts nothing.
    pub(crate) fn was_not_wrong(mut self) {
        self.counted = None;
    }
}

impl Drop for Guess {
    fn drop(&mut self) {
        if let Some((key, entered)) = self.counted.take()
            && let Ok(runtime) = Handle::try_current()
        {
            let ctx = self.ctx.clone();
            runtime.spawn(async move {
                let _entered = entered;
                if let Err(error) = record_failure(&ctx, &key).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "an access code that may be wrong does not count");
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::ErrorCode;
    use tokio::time::{sleep, timeout};
    use uuid::Uuid;

    use super::*;
    use crate::testing::World;

    const COMPETITION: CompetitionId = CompetitionId(Uuid::nil());

    async fn refusal(ctx: &Context, user: UserId) -> Option<ErrorCode> {
        let refused = begin_guess(ctx, user, COMPETITION).await.err()?;
        Some(PublicError::from(refused).code)
    }

    #[tokio::test]
    async fn few_requests_with_an_access_code_run_at_the_same_time() {
        let world = World::new().await;
        let ctx = world.limiting().await;
        let user = UserId(Uuid::from_u128(1));
        let mut running = Vec::new();
        for _ in 0..AT_ONCE {
            running.push(begin_guess(&ctx, user, COMPETITION).await.unwrap());
        }
        assert_eq!(refusal(&ctx, user).await, Some(ErrorCode::RateLimited));
        assert_eq!(refusal(&ctx, UserId(Uuid::from_u128(2))).await, None);
        running.pop().unwrap().was_not_wrong();
        assert_eq!(refusal(&ctx, user).await, None);
        running.into_iter().for_each(Guess::was_not_wrong);
    }

    #[tokio::test]
    async fn a_client_that_hangs_up_before_the_response_has_guessed() {
        let world = World::new().await;
        let ctx = world.limiting().await;
        let user = UserId(Uuid::from_u128(1));
        for _ in 0..MAX_GUESSES {
            drop(begin_guess(&ctx, user, COMPETITION).await.unwrap());
            // The count follows in the background.
            let counted = async {
                while !ctx.in_flight.is_empty() {
                    sleep(Duration::from_millis(1)).await;
                }
            };
            timeout(Duration::from_secs(5), counted).await.unwrap();
        }
        assert_eq!(refusal(&ctx, user).await, Some(ErrorCode::RateLimited));
    }
}

//! Commands of the model, executed on competitions in the database.

use std::time::Instant;

use domain::{CompetitionEdit, CompetitionId, PublicError};

use super::{About, COMPETITIONS, Command, Outcome, Step};
use crate::{
    Actor, Cause, Context,
    admission::{
        batch::Batch,
        command::{AdmissionCommand, Keyed, Request},
        lane::process_all,
        process::process_batch,
    },
    idempotency::{KeyLock, RequestKey},
    testing::World,
};

/// The competitions in the database.
pub(super) struct Real<'a> {
    pub(super) world: &'a World,
    /// Without Redis, so that the database decides about keys.
    pub(super) ctx: &'a Context,
    pub(super) organizer: &'a Actor,
    pub(super) users: &'a [Actor],
    pub(super) ids: [CompetitionId; COMPETITIONS],
    /// Makes the keys of one history differ from those of another.
    pub(super) history: u32,
}

impl Real<'_> {
    fn request(&self, About { competition, command }: &About) -> Request {
        let competition = self.ids[*competition];
        let (actor, command, key) = match *command {
            Command::Register { user, key } => (&self.users[user], AdmissionCommand::Register, key),
            Command::CancelRegistration { user, key } => {
                (&self.users[user], AdmissionCommand::CancelRegistration, key)
            }
            Command::SetCapacity(capacity) => {
                self.edit(CompetitionEdit { capacity: Some(capacity), ..Default::default() })
            }
            Command::SetWaitlistCapacity(capacity) => {
                let waitlist_capacity = Some(capacity);
                self.edit(CompetitionEdit { waitlist_capacity, ..Default::default() })
            }
            Command::SetVisibility(visibility) => {
                self.edit(CompetitionEdit { visibility: Some(visibility), ..Default::default() })
            }
            Command::CancelCompetition => {
                (self.organizer, AdmissionCommand::CancelCompetition { if_match: None }, None)
            }
        };
        let user = actor.user().unwrap().clone();
        let keyed = key.map(|key| {
            let key = format!("{}-{key}", self.history).parse().unwrap();
            let key = RequestKey::new(user.id, key, &command.fingerprint(competition));
            // No lock on the key: the transaction must be correct without it.
            Keyed { key, lock: KeyLock::unshared() }
        });
        Request {
            competition,
            user,
            command,
            keyed,
            cause: Cause::default(),
            since: Instant::now(),
        }
    }

    /// An edit by the organizer, without a key.
    fn edit(&self, edit: CompetitionEdit) -> (&Actor, AdmissionCommand, Option<u8>) {
        let edit = Box::new(edit);
        (self.organizer, AdmissionCommand::EditCompetition { edit, if_match: None }, None)
    }

    pub(super) async fn execute(&self, step: &Step) -> Vec<(Outcome, bool)> {
        let by_competition =
            step.commands.chunk_by(|one, next| one.competition == next.competition);
        let batches = by_competition.map(|commands| {
            let requests: Vec<_> = commands.iter().map(|command| self.request(command)).collect();
            (requests[0].competition, requests)
        });
        let mut decisions = Vec::new();
        if step.together {
            let batches = batches.map(|(id, requests)| Batch::new(id, requests)).collect();
            for batch in process_all(self.ctx.clone(), batches).await {
                decisions.extend(batch.unwrap().into_decisions());
            }
        } else {
            for (id, requests) in batches {
                decisions.extend(process_batch(self.ctx.clone(), id, requests).await);
            }
        }
        let outcomes = decisions.into_iter().map(|decision| match decision {
            Ok(decision) => {
                (decision.outcome.map(drop).map_err(|refusal| refusal.code), decision.replayed)
            }
            Err(error) => (Err(PublicError::from(error).code), false),
        });
        outcomes.collect()
    }
}

//! Commands of the model, executed on competitions in the database.

use std::{collections::HashMap, time::Instant};

use domain::{
    AccessCode, AccessCodeDraft, AccessMode, CompetitionEdit, CompetitionId, PublicError,
    RegistrationId, Review, ReviewVerdict, UserId,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{About, COMPETITIONS, Command, Outcome, Outcomes, Step, Verdict};
use crate::{
    Actor, Cause, Context,
    admission::{
        RegistrationForm,
        batch::Batch,
        command::{AdmissionCommand, Keyed, Request},
        decision::{Decision, Effect},
        lane::process_all,
        process::process_batch,
    },
    entity::registration,
    idempotency::{KeyLock, RequestKey},
    infrastructure::ids::new_id,
    testing::World,
};

/// The access code of a competition that has one.
const CODE: &str = "MODEL";

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
    /// The registrations of the users for a competition.
    async fn registrations(&self, competition: CompetitionId) -> HashMap<UserId, RegistrationId> {
        let made = registration::Entity::find()
            .filter(registration::Column::CompetitionId.eq(competition));
        let rows = made.all(self.ctx.db.connection()).await.unwrap();
        rows.into_iter().map(|row| (row.user_id, row.id)).collect()
    }

    async fn request(&self, About { competition, command }: &About) -> Request {
        let competition = self.ids[*competition];
        let (actor, command, key) = match *command {
            Command::Register { user, by_code, key } => {
                let access_code = by_code.then(|| AccessCode::parse(CODE).unwrap());
                let form = RegistrationForm { access_code, ..Default::default() };
                (&self.users[user], AdmissionCommand::Register(form), key)
            }
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
            Command::SetApproval(is_required) => {
                let approval_required = Some(is_required);
                self.edit(CompetitionEdit { approval_required, ..Default::default() })
            }
            Command::SetCode(max_uses) => {
                let access = if max_uses.is_some() { AccessMode::Code } else { AccessMode::Open };
                let codes = vec![AccessCodeDraft { code: CODE.to_owned(), max_uses }];
                let (access, access_codes) = (Some(access), Some(codes));
                self.edit(CompetitionEdit { access, access_codes, ..Default::default() })
            }
            Command::Add { user, adds_seat } => {
                let participant = Box::new(self.users[user].user().unwrap().clone());
                let command = AdmissionCommand::AddParticipant { participant, adds_seat };
                (self.organizer, command, None)
            }
            Command::Review { ref users, verdict } => {
                let verdict = match verdict {
                    Verdict::Approve => ReviewVerdict::Approve,
                    Verdict::Promote { adds_seats } => ReviewVerdict::Promote { adds_seats },
                    Verdict::Reject => ReviewVerdict::Reject { reason: None },
                };
                let made = self.registrations(competition).await;
                let of = |user: &usize| made.get(&self.users[*user].user().unwrap().id).copied();
                let unknown = || RegistrationId(new_id());
                let registrations = users.iter().map(|user| of(user).unwrap_or_else(unknown));
                let registrations = registrations.collect();
                let review = Review { registrations, verdict };
                (self.organizer, AdmissionCommand::ReviewRegistrations(review), None)
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

    pub(super) async fn execute(&self, step: &Step) -> Vec<(Outcomes, bool)> {
        let mut requests = Vec::new();
        for command in &step.commands {
            requests.push(self.request(command).await);
        }
        let reviewed: Vec<_> =
            requests.iter().map(|request| request.command.reviewed().to_vec()).collect();
        let mut batches: Vec<(CompetitionId, Vec<Request>)> = Vec::new();
        for request in requests {
            match batches.last_mut() {
                Some((id, batch)) if *id == request.competition => batch.push(request),
                _ => batches.push((request.competition, vec![request])),
            }
        }
        let batches = batches.into_iter();
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
        let outcomes = decisions.into_iter().zip(reviewed).map(|(decision, ids)| match decision {
            Ok(Decision { outcome: Ok(effect), replayed }) => {
                ((Ok(()), reviews(&effect, &ids)), replayed)
            }
            Ok(Decision { outcome: Err(refusal), replayed }) => {
                ((Err(refusal.code), vec![]), replayed)
            }
            Err(error) => ((Err(PublicError::from(error).code), vec![]), false),
        });
        outcomes.collect()
    }
}

/// The outcome of each registration of a review, in the order of their ids in the request.
fn reviews(effect: &Effect, ids: &[RegistrationId]) -> Vec<Outcome> {
    let Effect::RegistrationsReviewed(all) = effect else { return Vec::new() };
    let of = |id: &RegistrationId| match all
        .refused
        .iter()
        .find(|refused| refused.registration_id == *id)
    {
        Some(refused) => Err(refused.code),
        None => {
            assert!(all.reviewed.iter().any(|row| row.id == *id), "{id} is in no list");
            Ok(())
        }
    };
    ids.iter().map(of).collect()
}

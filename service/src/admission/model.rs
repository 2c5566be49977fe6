//! A property test: admission agrees with a small model of it over thousands of random histories.

use std::{cell::Cell, collections::HashMap, time::Instant};

use chrono::TimeDelta;
use domain::{CompetitionEdit, CompetitionId, ErrorCode, PublicError};
use proptest::{
    arbitrary::any,
    collection::vec,
    option, prop_assert_eq, prop_oneof,
    strategy::{Just, Strategy},
    test_runner::{Config, TestCaseError, TestRunner},
};

use super::{
    batch::process_batch,
    command::{AdmissionCommand, Keyed, Request},
};
use crate::{
    Actor, Cause, Context,
    idempotency::{KeyLock, RequestKey},
    testing::World,
};

/// Histories to try. A failure is shrunk to a short history, which is printed.
const HISTORIES: u32 = 2_000;
const USERS: usize = 4;

/// A command on a competition.
#[derive(Clone, Debug)]
enum Command {
    Register { user: usize, key: Option<u8> },
    CancelRegistration { user: usize, key: Option<u8> },
    SetCapacity(u32),
    CancelCompetition,
}

/// From the creation of a competition to its opening, if it does not open at once.
const OPENING: TimeDelta = TimeDelta::hours(1);
/// From its creation to its deadline.
const DEADLINE: TimeDelta = TimeDelta::days(1);
/// From its creation to its start.
const START: TimeDelta = TimeDelta::days(2);

/// How much time has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Registration has not opened yet.
    Announced,
    Open,
    /// The deadline has passed.
    Closed,
    /// It has started, which is when it counts as over.
    Over,
}

/// Commands of one batch, and the stage that time is advanced to before them.
#[derive(Clone, Debug)]
struct Batch {
    stage: Option<Stage>,
    commands: Vec<Command>,
}

/// The outcome of a command, without its effect.
type Outcome = Result<(), ErrorCode>;

/// Who has a seat, and the stored responses.
#[derive(Debug)]
struct Model {
    capacity: u32,
    is_registered: [bool; USERS],
    ever_registered: [bool; USERS],
    stage: Stage,
    cancelled: bool,
    responses: HashMap<(usize, u8), (&'static str, Outcome)>,
}

impl Model {
    fn taken(&self) -> u32 {
        self.is_registered.iter().map(|registered| u32::from(*registered)).sum()
    }

    /// The outcome, and whether it is a replay.
    fn apply(&mut self, command: &Command) -> (Outcome, bool) {
        let (operation, user, key) = match *command {
            Command::Register { user, key } => ("register", user, key),
            Command::CancelRegistration { user, key } => ("cancel", user, key),
            Command::SetCapacity(capacity) => {
                if self.cancelled {
                    return (Err(ErrorCode::CancelledIsFinal), false);
                }
                if capacity < self.taken() {
                    return (Err(ErrorCode::CapacityBelowSeatsTaken), false);
                }
                self.capacity = capacity;
                return (Ok(()), false);
            }
            Command::CancelCompetition => {
                if !self.cancelled && self.stage == Stage::Over {
                    return (Err(ErrorCode::CompetitionOver), false);
                }
                self.cancelled = true;
                return (Ok(()), false);
            }
        };
        if let Some((before, outcome)) = key.and_then(|key| self.responses.get(&(user, key))) {
            let same = *before == operation;
            return if same {
                (*outcome, true)
            } else {
                (Err(ErrorCode::IdempotencyKeyReused), false)
            };
        }
        let outcome = if operation == "register" { self.register(user) } else { self.cancel(user) };
        if let Some(key) = key
            && outcome != Err(ErrorCode::NotRegistered)
        {
            self.responses.insert((user, key), (operation, outcome));
        }
        (outcome, false)
    }

    fn register(&mut self, user: usize) -> Outcome {
        if self.cancelled {
            Err(ErrorCode::CompetitionCancelled)
        } else if self.stage == Stage::Announced {
            Err(ErrorCode::RegistrationNotOpen)
        } else if self.stage >= Stage::Closed {
            Err(ErrorCode::RegistrationClosed)
        } else if self.is_registered[user] {
            Err(ErrorCode::AlreadyRegistered)
        } else if self.taken() >= self.capacity {
            Err(ErrorCode::CompetitionFull)
        } else {
            (self.is_registered[user], self.ever_registered[user]) = (true, true);
            Ok(())
        }
    }

    fn cancel(&mut self, user: usize) -> Outcome {
        if self.cancelled && self.is_registered[user] {
            return Err(ErrorCode::CompetitionCancelled);
        }
        if self.stage == Stage::Over && self.is_registered[user] {
            return Err(ErrorCode::CompetitionOver);
        }
        self.is_registered[user] = false;
        if self.ever_registered[user] { Ok(()) } else { Err(ErrorCode::NotRegistered) }
    }
}

/// The competition in the database.
struct Real<'a> {
    world: &'a World,
    /// Without Redis, so that the database decides about keys.
    ctx: &'a Context,
    organizer: &'a Actor,
    users: &'a [Actor],
    id: CompetitionId,
    /// Makes the keys of one history differ from those of another.
    history: u32,
}

impl Real<'_> {
    fn request(&self, command: &Command) -> Request {
        let (actor, command, key) = match *command {
            Command::Register { user, key } => (&self.users[user], AdmissionCommand::Register, key),
            Command::CancelRegistration { user, key } => {
                (&self.users[user], AdmissionCommand::CancelRegistration, key)
            }
            Command::SetCapacity(capacity) => {
                let edit = CompetitionEdit { capacity: Some(capacity), ..Default::default() };
                let edit = Box::new(edit);
                let edit = AdmissionCommand::EditCompetition { edit, if_match: None };
                (self.organizer, edit, None)
            }
            Command::CancelCompetition => {
                (self.organizer, AdmissionCommand::CancelCompetition { if_match: None }, None)
            }
        };
        let user = actor.user().unwrap().clone();
        let keyed = key.map(|key| {
            let key = format!("{}-{key}", self.history).parse().unwrap();
            let key = RequestKey::new(user.id, key, &command.fingerprint(self.id));
            // No lock on the key: the transaction must be correct without it.
            Keyed { key, lock: KeyLock::unshared() }
        });
        Request { user, command, keyed, cause: Cause::default(), since: Instant::now() }
    }

    async fn execute(&self, commands: &[Command]) -> Vec<(Outcome, bool)> {
        let requests = commands.iter().map(|command| self.request(command)).collect();
        let decisions = process_batch(self.ctx.clone(), self.id, requests).await;
        let outcomes = decisions.into_iter().map(|decision| match decision {
            Ok(decision) => {
                (decision.outcome.map(drop).map_err(|refusal| refusal.code), decision.replayed)
            }
            Err(error) => (Err(PublicError::from(error).code), false),
        });
        outcomes.collect()
    }
}

fn batches() -> impl Strategy<Value = Vec<Batch>> {
    let user = 0..USERS;
    let key = option::of(0..3_u8);
    let command = prop_oneof![
        8 => (user.clone(), key.clone()).prop_map(|(user, key)| Command::Register { user, key }),
        6 => (user, key).prop_map(|(user, key)| Command::CancelRegistration { user, key }),
        2 => (1..=5_u32).prop_map(Command::SetCapacity),
        1 => Just(Command::CancelCompetition),
    ];
    let stage = prop_oneof![
        7 => Just(None),
        2 => Just(Some(Stage::Open)),
        1 => Just(Some(Stage::Closed)),
        1 => Just(Some(Stage::Over)),
    ];
    let batch = (stage, vec(command, 1..6)).prop_map(|(stage, commands)| Batch { stage, commands });
    vec(batch, 1..5)
}

async fn agree(mut model: Model, real: &Real<'_>, batches: &[Batch]) -> Result<(), TestCaseError> {
    for batch in batches {
        if let Some(stage) = batch.stage
            && stage > model.stage
        {
            model.stage = stage;
            let passes = match stage {
                Stage::Announced | Stage::Open => OPENING,
                Stage::Closed => DEADLINE,
                Stage::Over => START,
            };
            real.world.clock.advance(passes);
        }
        let expected: Vec<_> = batch.commands.iter().map(|command| model.apply(command)).collect();
        prop_assert_eq!(real.execute(&batch.commands).await, expected);
        let tally = real.world.tally(real.id).await;
        let taken = u64::from(model.taken());
        prop_assert_eq!((tally.registered, tally.seats_taken), (taken, taken));
    }
    let rows = real.world.roster(real.organizer, real.id).await.len();
    prop_assert_eq!(rows, model.ever_registered.iter().filter(|ever| **ever).count());
    Ok(())
}

#[test]
fn admission_agrees_with_the_model_over_random_histories() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (world, ctx, ada, users) = runtime.block_on(async {
        let world = World::new().await;
        let ctx = match world.ctx.redis() {
            Some(_) => world.process_without_redis().await,
            None => world.ctx.clone(),
        };
        let ada = world.organizer("Ada").await;
        let users = world.participants(USERS).await;
        (world, ctx, ada, users)
    });
    let history = Cell::new(0);
    let config = Config { cases: HISTORIES, failure_persistence: None, ..Config::default() };
    let outcome =
        TestRunner::new(config).run(&(any::<bool>(), batches()), |(opens_later, batches)| {
            history.set(history.get() + 1);
            runtime.block_on(async {
                // Opening advances the clock by an hour.
                let start = START - TimeDelta::hours(1);
                let new = world.competition(&ada).seats(2).closing_in(DEADLINE).starting_in(start);
                let (new, stage) = match opens_later {
                    true => (new.opening_in(OPENING), Stage::Announced),
                    false => (new, Stage::Open),
                };
                let id = new.create().await;
                let real = Real {
                    world: &world,
                    ctx: &ctx,
                    organizer: &ada,
                    users: &users,
                    id,
                    history: history.get(),
                };
                let model = Model {
                    capacity: 2,
                    is_registered: [false; USERS],
                    ever_registered: [false; USERS],
                    stage,
                    cancelled: false,
                    responses: HashMap::new(),
                };
                agree(model, &real, &batches).await
            })
        });
    runtime.block_on(async move { drop((world, ctx)) });
    outcome.unwrap();
}

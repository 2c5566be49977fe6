//! A model of who has a seat, in a few lines, and thousands of random histories in which the real thing must agree with it.

use std::{cell::Cell, collections::HashMap};

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
    batch::carry_out,
    request::{Keyed, Outcome, Request, Wish},
};
use crate::{
    Actor, Context,
    idempotency::{Claim, Scope},
    testing::World,
};

/// Histories tried. A failure is shrunk to a short one and printed.
const HISTORIES: u32 = 2_000;
const USERS: usize = 4;

/// Something that happens to a competition.
#[derive(Clone, Debug)]
enum Event {
    Register { user: usize, key: Option<u8> },
    Cancel { user: usize, key: Option<u8> },
    SetCapacity(u32),
    CallOff,
}

/// How long after its creation a competition may open, when it closes, and when it has surely
/// started.
const OPENING: TimeDelta = TimeDelta::hours(1);
const DEADLINE: TimeDelta = TimeDelta::days(1);
const START: TimeDelta = TimeDelta::days(2);

/// What time brings about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Registration has not opened yet.
    Announced,
    Open,
    /// The deadline has passed.
    Closed,
    /// It has started.
    Over,
}

/// Events that are carried out together, and what time has brought about before them.
#[derive(Clone, Debug)]
struct Batch {
    stage: Option<Stage>,
    events: Vec<Event>,
}

/// What an event comes to: nothing worth telling, or why not.
type Told = Result<(), ErrorCode>;

/// Who has a seat, and what was said to which key.
#[derive(Debug)]
struct Model {
    capacity: u32,
    seated: [bool; USERS],
    ever_registered: [bool; USERS],
    stage: Stage,
    cancelled: bool,
    answers: HashMap<(usize, u8), (&'static str, Told)>,
}

impl Model {
    fn taken(&self) -> u32 {
        self.seated.iter().map(|seated| u32::from(*seated)).sum()
    }

    /// What is told, and whether it was told before.
    fn apply(&mut self, event: &Event) -> (Told, bool) {
        let (operation, user, key) = match *event {
            Event::Register { user, key } => ("register", user, key),
            Event::Cancel { user, key } => ("cancel", user, key),
            Event::SetCapacity(capacity) => {
                if self.cancelled {
                    return (Err(ErrorCode::CancelledIsFinal), false);
                }
                if capacity < self.taken() {
                    return (Err(ErrorCode::CapacityBelowSeatsTaken), false);
                }
                self.capacity = capacity;
                return (Ok(()), false);
            }
            Event::CallOff => {
                if !self.cancelled && self.stage == Stage::Over {
                    return (Err(ErrorCode::CompetitionOver), false);
                }
                self.cancelled = true;
                return (Ok(()), false);
            }
        };
        if let Some((before, told)) = key.and_then(|key| self.answers.get(&(user, key))) {
            let same = *before == operation;
            return if same {
                (*told, true)
            } else {
                (Err(ErrorCode::IdempotencyKeyReused), false)
            };
        }
        let told = if operation == "register" { self.register(user) } else { self.cancel(user) };
        if let Some(key) = key
            && told != Err(ErrorCode::NotRegistered)
        {
            self.answers.insert((user, key), (operation, told));
        }
        (told, false)
    }

    fn register(&mut self, user: usize) -> Told {
        if self.cancelled {
            Err(ErrorCode::CompetitionCancelled)
        } else if self.stage == Stage::Announced {
            Err(ErrorCode::RegistrationNotOpen)
        } else if self.stage >= Stage::Closed {
            Err(ErrorCode::RegistrationClosed)
        } else if self.seated[user] {
            Err(ErrorCode::AlreadyRegistered)
        } else if self.taken() >= self.capacity {
            Err(ErrorCode::CompetitionFull)
        } else {
            (self.seated[user], self.ever_registered[user]) = (true, true);
            Ok(())
        }
    }

    fn cancel(&mut self, user: usize) -> Told {
        if self.cancelled && self.seated[user] {
            return Err(ErrorCode::CompetitionCancelled);
        }
        if self.stage == Stage::Over && self.seated[user] {
            return Err(ErrorCode::CompetitionOver);
        }
        self.seated[user] = false;
        if self.ever_registered[user] { Ok(()) } else { Err(ErrorCode::NotRegistered) }
    }
}

/// The real thing, and whose competition it is.
struct Real<'a> {
    world: &'a World,
    /// Without Redis, which would answer in the place of the database.
    ctx: &'a Context,
    organizer: &'a Actor,
    users: &'a [Actor],
    id: CompetitionId,
    /// Keeps the keys of one history from those of another.
    history: u32,
}

impl Real<'_> {
    fn request(&self, event: &Event) -> Request {
        let (actor, wish, key) = match *event {
            Event::Register { user, key } => (&self.users[user], Wish::Register, key),
            Event::Cancel { user, key } => (&self.users[user], Wish::Cancel, key),
            Event::SetCapacity(capacity) => {
                let edit = CompetitionEdit { capacity: Some(capacity), ..Default::default() };
                (self.organizer, Wish::Edit(Box::new(edit)), None)
            }
            Event::CallOff => (self.organizer, Wish::CallOff, None),
        };
        let user = actor.user().unwrap().clone();
        let keyed = key.map(|key| {
            let key = format!("{}-{key}", self.history).parse().unwrap();
            let scope = Scope::new(user.id, key, &wish.fingerprint(self.id));
            // Past the guard that would let one of them in: what is behind it must hold by itself.
            Keyed { scope, claim: Claim::detached() }
        });
        Request { user, wish, keyed }
    }

    async fn carry_out(&self, events: &[Event]) -> Vec<(Told, bool)> {
        let requests = events.iter().map(|event| self.request(event)).collect();
        let answers = carry_out(self.ctx.clone(), self.id, requests).await;
        let told = answers.into_iter().map(|answer| match answer {
            Ok(answer) => {
                (answer.outcome.map(|_: Outcome| ()).map_err(|no| no.code), answer.replayed)
            }
            Err(error) => (Err(PublicError::from(error).code), false),
        });
        told.collect()
    }
}

fn batches() -> impl Strategy<Value = Vec<Batch>> {
    let user = 0..USERS;
    let key = option::of(0..3_u8);
    let event = prop_oneof![
        8 => (user.clone(), key.clone()).prop_map(|(user, key)| Event::Register { user, key }),
        6 => (user, key).prop_map(|(user, key)| Event::Cancel { user, key }),
        2 => (1..=5_u32).prop_map(Event::SetCapacity),
        1 => Just(Event::CallOff),
    ];
    let stage = prop_oneof![
        7 => Just(None),
        2 => Just(Some(Stage::Open)),
        1 => Just(Some(Stage::Closed)),
        1 => Just(Some(Stage::Over)),
    ];
    let batch = (stage, vec(event, 1..6)).prop_map(|(stage, events)| Batch { stage, events });
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
        let expected: Vec<_> = batch.events.iter().map(|event| model.apply(event)).collect();
        prop_assert_eq!(real.carry_out(&batch.events).await, expected);
        let tally = real.world.tally(real.id).await;
        let taken = u64::from(model.taken());
        prop_assert_eq!((tally.registered, tally.seats_held), (taken, taken));
    }
    let rows = real.world.roster(real.organizer, real.id).await.len();
    prop_assert_eq!(rows, model.ever_registered.iter().filter(|ever| **ever).count());
    Ok(())
}

#[test]
fn thousands_of_histories_agree_with_the_model() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (world, ctx, ada, users) = runtime.block_on(async {
        let world = World::new().await;
        let ctx = match world.ctx.redis() {
            Some(_) => world.process_without_redis().await,
            None => world.ctx.clone(),
        };
        let ada = world.organizer("Ada").await;
        let users = world.crowd(USERS).await;
        (world, ctx, ada, users)
    });
    let history = Cell::new(0);
    let config = Config { cases: HISTORIES, failure_persistence: None, ..Config::default() };
    let outcome =
        TestRunner::new(config).run(&(any::<bool>(), batches()), |(opens_later, batches)| {
            history.set(history.get() + 1);
            runtime.block_on(async {
                // From `Open` on, an hour less is left until the deadline.
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
                    seated: [false; USERS],
                    ever_registered: [false; USERS],
                    stage,
                    cancelled: false,
                    answers: HashMap::new(),
                };
                agree(model, &real, &batches).await
            })
        });
    runtime.block_on(async move { drop((world, ctx)) });
    outcome.unwrap();
}

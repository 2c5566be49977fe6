//! A property test: admission agrees with a small model of it over thousands of random histories.

mod competition;
mod real;

use std::{cell::Cell, collections::HashMap};

use chrono::TimeDelta;
use domain::{ErrorCode, Visibility};
use proptest::{
    arbitrary::any,
    collection::vec,
    option, prop_assert_eq, prop_oneof,
    sample::{select, subsequence},
    strategy::{Just, Strategy},
    test_runner::{Config, TestCaseError, TestRunner},
};

use self::{competition::Competition, real::Real};
use crate::testing::World;

/// Histories to try. A failure is shrunk to a short history, which is printed.
const HISTORIES: u32 = 2_000;
const USERS: usize = 6;
const COMPETITIONS: usize = 2;

/// A command, and the competition that it is about.
#[derive(Clone, Debug)]
struct About {
    competition: usize,
    command: Command,
}

/// A command on a competition.
#[derive(Clone, Debug)]
enum Command {
    Register {
        user: usize,
        by_code: bool,
        key: Option<u8>,
    },
    CancelRegistration {
        user: usize,
        key: Option<u8>,
    },
    SetCapacity(u32),
    SetWaitlistCapacity(u32),
    SetVisibility(Visibility),
    SetApproval(bool),
    /// How often the access code can be used; `None` opens the competition.
    SetCode(Option<u32>),
    CancelCompetition,
    Review {
        users: Vec<usize>,
        verdict: Verdict,
    },
    Add {
        user: usize,
        adds_seat: bool,
    },
}

/// What the organizer decides on registrations.
#[derive(Clone, Copy, Debug)]
enum Verdict {
    Approve,
    Promote { adds_seats: bool },
    Reject,
}

/// From the creation of a competition to its opening, if it does not open at once.
const OPENING: TimeDelta = TimeDelta::hours(1);
/// From its creation to its deadline.
const DEADLINE: TimeDelta = TimeDelta::days(1);
/// From its creation to its start.
const START: TimeDelta = TimeDelta::days(2);
/// From its start to its end: longer than all that comes before.
const LENGTH: TimeDelta = TimeDelta::days(30);

/// How much time has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Registration has not opened yet.
    Announced,
    Open,
    /// The deadline has passed.
    Closed,
    /// It has started.
    UnderWay,
    /// It has ended.
    Over,
}

/// Commands that are executed at once, and the stage that time is advanced to before them.
#[derive(Clone, Debug)]
struct Step {
    stage: Option<Stage>,
    /// By competition: the order is kept within a competition only.
    commands: Vec<About>,
    /// Whether those for different competitions share a transaction.
    together: bool,
}

/// The outcome of a command, without its effect.
type Outcome = Result<(), ErrorCode>;
/// The outcome of a command, and those of the registrations of a review.
type Outcomes = (Outcome, Vec<Outcome>);

/// The competitions, and the stored responses. All competitions have the same dates.
#[derive(Debug)]
struct Model {
    stage: Stage,
    competitions: [Competition; COMPETITIONS],
    /// By user and key: the operation, its competition and its outcome.
    responses: HashMap<(usize, u8), (&'static str, usize, Outcome)>,
}

impl Model {
    /// The outcomes, and whether they are a replay.
    fn apply(&mut self, about: &About) -> (Outcomes, bool) {
        let (competition, stage) = (&mut self.competitions[about.competition], self.stage);
        if let Command::Review { users, verdict } = &about.command {
            let allowed = competition.can_review(stage);
            let review = |user: &usize| match *verdict {
                Verdict::Approve => competition.approve(*user, stage),
                Verdict::Promote { adds_seats } => competition.promote(*user, adds_seats),
                Verdict::Reject => competition.reject(*user, stage),
            };
            let each = if allowed.is_ok() { users.iter().map(review).collect() } else { vec![] };
            return ((allowed, each), false);
        }
        let (outcome, is_replay) = self.apply_one(about);
        ((outcome, vec![]), is_replay)
    }

    fn apply_one(&mut self, About { competition, command }: &About) -> (Outcome, bool) {
        let (competition, stage) = (*competition, self.stage);
        let seats = &mut self.competitions[competition];
        let (operation, user, key) = match *command {
            Command::Register { user, by_code: false, key } => ("register", user, key),
            Command::Register { user, by_code: true, key } => ("register by code", user, key),
            Command::CancelRegistration { user, key } => ("cancel", user, key),
            Command::SetCapacity(capacity) => return (seats.set_capacity(capacity, stage), false),
            Command::SetWaitlistCapacity(capacity) => {
                return (seats.set_waitlist_capacity(capacity), false);
            }
            Command::SetVisibility(visibility) => {
                return (seats.set_visibility(visibility, stage), false);
            }
            Command::SetApproval(is_required) => return (seats.set_approval(is_required), false),
            Command::SetCode(max_uses) => return (seats.set_code(max_uses), false),
            Command::CancelCompetition => return (seats.cancel_competition(stage), false),
            Command::Add { user, adds_seat } => return (seats.add(user, adds_seat, stage), false),
            Command::Review { .. } => unreachable!("reviewed by `apply`"),
        };
        if let Some((before, about, outcome)) = key.and_then(|key| self.responses.get(&(user, key)))
        {
            return if (*before, *about) == (operation, competition) {
                (*outcome, true)
            } else {
                (Err(ErrorCode::IdempotencyKeyReused), false)
            };
        }
        if seats.is_draft {
            return (Err(ErrorCode::CompetitionNotFound), false);
        }
        let outcome = match operation {
            "register" => seats.register(user, false, stage),
            "register by code" => seats.register(user, true, stage),
            _ => seats.cancel(user, stage),
        };
        if let Some(key) = key
            && outcome != Err(ErrorCode::NotRegistered)
            && outcome != Err(ErrorCode::AccessCodeRequired)
            && outcome != Err(ErrorCode::AccessCodeUsedUp)
        {
            self.responses.insert((user, key), (operation, competition, outcome));
        }
        (outcome, false)
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let user = 0..USERS;
    let key = option::of(0..3_u8);
    let verdict = prop_oneof![
        2 => Just(Verdict::Approve),
        2 => any::<bool>().prop_map(|adds_seats| Verdict::Promote { adds_seats }),
        2 => Just(Verdict::Reject),
    ];
    let command = prop_oneof![
        8 => (user.clone(), any::<bool>(), key.clone())
            .prop_map(|(user, by_code, key)| Command::Register { user, by_code, key }),
        6 => (user.clone(), key).prop_map(|(user, key)| Command::CancelRegistration { user, key }),
        2 => (1..=5_u32).prop_map(Command::SetCapacity),
        2 => (0..=3_u32).prop_map(Command::SetWaitlistCapacity),
        2 => select(&Visibility::ALL[..]).prop_map(Command::SetVisibility),
        2 => any::<bool>().prop_map(Command::SetApproval),
        2 => option::of(1..=3_u32).prop_map(Command::SetCode),
        5 => (subsequence((0..USERS).collect::<Vec<_>>(), 1..=3), verdict)
            .prop_map(|(users, verdict)| Command::Review { users, verdict }),
        2 => (user, any::<bool>()).prop_map(|(user, adds_seat)| Command::Add { user, adds_seat }),
        1 => Just(Command::CancelCompetition),
    ];
    let stage = prop_oneof![
        7 => Just(None),
        2 => Just(Some(Stage::Open)),
        1 => Just(Some(Stage::Closed)),
        1 => Just(Some(Stage::UnderWay)),
        1 => Just(Some(Stage::Over)),
    ];
    let about = (0..COMPETITIONS, command)
        .prop_map(|(competition, command)| About { competition, command });
    let step =
        (stage, vec(about, 1..8), any::<bool>()).prop_map(|(stage, mut commands, together)| {
            commands.sort_by_key(|about| about.competition);
            Step { stage, commands, together }
        });
    vec(step, 1..5)
}

async fn agree(mut model: Model, real: &Real<'_>, steps: &[Step]) -> Result<(), TestCaseError> {
    for step in steps {
        if let Some(stage) = step.stage
            && stage > model.stage
        {
            model.stage = stage;
            let passes = match stage {
                Stage::Announced | Stage::Open => OPENING,
                Stage::Closed => DEADLINE,
                Stage::UnderWay => START,
                Stage::Over => START + LENGTH,
            };
            real.world.clock.advance(passes);
        }
        for competition in &mut model.competitions {
            competition.known = competition.ever_registered;
        }
        let expected: Vec<_> = step.commands.iter().map(|command| model.apply(command)).collect();
        prop_assert_eq!(real.execute(step).await, expected);
        for (id, competition) in real.ids.into_iter().zip(&model.competitions) {
            let tally = real.world.tally(id).await;
            let taken = u64::from(competition.taken());
            prop_assert_eq!((tally.registered, tally.seats_taken), (taken, taken));
            let line: Vec<_> =
                competition.line.iter().map(|user| real.users[*user].user().unwrap().id).collect();
            prop_assert_eq!(tally.waitlisted, line.len() as u64);
            let awaiting = competition.awaits.iter().filter(|awaits| **awaits).count() as u64;
            prop_assert_eq!((tally.awaiting_approval, tally.awaiting), (awaiting, awaiting));
            prop_assert_eq!(real.world.waiting_list(id).await, line);
        }
    }
    for (id, competition) in real.ids.into_iter().zip(&model.competitions) {
        let rows = real.world.roster(real.organizer, id).await.len();
        prop_assert_eq!(rows, competition.ever_registered.iter().filter(|ever| **ever).count());
    }
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
    let outcome = TestRunner::new(config).run(
        &(any::<bool>(), 0..=3_u32, any::<bool>(), any::<bool>(), steps()),
        |(opens_later, waitlist_capacity, promotes_late, needs_approval, steps)| {
            history.set(history.get() + 1);
            runtime.block_on(async {
                // Opening advances the clock by an hour.
                let start = START - TimeDelta::hours(1);
                let mut ids = Vec::new();
                for _ in 0..COMPETITIONS {
                    let new = world.competition(&ada).seats(2).waitlist(waitlist_capacity);
                    let new = new.closing_in(DEADLINE).starting_in(start).lasting(LENGTH);
                    let new = if promotes_late { new.promoting_for(start) } else { new };
                    let new = if needs_approval { new.with_approval() } else { new };
                    let new = if opens_later { new.opening_in(OPENING) } else { new };
                    ids.push(new.create().await);
                }
                let real = Real {
                    world: &world,
                    ctx: &ctx,
                    organizer: &ada,
                    users: &users,
                    ids: ids.try_into().unwrap(),
                    history: history.get(),
                };
                let competition = Competition {
                    promotes_late,
                    ..Competition::new(2, waitlist_capacity, needs_approval)
                };
                let model = Model {
                    stage: if opens_later { Stage::Announced } else { Stage::Open },
                    competitions: std::array::from_fn(|_| competition.clone()),
                    responses: HashMap::new(),
                };
                agree(model, &real, &steps).await
            })
        },
    );
    runtime.block_on(async move { drop((world, ctx)) });
    outcome.unwrap();
}

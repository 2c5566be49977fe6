//! The words of a picture.

use domain::{
    Availability, Competition, CompetitionId, CompetitionStatus, CoverFocus, Timestamp, seats_left,
    short_place,
};

use crate::zones;

/// What a picture shows.
#[derive(Clone, Debug)]
pub(super) struct Card {
    pub(super) competition: CompetitionId,
    pub(super) title: String,
    /// When it starts, in its zone.
    pub(super) when: String,
    /// Where it takes place, if that is known.
    pub(super) place: Option<String>,
    /// How many seats are left, or why one cannot register.
    pub(super) seats: String,
    /// Which cover, and the part of it that stays in view.
    cover: Option<(String, CoverFocus)>,
}

impl Card {
    pub(super) fn of(competition: &Competition, now: Timestamp) -> Self {
        let (name, address) =
            (competition.venue_name.as_deref(), competition.venue_address.as_deref());
        let start = competition.start_date.map(|at| zones::local(at, &competition.time_zone));
        let cover = competition.cover.as_ref().map(|cover| (cover.path.clone(), cover.focus));
        Self {
            competition: competition.id,
            title: competition.title.clone(),
            when: start.unwrap_or_else(|| "Date to be announced".into()),
            place: short_place(name, address, competition.is_online),
            seats: seats(competition, now),
            cover,
        }
    }

    /// The part of the cover that stays in view.
    pub(super) fn focus(&self) -> CoverFocus {
        self.cover.as_ref().map(|(_, focus)| *focus).unwrap_or_default()
    }

    /// All that the picture depends on.
    pub(super) fn text(&self) -> String {
        format!("{self:?}")
    }
}

fn seats(competition: &Competition, now: Timestamp) -> String {
    match Availability::of(competition, now) {
        Availability::Open | Availability::FewLeft => {
            seats_left(competition.seats_left, competition.capacity)
        }
        Availability::WaitingList => "Full, with a waiting list".into(),
        Availability::NotYetOpen => {
            let opens = competition.reg_opens_at.unwrap_or(now);
            format!("Opens {}", zones::local(opens, &competition.time_zone))
        }
        Availability::Closed => CompetitionStatus::Closed.label().into(),
        other => other.words().into(),
    }
}

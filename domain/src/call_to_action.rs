//! The call to action on the page of a competition.

use serde::{Deserialize, Serialize};

use crate::{Competition, RegistrationStatus, Role, Room, Timestamp, ViewerState};

/// The states of the button on the page of a competition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallToAction {
    /// The viewer can register.
    Register,
    /// The viewer can ask the organizer for a seat.
    RequestSeat,
    /// The viewer waits for the organizer's approval.
    AwaitingApproval,
    /// The organizer has rejected the viewer's registration.
    Rejected,
    /// The viewer is registered.
    Registered(RegistrationStatus),
    /// No seat is left; the viewer can join the waiting list.
    JoinWaitlist,
    /// The viewer is on the waiting list; `None` when their position has just changed.
    Waitlisted(Option<u32>),
    /// The viewer is on the waiting list, and no seat is passed on any more.
    WaitlistClosed,
    /// No seat is left, and the waiting list takes no more.
    Full,
    /// Registration opens later.
    NotYetOpen,
    /// The deadline has passed.
    Closed,
    /// It has started, and ends later; with the status of the viewer's registration, if it is
    /// active.
    UnderWay(Option<RegistrationStatus>),
    /// It is over; with the status of the viewer's registration, if it has a seat.
    Over(Option<RegistrationStatus>),
    /// The competition was cancelled.
    Cancelled,
    /// The viewer has to log in to register.
    LogIn,
    /// The viewer organizes it.
    Own,
    /// The viewer is an organizer, and has to add the role of a participant to register.
    AddRole,
    /// Administrators cannot register.
    AdministratorsCannotRegister,
}

impl CallToAction {
    /// Whether the competition has started, or is over without a start.
    pub fn has_started(self) -> bool {
        matches!(self, Self::UnderWay(_) | Self::Over(_))
    }

    /// The state for a viewer. The first that applies wins: cancelled, started, registered, then
    /// whether they can register.
    pub fn of(competition: &Competition, viewer: &ViewerState, now: Timestamp) -> Self {
        let seat = viewer.registration.filter(|status| status.holds_seat());
        let user = viewer.user.as_ref();
        match (seat, user) {
            _ if competition.is_cancelled() => Self::Cancelled,
            _ if competition.is_under_way(now) => {
                Self::UnderWay(viewer.registration.filter(|status| status.is_active()))
            }
            _ if competition.has_started(now) => Self::Over(seat),
            (Some(status), _) => Self::Registered(status),
            _ if viewer.registration == Some(RegistrationStatus::Waitlisted) => {
                match competition.passes_seats_on(now) {
                    true => Self::Waitlisted(viewer.waitlist_position),
                    false => Self::WaitlistClosed,
                }
            }
            _ if viewer.registration == Some(RegistrationStatus::AwaitingApproval) => {
                Self::AwaitingApproval
            }
            _ if viewer.registration == Some(RegistrationStatus::Rejected) => Self::Rejected,
            _ if competition.is_not_yet_open(now) => Self::NotYetOpen,
            _ if competition.is_closed(now) => Self::Closed,
            (None, Some(user)) if user.id == competition.organizer_id => Self::Own,
            (None, Some(user)) if user.has_role(Role::Admin) => Self::AdministratorsCannotRegister,
            _ if !competition.room().is_left() => Self::Full,
            (None, None) => Self::LogIn,
            (None, Some(user)) if !user.has_role(Role::Participant) => Self::AddRole,
            (None, Some(_)) => Self::in_room(competition.room(), competition.approval_required),
        }
    }

    /// The state for a participant who is not registered, of a published competition that has not
    /// started. A time of `None` is not decided.
    pub fn of_participant(
        opens: Option<Timestamp>,
        deadline: Option<Timestamp>,
        room: Room,
        approval_required: bool,
        now: Timestamp,
    ) -> Self {
        if opens.is_some_and(|opens| opens > now) {
            Self::NotYetOpen
        } else if deadline.is_some_and(|deadline| deadline <= now) {
            Self::Closed
        } else {
            Self::in_room(room, approval_required)
        }
    }

    fn in_room(room: Room, approval_required: bool) -> Self {
        match approval_required {
            _ if !room.is_left() => Self::Full,
            true => Self::RequestSeat,
            false if room.has_free_seat() => Self::Register,
            false => Self::JoinWaitlist,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CompetitionId, User, UserId};

    fn viewer(role: Option<Role>, registration: Option<RegistrationStatus>) -> ViewerState {
        let user = role.map(|role| User {
            id: UserId(uuid::Uuid::nil()),
            email: "ada@example.com".into(),
            name: "Ada".into(),
            role,
            roles: vec![role],
            time_zone: None,
            email_verified: true,
            email_refused: false,
        });
        ViewerState {
            user,
            registration,
            registration_id: None,
            waitlist_position: Some(3),
            rejection_reason: None,
        }
    }

    fn competition(seats_left: u32) -> Competition {
        let time = |text: &str| text.parse().unwrap();
        Competition {
            id: CompetitionId(uuid::Uuid::nil()),
            title: "Code Sprint".into(),
            description: "24 hours".into(),
            tags: vec![],
            capacity: 10,
            seats_left,
            waitlist_capacity: 0,
            promote_until: None,
            reminder_offsets: crate::ReminderOffsets::default(),
            waitlisted: 0,
            approval_required: false,
            access: crate::AccessMode::Open,
            reg_deadline: time("2026-11-24T00:00:00Z"),
            start_date: None,
            ends_at: None,
            reg_opens_at: Some(time("2026-11-20T00:00:00Z")),
            time_zone: "UTC".into(),
            summary: None,
            venue_name: None,
            venue_address: None,
            is_online: false,
            website: None,
            contact_email: None,
            cover: None,
            visibility: crate::Visibility::Public,
            cancelled_at: None,
            organizer_id: UserId(uuid::Uuid::max()),
            version: 1,
            created_at: time("2026-11-01T00:00:00Z"),
            updated_at: time("2026-11-01T00:00:00Z"),
        }
    }

    #[test]
    fn the_online_link_is_for_the_organizer_and_those_with_a_seat() {
        let sees = |role, status| viewer(role, status).sees_online_link(&competition(1));
        let cancelled = {
            let cancelled_at = Some("2026-11-02T00:00:00Z".parse().unwrap());
            Competition { cancelled_at, ..competition(1) }
        };
        for status in [RegistrationStatus::Pending, RegistrationStatus::Confirmed] {
            assert!(sees(Some(Role::Participant), Some(status)));
            let participant = viewer(Some(Role::Participant), Some(status));
            assert!(!participant.sees_online_link(&cancelled));
        }
        for status in RegistrationStatus::ALL.into_iter().filter(|status| !status.holds_seat()) {
            assert!(!sees(Some(Role::Participant), Some(status)));
        }
        assert!(!sees(Some(Role::Participant), None));
        assert!(!sees(Some(Role::Organizer), None));
        assert!(!sees(Some(Role::Admin), None));
        assert!(!sees(None, None));
        let organizer = viewer(Some(Role::Organizer), None);
        assert!(organizer.sees_online_link(&of(&organizer)));
    }

    #[test]
    fn a_full_competition_offers_its_waiting_list_while_it_takes_more() {
        use CallToAction as Cta;
        let before = "2026-11-23T23:59:59Z".parse().unwrap();
        let deadline = "2026-11-24T00:00:00Z".parse().unwrap();
        let participant = viewer(Some(Role::Participant), None);
        let list = |waitlisted, seats_left| Competition {
            waitlist_capacity: 2,
            waitlisted,
            ..competition(seats_left)
        };
        for (competition, viewer, now, expected) in [
            (list(1, 0), &participant, before, Cta::JoinWaitlist),
            (list(2, 0), &participant, before, Cta::Full),
            (list(0, 1), &participant, before, Cta::Register),
            (list(1, 0), &participant, deadline, Cta::Closed),
            (list(1, 0), &viewer(None, None), before, Cta::LogIn),
        ] {
            assert_eq!(CallToAction::of(&competition, viewer, now), expected);
        }
    }

    #[test]
    fn who_waits_sees_the_position_until_the_waiting_list_ends() {
        let at = |text: &str| text.parse().unwrap();
        let (deadline, end) = (at("2026-11-24T00:00:00Z"), at("2026-11-26T00:00:00Z"));
        let competition = Competition { promote_until: Some(end), ..competition(0) };
        let waiting = viewer(Some(Role::Participant), Some(RegistrationStatus::Waitlisted));
        let other = viewer(Some(Role::Participant), None);
        for (viewer, now, expected) in [
            (&waiting, deadline, CallToAction::Waitlisted(Some(3))),
            (&waiting, end, CallToAction::WaitlistClosed),
            (&other, deadline, CallToAction::Closed),
        ] {
            assert_eq!(CallToAction::of(&competition, viewer, now), expected);
        }
    }

    #[test]
    fn a_competition_is_under_way_from_its_start_to_its_end_and_then_over() {
        use CallToAction as Cta;
        let (start, end) = ("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z");
        let times = (Some(start.parse().unwrap()), Some(end.parse().unwrap()));
        let competition = Competition { start_date: times.0, ends_at: times.1, ..competition(1) };
        let seated = viewer(Some(Role::Participant), Some(RegistrationStatus::Confirmed));
        let seat = Some(RegistrationStatus::Confirmed);
        for (now, of_seated, of_others) in [
            (start, Cta::UnderWay(seat), Cta::UnderWay(None)),
            (end, Cta::Over(seat), Cta::Over(None)),
        ] {
            let now = now.parse().unwrap();
            assert_eq!(CallToAction::of(&competition, &seated, now), of_seated);
            let waiting = Some(RegistrationStatus::AwaitingApproval);
            let of_waiting = match of_seated {
                Cta::UnderWay(_) => Cta::UnderWay(waiting),
                _ => Cta::Over(None),
            };
            let waiting = viewer(Some(Role::Participant), waiting);
            assert_eq!(CallToAction::of(&competition, &waiting, now), of_waiting);
            assert_eq!(CallToAction::of(&competition, &viewer(None, None), now), of_others);
            let draft = Competition { visibility: crate::Visibility::Draft, ..competition.clone() };
            assert_eq!(CallToAction::of(&draft, &viewer(None, None), now), Cta::Over(None));
            assert!(of_seated.has_started() && of_others.has_started());
        }
    }

    #[test]
    fn a_competition_with_approval_offers_requests_while_it_has_room() {
        use CallToAction as Cta;
        let before = "2026-11-23T23:59:59Z".parse().unwrap();
        let deadline = "2026-11-24T00:00:00Z".parse().unwrap();
        let over = "2027-02-22T00:00:00Z".parse().unwrap();
        let of = |status| viewer(Some(Role::Participant), status);
        let with_approval = |waitlist_capacity, seats_left| Competition {
            approval_required: true,
            waitlist_capacity,
            ..competition(seats_left)
        };
        let awaiting = of(Some(RegistrationStatus::AwaitingApproval));
        let rejected = of(Some(RegistrationStatus::Rejected));
        for (competition, viewer, now, expected) in [
            (with_approval(0, 1), &of(None), before, Cta::RequestSeat),
            (with_approval(1, 0), &of(None), before, Cta::RequestSeat),
            (with_approval(0, 0), &of(None), before, Cta::Full),
            (with_approval(0, 1), &of(None), deadline, Cta::Closed),
            (with_approval(0, 1), &viewer(None, None), before, Cta::LogIn),
            (with_approval(0, 0), &awaiting, before, Cta::AwaitingApproval),
            (with_approval(0, 1), &awaiting, deadline, Cta::AwaitingApproval),
            (with_approval(0, 1), &awaiting, over, Cta::Over(None)),
            (with_approval(0, 1), &rejected, before, Cta::Rejected),
            (competition(1), &rejected, before, Cta::Rejected),
        ] {
            assert_eq!(CallToAction::of(&competition, viewer, now), expected);
        }
    }

    /// A competition of this viewer.
    fn of(organizer: &ViewerState) -> Competition {
        let organizer_id = organizer.user.as_ref().unwrap().id;
        Competition { organizer_id, ..competition(1) }
    }

    #[test]
    fn organizers_cannot_register_for_their_own_competitions_with_both_roles_either() {
        let before = "2026-11-23T23:59:59Z".parse().unwrap();
        let mut organizer = viewer(Some(Role::Organizer), None);
        for _ in 0..2 {
            let own = of(&organizer);
            assert_eq!(CallToAction::of(&own, &organizer, before), CallToAction::Own);
            organizer.user.as_mut().unwrap().roles.push(Role::Participant);
        }
    }

    #[test]
    fn a_participant_waits_for_the_opening_and_is_late_after_the_deadline() {
        let at = |text: &str| text.parse().unwrap();
        let (before, now, after) =
            (at("2026-11-22T00:00:00Z"), at("2026-11-23T00:00:00Z"), at("2026-11-24T00:00:00Z"));
        let room =
            |seats_left, waitlist_capacity| Room { seats_left, waitlisted: 0, waitlist_capacity };
        let of = |opens, deadline, room, approval| {
            CallToAction::of_participant(opens, deadline, room, approval, now)
        };
        for (opens, deadline, room, approval, expected) in [
            (Some(after), Some(after), room(1, 0), false, CallToAction::NotYetOpen),
            (Some(now), Some(after), room(1, 0), false, CallToAction::Register),
            (Some(before), Some(now), room(1, 0), false, CallToAction::Closed),
            (None, None, room(1, 0), false, CallToAction::Register),
            (None, None, room(1, 0), true, CallToAction::RequestSeat),
            (None, None, room(0, 1), true, CallToAction::RequestSeat),
            (None, None, room(0, 1), false, CallToAction::JoinWaitlist),
            (None, None, room(0, 0), true, CallToAction::Full),
        ] {
            assert_eq!(of(opens, deadline, room, approval), expected);
        }
    }

    #[test]
    fn every_viewer_sees_their_own_state() {
        use CallToAction as Cta;
        let early = "2026-11-19T23:59:59.999Z".parse().unwrap();
        let opening = "2026-11-20T00:00:00Z".parse().unwrap();
        let before = "2026-11-23T23:59:59Z".parse().unwrap();
        let deadline = "2026-11-24T00:00:00Z".parse().unwrap();
        // No start date was set for 90 days.
        let over = "2027-02-22T00:00:00Z".parse().unwrap();
        let participant = viewer(Some(Role::Participant), None);
        let confirmed = RegistrationStatus::Confirmed;
        let seated = viewer(Some(Role::Participant), Some(confirmed));
        let cancelled = viewer(Some(Role::Participant), Some(RegistrationStatus::Cancelled));
        let organizer = viewer(Some(Role::Organizer), None);
        let mut with_both = organizer.clone();
        with_both.user.as_mut().unwrap().roles.push(Role::Participant);
        let admin = viewer(Some(Role::Admin), None);
        let waiting = viewer(Some(Role::Participant), Some(RegistrationStatus::Waitlisted));
        for (seats, viewer, now, expected) in [
            (1, &viewer(None, None), before, Cta::LogIn),
            (1, &participant, early, Cta::NotYetOpen),
            (0, &viewer(None, None), early, Cta::NotYetOpen),
            (1, &participant, opening, Cta::Register),
            (1, &participant, before, Cta::Register),
            (1, &participant, deadline, Cta::Closed),
            (0, &participant, before, Cta::Full),
            (0, &waiting, before, Cta::Waitlisted(Some(3))),
            (0, &waiting, deadline, Cta::WaitlistClosed),
            (0, &seated, before, Cta::Registered(confirmed)),
            (0, &seated, deadline, Cta::Registered(confirmed)),
            (0, &seated, over, Cta::Over(Some(confirmed))),
            (1, &cancelled, over, Cta::Over(None)),
            (1, &viewer(None, None), over, Cta::Over(None)),
            (1, &cancelled, before, Cta::Register),
            (1, &organizer, before, Cta::AddRole),
            (0, &organizer, before, Cta::Full),
            (1, &with_both, before, Cta::Register),
            (1, &admin, before, Cta::AdministratorsCannotRegister),
        ] {
            let mut competition = competition(seats);
            assert_eq!(CallToAction::of(&competition, viewer, now), expected);
            competition.cancelled_at = Some(opening);
            assert_eq!(CallToAction::of(&competition, viewer, now), Cta::Cancelled);
        }
    }
}

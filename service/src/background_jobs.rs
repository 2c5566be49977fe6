//! The list of all background jobs.

use std::sync::LazyLock;

use crate::{
    accounts::email::SendEmailVerification,
    cancellation_notice::NotifyOfCancellation,
    change_notice::NotifyOfChange,
    confirmation::{ConfirmRegistration, ConfirmRegistrations},
    housekeeping::CleanUp,
    invitations::SendInvitation,
    jobs::{Registered, RegisteredJob, Registry, names_are_distinct},
    mail::delivery::DeliverMail,
    organizer_messages::SendOrganizerMessage,
    organizer_notices::NotifyOrganizers,
    password_reset::SendResetLink,
    registration_notice::NotifyOfOwnChanges,
    reminder::SendReminders,
    review_notice::NotifyOfReviews,
    webhooks::{DeliverWebhooks, PublishEvents},
};

/// Registers jobs. One that is listed twice does not compile, nor do two with one name; a job that
/// is not listed cannot be added.
macro_rules! jobs {
    ($($job:ty,)+) => {
        $(impl Registered for $job {})+

        const JOBS: &[RegisteredJob] = &[$(RegisteredJob::of::<$job>()),+];
    };
}

jobs! {
    // Its list is looked at before that of earlier releases, which has the same priority.
    ConfirmRegistrations,
    ConfirmRegistration,
    NotifyOfCancellation,
    NotifyOfChange,
    NotifyOfReviews,
    NotifyOfOwnChanges,
    SendReminders,
    SendOrganizerMessage,
    NotifyOrganizers,
    CleanUp,
    DeliverMail,
    SendResetLink,
    SendEmailVerification,
    SendInvitation,
    PublishEvents,
    DeliverWebhooks,
}

const _: () = assert!(names_are_distinct(JOBS), "two jobs have one name");

/// The jobs that this program knows.
pub(crate) static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::new(JOBS));

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        Cause,
        confirmation::ToConfirm,
        jobs::{BackgroundJob, Class, NewJob, Ticket, rows},
        registration_notice::{OwnChange, OwnChangeKind},
    };

    #[test]
    fn stored_names_priorities_and_lists_stay_as_they_are() {
        let routes: Vec<_> = REGISTRY
            .routes(&Class::ALL)
            .map(|(kind, route)| (kind, route.priority, route.class, route.list))
            .collect();
        let stored = [
            ("confirm_registrations", 0, Class::Confirmations, "confirm_registrations"),
            ("confirm_registration", 0, Class::Confirmations, "confirm_registration"),
            ("send_reset_link", 0, Class::AccountMail, "send_reset_link"),
            ("send_email_verification", 0, Class::AccountMail, "send_email_verification"),
            ("deliver_mail", 5, Class::AccountMail, "deliver_mail"),
            ("publish_events", 8, Class::Webhooks, "publish_events"),
            ("notify_of_reviews", 9, Class::Background, "notify_of_reviews"),
            ("notify_of_own_changes", 9, Class::Background, "notify_of_own_changes"),
            ("tell_of_cancellation", 10, Class::Background, "tell_of_cancellation"),
            ("notify_of_change", 10, Class::Background, "notify_of_change"),
            ("send_reminders", 10, Class::Background, "send_reminders"),
            ("send_organizer_message", 11, Class::Background, "send_organizer_message"),
            ("notify_organizers", 12, Class::Background, "notify_organizers"),
            ("deliver_webhooks", 12, Class::Webhooks, "deliver_webhooks"),
            ("deliver_mail", 15, Class::BulkMail, "deliver_bulk_mail"),
            ("send_invitation", 16, Class::BulkMail, "send_invitation"),
            ("clean_up", 20, Class::Background, "clean_up"),
        ];
        assert_eq!(routes, stored);
    }

    #[test]
    fn every_list_belongs_to_one_class() {
        let mut lists: Vec<_> =
            Class::ALL.into_iter().flat_map(|class| REGISTRY.lists(class)).collect();
        lists.sort_unstable();
        let count = lists.len();
        lists.dedup();
        assert_eq!(lists.len(), count, "two classes take from one list");
    }

    #[test]
    fn two_jobs_with_one_name_are_detected() {
        let twice = [RegisteredJob::of::<CleanUp>(), RegisteredJob::of::<CleanUp>()];
        assert!(!names_are_distinct(&twice));
        assert!(names_are_distinct(&twice[..1]));
    }

    #[track_caller]
    fn assert_reads_back<J: BackgroundJob + Clone + PartialEq>(job: J, payload: &str) {
        let rows = rows("2026-11-23T12:00:00Z".parse().unwrap(), [NewJob::from(job.clone())]);
        assert_eq!(rows[0].payload.to_string(), payload);
        let read = REGISTRY.read(&rows[0]).unwrap();
        assert_eq!(read.payload(), Some(&job));
    }

    #[test]
    fn stored_payloads_stay_as_they_are_and_read_back() {
        let id = Uuid::from_u128(7);
        let text = id.to_string();
        let registration = domain::RegistrationId(id);
        let cause = Cause::stored(Some("r-7"), None);
        let registrations = [Cause::default(), cause];
        let registrations = registrations.map(|cause| ToConfirm::new(registration, cause)).into();
        assert_reads_back(
            ConfirmRegistrations { registrations },
            &format!(
                r#"{{"registrations":[{{"id":"{text}"}},{{"id":"{text}","request_id":"r-7"}}]}}"#
            ),
        );
        assert_reads_back(
            ConfirmRegistration { registration_id: domain::RegistrationId(id) },
            &format!(r#"{{"registration_id":"{text}"}}"#),
        );
        assert_reads_back(
            NotifyOfCancellation { competition_id: domain::CompetitionId(id) },
            &format!(r#"{{"competition_id":"{text}"}}"#),
        );
        assert_reads_back(
            SendEmailVerification { user_id: domain::UserId(id), email: "ada@example.com".into() },
            &format!(r#"{{"email":"ada@example.com","user_id":"{text}"}}"#),
        );
        assert_reads_back(
            NotifyOfChange { change_id: id },
            &format!(r#"{{"change_id":"{text}"}}"#),
        );
        assert_reads_back(
            NotifyOfReviews { events: vec![id] },
            &format!(r#"{{"events":["{text}"]}}"#),
        );
        let change = OwnChange {
            registration,
            kind: OwnChangeKind::LeftWaitingList,
            at: "2026-11-23T12:00:00Z".parse().unwrap(),
        };
        assert_reads_back(
            NotifyOfOwnChanges { changes: vec![change] },
            &format!(
                concat!(
                    r#"{{"changes":[{{"at":"2026-11-23T12:00:00.000Z","#,
                    r#""kind":"left_waiting_list","registration":"{text}"}}]}}"#,
                ),
                text = text,
            ),
        );
        assert_reads_back(
            SendInvitation { invitation: domain::InvitationId(id) },
            &format!(r#"{{"invitation":"{text}"}}"#),
        );
        assert_reads_back(
            SendOrganizerMessage { message_id: domain::OrganizerMessageId(id) },
            &format!(r#"{{"message_id":"{text}"}}"#),
        );
        assert_reads_back(SendReminders {}, "{}");
        assert_reads_back(CleanUp {}, "{}");
        assert_reads_back(
            DeliverMail { mail_id: domain::MailId(id) },
            &format!(r#"{{"mail_id":"{text}"}}"#),
        );
        assert_reads_back(
            DeliverWebhooks { webhook_id: domain::WebhookId(id) },
            &format!(r#"{{"webhook_id":"{text}"}}"#),
        );
        let email = "ada@example.com".to_owned();
        assert_reads_back(SendResetLink { email }, r#"{"email":"ada@example.com"}"#);
    }

    #[test]
    fn mail_in_bulk_waits_in_a_list_of_its_own() {
        let job = NewJob::from(DeliverMail { mail_id: domain::MailId(Uuid::nil()) });
        let row =
            &rows("2026-11-23T12:00:00Z".parse().unwrap(), [job.with_route(DeliverMail::BULK)])[0];
        assert_eq!(REGISTRY.list_of(&row.kind, row.priority), Some("deliver_bulk_mail"));
    }

    #[test]
    fn a_ticket_reads_back_from_its_text() {
        let ticket = Ticket::new(&REGISTRY, "deliver_mail", 15, domain::JobId(Uuid::from_u128(7)));
        assert_eq!(ticket.to_string(), "deliver_bulk_mail:00000000-0000-0000-0000-000000000007");
        assert_eq!(Ticket::parse(&REGISTRY, &ticket.to_string()), Some(ticket));
        let of_several = ticket.of_items(64);
        assert!(of_several.to_string().ends_with("0007:64"), "{of_several}");
        assert_eq!(Ticket::parse(&REGISTRY, &of_several.to_string()), Some(of_several));
        assert_eq!(Ticket::parse(&REGISTRY, "deliver_bulk_mail"), None);
        let retired = "retired:00000000-0000-0000-0000-000000000007";
        assert_eq!(Ticket::parse(&REGISTRY, retired), None);
    }

    #[test]
    fn a_job_that_this_program_does_not_know_has_no_list() {
        assert_eq!(REGISTRY.list_of("retired", 0), None);
        assert_eq!(REGISTRY.list_of("deliver_mail", 7), None);
    }
}

//! Commands about a competition.

use std::{collections::BTreeMap, time::Instant};

use domain::{
    CompetitionEdit, CompetitionId, FactsEdit, IfMatch, RegistrationId, RejectionReason, Review,
    ReviewVerdict, SectionsEdit, Tag, Timestamp, User,
};
use serde_json::Value;

use super::answered_form::AnsweredForm;
use crate::{
    Cause,
    idempotency::{KeyLock, RequestKey},
};

/// Answers that a registration has without weighing more.
const ANSWERS_OF_ONE: usize = 16;

/// A command that must run one after the other with all others for its competition.
#[derive(Debug)]
pub(crate) enum AdmissionCommand {
    /// Register the user. Without a form if no answers were sent, and the questions were not read.
    Register(Option<Box<AnsweredForm>>),
    /// Cancel the registration of the user.
    CancelRegistration,
    /// Change fields of the competition, if it has one of the versions in `if_match`.
    EditCompetition { edit: Box<CompetitionEdit>, if_match: Option<IfMatch> },
    /// Cancel the competition, if it has one of the versions in `if_match` or is cancelled already.
    CancelCompetition { if_match: Option<IfMatch> },
    /// Approve or reject registrations of others.
    ReviewRegistrations(Review),
}

/// A command, the competition that it is about, the user who gave it, and its `Idempotency-Key`.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) competition: CompetitionId,
    pub(super) user: User,
    pub(super) command: AdmissionCommand,
    pub(super) keyed: Option<Keyed>,
    /// Of the jobs that the command adds.
    pub(super) cause: Cause,
    /// When it was queued.
    pub(super) since: Instant,
}

/// The `Idempotency-Key` of a request, locked while the request is in flight.
#[derive(Debug)]
pub(super) struct Keyed {
    pub(super) key: RequestKey,
    pub(super) lock: KeyLock,
}

impl Request {
    /// How much a transaction reads and writes for it: as much as for so many registrations.
    pub(super) fn weight(&self) -> usize {
        match &self.command {
            AdmissionCommand::Register(Some(form)) => 1 + form.rows() / ANSWERS_OF_ONE,
            command => command.reviewed().len().max(1),
        }
    }
}

#[cfg(test)]
impl Request {
    /// A request to register, without a key.
    pub(super) fn to_register(competition: CompetitionId, actor: &crate::Actor) -> Self {
        Self {
            competition,
            user: actor.user().expect("a user who is logged in").clone(),
            command: AdmissionCommand::Register(None),
            keyed: None,
            cause: Cause::default(),
            since: Instant::now(),
        }
    }
}

impl AdmissionCommand {
    /// The command and its parameters as text, for [`RequestKey::new`]. Records hold its hash, so
    /// it must stay as it is from version to version.
    pub(crate) fn fingerprint(&self, competition: CompetitionId) -> String {
        match self {
            Self::Register(form) => match form.as_ref().and_then(|form| form.sent()) {
                None => format!("register {competition}"),
                Some(answers) => format!("register {competition} with {answers}"),
            },
            Self::CancelRegistration => format!("cancel registration {competition}"),
            Self::EditCompetition { edit, if_match } => {
                let (edit, if_match) = (canonical(edit), condition(if_match.as_ref()));
                format!("edit competition {competition} {edit} if {if_match}")
            }
            Self::CancelCompetition { if_match } => {
                format!("cancel competition {competition} if {}", condition(if_match.as_ref()))
            }
            Self::ReviewRegistrations(Review { registrations, verdict }) => {
                let ids: Vec<_> = registrations.iter().map(RegistrationId::to_string).collect();
                let ids = ids.join(",");
                match verdict {
                    ReviewVerdict::Approve => {
                        format!("approve registrations {competition} {ids}")
                    }
                    ReviewVerdict::Reject { reason } => {
                        let reason = Value::from(reason.as_ref().map(RejectionReason::as_str));
                        format!("reject registrations {competition} {ids} because {reason}")
                    }
                }
            }
        }
    }

    /// Whether the decision depends on the registration of the user.
    pub(super) fn needs_registration(&self) -> bool {
        matches!(self, Self::Register(_) | Self::CancelRegistration)
    }

    /// The registrations of others that the decision depends on.
    pub(super) fn reviewed(&self) -> &[RegistrationId] {
        match self {
            Self::ReviewRegistrations(review) => &review.registrations,
            _ => &[],
        }
    }

    /// The seats that it may free, when the competition has `capacity` seats.
    pub(super) fn may_free(&self, capacity: i32) -> u64 {
        match self {
            Self::CancelRegistration => 1,
            Self::EditCompetition { edit, .. } => {
                let new = edit.capacity.map_or(0, i64::from);
                u64::try_from(new - i64::from(capacity)).unwrap_or(0)
            }
            Self::ReviewRegistrations(review) => review.registrations.len() as u64,
            Self::Register(_) | Self::CancelCompetition { .. } => 0,
        }
    }

    /// Whether it changes more of the competition than its seats. The decision then depends on its
    /// texts, tags and sections.
    pub(super) fn edits_competition(&self) -> bool {
        matches!(self, Self::EditCompetition { .. } | Self::CancelCompetition { .. })
    }
}

/// The fields of an edit as JSON, by their names in the API.
fn canonical(edit: &CompetitionEdit) -> String {
    // Without `..`: a new field has to be added below.
    let CompetitionEdit {
        version,
        title,
        description,
        tags,
        capacity,
        reg_deadline,
        start_date,
        ends_at,
        reg_opens_at,
        time_zone,
        facts: FactsEdit { summary, venue_name, venue_address, online_url, website, contact_email },
        sections: SectionsEdit { rules, prizes, schedule },
        visibility,
        waitlist_capacity,
        promote_until,
        approval_required,
        questions,
    } = edit;
    let time = |time: Timestamp| Value::from(time.to_string());
    let nullable = |given: Option<Timestamp>| given.map_or(Value::Null, time);
    let fields = [
        ("version", version.map(Value::from)),
        ("title", title.as_ref().map(|title| title.as_str().into())),
        ("description", description.as_ref().map(|description| description.as_str().into())),
        ("tags", tags.as_ref().map(|tags| tags.iter().map(Tag::as_str).collect())),
        ("capacity", capacity.map(Value::from)),
        ("regDeadline", reg_deadline.map(time)),
        ("startDate", start_date.map(nullable)),
        ("endsAt", ends_at.map(nullable)),
        ("regOpensAt", reg_opens_at.map(nullable)),
        ("timeZone", time_zone.as_ref().map(|zone| zone.as_str().into())),
        ("summary", summary.as_ref().map(text)),
        ("venueName", venue_name.as_ref().map(text)),
        ("venueAddress", venue_address.as_ref().map(text)),
        ("onlineUrl", online_url.as_ref().map(text)),
        ("website", website.as_ref().map(text)),
        ("contactEmail", contact_email.as_ref().map(text)),
        ("rules", rules.as_ref().map(text)),
        ("prizes", prizes.as_ref().map(text)),
        ("schedule", schedule.as_ref().map(text)),
        ("visibility", visibility.map(|visibility| visibility.as_str().into())),
        ("waitlistCapacity", waitlist_capacity.map(Value::from)),
        ("promoteUntil", promote_until.map(nullable)),
        ("approvalRequired", approval_required.map(Value::from)),
        ("questions", questions.as_ref().map(|questions| serde_json::json!(questions))),
    ];
    let given = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
    serde_json::json!(given.collect::<BTreeMap<_, _>>()).to_string()
}

/// A text that an edit sets or removes.
fn text<T: ToString>(given: &Option<T>) -> Value {
    given.as_ref().map_or(Value::Null, |text| text.to_string().into())
}

/// The versions in `If-Match`.
fn condition(if_match: Option<&IfMatch>) -> String {
    match if_match {
        None => "unconditional".to_owned(),
        Some(IfMatch::Any) => "*".to_owned(),
        Some(IfMatch::Versions(versions)) => {
            versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{CompetitionPatch, UserId, Visibility};
    use uuid::Uuid;

    use super::*;

    /// The fingerprint that is stored for a command.
    fn stored(command: &AdmissionCommand) -> String {
        let id = CompetitionId(Uuid::from_u128(7));
        let key = "k".parse().unwrap();
        let key = RequestKey::new(UserId(Uuid::nil()), key, &command.fingerprint(id));
        key.encode(&()).unwrap().fingerprint
    }

    fn edit(body: Value, if_match: Option<IfMatch>) -> AdmissionCommand {
        let patch: CompetitionPatch = serde_json::from_value(body).unwrap();
        AdmissionCommand::EditCompetition {
            edit: Box::new(patch.check(|_| true).unwrap()),
            if_match,
        }
    }

    #[test]
    fn the_fields_of_an_edit_are_in_its_fingerprint_by_their_names_in_the_api() {
        let body = serde_json::json!({
            "version": 3, "title": "Code Sprint", "description": "24 hours", "tags": ["b", "a"],
            "capacity": 60, "regDeadline": "2030-11-29T07:10:30.000Z", "startDate": null,
            "regOpensAt": "2030-11-01T07:00:00.000Z", "timeZone": "Europe/Berlin",
        });
        let command = edit(body, Some(IfMatch::Versions(vec![3, 4])));
        assert_eq!(
            command.fingerprint(CompetitionId(Uuid::from_u128(7))),
            "edit competition 00000000-0000-0000-0000-000000000007 {\"capacity\":60,\
             \"description\":\"24 hours\",\"regDeadline\":\"2030-11-29T07:10:30.000Z\",\
             \"regOpensAt\":\"2030-11-01T07:00:00.000Z\",\"startDate\":null,\"tags\":[\"b\",\"a\"],\
             \"timeZone\":\"Europe/Berlin\",\"title\":\"Code Sprint\",\"version\":3} if 3,4"
        );
        let nothing = edit(serde_json::json!({}), None);
        assert_eq!(
            nothing.fingerprint(CompetitionId(Uuid::from_u128(7))),
            "edit competition 00000000-0000-0000-0000-000000000007 {} if unconditional"
        );
    }

    #[test]
    fn each_section_and_the_contact_of_an_edit_change_its_fingerprint() {
        let id = CompetitionId(Uuid::from_u128(7));
        let mut seen = vec![edit(serde_json::json!({}), None).fingerprint(id)];
        for field in ["rules", "prizes", "schedule", "contactEmail"] {
            for value in [Value::Null, "a@b.example".into()] {
                let fingerprint = edit(serde_json::json!({ field: value }), None).fingerprint(id);
                assert!(!seen.contains(&fingerprint), "{fingerprint}");
                seen.push(fingerprint);
            }
        }
    }

    #[test]
    fn each_visibility_of_an_edit_changes_its_fingerprint() {
        let id = CompetitionId(Uuid::from_u128(7));
        let mut seen = vec![edit(serde_json::json!({}), None).fingerprint(id)];
        for visibility in Visibility::ALL {
            let body = serde_json::json!({ "visibility": visibility });
            let fingerprint = edit(body, None).fingerprint(id);
            assert!(!seen.contains(&fingerprint), "{fingerprint}");
            seen.push(fingerprint);
        }
    }

    /// A form in which so many options are chosen.
    fn answered(options: usize) -> AnsweredForm {
        let options: Vec<_> = (0..options).map(|option| option.to_string()).collect();
        let question = domain::Question {
            id: domain::QuestionId(Uuid::from_u128(8)),
            kind: domain::QuestionKind::AnyOf,
            label: "Days".into(),
            help: None,
            required: false,
            options: options.clone(),
            link: None,
        };
        let answers = serde_json::json!([{ "questionId": question.id, "value": options }]);
        AnsweredForm::new(serde_json::from_value(answers).unwrap(), &[question], 1)
    }

    #[test]
    fn a_request_weighs_as_many_registrations_as_it_is_about() {
        let review = Review {
            registrations: vec![RegistrationId(Uuid::nil()); 100],
            verdict: ReviewVerdict::Approve,
        };
        let user = User {
            id: UserId(Uuid::nil()),
            email: String::new(),
            name: String::new(),
            role: domain::Role::Organizer,
            time_zone: None,
        };
        let mut request = Request {
            competition: CompetitionId(Uuid::nil()),
            user,
            command: AdmissionCommand::Register(None),
            keyed: None,
            cause: Cause::default(),
            since: Instant::now(),
        };
        assert_eq!(request.weight(), 1);
        request.command = AdmissionCommand::ReviewRegistrations(review);
        assert_eq!(request.weight(), 100);
        request.command = AdmissionCommand::Register(Some(Box::new(answered(50))));
        assert_eq!(request.weight(), 4);
    }

    #[test]
    fn stored_fingerprints_stay_as_they_are() {
        let cancel = |if_match| AdmissionCommand::CancelCompetition { if_match };
        let review = |ids: &[u128], verdict| {
            let ids = ids.iter().map(|id| RegistrationId(Uuid::from_u128(*id)));
            AdmissionCommand::ReviewRegistrations(Review { registrations: ids.collect(), verdict })
        };
        let approve = |ids: &[u128]| review(ids, ReviewVerdict::Approve);
        let reject = |ids: &[u128], reason: Option<&str>| {
            let reason = reason.map(|reason| RejectionReason::parse(reason).unwrap());
            review(ids, ReviewVerdict::Reject { reason })
        };
        for (command, expected) in [
            (
                AdmissionCommand::Register(None),
                "9ef8f559a9411353bc35d0844ab3cab9cd9cc9df69daed0cf7c778f18a03715c",
            ),
            (
                AdmissionCommand::Register(Some(Box::new(answered(2)))),
                "95905cd1b9dbf5de5ee2321c7d60643bbd470198981240ab47c93b64c39be773",
            ),
            (
                AdmissionCommand::CancelRegistration,
                "c5e6994c3e8bd912a2ffa049bba5ed9202730a76bc1c8be53b7b3da7c404f76f",
            ),
            (
                edit(serde_json::json!({ "capacity": 60 }), Some(IfMatch::Any)),
                "64906ce017aa386f04e47e0b8fe1a4676b540c774d41e329d9256fe0d81be1e1",
            ),
            (approve(&[8, 9]), "bcd5a745af6ce4f8d1d0188f059eed273152ec05361e1fc13a6cf9336af5e395"),
            (
                reject(&[8, 9], None),
                "47791bb44c1cda380a358760c48d0c3b8901b0ab65cf9f82f7db6ca42bfd873f",
            ),
            (
                reject(&[8, 9], Some("Too late")),
                "34da965283d3ad5cc3f98fe2e6e86ee8a6566fb627033b4c48a82db9859d97f6",
            ),
            (cancel(None), "87169874fb22b2b64451cdc2b54de4194e4649535fd3f1bd4c87379568303ef3"),
            (
                cancel(Some(IfMatch::Versions(vec![3]))),
                "a646faf6baf395d58b09e64d1f4e109e2c2e450f5e5a3d55a42eaf043dac738a",
            ),
        ] {
            assert_eq!(stored(&command), expected, "{command:?}");
        }
    }
}

//! Commands as text, by which a retry with the same `Idempotency-Key` is known.

use std::collections::BTreeMap;

use domain::{
    CompetitionEdit, CompetitionId, FactsEdit, IfMatch, NoticeChoice, RegistrationId,
    RejectionReason, Review, ReviewVerdict, SectionsEdit, StartRule, Tag, Timestamp,
};
use serde_json::Value;

use super::{AdmissionCommand, RegistrationForm};

impl AdmissionCommand {
    /// The command and its parameters as text, for [`RequestKey::new`]. Records hold its hash, so
    /// it must stay as it is from version to version.
    pub(crate) fn fingerprint(&self, competition: CompetitionId) -> String {
        match self {
            Self::Register(RegistrationForm { answers, access_code }) => {
                let mut text = format!("register {competition}");
                if let Some(answers) = answers.as_ref().and_then(|answers| answers.sent()) {
                    text += &format!(" with {answers}");
                }
                if let Some(code) = access_code {
                    text += &format!(" by code {code}");
                }
                text
            }
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
                    ReviewVerdict::Promote { adds_seats } => {
                        format!("promote registrations {competition} {ids} adding {adds_seats}")
                    }
                    ReviewVerdict::Reject { reason } => {
                        let reason = Value::from(reason.as_ref().map(RejectionReason::as_str));
                        format!("reject registrations {competition} {ids} because {reason}")
                    }
                }
            }
            Self::AddParticipant { participant, adds_seat } => {
                format!("add participant {competition} {} adding {adds_seat}", participant.id)
            }
        }
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
        start_rule,
        ends_at,
        reg_opens_at,
        time_zone,
        facts: FactsEdit { summary, venue_name, venue_address, online_url, website, contact_email },
        sections: SectionsEdit { rules, prizes, schedule },
        visibility,
        waitlist_capacity,
        promote_until,
        approval_required,
        reminder_offsets,
        questions,
        access,
        access_codes,
        cover,
        notice: NoticeChoice { is_wanted, note },
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
        // A refusal without it is not the response to a request with it.
        ("deadlineMayEqualStart", (*start_rule == StartRule::AtDeadline).then_some(true.into())),
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
        ("reminderOffsets", reminder_offsets.as_ref().map(|all| serde_json::json!(all))),
        ("questions", questions.as_ref().map(|questions| serde_json::json!(questions))),
        ("access", access.map(|access| access.as_str().into())),
        ("accessCodes", access_codes.as_ref().map(|codes| serde_json::json!(codes))),
        ("cover", cover.as_ref().map(|cover| serde_json::json!(cover))),
        ("notifyParticipants", (!is_wanted).then_some(false.into())),
        ("changeNote", note.as_ref().map(|note| note.as_str().into())),
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
    use domain::{AccessCode, CompetitionPatch, Role, User, UserId, Visibility};
    use uuid::Uuid;

    use super::*;
    use crate::{admission::answered_form::choosing, idempotency::RequestKey};

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
            edit: Box::new(patch.check(|zone| Some(zone.clone())).unwrap()),
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
        let participant = User {
            id: UserId(Uuid::from_u128(6)),
            email: String::new(),
            name: String::new(),
            role: Role::Participant,
            roles: vec![Role::Participant],
            time_zone: None,
            email_verified: true,
            email_refused: false,
        };
        let add = |adds_seat| {
            let participant = Box::new(participant.clone());
            AdmissionCommand::AddParticipant { participant, adds_seat }
        };
        for (command, expected) in [
            (
                AdmissionCommand::Register(RegistrationForm::default()),
                "9ef8f559a9411353bc35d0844ab3cab9cd9cc9df69daed0cf7c778f18a03715c",
            ),
            (
                AdmissionCommand::Register(choosing(2).into()),
                "95905cd1b9dbf5de5ee2321c7d60643bbd470198981240ab47c93b64c39be773",
            ),
            (
                AdmissionCommand::Register(RegistrationForm {
                    access_code: Some(AccessCode::parse("VIP1").unwrap()),
                    ..choosing(2).into()
                }),
                "bdf501c39de6cb1e01da2e91bb5b1c7993a21124681054e54649b4989daee405",
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
                review(&[8, 9], ReviewVerdict::Promote { adds_seats: true }),
                "d96c02e220e176431598a9799a1f67ae2a800cc5621b4047743a13b96693fb95",
            ),
            (add(false), "65f03c498eb18ff7ee5655824a1f7e10a359fe2148bcf7583bd5a5fd482758dc"),
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

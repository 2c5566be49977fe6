//! From rows to views.

use domain::{
    CompetitionId, Contact, NewRegistration, RegisteredCompetition, Registration, RegistrationId,
    RegistrationStatus, User, UserId,
};

use crate::{
    Error, Result,
    entity::{competition, registration},
};

pub(crate) fn status(row: &registration::Model) -> Result<RegistrationStatus> {
    parse_status(&row.status)
}

pub(super) fn parse_status(status: &str) -> Result<RegistrationStatus> {
    status.parse().map_err(|_| Error::Corrupt(format!("status {status}")))
}

pub(super) fn registration(row: registration::Model) -> Result<Registration> {
    Ok(Registration {
        status: status(&row)?,
        id: RegistrationId(row.id),
        user_id: UserId(row.user_id),
        competition_id: CompetitionId(row.competition_id),
        idempotency_key: row.idempotency_key,
        registered_at: row.registered_at.into(),
        updated_at: row.updated_at.into(),
    })
}

pub(crate) fn new_registration(
    row: registration::Model,
    competition: &competition::Model,
    user: &User,
) -> Result<NewRegistration> {
    Ok(NewRegistration {
        registration: registration(row)?,
        competition: RegisteredCompetition {
            title: competition.title.clone(),
            start_date: competition.start_date.map(Into::into),
        },
        user: Contact { name: user.name.clone(), email: user.email.clone() },
    })
}

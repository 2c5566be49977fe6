//! What decides who can register for a competition that is not open: its access codes and
//! invitations. They are read apart, and only where a request depends on them.

use std::collections::{HashMap, HashSet};

use domain::{AccessCodeDraft, CompetitionId, UserId};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    changes::Acceptance,
    command::{AdmissionCommand, Request},
};
use crate::{
    Error, Result,
    entity::{
        access_code::{access_codes_of, uses_of},
        competition, invitation,
    },
    infrastructure::db::bulk::any_of,
};

/// What the decisions on a competition depend on to know who can register.
#[derive(Debug, Default)]
pub(super) struct Access {
    /// In order.
    pub(super) codes: Vec<AccessCodeDraft>,
    /// How many registrations are active with each code that a request names, where that matters.
    pub(super) uses: HashMap<String, u64>,
    /// Those whose code a request names, and those that the users of the requests have accepted.
    pub(super) invitations: Vec<invitation::Model>,
}

/// Reads the access codes and invitations of those competitions whose requests depend on them.
pub(super) async fn read(
    tx: &impl ConnectionTrait,
    competitions: &[competition::Model],
    requests: &[&Request],
) -> Result<HashMap<CompetitionId, Access>> {
    let edits = |request: &&&Request| edits_access(&request.command);
    let edited: HashSet<_> =
        requests.iter().filter(edits).map(|request| request.competition).collect();
    let is_limited = |row: &&competition::Model| !row.access.is_open() || edited.contains(&row.id);
    let limited: HashSet<_> = competitions.iter().filter(is_limited).map(|row| row.id).collect();
    let registering: Vec<_> = requests
        .iter()
        .filter(|request| limited.contains(&request.competition))
        .filter_map(|request| match &request.command {
            AdmissionCommand::Register(form) => Some((request, form.access_code.as_ref())),
            _ => None,
        })
        .collect();
    let of_registering = registering.iter().map(|(request, _)| request.competition);
    let these: HashSet<_> = edited.intersection(&limited).copied().chain(of_registering).collect();
    if these.is_empty() {
        return Ok(HashMap::new());
    }
    let mut found: HashMap<_, Access> = HashMap::new();
    for (competition, codes) in access_codes_of(tx, these.iter().copied()).await? {
        found.entry(competition).or_default().codes = codes;
    }
    let named: HashSet<_> =
        registering.iter().filter_map(|(_, code)| Some(code.as_ref()?.to_string())).collect();
    // An edit may limit a code.
    let is_limited = |code: &&String| {
        let mut codes = found.values().flat_map(|access| &access.codes);
        !edited.is_empty() || codes.any(|draft| draft.code == **code && draft.max_uses.is_some())
    };
    let limited: Vec<_> = named.iter().filter(is_limited).cloned().collect();
    if !limited.is_empty() {
        let uses = uses_of(tx, these.iter().copied(), limited).await?;
        for ((competition, code), uses) in uses {
            found.entry(competition).or_default().uses.insert(code, uses);
        }
    }
    if !registering.is_empty() {
        let users = registering.iter().map(|(request, _)| request.user.id).collect();
        for row in invitations(tx, these, named, users).await? {
            found.entry(row.competition_id).or_default().invitations.push(row);
        }
    }
    Ok(found)
}

/// Whether the command may change who can register.
fn edits_access(command: &AdmissionCommand) -> bool {
    let AdmissionCommand::EditCompetition { edit, .. } = command else { return false };
    edit.access.is_some() || edit.access_codes.is_some()
}

/// The invitations with these codes, and those that these users have accepted.
async fn invitations(
    tx: &impl ConnectionTrait,
    competitions: HashSet<CompetitionId>,
    codes: HashSet<String>,
    users: HashSet<UserId>,
) -> Result<Vec<invitation::Model>> {
    use invitation::Column as C;
    let these =
        Condition::any().add(any_of(tx, C::Code, codes)).add(any_of(tx, C::AcceptedBy, users));
    let all = invitation::Entity::find()
        .filter(any_of(tx, C::CompetitionId, competitions))
        .filter(C::RevokedAt.is_null());
    Ok(all.filter(these).all(tx).await?)
}

/// Records that users have registered with invitations.
///
/// # Errors
/// [`Error::Conflict`] when one was revoked or accepted since it was read.
pub(super) async fn accept(tx: &impl ConnectionTrait, accepted: Vec<Acceptance>) -> Result<()> {
    use invitation::Column as C;
    for Acceptance { invitation, user, at } in accepted {
        let updated = invitation::Entity::update_many()
            .col_expr(C::AcceptedBy, Expr::value(user))
            .col_expr(C::AcceptedAt, Expr::value(at.utc()))
            .filter(C::Id.eq(invitation))
            .filter(C::AcceptedAt.is_null())
            .filter(C::RevokedAt.is_null())
            .exec(tx)
            .await?;
        if updated.rows_affected != 1 {
            return Err(Error::Conflict);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::{AccessMode, InvitationId, PageQuery};
    use serde_json::json;

    use super::*;
    use crate::{invitations, testing::World};

    async fn try_to_accept(world: &World, invitation: InvitationId, user: UserId) -> Result<()> {
        let tx = world.ctx.db.begin_serializable().await?;
        accept(&*tx, vec![Acceptance { invitation, user, at: world.ctx.now() }]).await?;
        tx.commit().await
    }

    #[tokio::test]
    async fn an_invitation_that_was_revoked_or_accepted_since_it_was_read_conflicts() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).access(AccessMode::Invitation).create().await;
        let input = json!({ "emails": ["one@else.example", "two@else.example"] });
        let input = serde_json::from_value(input).unwrap();
        let invited = invitations::invite(&world.ctx, &ada, id, input).await.unwrap().invited;
        let people = world.participants(2).await;
        let users: Vec<_> = people.iter().map(|person| person.user().unwrap().id).collect();
        try_to_accept(&world, invited[0].id, users[0]).await.unwrap();
        invitations::revoke(&world.ctx, &ada, id, invited[1].id).await.unwrap();
        for invitation in &invited {
            let again = try_to_accept(&world, invitation.id, users[1]).await;
            assert!(matches!(again, Err(Error::Conflict)));
        }
        let paging = PageQuery::default().check().unwrap();
        let list = invitations::list(&world.ctx, &ada, id, paging).await.unwrap();
        assert!(list.items[0].accepted_at.is_some());
    }
}

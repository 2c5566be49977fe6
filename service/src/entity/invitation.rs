//! An invitation to a competition.

use domain::{CompetitionId, Invitation, InvitationId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "invitations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: InvitationId,
    pub(crate) competition_id: CompetitionId,
    pub(crate) email: String,
    /// The address in the form in which addresses are compared.
    pub(crate) email_key: String,
    /// The access code that admits one account. Not a hash: the organizer hands the link on where
    /// no mail is sent.
    pub(crate) code: String,
    pub(crate) invited_at: DateTimeUtc,
    /// The account that has registered with it; `None` once its row is deleted, too.
    pub(crate) accepted_by: Option<UserId>,
    /// When an account has registered with it. No other can.
    pub(crate) accepted_at: Option<DateTimeUtc>,
    /// A revoked invitation stays, so that it counts in the limits on mail.
    pub(crate) revoked_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The invitation with its personal link.
    pub(crate) fn into_view(self, link: String) -> Invitation {
        Invitation {
            id: self.id,
            email: self.email,
            code: self.code,
            link,
            invited_at: self.invited_at.into(),
            accepted_at: self.accepted_at.map(Into::into),
        }
    }
}

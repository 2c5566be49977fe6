//! What has happened to a competition.

use domain::{NoticeTiming, OrganizerNotice, OrganizerNotices, RegistrationStatus};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, RelationTrait, Select, prelude::DateTimeUtc,
};

use crate::{
    Result,
    entity::{competition, registration, user},
};

/// Names in a notice, of those who have registered and of those who have cancelled.
const MAX_NAMES: u64 = 10;

/// What has happened to a competition that its organizer wants to be notified of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct News {
    pub(super) registered: People,
    pub(super) cancelled: People,
    /// Whether the last seat was taken.
    pub(super) became_full: bool,
    /// Whether the waiting list has emptied.
    pub(super) waitlist_emptied: bool,
}

/// Some people, the first of them by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct People {
    pub(super) count: u64,
    pub(super) names: Vec<String>,
}

impl News {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The registrations of a competition that have changed after `from` until `until`.
pub(super) struct Period<'a> {
    pub(super) competition: &'a competition::Model,
    pub(super) from: DateTimeUtc,
    pub(super) until: DateTimeUtc,
}

impl Period<'_> {
    /// What an organizer with these choices hears of with this timing.
    pub(super) async fn news(
        &self,
        tx: &impl ConnectionTrait,
        choices: &OrganizerNotices,
        timing: NoticeTiming,
    ) -> Result<News> {
        let wants = |notice| choices.timing(notice) == timing;
        let mut news = News::default();
        if wants(OrganizerNotice::Registrations) {
            news.registered = people(tx, self.registered()).await?;
        }
        if wants(OrganizerNotice::Cancellations) {
            news.cancelled = people(tx, self.cancelled()).await?;
        }
        Ok(news)
    }

    /// Whether a registration has changed since.
    pub(super) async fn is_followed(&self, tx: &impl ConnectionTrait) -> Result<bool> {
        let newer = self.all().filter(registration::Column::UpdatedAt.gt(self.until));
        Ok(newer.one(tx).await?.is_some())
    }

    fn all(&self) -> Select<registration::Entity> {
        let competition = registration::Column::CompetitionId.eq(self.competition.id);
        registration::Entity::find().filter(competition)
    }

    /// Those who have registered, and not cancelled since.
    fn registered(&self) -> Select<registration::Entity> {
        self.all()
            .filter(registration::Column::RegisteredAt.gt(self.from))
            .filter(registration::Column::RegisteredAt.lte(self.until))
            .filter(registration::Column::Status.is_in(RegistrationStatus::active()))
    }

    /// Those who had registered before, and have cancelled.
    fn cancelled(&self) -> Select<registration::Entity> {
        self.all()
            .filter(registration::Column::UpdatedAt.gt(self.from))
            .filter(registration::Column::UpdatedAt.lte(self.until))
            .filter(registration::Column::RegisteredAt.lte(self.from))
            .filter(registration::Column::Status.eq(RegistrationStatus::Cancelled))
    }
}

async fn people(
    tx: &impl ConnectionTrait,
    registrations: Select<registration::Entity>,
) -> Result<People> {
    let count = registrations.clone().count(tx).await?;
    if count == 0 {
        return Ok(People::default());
    }
    let names = registrations
        .select_only()
        .column(user::Column::Name)
        .join(JoinType::InnerJoin, registration::Relation::User.def())
        .order_by_asc(registration::Column::RegisteredAt)
        .order_by_asc(registration::Column::Id)
        .limit(MAX_NAMES)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(People { count, names })
}

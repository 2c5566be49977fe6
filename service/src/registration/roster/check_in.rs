//! The list of participants to print.

use domain::{CompetitionId, Page, Paging, RegistrationStatus};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::open;
use crate::{
    Actor, Context, Result,
    entity::{registration, user},
};

/// The most names on a page of the list, so that a page has a bound.
const ON_CHECK_IN_PAGE: u64 = 2_000;

/// A page of the participants with this status, or of those with a seat, by name: the name and the
/// email of each. `page` counts from 1. For the organizer of the competition and administrators.
///
/// # Errors
/// As for [`super::roster`].
pub async fn check_in_list(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    status: Option<RegistrationStatus>,
    page: u64,
) -> Result<Page<(String, String)>> {
    let paging = Paging { page, limit: ON_CHECK_IN_PAGE };
    open(ctx, actor, id).await?;
    let db = &*ctx.db.for_lists().await?;
    let statuses = match status {
        Some(status) => vec![status],
        None => RegistrationStatus::with_seat().collect(),
    };
    let listed = registration::Entity::find()
        .filter(registration::Column::CompetitionId.eq(id))
        .filter(registration::Column::Status.is_in(statuses));
    let total = listed.clone().count(db).await?;
    let items = listed
        .inner_join(user::Entity)
        .select_only()
        .column(user::Column::Name)
        .column(user::Column::Email)
        .order_by_asc(user::Column::SearchText)
        .order_by_asc(registration::Column::Id)
        .offset(paging.offset())
        .limit(paging.limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(Page { items, total, page, limit: paging.limit })
}

#[cfg(test)]
mod tests {
    use domain::RegistrationId;

    use super::{super::super::register, *};
    use crate::{
        infrastructure::{db::bulk, ids::new_id},
        testing::World,
    };

    #[tokio::test]
    async fn a_check_in_list_is_split_into_pages_of_2000_names() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let sprint = world.competition(&ada).seats(3_000).create().await;
        let people = world.participants_in_bulk(ON_CHECK_IN_PAGE as usize + 1).await;
        let now = world.ctx.now().utc();
        let row = |participant: &Actor| registration::Model {
            id: RegistrationId(new_id()),
            user_id: participant.user().unwrap().id,
            competition_id: sprint,
            status: RegistrationStatus::Confirmed,
            idempotency_key: None,
            registered_at: now,
            updated_at: now,
            reminded_at: None,
            reminded_start: None,
            cancellation_notified_at: None,
            waitlist_number: None,
            last_event_id: None,
            access_code: None,
        };
        let rows = people.iter().map(row).collect();
        bulk::insert(&*world.ctx.db.autocommit().await, rows).await.unwrap();
        let mut listed = std::collections::HashSet::new();
        for (page, length) in [(1, ON_CHECK_IN_PAGE), (2, 1), (3, 0)] {
            let list = check_in_list(&world.ctx, &ada, sprint, None, page).await.unwrap();
            assert_eq!((list.items.len() as u64, list.total), (length, ON_CHECK_IN_PAGE + 1));
            listed.extend(list.items);
        }
        assert_eq!(listed.len(), people.len());
    }

    #[tokio::test]
    async fn a_check_in_list_has_those_with_a_seat_by_name_or_those_with_a_status() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let sprint = world.competition(&ada).seats(2).waitlist(9).create().await;
        let [zoe, adam, mia] = ["Zoe Z", "adam a", "Mia M"];
        for name in [zoe, adam, mia] {
            let participant = world.participant(name).await;
            register(&world.ctx, &participant, sprint, None).await.unwrap().outcome.unwrap();
        }
        let listed = async |status| {
            let list = check_in_list(&world.ctx, &ada, sprint, status, 1).await.unwrap();
            assert_eq!(list.total, list.items.len() as u64);
            list.items.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(listed(None).await, [adam, zoe]);
        assert_eq!(listed(Some(RegistrationStatus::Waitlisted)).await, [mia]);
        assert!(listed(Some(RegistrationStatus::Cancelled)).await.is_empty());
        let eve = world.organizer("Eve").await;
        check_in_list(&world.ctx, &eve, sprint, None, 1).await.unwrap_err();
    }
}

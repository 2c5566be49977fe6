//! The download of what is stored about a user: their right under article 20 of the GDPR.
//!
//! The whole is one JSON object. It is made in parts, because a mailbox may have thousands of
//! messages: one part is in memory, and no database connection is held while it is sent.

use domain::{Paging, Role};
use serde::Serialize;
use serde_json::Value;

use crate::{
    Actor, Context, Result, assets, calendar_feed, competitions,
    mail::mailbox,
    mail_preferences, organizer_notices, personal_tokens, registration, sessions,
    slice::{Cursor, Position, Slice},
    webhooks,
};

/// Items in a part.
const CHUNK: u64 = 200;

/// The download in parts.
#[derive(Debug)]
pub struct PersonalData {
    ctx: Context,
    actor: Actor,
    next: Option<Stage>,
}

/// A part of the download.
#[derive(Clone, Debug, PartialEq)]
pub enum DataPart {
    /// Whole members of the object.
    Members(Vec<(&'static str, Value)>),
    /// Some items of a list. Parts of one list follow one another.
    Items(&'static str, Vec<Value>),
}

/// What the next part has.
#[derive(Clone, Debug)]
enum Stage {
    Account,
    Registrations(Option<Position>),
    Messages(Option<Position>),
    Competitions(Option<Position>),
    /// The page.
    Pictures(u64),
}

/// The data of the actor.
///
/// # Errors
/// Unauthorized; [`domain::ErrorCode::Forbidden`] for a personal access token.
pub fn export(ctx: &Context, actor: &Actor) -> Result<PersonalData> {
    actor.owner()?;
    Ok(PersonalData { ctx: ctx.clone(), actor: actor.clone(), next: Some(Stage::Account) })
}

impl PersonalData {
    /// The next part; `Ok(None)` after the last one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_part(&mut self) -> Result<Option<DataPart>> {
        let Some(stage) = self.next.take() else { return Ok(None) };
        let is_organizer = self.actor.owner()?.has_role(Role::Organizer);
        let (ctx, actor) = (&self.ctx, &self.actor);
        let cursor = |after| Cursor { after, limit: CHUNK };
        let (part, next) = match stage {
            Stage::Account => {
                let next = match actor.owner()?.has_role(Role::Participant) {
                    true => Stage::Registrations(None),
                    false => Stage::Messages(None),
                };
                (DataPart::Members(self.account(is_organizer).await?), Some(next))
            }
            Stage::Registrations(after) => {
                let slice = registration::mine_after(ctx, actor, &cursor(after)).await?;
                let then = Stage::Messages(None);
                items("registrations", slice, Stage::Registrations, Some(then))?
            }
            Stage::Messages(after) => {
                let slice = mailbox::stored_after(ctx, actor, &cursor(after)).await?;
                let then = is_organizer.then_some(Stage::Competitions(None));
                items("messages", slice, Stage::Messages, then)?
            }
            Stage::Competitions(after) => {
                let slice = competitions::mine_after(ctx, actor, &cursor(after)).await?;
                items("competitions", slice, Stage::Competitions, Some(Stage::Pictures(1)))?
            }
            Stage::Pictures(page) => {
                let found = assets::list(ctx, actor, Paging { page, limit: CHUNK }).await?;
                let next = (page < found.pages()).then(|| Stage::Pictures(page + 1));
                (DataPart::Items("pictures", values(found.items)?), next)
            }
        };
        self.next = next;
        Ok(Some(part))
    }

    /// What there is one of, and short lists.
    async fn account(&self, is_organizer: bool) -> Result<Vec<(&'static str, Value)>> {
        let (ctx, actor) = (&self.ctx, &self.actor);
        let mut members = vec![
            ("exportedAt", value(ctx.now())?),
            ("account", value(actor.owner()?)?),
            ("mailPreferences", value(mail_preferences::get(ctx, actor).await?)?),
            ("sessions", value(sessions::list(ctx, actor, None).await?)?),
            ("personalTokens", value(personal_tokens::list(ctx, actor).await?)?),
            ("calendarFeed", value(calendar_feed::find(ctx, actor).await?)?),
        ];
        if is_organizer {
            let notices = organizer_notices::get(ctx, actor).await?;
            members.push(("organizerNotices", value(notices)?));
            members.push(("webhooks", value(webhooks::list(ctx, actor).await?)?));
        }
        Ok(members)
    }
}

/// A part of a list, and what follows: the rest of the list, or `then`.
fn items<T: Serialize>(
    name: &'static str,
    slice: Slice<T>,
    rest: impl FnOnce(Option<Position>) -> Stage,
    then: Option<Stage>,
) -> Result<(DataPart, Option<Stage>)> {
    let next = match slice.next {
        Some(position) => Some(rest(Some(position))),
        None => then,
    };
    Ok((DataPart::Items(name, values(slice.items)?), next))
}

fn values<T: Serialize>(items: Vec<T>) -> Result<Vec<Value>> {
    items.into_iter().map(value).collect()
}

fn value(item: impl Serialize) -> Result<Value> {
    // Every view is plain JSON, as the API shows it.
    serde_json::to_value(item).map_err(|error| crate::Error::Corrupt(error.to_string()))
}

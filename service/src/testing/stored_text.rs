//! What a copy of the database reveals.

use sea_orm::{EntityTrait, Select};

use super::World;
use crate::entity::{
    answer, calendar_feed, competition_change, email_verification, failed_job, idempotency_log,
    job, mail, mail_preference, organizer_message, password_reset, personal_token, refresh_token,
    registration_event, session, user,
};

impl World {
    /// The rows that the requests and jobs of users leave, as JSON.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn stored_text(&self) -> String {
        let tables = [
            self.rows(user::Entity::find()).await,
            self.rows(personal_token::Entity::find()).await,
            self.rows(calendar_feed::Entity::find()).await,
            self.rows(refresh_token::Entity::find()).await,
            self.rows(password_reset::Entity::find()).await,
            self.rows(email_verification::Entity::find()).await,
            self.rows(session::Entity::find()).await,
            self.rows(idempotency_log::Entity::find()).await,
            self.rows(mail::Entity::find()).await,
            self.rows(mail_preference::Entity::find()).await,
            self.rows(organizer_message::Entity::find()).await,
            self.rows(answer::Entity::find()).await,
            self.rows(registration_event::Entity::find()).await,
            self.rows(competition_change::Entity::find()).await,
            self.rows(job::Entity::find()).await,
            self.rows(failed_job::Entity::find()).await,
        ];
        tables.concat()
    }

    async fn rows<E: EntityTrait>(&self, table: Select<E>) -> String {
        let rows = table.into_json().all(self.ctx.db.connection()).await.expect("rows");
        rows.iter().map(ToString::to_string).collect()
    }
}

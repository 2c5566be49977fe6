//! Messages without a cause.

use domain::MailKind;

use crate::{
    Actor, Cause,
    infrastructure::ids::new_id,
    mail::{
        mailbox::{Draft, store},
        preferences::unsubscribe_link,
        templates::RenderedMail,
    },
};

use super::World;

impl World {
    /// Puts `count` messages into the actor's mailbox.
    ///
    /// # Panics
    /// When the database refuses them, or the actor is not logged in.
    pub async fn fill_mailbox(&self, actor: &Actor, count: usize, body: &str) {
        let user = actor.user().expect("a user who is logged in");
        let draft = |_| Draft {
            user: user.id,
            recipient: user.email.clone(),
            mail: RenderedMail { subject: "One of many".to_owned(), body: body.to_owned() },
            dedup_key: new_id().to_string(),
            about: None,
            cause: Cause::current(),
        };
        let drafts = (0..count).map(draft).collect();
        let db = self.ctx.db.autocommit().await;
        store(&*db, self.ctx.now(), drafts).await.expect("messages");
    }

    /// The path of the page that ends mails of a kind to the actor, as their mails have it.
    ///
    /// # Panics
    /// When the database refuses it, or the actor is not logged in.
    pub async fn unsubscribe_path(&self, actor: &Actor, kind: MailKind) -> String {
        let address = &actor.user().expect("a user who is logged in").email;
        let link = unsubscribe_link(&self.ctx, address, kind).await.expect("a link");
        link.replacen(&self.ctx.page(""), "", 1)
    }
}

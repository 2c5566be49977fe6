//! Creating thousands of participants in a few statements.

use domain::{Email, Password, PersonName, Role, User, UserId};
use sea_orm::{EntityTrait, Set};

use super::{PASSWORD, World};
use crate::{
    Actor,
    accounts::{Account, CredentialsVersion, search_text, search_words},
    entity::user,
    infrastructure::ids::new_id,
};

/// Rows of one statement; databases limit its parameters.
const CHUNK: usize = 1_000;

impl World {
    /// New participants, called Member 1, Member 2 and so on. They share one hash of the password:
    /// hashing it for each would take minutes in a load test.
    ///
    /// # Panics
    /// When the database refuses them.
    pub async fn participants_in_bulk(&self, size: usize) -> Vec<Actor> {
        let password = Password::parse(PASSWORD.to_owned()).expect("a password");
        let hash = self.ctx.passwords.hash(password).await.expect("a hash");
        let users: Vec<User> = (1..=size).map(member).collect();
        for chunk in users.chunks(CHUNK) {
            let rows = chunk.iter().map(|user| self.row(user, &hash));
            let insert = user::Entity::insert_many(rows);
            insert
                .exec_without_returning(&*self.ctx.db.autocommit().await)
                .await
                .expect("participants");
        }
        let account = |user| Account { user, credentials: CredentialsVersion::FIRST };
        users.into_iter().map(|user| account(user).into()).collect()
    }

    fn row(&self, user: &User, password_hash: &str) -> user::ActiveModel {
        let email = Email::parse(&user.email).expect("an address");
        let name = PersonName::parse(&user.name).expect("a name");
        user::ActiveModel {
            credentials_version: Set(CredentialsVersion::FIRST.0),
            time_zone: Set(None),
            disabled_at: Set(None),
            email_verified_at: Set(Some(self.ctx.now().utc())),
            email_refused_at: Set(None),
            id: Set(user.id),
            email_key: Set(email.key()),
            search_text: Set(search_text(name.as_str(), email.as_str())),
            search_words: Set(search_words(name.as_str(), email.as_str())),
            email: Set(email.into_string()),
            name: Set(name.into_string()),
            role: Set(user.role),
            second_role: Set(None),
            password_hash: Set(password_hash.to_owned()),
            created_at: Set(self.ctx.now().utc()),
        }
    }
}

fn member(number: usize) -> User {
    User {
        id: UserId(new_id()),
        email: format!("member.{number}@example.com"),
        name: format!("Member {number}"),
        role: Role::Participant,
        roles: vec![Role::Participant],
        time_zone: None,
        email_verified: true,
        email_refused: false,
    }
}

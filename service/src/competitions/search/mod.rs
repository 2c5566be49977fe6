//! Searching competitions as people type: words in any order, beginnings of words, plurals,
//! accents, hyphens, one mistake; in titles, tags, names of organizers and descriptions.

mod index;
mod typos;

use std::{cmp::Reverse, collections::HashSet};

use domain::{CompetitionId, MAX_COUNTED};
use sea_orm::{
    ConnectionTrait, DbBackend, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    Select,
    prelude::DateTimeUtc,
    sea_query::{BinOper, Expr, SimpleExpr},
};

pub use self::index::index_missing;
pub(crate) use self::index::{index, index_those_of};
use crate::{
    Result,
    entity::{competition, competition_search},
    infrastructure::search::{self, Query},
};

/// A search of competitions.
pub(super) enum Search {
    /// By the index.
    Words(Query),
    /// A text without words, such as an emoji: in titles and descriptions, as it is.
    Text(String),
}

/// The part of a competition that must match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Title,
    Any,
}

impl Search {
    /// Reads a search, and forgives one mistake in each word that no competition has.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn parse(db: &impl ConnectionTrait, text: &str) -> Result<Self> {
        match Query::parse(text) {
            Some(query) => Ok(Self::Words(typos::forgive(db, query).await?)),
            None => Ok(Self::Text(text.to_owned())),
        }
    }

    /// The condition on a competition.
    pub(super) fn condition(&self, db: &impl ConnectionTrait) -> SimpleExpr {
        match self {
            Self::Words(query) => matches(query, Part::Any, db.get_database_backend()),
            Self::Text(text) => {
                search::holds((competition::Entity, competition::Column::SearchText), text)
            }
        }
    }

    /// The competitions of a list that match, the best first: those whose titles have the words,
    /// then the latest. At most [`MAX_COUNTED`].
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn best(
        &self,
        db: &impl ConnectionTrait,
        list: Select<competition::Entity>,
    ) -> Result<Vec<CompetitionId>> {
        let (mut found, query) = match self {
            Self::Words(query) => {
                let of_title = matches(query, Part::Title, db.get_database_backend());
                (candidates(db, list.clone().filter(of_title)).await?, Some(query))
            }
            Self::Text(_) => (Vec::new(), None),
        };
        if (found.len() as u64) < MAX_COUNTED {
            let any = list.filter(self.condition(db));
            let by_title: HashSet<_> = found.iter().map(|candidate| candidate.0).collect();
            let others = candidates(db, any).await?;
            found.extend(others.into_iter().filter(|candidate| !by_title.contains(&candidate.0)));
            found.truncate(usize::try_from(MAX_COUNTED).unwrap_or(usize::MAX));
        }
        let score = |title_words: &Option<String>| match (query, title_words) {
            (Some(query), Some(title_words)) => query.score(title_words),
            _ => 0,
        };
        found.sort_by_cached_key(|(id, created_at, title_words)| {
            Reverse((score(title_words), *created_at, *id))
        });
        Ok(found.into_iter().map(|(id, ..)| id).collect())
    }
}

/// The id of a competition, when it was created, and the words of its title.
type Candidate = (CompetitionId, DateTimeUtc, Option<String>);

async fn candidates(
    db: &impl ConnectionTrait,
    list: Select<competition::Entity>,
) -> Result<Vec<Candidate>> {
    let rows = list
        .join_rev(JoinType::LeftJoin, competition_search::Relation::Competition.def())
        .select_only()
        .columns([competition::Column::Id, competition::Column::CreatedAt])
        .column(competition_search::Column::TitleWords)
        .order_by_desc(competition::Column::CreatedAt)
        .limit(MAX_COUNTED);
    Ok(rows.into_tuple().all(db).await?)
}

/// `competitions.id IN (…)`, from the full-text index.
fn matches(query: &Query, part: Part, database: DbBackend) -> SimpleExpr {
    let words = query.to_sql(database);
    let (found, words) = match (database, part) {
        (DbBackend::Postgres, Part::Title) => (
            "SELECT competition_id FROM competition_search WHERE title_document @@ $1::tsquery",
            words,
        ),
        (DbBackend::Postgres, Part::Any) => {
            ("SELECT competition_id FROM competition_search WHERE document @@ $1::tsquery", words)
        }
        (_, Part::Title) => (FOUND_IN_SQLITE, format!("{{title_words}} : ({words})")),
        (_, Part::Any) => (FOUND_IN_SQLITE, words),
    };
    let found = Expr::cust_with_values(format!("({found})"), [words]);
    let id = Expr::col((competition::Entity, competition::Column::Id));
    SimpleExpr::Binary(Box::new(id), BinOper::In, Box::new(found))
}

const FOUND_IN_SQLITE: &str = "SELECT competition_id FROM competition_search WHERE id IN \
     (SELECT rowid FROM competition_search_index WHERE competition_search_index MATCH ?)";

//! Forgiving one mistake in a word: a letter that is missing, added, wrong, or swapped with the
//! next.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use strsim::osa_distance;

use crate::{
    Result,
    entity::search_term,
    infrastructure::search::{Group, Query},
};

/// Shorter words are searched as they are: one letter is too much of them.
const SHORTEST: usize = 4;
/// Terms that are compared with a word, of each half.
const MAX_CANDIDATES: u64 = 500;
/// Terms that a word may be meant to be.
const MAX_MEANT: usize = 8;
/// Behind every character that a term has.
const LAST: char = char::MAX;

/// Replaces words that no competition has by those that they may be meant to be.
///
/// # Errors
/// When the database fails.
pub(super) async fn forgive(db: &impl ConnectionTrait, query: Query) -> Result<Query> {
    let Query(mut groups) = query;
    for group in &mut groups {
        if !any_is_known(db, group).await?
            && let [words] = &group[..]
            && let [word] = &words[..]
            && word.chars().count() >= SHORTEST
        {
            let meant = terms_like(db, word).await?;
            if !meant.is_empty() {
                *group = meant.into_iter().map(|term| vec![term]).collect();
            }
        }
    }
    Ok(Query(groups))
}

async fn any_is_known(db: &impl ConnectionTrait, group: &Group) -> Result<bool> {
    for words in group {
        let mut all = true;
        for word in words {
            let known = search_term::Entity::find()
                .filter(search_term::Column::Term.between(word.clone(), format!("{word}{LAST}")));
            all &= known.one(db).await?.is_some();
        }
        if all {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The terms at a distance of one. One mistake leaves the first half or the second half of a word
/// as it is, so that two ranges hold them all.
async fn terms_like(db: &impl ConnectionTrait, word: &str) -> Result<Vec<String>> {
    let letters: Vec<char> = word.chars().collect();
    let (first, second) = letters.split_at(letters.len() / 2);
    let first: String = first.iter().collect();
    let second: String = second[1..].iter().rev().collect();
    let range = |column: search_term::Column, half: String| {
        let terms = search_term::Entity::find();
        terms.filter(column.between(half.clone(), format!("{half}{LAST}"))).limit(MAX_CANDIDATES)
    };
    let mut terms = range(search_term::Column::Term, first).all(db).await?;
    terms.extend(range(search_term::Column::Reversed, second).all(db).await?);
    terms.sort_unstable();
    terms.dedup();
    let is_like = |term: &String| osa_distance(term, word) == 1;
    Ok(terms.into_iter().map(|term| term.term).filter(is_like).take(MAX_MEANT).collect())
}

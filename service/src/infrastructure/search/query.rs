//! A search: groups of words, each of which must be found.

use std::fmt::Write;

use sea_orm::{
    Condition, DbBackend,
    sea_query::{Expr, ExprTrait as _, IntoColumnRef, SimpleExpr},
};

use super::words::{compounds, words};

/// The groups of a search; further ones are ignored.
const MAX_GROUPS: usize = 10;
/// Words that are ignored in a search with others.
const STOP_WORDS: [&str; 12] =
    ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "the", "to"];
/// A word of so many letters may be a part of its neighbour: `e sports`.
const SHORT: usize = 2;

/// Words that must all be found, each at the beginning of a word.
pub(crate) type Words = Vec<String>;

/// Alternatives, one of which must be found.
pub(crate) type Group = Vec<Words>;

/// What is searched for: every group must be found. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Query(pub(crate) Vec<Group>);

impl Query {
    /// `None` for a text without a letter or a digit.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut groups: Vec<Group> = Vec::new();
        let mut compounds = compounds(text).into_iter().take(MAX_GROUPS).peekable();
        while let Some(compound) = compounds.next() {
            let parts = compound.parts();
            let [word] = &parts[..] else {
                groups.push(vec![vec![compound.joined()], parts]);
                continue;
            };
            let next = compounds.peek().map(|next| next.joined());
            let is_part = |next: &String| word.len() <= SHORT || next.len() <= SHORT;
            match next.filter(is_part).filter(|next| !is_stop_word(word) && !is_stop_word(next)) {
                Some(next) => {
                    compounds.next();
                    groups.push(vec![
                        vec![word.clone(), next.clone()],
                        words(&[word, &*next].concat()),
                    ]);
                }
                None => groups.push(vec![vec![word.clone()]]),
            }
        }
        if groups.iter().any(|group| !is_ignored(group)) {
            groups.retain(|group| !is_ignored(group));
        }
        (!groups.is_empty()).then_some(Self(groups))
    }

    /// In the language of the full-text search of a database: a `tsquery`, or a query of FTS5.
    /// Words consist of letters and digits, so none can end its quotes.
    pub(crate) fn to_sql(&self, database: DbBackend) -> String {
        let is_postgres = database == DbBackend::Postgres;
        let (and, or) = if is_postgres { (" & ", " | ") } else { (" AND ", " OR ") };
        let word = |word: &String| {
            if is_postgres { format!("'{word}':*") } else { format!("\"{word}\" *") }
        };
        let mut sql = String::new();
        for (number, group) in self.0.iter().enumerate() {
            let alternative = |words: &Words| {
                let words: Vec<_> = words.iter().map(word).collect();
                format!("({})", words.join(and))
            };
            let alternatives: Vec<_> = group.iter().map(alternative).collect();
            let before = if number == 0 { "" } else { and };
            write!(sql, "{before}({})", alternatives.join(or)).expect("writing to a string");
        }
        sql
    }

    /// Whether a column of words, separated by blanks, has these. It reads the column of each
    /// row: for lists that another condition makes short, and for SQLite.
    pub(crate) fn is_in(&self, column: impl IntoColumnRef + Clone) -> SimpleExpr {
        // A word has no character with a meaning in a pattern.
        let begins = |word: &String| {
            let column = Expr::col(column.clone());
            column.clone().like(format!("{word}%")).or(column.like(format!("% {word}%")))
        };
        let has_all =
            |words: &Words| words.iter().fold(Condition::all(), |all, word| all.add(begins(word)));
        let has_any = |group: &Group| {
            group.iter().fold(Condition::any(), |any, words| any.add(has_all(words)))
        };
        let groups = self.0.iter().fold(Condition::all(), |all, group| all.add(has_any(group)));
        groups.into()
    }

    /// How well a title fits: for each group, more if it is found as whole words than if it is the
    /// beginning of words, and nothing if it is not in the title.
    pub(crate) fn score(&self, title_words: &str) -> u32 {
        let title: Vec<&str> = title_words.split(' ').collect();
        let score_of = |words: &Words| {
            let is_whole = words.iter().all(|word| title.contains(&&**word));
            let begins = |word: &String| title.iter().any(|found| found.starts_with(&**word));
            if is_whole { 3 } else { u32::from(words.iter().all(begins)) }
        };
        let best = |group: &Group| group.iter().map(score_of).max().unwrap_or_default();
        self.0.iter().map(best).sum()
    }
}

/// Whether a group is a stop word.
fn is_ignored(group: &Group) -> bool {
    let [words] = &group[..] else { return false };
    matches!(&words[..], [word] if is_stop_word(word))
}

fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(text: &str) -> String {
        Query::parse(text).map_or_else(String::new, |query| query.to_sql(DbBackend::Postgres))
    }

    #[test]
    fn every_word_is_searched_as_a_beginning() {
        assert_eq!(sql("Code Spri"), "(('code':*)) & (('spri':*))");
        assert_eq!(sql("hackathon in Berlin"), "(('hackathon':*)) & (('berlin':*))");
        assert_eq!(sql("the"), "(('the':*))");
        assert_eq!(sql(" \u{1f389} !!"), "");
        let query = Query::parse("Code Spri").unwrap();
        assert_eq!(query.to_sql(DbBackend::Sqlite), "((\"code\" *)) AND ((\"spri\" *))");
    }

    #[test]
    fn compounds_are_searched_in_each_spelling() {
        assert_eq!(sql("e-sports"), "(('esport':*) | ('e':* & 'sport':*))");
        assert_eq!(sql("e sports"), "(('e':* & 'sport':*) | ('esport':*))");
    }

    #[test]
    fn operators_of_a_query_are_no_operators_in_a_search() {
        for text in ["a':* | b", "\"x\" OR y", "NEAR(a b)", "!x & (", "x\0y", "title_words:x"] {
            let sql = sql(text);
            let inside = sql.split('\'').skip(1).step_by(2).collect::<Vec<_>>();
            assert!(inside.iter().all(|word| word.chars().all(char::is_alphanumeric)), "{sql}");
        }
    }

    #[test]
    fn whole_words_of_a_title_score_more_than_beginnings() {
        let query = Query::parse("code sprint").unwrap();
        let scores =
            ["code sprint", "code sprinter", "code", "chess"].map(|title| query.score(title));
        assert_eq!(scores, [6, 4, 3, 0]);
    }
}

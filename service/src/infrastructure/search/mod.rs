//! Searching as people type: words in any order, beginnings of words, without case, accents and
//! plurals; and texts as they are.

mod query;
mod text;
mod words;

pub(crate) use self::{
    query::{Group, Query},
    text::holds,
    words::words,
};

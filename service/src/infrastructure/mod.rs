//! Infrastructure: what use cases are built with. Nothing in here knows a use case.
//!
//! | Module | |
//! |---|---|
//! | `db` | connections, transactions, retries |
//! | `redis` | the client and its circuit breaker |
//! | `locks` | the lock of a competition, in Redis |
//! | `combiner`, `coalesced_read` | batches of requests that arrive at the same time |
//! | `media_store`, `file_size` | the files of pictures, and their weight in caches |
//! | `one_at_a_time`, `svg` | work that takes a core; drawings |
//! | `outbound` | requests to addresses that users have entered |
//! | `clock`, `ids` | time, and the ids of rows |
//! | `password`, `secrets`, `private_files` | hashes, random secrets, permissions of files |
//! | `keyset` | long lists in parts |
//! | `tls` | certificate authorities, and what is wrong with a certificate |
//! | `error_chain` | an error and its sources as text |
//! | `search` | searching text in any case |
//! | `trace_context` | the W3C `traceparent` of spans |
//! | `failpoint` | places at which tests kill the process |

pub(crate) mod circuit_breaker;
pub(crate) mod clock;
pub(crate) mod coalesced_read;
pub(crate) mod combiner;
pub(crate) mod db;
pub(crate) mod error_chain;
pub(crate) mod failpoint;
pub(crate) mod file_size;
pub(crate) mod ids;
pub(crate) mod keyset;
pub(crate) mod locks;
pub(crate) mod media_store;
pub(crate) mod one_at_a_time;
pub(crate) mod outbound;
pub(crate) mod password;
pub(crate) mod private_files;
pub(crate) mod redis;
pub(crate) mod search;
pub(crate) mod secrets;
pub(crate) mod svg;
pub(crate) mod tls;
pub mod trace_context;

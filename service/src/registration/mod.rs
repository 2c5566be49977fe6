//! Registrations: registering, cancelling, and the lists of participants.

mod add_participant;
mod cancel_registration;
mod correct_answers;
mod edit_answers;
mod mine;
mod record;
mod register;
mod rejection_reasons;
mod replace_answers;
mod review;
mod roster;
mod waiting_list;

pub(crate) use correct_answers::mail_examples;

pub use add_participant::add_participant;
pub use cancel_registration::cancel_registration;
pub use correct_answers::{SeenAnswers, correct_answers};
pub use edit_answers::edit_answers;
pub(crate) use mine::{count, is_shown_to, newest};
pub use mine::{get, mine, mine_after, own_statuses, viewer_state};
pub use record::record;
pub use register::{register, register_with};
pub use review::{approve, promote, reject};
pub(crate) use roster::has_answer;
pub use roster::{RosterExport, browse_roster, check_in_list, export_roster, roster, roster_after};

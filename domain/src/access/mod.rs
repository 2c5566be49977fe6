//! Who can register for a competition: everyone, or those with an access code.

mod code;
mod invitation;
mod mode;

pub(crate) use code::access_codes;
pub use code::{AccessCodeDraft, AccessCodeInput, AccessCodeUse, MAX_ACCESS_CODES};
pub use invitation::{
    Invitation, InvitationsInput, Invited, MAX_INVITATIONS, MAX_INVITATIONS_A_DAY,
    MAX_INVITED_AT_ONCE, addresses_in,
};
pub use mode::AccessMode;
pub(crate) use mode::access_mode;

//! Ids that are known before their rows exist.

/// Version 7, variant 1, with a time in 2023.
const PREFIX: &str = "018a0000-0000-7000-8000-";

/// The id of the row with this number: later numbers sort after earlier ones.
pub(crate) fn uuid(number: usize) -> String {
    format!("{PREFIX}{number:012x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_that_ends_in_its_number() {
        assert_eq!(uuid(255), "018a0000-0000-7000-8000-0000000000ff");
    }
}

//! Seats in words.

use crate::grouped;

/// `12 of 40 seats left`.
pub fn seats_left(left: u32, capacity: u32) -> String {
    format!("{} of {} left", grouped(left.into()), seats(capacity))
}

/// `28 of 40 seats taken`.
pub fn seats_taken(left: u32, capacity: u32) -> String {
    format!("{} of {} taken", grouped(capacity.saturating_sub(left).into()), seats(capacity))
}

fn seats(capacity: u32) -> String {
    format!("{} {}", grouped(capacity.into()), if capacity == 1 { "seat" } else { "seats" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_counted_in_words() {
        assert_eq!(seats_left(12, 40), "12 of 40 seats left");
        assert_eq!(seats_left(0, 1), "0 of 1 seat left");
        assert_eq!(seats_taken(12, 40), "28 of 40 seats taken");
        assert_eq!(seats_taken(0, 1), "1 of 1 seat taken");
        assert_eq!(seats_left(1_200, 50_000), "1,200 of 50,000 seats left");
    }
}

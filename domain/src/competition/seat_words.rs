//! Seats in words.

/// `12 of 40 seats left`.
pub fn seats_left(left: u32, capacity: u32) -> String {
    format!("{left} of {} left", seats(capacity))
}

/// `28 of 40 seats taken`.
pub fn seats_taken(left: u32, capacity: u32) -> String {
    format!("{} of {} taken", capacity.saturating_sub(left), seats(capacity))
}

fn seats(capacity: u32) -> String {
    format!("{capacity} {}", if capacity == 1 { "seat" } else { "seats" })
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
    }
}

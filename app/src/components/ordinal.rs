//! Ordinal numbers.

use domain::grouped;

/// "1st", "2nd", "1,213th".
pub(crate) fn ordinal(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{}{ending}", grouped(number.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_end_as_their_last_word_does() {
        let ordinals = [1, 2, 3, 4, 11, 12, 13, 21, 102, 1111].map(ordinal);
        let expected =
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "1,111th"];
        assert_eq!(ordinals, expected);
    }
}

//! The pattern that stands for a cover.

use std::fmt::Write as _;

use domain::CompetitionId;
use sha2::{Digest, Sha256};

/// Tiles in a row; with [`ROWS`] there is one for each byte of the hash.
const COLUMNS: usize = 8;
const ROWS: usize = 4;

/// The colour of the ground, and those of the shapes on it.
const PALETTES: [[&str; 4]; 8] = [
    ["#0f4c55", "#f2a33a", "#f6efe2", "#5fa7ad"],
    ["#f2a33a", "#0f4c55", "#c8472f", "#f6efe2"],
    ["#efe7d8", "#0f4c55", "#f2a33a", "#c8472f"],
    ["#4a2a4f", "#e58fa0", "#f2a33a", "#f6efe2"],
    ["#1f4d3a", "#b9cf6a", "#f6efe2", "#f2a33a"],
    ["#1f2f55", "#7fb2e5", "#f2a33a", "#f6efe2"],
    ["#c8472f", "#1f2f55", "#f6efe2", "#f2a33a"],
    ["#9fd0cb", "#0f4c55", "#c8472f", "#f6efe2"],
];

/// The pattern of a competition without a cover, as SVG: always the same for one id, so that it can
/// be cached for ever.
///
/// # Panics
/// Never: writing to a string cannot fail.
pub fn pattern(competition: CompetitionId) -> String {
    let hash = Sha256::digest(competition.0);
    // Bytes for tiles are used whole, so that the choice of colours is one more hash.
    let choice = usize::from(Sha256::digest(hash)[0]);
    let [ground, colours @ ..] = PALETTES[choice % PALETTES.len()];
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {COLUMNS} {ROWS}\" \
         preserveAspectRatio=\"xMidYMid slice\">\
         <path fill=\"{ground}\" d=\"M0 0h{COLUMNS}v{ROWS}H0z\"/>"
    );
    for (tile, byte) in hash.iter().enumerate() {
        let (column, row) = (tile % COLUMNS, tile / COLUMNS);
        let number = usize::from(*byte);
        // In a tile of one by one.
        let shape = match number % 8 {
            // A quarter of a disc, a leaf, half a disc, a triangle, a ring's quarter, a dot.
            0 | 1 => "M0 0h1A1 1 0 0 1 0 1z",
            2 => "M0 0A1 1 0 0 1 1 1A1 1 0 0 1 0 0z",
            3 => "M0 0h1A.5.5 0 0 1 0 0z",
            4 => "M0 0h1L0 1z",
            5 => "M1 0A1 1 0 0 1 0 1V.5A.5.5 0 0 0 .5 0z",
            6 => "M.5.2a.3.3 0 1 1-.01 0z",
            _ => continue,
        };
        let colour = colours[number / 8 % colours.len()];
        let turn = number / 64 * 90;
        write!(
            svg,
            "<path fill=\"{colour}\" d=\"{shape}\" \
             transform=\"translate({column} {row})rotate({turn} .5 .5)\"/>"
        )
        .expect("writing to a string cannot fail");
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_competition_has_a_pattern_of_its_own_that_never_changes() {
        let of = |id: u128| pattern(CompetitionId(Uuid::from_u128(id)));
        let patterns: HashSet<_> = (0..100).map(of).collect();
        assert_eq!(patterns.len(), 100);
        assert!(patterns.iter().all(|svg| svg.len() < 4_000));
        let hash = hex::encode(Sha256::digest(of(7)));
        assert_eq!(&hash[..16], "247dd1bca6370c98", "caches have it for ever");
    }
}

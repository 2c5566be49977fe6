//! Drawing a picture.

use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::CoverFocus;
use image::{ExtendedColorType, ImageEncoder, codecs::jpeg::JpegEncoder};

use super::{
    card::Card,
    fonts,
    wrapping::{Face, Measured},
};
use crate::{assets::pattern, infrastructure::svg};

const WIDTH: u32 = 1200;
const HEIGHT: u32 = 630;
/// The width of a line of text.
const LINE: f32 = 664.0;
/// The sizes of titles, and how many lines each may have.
const TITLES: [(f32, usize); 4] = [(88.0, 2), (72.0, 3), (60.0, 4), (48.0, 4)];
/// The size of all other text.
const TEXT: f32 = 34.0;
/// Where the first line of a title may be at best.
const TITLE_TOP: f32 = 190.0;

/// The quality of the picture, of 100: text stays sharp.
const QUALITY: u8 = 90;

const WHITE: &str = "#f4fbfb";
const MUTED: &str = "#c9e3e4";
const BRIGHT: &str = "#ffb45c";

struct Line {
    y: f32,
    text: String,
    colour: &'static str,
}

#[derive(Template)]
#[template(path = "social_picture/picture.svg")]
struct Picture {
    title: Vec<Line>,
    title_size: f32,
    title_face: &'static str,
    text_size: f32,
    text_face: &'static str,
    details: Vec<Line>,
    /// The cover or the pattern, as SVG.
    illustration: String,
}

/// Draws a picture as JPEG; `None` if no font has the letters of its title.
pub(super) fn draw(card: &Card, cover: Option<&[u8]>) -> Option<Vec<u8>> {
    let title = fonts::drawable(&card.title)?;
    let (size, title) = sized(&title);
    let mut y = TITLE_TOP + size * 0.8;
    let line = |text| {
        let line = Line { y, text, colour: WHITE };
        y += size * 1.05;
        line
    };
    let title: Vec<_> = title.into_iter().map(line).collect();
    let details =
        [(Some(&card.when), MUTED), (card.place.as_ref(), MUTED), (Some(&card.seats), BRIGHT)];
    let details = details.into_iter().filter_map(|(text, colour)| {
        let text = fonts::drawable(text?)?;
        let mut lines = Measured::new(Face::Text, &text, LINE / TEXT).cut(LINE / TEXT, 1);
        Some((lines.pop()?, colour))
    });
    let details: Vec<_> = details.collect();
    // The last line is at the bottom.
    let first = HEIGHT as f32 - 64.0 - 50.0 * (details.len() as f32 - 1.0);
    let line = |((text, colour), number): (_, u8)| {
        let y = first + 50.0 * f32::from(number);
        Line { y, text, colour }
    };
    let details = details.into_iter().zip(0..).map(line);
    let picture = Picture {
        title,
        title_size: size,
        title_face: Face::Title.attributes(),
        text_size: TEXT,
        text_face: Face::Text.attributes(),
        details: details.collect(),
        illustration: illustration(card, cover),
    };
    let svg = picture.render().ok()?;
    let colours: Vec<u8> = svg::pixels(&svg, &fonts::options())?
        .pixels()
        .iter()
        .flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()])
        .collect();
    let mut file = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut file, QUALITY);
    encoder.write_image(&colours, WIDTH, HEIGHT, ExtendedColorType::Rgb8).ok()?;
    Some(file)
}

/// The largest size at which the title fits, and its lines.
fn sized(title: &str) -> (f32, Vec<String>) {
    let [(largest, _), .., (smallest, most)] = TITLES;
    let measured = Measured::new(Face::Title, title, LINE / largest);
    let fitting = TITLES
        .into_iter()
        .find_map(|(size, most)| Some((size, measured.lines(LINE / size, most)?)));
    fitting.unwrap_or_else(|| (smallest, measured.cut(LINE / smallest, most)))
}

/// The right part: the cover, or the pattern of the competition.
fn illustration(card: &Card, cover: Option<&[u8]>) -> String {
    const FRAME: &str = "x=\"784\" y=\"0\" width=\"416\" height=\"630\"";
    match cover {
        None => pattern(card.competition).replacen("<svg ", &format!("<svg {FRAME} "), 1),
        Some(jpeg) => {
            let (align, picture) = (align(card.focus()), STANDARD.encode(jpeg));
            format!(
                "<svg {FRAME}><image width=\"416\" height=\"630\" \
                 preserveAspectRatio=\"{align} slice\" \
                 xlink:href=\"data:image/jpeg;base64,{picture}\"/></svg>"
            )
        }
    }
}

fn align(focus: CoverFocus) -> &'static str {
    match focus {
        CoverFocus::TopLeft => "xMinYMin",
        CoverFocus::Top => "xMidYMin",
        CoverFocus::TopRight => "xMaxYMin",
        CoverFocus::Left => "xMinYMid",
        CoverFocus::Center => "xMidYMid",
        CoverFocus::Right => "xMaxYMid",
        CoverFocus::BottomLeft => "xMinYMax",
        CoverFocus::Bottom => "xMidYMax",
        CoverFocus::BottomRight => "xMaxYMax",
    }
}

#[cfg(test)]
mod tests {
    use domain::{Competition, Timestamp};
    use image::{GenericImageView, load_from_memory};
    use serde_json::json;

    use super::*;
    use crate::testing::picture;

    fn card(title: &str, venue: &str) -> Card {
        let competition = json!({
            "id": "01939c2e-7b5a-7000-8000-000000000001", "title": title, "description": "",
            "tags": [], "capacity": 5, "seatsLeft": 2, "waitlistCapacity": 0, "waitlisted": 0,
            "regDeadline": "2026-11-24T12:00:00.000Z", "timeZone": "UTC", "venueName": venue,
            "organizerId": "01939c2e-7b5a-7000-8000-000000000002", "approvalRequired": false,
            "version": 1, "createdAt": "2026-11-01T12:00:00.000Z",
            "updatedAt": "2026-11-01T12:00:00.000Z",
        });
        let competition: Competition = serde_json::from_value(competition).unwrap();
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        Card::of(&competition, now)
    }

    #[test]
    fn a_picture_is_drawn_for_titles_and_places_of_any_length_and_never_as_markup() {
        for (title, venue) in [
            ("Go", "Hall"),
            ("<b>&amp;]]></text><svg/onload=\"x\">", "\"'&<>"),
            (&"W".repeat(200), &"Long Street ".repeat(25)),
            (&"The Grand Open ".repeat(13), &"W".repeat(300)),
        ] {
            let file = draw(&card(title, venue), None).expect(title);
            let drawn = load_from_memory(&file).unwrap();
            assert_eq!(drawn.dimensions(), (WIDTH, HEIGHT), "{title}");
            assert!(file.len() < 200_000, "{title}: {} bytes", file.len());
        }
        assert_eq!(draw(&card("\u{12000}", "Hall"), None), None);
    }

    #[test]
    fn the_cover_fills_the_right_part() {
        let cover = picture(960, 480, 250);
        let jpeg = {
            let mut file = Vec::new();
            let pixels = load_from_memory(&cover).unwrap().into_rgb8();
            pixels.write_with_encoder(JpegEncoder::new(&mut file)).unwrap();
            file
        };
        let file = draw(&card("Go", "Hall"), Some(&jpeg)).unwrap();
        let drawn = load_from_memory(&file).unwrap();
        for (x, y) in [(800, 10), (1190, 620), (1000, 300)] {
            assert!(drawn.get_pixel(x, y)[0] > 230, "at {x}, {y}");
        }
    }
}

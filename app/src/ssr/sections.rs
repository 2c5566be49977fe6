//! The sections of a competition as HTML.

use std::fmt::Write;

use domain::{CompetitionDraft, Sections};
use service::markdown::{self, Pictures};

/// The sections that there are, each below a heading of the level `top`; empty without any. The
/// texts are sanitized, and show these pictures.
pub(crate) fn html(sections: &Sections, top: u8, pictures: &Pictures) -> String {
    let mut html = String::new();
    for (name, heading, text) in [
        ("rules", "Rules", &sections.rules),
        ("prizes", "Prizes", &sections.prizes),
        ("schedule", "Schedule", &sections.schedule),
    ] {
        let Some(text) = text else { continue };
        let text = markdown::render(text, top + 1, pictures);
        _ = write!(
            html,
            "<section class=\"detail-section\" aria-labelledby=\"about-{name}\">\
             <h{top} class=\"subheading\" id=\"about-{name}\">{heading}</h{top}>\
             <div class=\"prose-text markdown\">{text}</div></section>"
        );
    }
    html
}

/// The sections in a form. Blank ones are missing.
pub(crate) fn of_draft(draft: &CompetitionDraft) -> Sections {
    let filled = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
    Sections {
        rules: filled(&draft.rules),
        prizes: filled(&draft.prizes),
        schedule: filled(&draft.schedule),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sections_with_text_have_a_heading_and_their_own_headings_are_below_it() {
        let draft = CompetitionDraft {
            rules: "# Teams\n<b onclick=x>".into(),
            schedule: " \n".into(),
            ..Default::default()
        };
        let html = html(&of_draft(&draft), 2, &Pictures::default());
        assert!(html.contains(r#"id="about-rules">Rules</h2>"#), "{html}");
        assert!(html.contains("<h3>Teams</h3>") && !html.contains("<b"), "{html}");
        assert!(!html.contains("Prizes") && !html.contains("Schedule"), "{html}");
    }
}

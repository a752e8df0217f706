//! A text as a picture that a telephone or a second computer can read: a QR code as SVG, served from a route of its own.
//! Not for secrets: what is drawn can be read by every camera in the room.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};

/// Least pixels of a side; the page's style decides how large it is shown.
const SIDE: u32 = 320;

/// The picture, black on white with its quiet edge. None if the text is longer than any code can hold.
#[must_use]
pub fn svg(text: &str) -> Option<String> {
    // Robust against a fold in the paper as long as there is room for that.
    let code = [EcLevel::M, EcLevel::L].into_iter().find_map(|level| QrCode::with_error_correction_level(text, level).ok())?;
    let colours = (Color("#000"), Color("#fff"));
    Some(code.render().min_dimensions(SIDE, SIDE).dark_color(colours.0).light_color(colours.1).build())
}

/// The picture as the answer to a request for it; 404 for a text that is too long.
#[must_use]
pub fn image(text: &str) -> Response {
    match svg(text) {
        Some(picture) => ([(header::CONTENT_TYPE, "image/svg+xml")], picture).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a camera would read: the rectangles of the path drawn into a raster, three pixels to each of its own.
    fn read(svg: &str) -> String {
        let number = |text: &str| text.parse::<usize>().unwrap();
        let side = number(svg.split(" width=\"").nth(1).unwrap().split('"').next().unwrap());
        let path = svg.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        let mut dark = vec![false; side * side];
        for part in path.split('M').skip(1) {
            let parts: Vec<usize> =
                part.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty()).map(number).collect();
            let [left, top, width, height, ..] = parts[..] else { panic!("{part} is no rectangle") };
            for y in top..top + height {
                dark[y * side + left..y * side + left + width].fill(true);
            }
        }
        let grey = |x: usize, y: usize| if dark[y * side + x] { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, grey);
        picture.detect_grids()[0].decode().unwrap().1
    }

    #[test]
    fn what_is_drawn_is_what_is_read() {
        let identity = format!("icmc-unit-1:{}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".repeat(15));
        let invitation = format!("icmc-invite-1:{}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".repeat(60));
        for text in ["x", &identity, &invitation] {
            assert_eq!(read(&svg(text).unwrap()), text);
        }
    }

    #[test]
    fn only_a_picture_is_in_it_and_too_much_is_refused() {
        let picture = svg("<script>&\"").unwrap();
        assert!(picture.starts_with("<?xml") && !picture.contains("script") && !picture.contains("style"));
        assert_eq!(svg(&"A".repeat(5_000)), None);
        assert_eq!(image(&"A".repeat(5_000)).status(), StatusCode::NOT_FOUND);
        assert_eq!(image("A").headers()[header::CONTENT_TYPE], "image/svg+xml");
    }
}

//! Draws a card.

use super::{
    canvas::{Canvas, Color, WIDTH, tinted},
    card::Card,
    font::Font,
    lines::{Lines, fit},
};

const WHITE: Color = [255, 255, 255];
/// How much of the background is in text that matters less.
const SOFT: f32 = 0.16;
/// Pixels on each side that stay empty: some programs cut the edges off.
const MARGIN: f32 = 80.0;
const ABOVE_SIZE: f32 = 38.0;
const ABOVE_BASELINE: f32 = 112.0;
/// The heading, and what is below it, are centered between these.
const TOP: f32 = 150.0;
const BOTTOM: f32 = 500.0;
const HEADING_SIZES: [f32; 4] = [84.0, 72.0, 64.0, 56.0];
const HEADING_LINES: usize = 3;
/// A heading with as many lines leaves less room below.
const LONG_HEADING: usize = 3;
const BELOW_SIZE: f32 = 38.0;
const GAP: f32 = 22.0;
const FOOT_SIZE: f32 = 34.0;
const FOOT_BASELINE: f32 = 562.0;
const PRICE_SIZE: f32 = 40.0;
const PRICE_HEIGHT: f32 = 76.0;
const PRICE_PADDING: f32 = 34.0;
/// Between the baselines of two lines, in parts of their size.
const LEADING: f32 = 1.14;
/// Where a line's baseline is below its top, in parts of its size.
const ASCENT: f32 = 0.92;

/// The file of the card's picture.
///
/// # Errors
/// If the font cannot be read, or the file cannot be written.
pub fn png(card: &Card) -> anyhow::Result<Vec<u8>> {
    let font = Font::read()?;
    let soft = tinted(WHITE, card.background, SOFT);
    let width = WIDTH as f32 - 2.0 * MARGIN;
    let mut canvas = Canvas::filled(card.background);
    let above = fit(&font, &card.above, &[ABOVE_SIZE], 1, width);
    let at = ABOVE_BASELINE - ABOVE_SIZE * ASCENT;
    draw(&mut canvas, &font, &above, at, soft);

    let heading = fit(&font, &card.heading, &HEADING_SIZES, HEADING_LINES, width);
    let most = if heading.lines.len() >= LONG_HEADING {
        1
    } else {
        2
    };
    let below = fit(&font, &card.below, &[BELOW_SIZE], most, width);
    let gap = if below.lines.is_empty() { 0.0 } else { GAP };
    let height = height(&heading) + gap + height(&below);
    let top = TOP + ((BOTTOM - TOP - height) / 2.0).max(0.0);
    let end = draw(&mut canvas, &font, &heading, top, WHITE);
    draw(&mut canvas, &font, &below, end + gap, soft);

    let price = font.width(&card.price, PRICE_SIZE);
    let pill = if card.price.is_empty() {
        0.0
    } else {
        price + 2.0 * PRICE_PADDING
    };
    if pill > 0.0 {
        let left = WIDTH as f32 - MARGIN - pill;
        let top = FOOT_BASELINE - PRICE_HEIGHT + 24.0;
        canvas.pill((left, top, pill, PRICE_HEIGHT), WHITE);
        let at = (left + PRICE_PADDING, FOOT_BASELINE);
        canvas.text(&font, &card.price, PRICE_SIZE, at, card.background);
    }
    let host = fit(
        &font,
        &card.host,
        &[FOOT_SIZE],
        1,
        (width - pill - MARGIN).max(1.0),
    );
    draw(
        &mut canvas,
        &font,
        &host,
        FOOT_BASELINE - FOOT_SIZE * ASCENT,
        soft,
    );
    canvas.png()
}

fn height(text: &Lines) -> f32 {
    text.lines.len() as f32 * text.size * LEADING
}

/// Draws lines from this height on, and answers where they end.
fn draw(canvas: &mut Canvas, font: &Font, text: &Lines, top: f32, color: Color) -> f32 {
    let mut top = top;
    for line in &text.lines {
        let at = (MARGIN, top + text.size * ASCENT);
        canvas.text(font, line, text.size, at, color);
        top += text.size * LEADING;
    }
    top
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, RgbImage};

    use super::*;

    const BACKGROUND: Color = [0xac, 0x3c, 0x13];

    fn card() -> Card {
        Card {
            background: BACKGROUND,
            above: "Jane invited you to Detroit Arms".to_owned(),
            heading: "Ladies' Night at the Range".to_owned(),
            below: "Saturday, December 5, 2026 · 6:30 PM".to_owned(),
            host: "detroitarms.com".to_owned(),
            price: "$25.00".to_owned(),
        }
    }

    fn drawn(card: &Card) -> RgbImage {
        let file = png(card).unwrap();
        assert!(file.len() < 200_000, "{} bytes", file.len());
        let picture = image::load_from_memory_with_format(&file, ImageFormat::Png);
        let picture = picture.unwrap().into_rgb8();
        assert_eq!(picture.dimensions(), (1200, 630));
        picture
    }

    fn is_used(picture: &RgbImage, left: u32, top: u32, right: u32, bottom: u32) -> bool {
        (top..bottom).any(|y| (left..right).any(|x| picture.get_pixel(x, y).0 != BACKGROUND))
    }

    #[test]
    fn each_part_has_its_place() {
        let whole = drawn(&card());
        for (part, [left, top, right, bottom]) in [
            ("above", [80, 70, 600, 130]),
            ("heading", [80, 180, 1100, 420]),
            ("host", [80, 530, 400, 580]),
            ("price", [900, 520, 1120, 580]),
        ] {
            assert!(is_used(&whole, left, top, right, bottom), "{part}");
        }
        let bare = Card {
            above: String::new(),
            price: String::new(),
            ..card()
        };
        let bare = drawn(&bare);
        assert!(!is_used(&bare, 0, 0, 1200, 140), "above");
        assert!(!is_used(&bare, 800, 510, 1200, 630), "price");
    }

    #[test]
    fn however_long_the_texts_are_the_edges_stay_empty() {
        let long = |text: &str| text.repeat(60);
        let longest = drawn(&Card {
            background: BACKGROUND,
            above: long("Jane invited you "),
            heading: long("Every single word of it "),
            below: long("when and where "),
            host: long("detroit"),
            price: "$1,000,000.00/month".to_owned(),
        });
        for (edge, [left, top, right, bottom]) in [
            ("left", [0, 0, 70, 630]),
            ("right", [1130, 0, 1200, 630]),
            ("top", [0, 0, 1200, 60]),
            ("bottom", [0, 600, 1200, 630]),
            // The price begins to the right of it.
            ("between heading and foot", [0, 505, 560, 520]),
        ] {
            assert!(!is_used(&longest, left, top, right, bottom), "{edge}");
        }
    }
}

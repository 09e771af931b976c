//! The font of the pictures: Inter, which has the letters of languages in Latin script.

use ab_glyph::{Font as _, FontRef, Glyph, GlyphId, OutlinedGlyph, PxScale, point};
use anyhow::Context;
use domain::preview::composed;

const LATIN: &[u8] = include_bytes!("fonts/inter-latin-600.ttf");
const OTHER_LATIN: &[u8] = include_bytes!("fonts/inter-latin-ext-600.ttf");
const VIETNAMESE: &[u8] = include_bytes!("fonts/inter-vietnamese-600.ttf");

/// Large letters stand a little closer, in parts of their size.
const TRACKING: f32 = -0.012;
/// What a font has in place of a character that it lacks.
const MISSING: GlyphId = GlyphId(0);

/// The font, in three files. Reading it costs little, since nothing but its tables of contents is read.
pub struct Font([FontRef<'static>; 3]);

impl Font {
    /// # Errors
    /// If the files are no fonts.
    pub fn read() -> anyhow::Result<Self> {
        let read = |file| FontRef::try_from_slice(file).context("a font cannot be read");
        Ok(Self([read(LATIN)?, read(OTHER_LATIN)?, read(VIETNAMESE)?]))
    }

    /// The text as it can be drawn on one line. Symbols that the font lacks are left out; `None` for a text with
    /// a letter or digit that it lacks, which would be another text without it, or if nothing is left.
    pub fn drawable(&self, text: &str) -> Option<String> {
        let mut drawable = String::new();
        for letter in composed(text).chars() {
            if letter.is_whitespace() {
                drawable.push(' ');
            } else if self.glyph(letter).is_some() {
                drawable.push(letter);
            } else if letter.is_alphanumeric() {
                return None;
            }
        }
        let words: Vec<_> = drawable.split_whitespace().collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// How wide a line is, in pixels.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.advance(letter, size)).sum()
    }

    /// The shapes of a line that begins at `x`, on this baseline.
    pub fn line(&self, text: &str, size: f32, (mut x, baseline): (f32, f32)) -> Vec<OutlinedGlyph> {
        let mut shapes = Vec::new();
        for letter in text.chars() {
            if let Some((font, id)) = self.glyph(letter) {
                let scale = PxScale::from(size * font.height_unscaled() / units(font));
                let glyph: Glyph = id.with_scale_and_position(scale, point(x, baseline));
                shapes.extend(font.outline_glyph(glyph));
            }
            x += self.advance(letter, size);
        }
        shapes
    }

    fn advance(&self, letter: char, size: f32) -> f32 {
        let advance = self.glyph(letter).map_or(0.0, |(font, id)| {
            font.h_advance_unscaled(id) / units(font) + TRACKING
        });
        advance * size
    }

    fn glyph(&self, letter: char) -> Option<(&FontRef<'static>, GlyphId)> {
        let mut fonts = self.0.iter().map(|font| (font, font.glyph_id(letter)));
        fonts.find(|(_, id)| *id != MISSING)
    }
}

/// The font's units for one em.
fn units(font: &FontRef<'_>) -> f32 {
    const USUAL: f32 = 1000.0;
    font.units_per_em().unwrap_or(USUAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawable(text: &str) -> Option<String> {
        Font::read().unwrap().drawable(text)
    }

    #[test]
    fn languages_in_latin_script_are_drawn() {
        for text in [
            "Ladies' Night · 6:30 PM – $25.00…",
            "Zoë",
            "Škoda Dvořák",
            "Łukasz Wiśniewski",
            "Nguyễn",
            "“Ça va?” €5",
        ] {
            assert_eq!(drawable(text).as_deref(), Some(text));
        }
        assert_eq!(drawable("Zoe\u{308}").as_deref(), Some("Zoë"));
    }

    #[test]
    fn symbols_that_the_font_lacks_are_left_out() {
        assert_eq!(drawable("Night 🎯 Shoot").as_deref(), Some("Night Shoot"));
        assert_eq!(drawable("Day\n\tone").as_deref(), Some("Day one"));
    }

    #[test]
    fn a_text_with_letters_that_the_font_lacks_is_not_drawn() {
        for text in ["射撃", "Стрельба", "Jane 太郎", "محمد", "", " ", "🎯"] {
            assert_eq!(drawable(text), None, "{text}");
        }
    }

    #[test]
    fn a_longer_line_is_wider() {
        let font = Font::read().unwrap();
        let (short, long) = (font.width("Night", 50.0), font.width("Night Shoot", 50.0));
        assert!(short > 100.0 && short < 200.0, "{short}");
        assert!(long > short * 1.8, "{long}");
        assert!((font.width("Night", 100.0) / short - 2.0).abs() < 0.01);
    }
}

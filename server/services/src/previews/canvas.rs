//! A picture in memory, on which text and shapes are drawn.

use std::io::Cursor;

use ab_glyph::OutlinedGlyph;
use image::{
    ExtendedColorType, ImageEncoder,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};

use super::font::Font;

/// The size of a picture in pixels, as programs that show previews ask for it.
pub const WIDTH: u32 = 1200;
/// See [`WIDTH`].
pub const HEIGHT: u32 = 630;

const BYTES_OF_A_PIXEL: usize = 3;

/// Red, green and blue.
pub type Color = [u8; 3];

/// A picture of [`WIDTH`] by [`HEIGHT`] pixels.
pub struct Canvas(Vec<u8>);

impl Canvas {
    pub fn filled(color: Color) -> Self {
        Self(color.repeat(WIDTH as usize * HEIGHT as usize))
    }

    /// Draws a line of text that begins at `x`, on this baseline.
    pub fn text(&mut self, font: &Font, text: &str, size: f32, at: (f32, f32), color: Color) {
        for shape in font.line(text, size, at) {
            self.shape(&shape, color);
        }
    }

    fn shape(&mut self, shape: &OutlinedGlyph, color: Color) {
        let corner = shape.px_bounds().min;
        shape.draw(|right, down, part| {
            let x = corner.x as i64 + i64::from(right);
            let y = corner.y as i64 + i64::from(down);
            self.blend((x, y), color, part);
        });
    }

    /// Fills a box with round ends. `left`, `top`, `width` and `height` are in pixels.
    pub fn pill(&mut self, (left, top, width, height): (f32, f32, f32, f32), color: Color) {
        let radius = height / 2.0;
        let (first, last) = (left + radius, left + width - radius);
        for y in top as i64..(top + height).ceil() as i64 {
            for x in left as i64..(left + width).ceil() as i64 {
                let (x_middle, y_middle) = (x as f32 + 0.5, y as f32 + 0.5);
                let nearest = x_middle.clamp(first, last.max(first));
                let away = (x_middle - nearest).hypot(y_middle - top - radius);
                // An edge of one pixel is smooth.
                self.blend((x, y), color, (radius - away + 0.5).clamp(0.0, 1.0));
            }
        }
    }

    /// Mixes `part` of this color, from 0 to 1, into a pixel. Outside of the picture nothing is drawn.
    fn blend(&mut self, (x, y): (i64, i64), color: Color, part: f32) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
            return;
        };
        if x >= WIDTH || y >= HEIGHT {
            return;
        }
        let at = (y as usize * WIDTH as usize + x as usize) * BYTES_OF_A_PIXEL;
        if let Some(pixel) = self.0.get_mut(at..at + BYTES_OF_A_PIXEL) {
            for (channel, of_color) in pixel.iter_mut().zip(color) {
                *channel = mixed(*channel, of_color, part);
            }
        }
    }

    /// The picture's file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn png(&self) -> anyhow::Result<Vec<u8>> {
        let mut file = Cursor::new(Vec::new());
        PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Up)
            .write_image(&self.0, WIDTH, HEIGHT, ExtendedColorType::Rgb8)?;
        Ok(file.into_inner())
    }
}

/// One channel with `part` of another, from 0 to 1.
fn mixed(channel: u8, other: u8, part: f32) -> u8 {
    let part = part.clamp(0.0, 1.0);
    (f32::from(channel) * (1.0 - part) + f32::from(other) * part).round() as u8
}

/// A color with `part` of another, from 0 to 1.
pub fn tinted(color: Color, other: Color, part: f32) -> Color {
    let mut tinted = color;
    for (channel, other) in tinted.iter_mut().zip(other) {
        *channel = mixed(*channel, other, part);
    }
    tinted
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLUE: Color = [10, 20, 200];
    const WHITE: Color = [255, 255, 255];

    fn pixel(canvas: &Canvas, x: usize, y: usize) -> &[u8] {
        let at = (y * WIDTH as usize + x) * BYTES_OF_A_PIXEL;
        &canvas.0[at..at + BYTES_OF_A_PIXEL]
    }

    #[test]
    fn a_pill_has_round_ends() {
        let mut canvas = Canvas::filled(BLUE);
        canvas.pill((100.0, 100.0, 200.0, 60.0), WHITE);
        assert_eq!(pixel(&canvas, 200, 130), WHITE);
        assert_eq!(pixel(&canvas, 101, 130), WHITE);
        assert_eq!(pixel(&canvas, 101, 101), BLUE, "the corner");
        assert_eq!(pixel(&canvas, 310, 130), BLUE);
    }

    #[test]
    fn nothing_is_drawn_outside() {
        let mut canvas = Canvas::filled(BLUE);
        let font = Font::read().unwrap();
        for at in [
            (-500.0, 100.0),
            (1190.0, -5.0),
            (0.0, 800.0),
            (1100.0, 640.0),
        ] {
            canvas.text(&font, "Detroit Arms", 120.0, at, WHITE);
        }
        canvas.pill((1100.0, 600.0, 300.0, 80.0), WHITE);
        assert_eq!(canvas.0.len(), 1200 * 630 * 3);
    }

    #[test]
    fn colors_mix() {
        assert_eq!(tinted([0, 100, 200], [100, 100, 0], 0.5), [50, 100, 100]);
        assert_eq!(tinted(BLUE, WHITE, 0.0), BLUE);
        assert_eq!(tinted(BLUE, WHITE, 7.0), WHITE);
    }
}

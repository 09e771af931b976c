//! The QR code of a member's link, as files (`docs/rules.md` 190).

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, QrCode, render::svg};

/// Pixels of one module of the PNG: enough to print it as wide as a hand.
const MODULE: u32 = 16;
/// Empty modules around the code (ISO/IEC 18004, 9.1).
const QUIET: u32 = 4;
const WHITE: Luma<u8> = Luma([255]);
const BLACK: Luma<u8> = Luma([0]);

/// The code of a text as an SVG file.
///
/// # Errors
/// If the text is too long.
pub fn svg(text: &str) -> anyhow::Result<String> {
    let code = QrCode::new(text)?;
    Ok(code.render::<svg::Color>().min_dimensions(240, 240).build())
}

/// The code of a text as a PNG file.
///
/// # Errors
/// If the text is too long, or the file cannot be written.
pub fn png(text: &str) -> anyhow::Result<Vec<u8>> {
    let code = QrCode::new(text)?;
    let modules = u32::try_from(code.width())?;
    let side = (modules + 2 * QUIET) * MODULE;
    let is_dark = |x: u32, y: u32| {
        let at = |pixel: u32| {
            (pixel / MODULE)
                .checked_sub(QUIET)
                .filter(|at| *at < modules)
        };
        match (at(x), at(y)) {
            (Some(x), Some(y)) => code[(x as usize, y as usize)] == Color::Dark,
            _ => false,
        }
    };
    let picture = GrayImage::from_fn(side, side, |x, y| if is_dark(x, y) { BLACK } else { WHITE });
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png)?;
    Ok(file.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://detroitarms.com?ref=ab3kx7mn&via=qr";

    #[test]
    fn the_picture_has_the_modules_of_the_code() {
        let code = QrCode::new(LINK).unwrap();
        let picture = image::load_from_memory(&png(LINK).unwrap())
            .unwrap()
            .into_luma8();
        let modules = code.width() as u32;
        assert_eq!(picture.width(), (modules + 8) * 16);
        for y in 0..modules {
            for x in 0..modules {
                let middle = |at| (at + 4) * 16 + 8;
                let pixel = picture.get_pixel(middle(x), middle(y)).0[0];
                let dark = code[(x as usize, y as usize)] == Color::Dark;
                assert_eq!(pixel == 0, dark, "{x}, {y}");
            }
        }
        for edge in 0..picture.width() {
            assert_eq!(picture.get_pixel(edge, 63).0[0], 255, "the quiet zone");
            assert_eq!(picture.get_pixel(63, edge).0[0], 255, "the quiet zone");
        }
    }

    #[test]
    fn another_text_is_another_code() {
        let file = svg(LINK).unwrap();
        assert!(file.contains("<svg") && file.contains("viewBox"), "{file}");
        assert_ne!(
            file,
            svg("https://detroitarms.com?ref=q9wm4t2k&via=qr").unwrap()
        );
    }
}

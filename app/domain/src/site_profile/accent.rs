//! A site's accent: a color on which white is readable, and the shades that a page makes of it.

use std::fmt;

/// The least contrast of text with what is behind it (WCAG 2.2, 1.4.3).
const READABLE: f64 = 4.5;
/// The brightest of the backgrounds of a dark page, and the darkest of a light one.
const DARK_PAGE: Accent = Accent([0x1c, 0x1c, 0x1c]);
const LIGHT_PAGE: Accent = Accent([0xf4, 0xf4, 0xf4]);
const BLACK: Accent = Accent([0, 0, 0]);
const WHITE: Accent = Accent([255, 255, 255]);

/// A color: red, green and blue of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent([u8; 3]);

impl Accent {
    /// Reads `#b4451f`; `None` if it is not a color of this form.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// The accent of a theme on light pages, as `style/tokens.css` has it.
    pub fn of_theme(theme: &str) -> Self {
        Self(match theme {
            "range" => [0xac, 0x3c, 0x13],
            "coach" => [0x00, 0x68, 0x58],
            "coachpros" => [0x1f, 0x65, 0x38],
            _ => [0x3b, 0x51, 0xbc],
        })
    }

    /// Red, green and blue.
    pub fn channels(self) -> [u8; 3] {
        self.0
    }

    /// Whether white text on this color can be read.
    pub fn carries_white(self) -> bool {
        self.contrast(WHITE) >= READABLE
    }

    /// The rules of a style sheet that put this color in place of the theme's accent, on light and on
    /// dark pages.
    pub fn css(self) -> String {
        let [light, dark] = [self.on_light(), self.on_dark()];
        let names = [
            "accent",
            "accent-hover",
            "on-accent",
            "accent-text",
            "accent-soft",
        ];
        let rules = names.iter().zip(light.iter().zip(dark));
        let rules: String = rules
            .map(|(name, (light, dark))| format!("--{name}:light-dark({light},{dark});"))
            .collect();
        format!(":root[data-theme]{{{rules}}}\n")
    }

    /// Accent, hover, text on the accent, accent as text, and soft background of a light page.
    fn on_light(self) -> [Self; 5] {
        let soft = self.mixed(WHITE, 18);
        let text = self.until_readable(BLACK, &[soft, LIGHT_PAGE]);
        [self, self.mixed(BLACK, 3), WHITE, text, soft]
    }

    /// The same of a dark page.
    fn on_dark(self) -> [Self; 5] {
        let soft = self.mixed(BLACK, 15);
        let ink = self.mixed(BLACK, 17);
        let accent = self.until_readable(WHITE, &[DARK_PAGE, ink]);
        let text = accent.until_readable(WHITE, &[DARK_PAGE, soft]);
        [accent, accent.mixed(WHITE, 4), ink, text, soft]
    }

    /// This color, with as little of `other` as makes it readable on all of `behind`.
    fn until_readable(self, other: Self, behind: &[Self]) -> Self {
        let mut shades = (0..=20).map(|part| self.mixed(other, part));
        let readable = |shade: &Self| behind.iter().all(|one| shade.contrast(*one) >= READABLE);
        shades.find(readable).unwrap_or(other)
    }

    /// This color with so many twentieths of `other`.
    fn mixed(self, other: Self, twentieths: u32) -> Self {
        let mut mixed = self.0;
        for (channel, other) in mixed.iter_mut().zip(other.0) {
            let sum = u32::from(*channel) * (20 - twentieths) + u32::from(other) * twentieths;
            *channel = u8::try_from((sum + 10) / 20).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }

    /// WCAG's contrast ratio, from 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(other) / one.min(other)
    }

    /// WCAG's relative luminance, from 0 to 1.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let part = f64::from(channel) / 255.0;
            match part <= 0.04045 {
                true => part / 12.92,
                false => ((part + 0.055) / 1.055).powf(2.4),
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn accent(text: &str) -> Accent {
        Accent::parse(text).unwrap()
    }

    #[test]
    fn a_color_is_read_and_written() {
        assert_eq!(accent("#B4451F").to_string(), "#b4451f");
        for text in [
            "", "#", "b4451f", "#b44", "#b4451g", "#+12345", "red", "#b4451f;",
        ] {
            assert_eq!(Accent::parse(text), None, "{text}");
        }
    }

    #[test]
    fn white_needs_a_dark_color() {
        // The grays to either side of WCAG's limit.
        assert!(accent("#767676").carries_white());
        assert!(!accent("#777777").carries_white());
        assert!(!accent("#ffd400").carries_white());
        assert!((accent("#ffffff").contrast(accent("#000000")) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn a_page_takes_it_in_place_of_the_themes() {
        let css = accent("#b4451f").css();
        assert!(
            css.starts_with(":root[data-theme]{--accent:light-dark(#b4451f,#"),
            "{css}"
        );
        assert!(css.contains("--on-accent:light-dark(#ffffff,#"), "{css}");
    }

    #[test]
    fn the_accent_of_each_theme_carries_white() {
        for theme in ["range", "coach", "pewpros", "coachpros", ""] {
            let accent = Accent::of_theme(theme);
            assert!(accent.carries_white(), "{theme}: {accent}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_can_be_read_on_every_page(color in any::<[u8; 3]>()) {
            let color = Accent(color);
            prop_assume!(color.carries_white());
            for (page, [accent, hover, on, text, soft]) in
                [(LIGHT_PAGE, color.on_light()), (DARK_PAGE, color.on_dark())]
            {
                for (ink, paper) in [(on, accent), (on, hover), (text, soft), (text, page)] {
                    prop_assert!(ink.contrast(paper) >= READABLE, "{ink} on {paper}");
                }
            }
        }
    }
}

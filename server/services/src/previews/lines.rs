//! Breaks a text into lines that fit: smaller until it does, and in the end cut with an ellipsis.

use super::font::Font;

const ELLIPSIS: char = '…';

/// The lines of a text, and the size at which they fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// In pixels.
    pub size: f32,
    pub lines: Vec<String>,
}

/// The text in at most `most` lines of at most this width in pixels, at the first of these sizes at which it
/// fits without breaking a word. At the last size words are broken, and what does not fit is cut.
pub fn fit(font: &Font, text: &str, sizes: &[f32], most: usize, width: f32) -> Lines {
    for size in sizes {
        let (lines, broken) = wrap(font, text, *size, width);
        if lines.len() <= most && !broken {
            return Lines { size: *size, lines };
        }
    }
    let size = sizes.last().copied().unwrap_or(1.0);
    let (mut lines, _) = wrap(font, text, size, width);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            cut(font, last, size, width);
        }
    }
    Lines { size, lines }
}

/// The lines, and whether a word was broken.
fn wrap(font: &Font, text: &str, size: f32, width: f32) -> (Vec<String>, bool) {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut broken = false;
    for word in text.split_whitespace() {
        let longer = match line.is_empty() {
            true => word.to_owned(),
            false => format!("{line} {word}"),
        };
        if font.width(&longer, size) <= width {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for letter in word.chars() {
            line.push(letter);
            if font.width(&line, size) > width && line.chars().count() > 1 {
                line.pop();
                broken = true;
                lines.push(std::mem::replace(&mut line, letter.to_string()));
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    (lines, broken)
}

/// Ends a line with an ellipsis.
fn cut(font: &Font, line: &mut String, size: f32, width: f32) {
    let ended = |line: &str| format!("{}{ELLIPSIS}", line.trim_end());
    while font.width(&ended(line), size) > width && line.pop().is_some() {}
    *line = ended(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [f32; 2] = [80.0, 40.0];
    const WIDTH: f32 = 800.0;

    fn lines(text: &str) -> Lines {
        let font = Font::read().unwrap();
        let fitted = fit(&font, text, &SIZES, 2, WIDTH);
        for line in &fitted.lines {
            assert!(font.width(line, fitted.size) <= WIDTH, "{line}");
        }
        fitted
    }

    #[test]
    fn a_short_text_is_large_and_on_one_line() {
        let fitted = lines("Night Shoot");
        assert_eq!(
            (fitted.size, fitted.lines),
            (80.0, vec!["Night Shoot".to_owned()])
        );
    }

    #[test]
    fn a_longer_text_wraps_between_words() {
        let fitted = lines("Lever-Action Evening at the Range");
        assert_eq!(fitted.size, 80.0);
        assert_eq!(fitted.lines.len(), 2);
        assert_eq!(fitted.lines.join(" "), "Lever-Action Evening at the Range");
    }

    #[test]
    fn a_long_text_shrinks() {
        let text = "Six weeks to a steady hand, with everything that you need to borrow";
        let fitted = lines(text);
        assert_eq!(
            (fitted.size, fitted.lines.join(" ")),
            (40.0, text.to_owned())
        );
    }

    #[test]
    fn what_does_not_fit_is_cut_with_an_ellipsis() {
        let fitted = lines(&"every word of it ".repeat(40));
        assert_eq!((fitted.size, fitted.lines.len()), (40.0, 2));
        assert!(fitted.lines[1].ends_with('…') && !fitted.lines[0].ends_with('…'));
    }

    #[test]
    fn a_word_that_is_wider_than_the_picture_is_broken() {
        let fitted = lines(&"W".repeat(30));
        assert_eq!(fitted.lines.concat(), "W".repeat(30));
        assert_eq!(fitted.size, 40.0);
        assert!(lines(&"W".repeat(300)).lines[1].ends_with('…'));
    }

    #[test]
    fn nothing_is_no_line() {
        assert_eq!(lines("").lines, Vec::<String>::new());
    }
}

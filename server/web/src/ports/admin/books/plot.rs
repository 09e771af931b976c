//! Draws what was outstanding over time, as SVG in the color of the text around it.

use anyhow::anyhow;
use domain::money::{Currency, Money};
use plotters::prelude::{
    AreaSeries, ChartBuilder, Color, IntoDrawingArea, IntoFont, LineSeries, RGBColor, SVGBackend,
};
use time::Date;

/// Width and height, as far as the page does not scale it.
const SIZE: (u32, u32) = (720, 240);
/// Stands for the color of the text: SVG's writer knows only numbers.
const INK: RGBColor = RGBColor(0, 0, 1);
/// How the writer writes it.
const INK_CODE: &str = "#000001";

/// The plot of these months, oldest first, each with what was outstanding when it ended.
///
/// # Errors
/// If the library cannot draw it.
pub fn draw(months: &[(Date, Money)], currency: Currency) -> anyhow::Result<String> {
    let mut svg = String::new();
    draw_into(&mut svg, months, currency).map_err(|error| anyhow!("the plot: {error}"))?;
    let title = format!(
        "What was outstanding at the end of each month, in {}. The table has the same numbers.",
        currency.code().to_uppercase()
    );
    let svg = svg.replace(INK_CODE, "currentColor");
    let (head, rest) = svg
        .split_once("<svg ")
        .and_then(|(_, svg)| svg.split_once('>'))
        .ok_or_else(|| anyhow!("the plot is no SVG"))?;
    Ok(format!(
        "<svg role=\"img\" {head}><title>{title}</title>{rest}"
    ))
}

fn draw_into(
    svg: &mut String,
    months: &[(Date, Money)],
    currency: Currency,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let cents = || months.iter().map(|(_, amount)| amount.cents());
    let least = cents().min().unwrap_or(0).min(0);
    // A tenth more than the most, so that the line does not touch the top.
    let most = cents().max().unwrap_or(0).max(100);
    let most = most.saturating_add(most / 10);
    let last = months.len().saturating_sub(1).max(1);
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    let mut chart = ChartBuilder::on(&area)
        .margin(8)
        .margin_right(24)
        .x_label_area_size(28)
        .y_label_area_size(76)
        .build_cartesian_2d(0..last, least..most)?;
    let font = ("sans-serif", 13).into_font().color(&INK);
    let name = |place: &usize| {
        let month = months.get(*place).map(|(first, _)| *first);
        month.map_or_else(String::new, |first| {
            let name = first.month().to_string();
            name.chars().take(3).collect()
        })
    };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(months.len())
        .y_labels(4)
        .x_label_formatter(&name)
        .y_label_formatter(&|cents| Money::new(*cents, currency).to_string())
        .label_style(font)
        .axis_style(INK)
        .bold_line_style(INK.mix(0.15))
        .light_line_style(INK.mix(0.0))
        .draw()?;
    let points = || {
        let amounts = months.iter().enumerate();
        amounts.map(|(place, (_, amount))| (place, amount.cents()))
    };
    chart.draw_series(AreaSeries::new(points(), 0, INK.mix(0.1)))?;
    chart.draw_series(LineSeries::new(points(), INK.stroke_width(2)))?;
    area.present()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use time::Month;

    use super::*;

    #[test]
    fn the_plot_has_the_color_of_the_text_and_a_title() {
        let day = |month| Date::from_calendar_date(2026, month, 1).unwrap();
        let usd = |cents| Money::new(cents, Currency::Usd);
        let months = [
            (day(Month::October), usd(1_000)),
            (day(Month::November), usd(25_000)),
        ];
        let svg = draw(&months, Currency::Usd).unwrap();
        assert!(svg.starts_with("<svg role=\"img\" "), "{svg}");
        assert!(svg.contains("<title>What was outstanding"), "{svg}");
        assert!(svg.contains("currentColor"), "{svg}");
        assert!(!svg.contains('#'), "no color of its own: {svg}");
        assert!(svg.contains("Oct") && svg.contains("Nov"), "{svg}");
        let nothing = [(day(Month::October), usd(0))];
        draw(&nothing, Currency::Usd).unwrap();
    }
}

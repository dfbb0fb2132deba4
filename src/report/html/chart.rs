//! A last look at the chart before it becomes part of the page. It is our own drawing, but it holds labels from a
//! case file, and it is the one large piece of markup that does not come from the template.

use crate::report::ReportError;

/// Pieces of markup a plain drawing never has; `style=` would be stopped by the page's own policy.
const NEVER: [&str; 12] = [
    "<script",
    "<foreignobject",
    "<iframe",
    "<style",
    "<image",
    "<use",
    "<a ",
    "<a>",
    "<!entity",
    "<!doctype",
    "href",
    " style=",
];

/// The drawing without its XML declaration.
pub(super) fn checked(svg: &str) -> Result<String, ReportError> {
    let svg = svg.trim_start();
    let svg = match svg.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or(rest, |(_, drawing)| drawing),
        None => svg,
    }
    .trim();
    if !svg.starts_with("<svg") || !svg.ends_with("</svg>") {
        return Err(ReportError::Chart("it is no `<svg>` element"));
    }
    if tags(svg).any(is_active) {
        return Err(ReportError::Chart("it holds more than shapes and text"));
    }
    Ok(svg.to_owned())
}

/// What stands between `<` and `>`, with the `<`. Text is escaped by the drawing crate and so holds neither.
fn tags(svg: &str) -> impl Iterator<Item = &str> {
    svg.match_indices('<').filter_map(|(begin, _)| {
        let rest = svg.get(begin..)?;
        rest.get(..rest.find('>').map_or(rest.len(), |end| end + 1))
    })
}

fn is_active(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase().replace(['\n', '\r', '\t'], " ");
    NEVER.iter().any(|word| tag.contains(word)) || has_handler(&tag)
}

/// An attribute `on…=`.
fn has_handler(tag: &str) -> bool {
    tag.split(' ').any(|attribute| {
        attribute.starts_with("on") && attribute.split_once('=').is_some_and(|(name, _)| name.len() > 2)
    })
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn a_plain_drawing_loses_its_declaration_only() {
        let svg = "<svg xmlns=\"x\"><text x=\"1\">onset &lt;script&gt; href= on top=1</text></svg>";
        assert_eq!(checked(&format!("<?xml version=\"1.0\"?>\n{svg}\n")).unwrap(), svg);
    }

    #[test]
    fn anything_active_is_refused() {
        for inside in [
            "<script>1</script>",
            "<a href=\"x\">y</a>",
            "<rect onload=\"x\"/>",
            "<rect\nonclick='x'/>",
            "<image href=\"data:x\"/>",
            "<rect style=\"x\"/>",
            "<foreignObject></foreignObject>",
        ] {
            assert!(checked(&format!("<svg>{inside}</svg>")).is_err(), "{inside}");
        }
        assert!(checked("<html></html>").is_err());
        assert!(checked("<svg></svg><p>").is_err());
    }
}

//! The kit of every page: its style with a tenant's colour, its one script, its components and its content policy.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::color::Color;

/// The style and the script as browsers get them.
static STYLE: LazyLock<String> = LazyLock::new(|| lean(include_str!("../templates/kit.css")));
static SCRIPT: LazyLock<String> = LazyLock::new(|| lean(include_str!("../templates/kit.js")));

/// The frame and the components of the console's pages, by name.
pub const TEMPLATES: [(&str, &str); 2] = [
    ("kit.html", include_str!("../templates/kit.html")),
    ("shell.html", include_str!("../templates/shell.html")),
];

/// The picture in a browser's tab.
pub const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%231f4fd8'/%3E%3Cpath d='M10 26V9a6 6 0 0 1 12 0v17h-4V9a2 2 0 0 0-4 0v17z' fill='%23fff'/%3E%3C/svg%3E";

/// What a page of the console may load: its own style, script and pictures.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                          form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Without what only people who change it read: lines that are a comment, and blanks at the beginning of lines.
fn lean(source: &str) -> String {
    let told = |line: &&str| {
        let comment = line.starts_with("//") || line.starts_with("/*") && line.ends_with("*/");
        !line.is_empty() && !comment
    };
    let lines = source.lines().map(str::trim_start).filter(told);
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// A name that changes with the contents.
static MARK: LazyLock<String> = LazyLock::new(|| {
    let hash = digest(&SHA256, [STYLE.as_str(), &SCRIPT].concat().as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..9])
});

/// Path of the style, with a tenant's colour `#rrggbb` if it has one.
pub fn style_path(brand: Option<&str>) -> String {
    let brand = brand.and_then(Color::parse).map(|color| format!("-{color}")).unwrap_or_default();
    format!("/assets/{}{brand}.css", *MARK)
}

/// Path of the script.
pub fn script_path() -> String {
    format!("/assets/{}.js", *MARK)
}

/// Whether the name of an asset is that of the present version, so that it can be kept for good.
pub fn is_present(name: &str) -> bool {
    name.starts_with(MARK.as_str())
}

/// The asset of that name: its media type and its text. Another version's name gives the present text.
pub fn asset(name: &str) -> Option<(&'static str, String)> {
    let (stem, kind) = name.rsplit_once('.')?;
    match kind {
        "js" => Some(("text/javascript; charset=utf-8", SCRIPT.clone())),
        "css" => {
            let brand =
                stem.len().checked_sub(7).and_then(|at| stem.get(at..)).and_then(|end| end.strip_prefix('-'));
            let brand = brand.and_then(|brand| Color::parse(&format!("#{brand}")));
            let brand = brand.map(Color::tokens).unwrap_or_default();
            Some(("text/css; charset=utf-8", format!("{}{brand}", *STYLE)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_carries_a_tenants_colour_and_nothing_else_of_it() {
        let path = style_path(Some("#aa3311"));
        let name = path.strip_prefix("/assets/").unwrap();
        assert!(asset(name).unwrap().1.len() > STYLE.len());
        for plain in [style_path(None), style_path(Some("red;}")), "/assets/x-zzzzzz.css".to_owned()] {
            assert_eq!(asset(plain.strip_prefix("/assets/").unwrap()).unwrap().1, *STYLE, "{plain}");
        }
        assert!(asset("kit.html").is_none() && asset("").is_none() && asset("é.css").is_some());
    }

    #[test]
    fn browsers_get_no_comments() {
        let source = "/* Why. */\n:root {\n  --a: 1; /* so */\n}\n\n// Why not.\nconst a = '//x'\n";
        assert_eq!(lean(source), ":root {\n--a: 1; /* so */\n}\nconst a = '//x'\n");
    }

    #[test]
    fn the_script_is_small() {
        assert!(SCRIPT.len() <= 6 * 1024, "{}", SCRIPT.len());
        assert!(STYLE.len() <= 24 * 1024, "{}", STYLE.len());
    }
}

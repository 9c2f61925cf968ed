//! Matching of method and path; a fixed segment wins over a parameter, as on API Gateway.

use std::collections::BTreeMap;

use crate::template::Route;

/// The routes of the API.
pub(super) struct Routes(Vec<Route>);

/// A route with the values of its path parameters, as sent.
pub(super) struct Matched<'a> {
    pub(super) route: &'a Route,
    pub(super) parameters: BTreeMap<String, String>,
}

impl Matched<'_> {
    /// `METHOD /path/{parameter}`.
    pub(super) fn key(&self) -> String {
        format!("{} {}", self.route.method, self.route.path)
    }
}

impl Routes {
    pub(super) fn new(mut routes: Vec<Route>) -> Self {
        routes.sort_by_key(|route| route.path.matches('{').count());
        Self(routes)
    }

    pub(super) fn find(&self, method: &str, path: &str) -> Option<Matched<'_>> {
        self.0.iter().filter(|route| route.method == method || route.method == "ANY").find_map(|route| {
            let parameters = matches(&route.path, path)?;
            Some(Matched { route, parameters })
        })
    }
}

fn matches(pattern: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    let mut segments = path.split('/');
    for expected in pattern.split('/') {
        let segment = segments.next()?;
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(_) if segment.is_empty() => return None,
            Some(name) => {
                parameters.insert(name.to_owned(), segment.to_owned());
            }
            None if expected == segment => {}
            None => return None,
        }
    }
    segments.next().is_none().then_some(parameters)
}

//! Matching of method and path; a fixed segment wins over a parameter, as on API Gateway.

use std::collections::BTreeMap;

use crate::template::Route;

/// The path of the route that takes every request without another one.
pub(super) const DEFAULT: &str = "$default";
/// The end of a path that takes whatever follows.
const GREEDY: &str = "+}";

/// The routes of the API.
pub(super) struct Routes(Vec<Route>);

/// A route with the values of its path parameters, as sent.
pub(super) struct Matched<'a> {
    pub(super) route: &'a Route,
    pub(super) parameters: BTreeMap<String, String>,
}

impl Matched<'_> {
    /// `METHOD /path/{parameter}`, or `$default`.
    pub(super) fn key(&self) -> String {
        match &*self.route.path {
            DEFAULT => DEFAULT.to_owned(),
            path => format!("{} {path}", self.route.method),
        }
    }
}

impl Routes {
    pub(super) fn new(mut routes: Vec<Route>) -> Self {
        // A greedy parameter comes behind all that say more, and of two the longer one comes first.
        let greedy = |route: &Route| route.path.ends_with(GREEDY);
        let depth = |route: &Route| if greedy(route) { usize::MAX - route.path.len() } else { 0 };
        routes.sort_by_key(|route| (greedy(route), depth(route), route.path.matches('{').count()));
        Self(routes)
    }

    pub(super) fn find(&self, method: &str, path: &str) -> Option<Matched<'_>> {
        let routes = self.0.iter().filter(|route| route.method == method || route.method == "ANY");
        let mut matched = routes.filter_map(|route| {
            let parameters = matches(&route.path, path)?;
            Some(Matched { route, parameters })
        });
        matched.next().or_else(|| self.catch_all())
    }

    /// The route for what has none of its own.
    fn catch_all(&self) -> Option<Matched<'_>> {
        let route = self.0.iter().find(|route| route.path == DEFAULT)?;
        Some(Matched { route, parameters: BTreeMap::new() })
    }
}

fn matches(pattern: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    let mut segments = path.split('/');
    for expected in pattern.split('/') {
        let segment = segments.next()?;
        if let Some(name) = expected.strip_prefix('{').and_then(|name| name.strip_suffix(GREEDY)) {
            let rest = std::iter::once(segment).chain(segments).collect::<Vec<_>>().join("/");
            parameters.insert(name.to_owned(), rest.clone());
            return (!rest.is_empty()).then_some(parameters);
        }
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

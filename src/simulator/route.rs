//! Which path goes where: the table of operations, and nothing else decides.

use super::operation::Operation;
use super::partition::Partition;
use super::table::TOPICS;
use percent_encoding::percent_decode_str;
use std::sync::LazyLock;

/// One call: an operation under one of its versions.
#[derive(Debug)]
pub(super) struct Route {
    /// The path, with `{name}` for a value.
    pub(super) template: String,
    pub(super) operation: &'static Operation,
}

impl Route {
    /// Whether it changes something: a list by tags is a POST that does not.
    pub(super) fn changes(&self) -> bool {
        self.operation.method != "GET" && !self.template.ends_with("/resource_instances/action")
    }
}

/// A path that the table knows, with the values of its template.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) template: &'static str,
    /// `None` where the path exists and the method does not.
    pub(super) route: Option<&'static Route>,
    pub(super) values: Vec<(&'static str, String)>,
}

impl Found {
    /// Whether that cloud serves it, or, where the method does not exist, any other of the path.
    pub(super) fn is_served_by(&self, partition: Partition) -> bool {
        let served = |it: &Route| it.operation.partitions.contains(&partition);
        match self.route {
            Some(route) => served(route),
            None => all().iter().any(|it| it.template == self.template && served(it)),
        }
    }
}

/// Every call.
static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let operations = TOPICS.iter().flat_map(|(_, operations)| operations.iter());
    operations.flat_map(|it| templates(it.path).into_iter().map(|template| Route { template, operation: it })).collect()
});

/// Every call that is served.
pub(super) fn all() -> &'static [Route] {
    &ROUTES
}

/// The paths that a path of the table stands for: one for each version in its first segment.
fn templates(path: &str) -> Vec<String> {
    let (versions, rest) = match path[1..].split_once('/') {
        Some((versions, rest)) => (versions, format!("/{rest}")),
        None => (&path[1..], String::new()),
    };
    versions.split('|').map(|version| format!("/{version}{rest}")).collect()
}

/// Finds a path, with or without a slash at its end. Where several templates match, the one that has its words first
/// counts, whatever the method is: a word of the table is never read as an id.
pub(super) fn find(method: &str, path: &str) -> Option<Found> {
    let mut best: Option<(&'static Route, Match<'_>)> = None;
    for route in all() {
        let Some(this) = Match::of(&route.template, path) else { continue };
        let better = match &best {
            None => true,
            Some((found, other)) if this.words == other.words => found.operation.method != method,
            Some((_, other)) => this.words > other.words,
        };
        if better {
            best = Some((route, this));
        }
    }
    let (route, found) = best?;
    let served = (route.operation.method == method).then_some(route);
    let values = found.values.into_iter().map(|(name, value)| (name, decoded(value))).collect();
    Some(Found { template: &route.template, route: served, values })
}

/// A value of a path as it is meant. What is no UTF-8 then is no value of anything, and stays as it was sent.
fn decoded(value: &str) -> String {
    percent_decode_str(value).decode_utf8().map_or_else(|_| value.to_owned(), Into::into)
}

/// A path that matches a template.
struct Match<'a> {
    /// Which of its segments are words of the table, the first one as the highest bit.
    words: u64,
    values: Vec<(&'static str, &'a str)>,
}

impl<'a> Match<'a> {
    fn of(template: &'static str, path: &'a str) -> Option<Match<'a>> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let mut found = Match { words: 0, values: Vec::new() };
        let (mut bit, mut segments) = (1 << 63, path.split('/'));
        for expected in template.strip_suffix('/').unwrap_or(template).split('/') {
            let segment = segments.next()?;
            match expected.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
                Some(name) if !segment.is_empty() => found.values.push((name, segment)),
                None if expected == segment => found.words |= bit,
                _ => return None,
            }
            bit >>= 1;
        }
        segments.next().is_none().then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_table_comes_before_a_value() {
        let found = find("GET", "/v2/p/cloudvolumes/detail").unwrap();
        assert_eq!(found.template, "/v2/{project_id}/cloudvolumes/detail");
        let found = find("GET", "/v2/p/cloudvolumes/x").unwrap();
        assert_eq!(found.values, [("project_id", "p".to_owned()), ("volume_id", "x".to_owned())]);
        assert!(find("GET", "/").is_some() && find("GET", "/v3/").is_some());
    }

    #[test]
    fn no_word_of_any_path_is_read_as_a_value() {
        for route in all() {
            let path: Vec<&str> =
                route.template.split('/').map(|it| if it.starts_with('{') { "x" } else { it }).collect();
            let path = path.join("/");
            for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
                let found = find(method, &path).unwrap();
                assert_eq!(found.template, route.template, "{method} {path}");
                let served = all().iter().any(|it| it.template == route.template && it.operation.method == method);
                assert_eq!(found.route.is_some(), served, "{method} {path}");
            }
        }
    }

    #[test]
    fn each_call_stands_once_in_the_table() {
        let mut calls: Vec<String> =
            all().iter().map(|it| format!("{} {}", it.operation.method, it.template)).collect();
        let count = calls.len();
        calls.sort_unstable();
        calls.dedup();
        assert_eq!(calls.len(), count);
    }

    #[test]
    fn a_value_is_read_decoded() {
        let found = find("DELETE", "/v2/p/os-vendor-tags/volumes/x/%E5%8D%B7%2F1").unwrap();
        assert_eq!(found.values.last().unwrap(), &("key", "卷/1".to_owned()));
        let found = find("DELETE", "/v2/p/os-vendor-tags/volumes/x/%FF").unwrap();
        assert_eq!(found.values.last().unwrap().1, "%FF");
    }

    #[test]
    fn what_is_not_in_the_table_is_told_apart() {
        assert!(find("GET", "/v9/p/cloudvolumes").is_none());
        assert!(find("GET", "/v2/p/cloudvolumes/x/y/z").is_none());
        assert!(find("PATCH", "/v2/p/cloudvolumes/x").unwrap().route.is_none());
        assert!(find("GET", "/v2//cloudvolumes/x").is_none());
    }
}

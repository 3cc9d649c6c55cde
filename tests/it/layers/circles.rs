//! Circles of files: of two files that use each other, directly or by way of others, neither can be read first.

use super::names::Names;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Files that all reach each other, and what ties them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Circle {
    /// From one file to another, with the names that the first takes from the second.
    edges: BTreeMap<(String, String), BTreeSet<String>>,
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "a circle of files:")?;
        self.edges.iter().try_for_each(|((from, to), names)| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            writeln!(f, "  {from} -> {to}: {}", names.join(", "))
        })
    }
}

/// The circles within each module of these files: pairs of a path below `src` and the program's own lines in it.
pub(super) fn circles(files: &[(String, String)]) -> Vec<Circle> {
    let tree = Tree::of(files);
    let edges = tree.edges();
    let reach: BTreeMap<&str, BTreeSet<&str>> = tree.files.keys().map(|from| (&**from, reach(&edges, from))).collect();
    let mut circles: Vec<Circle> = Vec::new();
    let mut seen = BTreeSet::new();
    for from in tree.files.keys() {
        let together = |to: &str| reach[&**from].contains(to) && reach[to].contains(&**from);
        if !together(from) || !seen.insert(from) {
            continue;
        }
        seen.extend(tree.files.keys().filter(|to| together(to)));
        let tied = edges.iter().filter(|((a, b), _)| together(a) && together(b));
        let shown = |module: &String| tree.files[module].path.clone();
        circles.push(Circle { edges: tied.map(|((a, b), names)| ((shown(a), shown(b)), names.clone())).collect() });
    }
    circles
}

type Edges = BTreeMap<(String, String), BTreeSet<String>>;

fn reach<'e>(edges: &'e Edges, from: &'e str) -> BTreeSet<&'e str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        open.extend(edges.keys().filter(|(a, _)| a == at).map(|(_, b)| &**b).filter(|b| reached.insert(*b)));
    }
    reached
}

struct File {
    path: String,
    names: Names,
}

/// The files of the crate, by the path of the module that each is: `evs::codes` for `evs/codes.rs`.
struct Tree {
    files: BTreeMap<String, File>,
}

/// What a path leads to.
enum Target {
    /// A module that is a file.
    Module(String),
    /// Something that a module defines: the module, and the name in it.
    Item(String, String),
}

impl Tree {
    fn of(files: &[(String, String)]) -> Tree {
        let file = |(path, text): &(String, String)| {
            let module = path.trim_end_matches(".rs").replace('/', "::");
            (module, File { path: path.clone(), names: Names::of(text) })
        };
        Tree { files: files.iter().map(file).collect() }
    }

    fn edges(&self) -> Edges {
        let mut edges = Edges::new();
        for (module, file) in &self.files {
            let mut add = |to: String, name: &str| {
                if to != *module && top(&to) == top(module) && self.files.contains_key(&to) {
                    edges.entry((module.clone(), to)).or_default().insert(name.to_owned());
                }
            };
            for import in &file.names.imports {
                match self.resolve(module, &import.path, 0) {
                    // A parent that only hands on what its children define does not use it.
                    Some(Target::Item(to, _))
                        if import.shared
                            && to.starts_with(&format!("{module}::"))
                            && !file.names.words.contains(&import.name) => {}
                    Some(Target::Item(to, name)) => add(to, &name),
                    Some(Target::Module(to)) if import.name == "*" => add(to, "*"),
                    // What is used of a module is told by the paths that begin with its name.
                    Some(Target::Module(to)) => self.namesake(&to, &mut add),
                    None => {}
                }
            }
            for path in &file.names.paths {
                match self.resolve(module, path, 0) {
                    Some(Target::Item(to, name)) => add(to, &name),
                    Some(Target::Module(to)) => self.namesake(&to, &mut add),
                    None => {}
                }
            }
            // A macro is known below the place of its definition, without any path.
            for name in &file.names.macros {
                let mut above = &**module;
                while let Some((parent, _)) = above.rsplit_once("::") {
                    if self.files.get(parent).is_some_and(|file| file.names.defined.contains(&format!("{name}!"))) {
                        add(parent.to_owned(), name);
                    }
                    above = parent;
                }
            }
        }
        edges
    }

    /// A path that ends at a module may mean the function that its parent defines by the same name.
    fn namesake(&self, module: &str, add: &mut impl FnMut(String, &str)) {
        if let Some((parent, name)) = module.rsplit_once("::")
            && self.files.get(parent).is_some_and(|file| file.names.defined.contains(name))
        {
            add(parent.to_owned(), name);
        }
    }

    /// Follows a path that stands in this module. `None` where it leads out of the crate.
    fn resolve(&self, module: &str, path: &[String], depth: usize) -> Option<Target> {
        let first = &**path.first()?;
        let names_import = || self.files.get(module)?.names.imports.iter().find(|import| import.name == first);
        match first {
            "crate" => self.walk("", &path[1..], depth),
            "self" | "super" => self.walk(module, path, depth),
            // `use url;` of another crate would lead here again.
            _ if names_import().is_some_and(|import| import.path.first().is_none_or(|it| it != first)) => {
                self.walk(module, path, depth)
            }
            _ if self.files.contains_key(&below(module, first)) => self.walk(module, path, depth),
            _ => None,
        }
    }

    fn walk(&self, at: &str, rest: &[String], depth: usize) -> Option<Target> {
        let Some((first, rest)) = rest.split_first() else { return Some(Target::Module(at.to_owned())) };
        match &**first {
            "self" => return self.walk(at, rest, depth),
            "super" => return self.walk(at.rsplit_once("::").map_or("", |(parent, _)| parent), rest, depth),
            _ => {}
        }
        let imports = self.files.get(at).map_or(&[][..], |file| &file.names.imports);
        let import = imports.iter().find(|import| import.name == **first);
        let child = below(at, first);
        // `schema::schema` is a function as well as a module: only the module has something behind it.
        if self.files.contains_key(&child) && (!rest.is_empty() || import.is_none()) {
            return self.walk(&child, rest, depth);
        }
        match import {
            Some(import) if depth < 8 => match self.resolve(at, &import.path, depth + 1)? {
                Target::Module(to) => self.walk(&to, rest, depth + 1),
                item => Some(item),
            },
            Some(_) => None,
            None => Some(Target::Item(at.to_owned(), first.clone())),
        }
    }
}

fn top(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

fn below(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

/// The circles of an invented crate, as they are shown.
fn shown(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    circles(&files).iter().map(Circle::to_string).collect()
}

#[test]
fn children_that_know_one_another_in_one_direction_make_no_circle() {
    // `super::Leaf` is what `leaf.rs` defines, though the parent hands it on.
    let files = [
        ("tree.rs", "mod leaf; mod twig; pub use leaf::Leaf; pub use twig::{Twig as Stick};"),
        ("tree/leaf.rs", "pub struct Leaf; // super::Twig"),
        ("tree/twig.rs", "use super::Leaf; pub struct Twig(Leaf); fn f() { super::leaf::Leaf; crate::tree::Leaf; }"),
        ("other.rs", "use crate::tree; fn f(_: tree::Stick) {}"),
    ];
    assert!(shown(&files).is_empty(), "{:?}", shown(&files));
}

#[test]
fn a_child_that_takes_from_a_parent_which_uses_it_makes_a_circle() {
    let child = ("tree/leaf.rs", "pub struct Leaf(super::Root);");
    let handing_on = ("tree.rs", "mod leaf; pub use leaf::Leaf; pub struct Root;");
    assert!(shown(&[handing_on, child]).is_empty());
    let circle = "a circle of files:\n  tree.rs -> tree/leaf.rs: Leaf\n  tree/leaf.rs -> tree.rs: Root\n";
    for using in [
        "mod leaf; pub use leaf::Leaf; pub struct Root; fn f() { Leaf::new(); }",
        "mod leaf; use leaf::Leaf; pub struct Root;",
        "mod leaf; pub struct Root; fn f() { leaf::Leaf(Root); }",
        "mod leaf; use self::leaf as l; pub struct Root; fn f() { l::Leaf(Root); }",
    ] {
        assert_eq!(shown(&[("tree.rs", using), child]), [circle], "{using}");
    }
}

#[test]
fn a_circle_is_found_on_every_way_that_leads_round() {
    let parent = ("m.rs", "mod a; mod b; mod c; pub(crate) use c::Third as Three; use b::second;");
    let a = ("m/a.rs", "use super::b; pub(super) fn first() { b::second() }");
    let b = ("m/b.rs", "pub(super) fn second() -> super::Three { todo!() }");
    for (c, taken) in [
        ("use super::{a::first}; pub struct Third;", "first"),
        ("pub struct Third; fn f() { crate::m::a::first() }", "first"),
        ("pub struct Third; use super::a::*;", "*"),
        ("#[serde(with = \"super::a::first\")] pub struct Third;", "first"),
    ] {
        let found = shown(&[parent, a, b, ("m/c.rs", c)]);
        let expected = format!(
            "a circle of files:\n  m/a.rs -> m/b.rs: second\n  m/b.rs -> m/c.rs: Third\n  m/c.rs -> m/a.rs: {taken}\n"
        );
        assert_eq!(found, [expected], "{c}");
    }
}

#[test]
fn functions_and_macros_of_a_parent_count_though_a_module_has_the_name() {
    let parent = "mod a; macro_rules! made { () => {} } fn a() { a::f() }";
    for child in ["pub fn f() { super::a() }", "use super::a as up; pub fn f() { up() }", "pub fn f() { made!() }"] {
        assert_eq!(shown(&[("m.rs", parent), ("m/a.rs", child)]).len(), 1, "{child}");
    }
}

//! What one source file says of others: its imports, the paths in its code, and what it defines. No comments, no strings.

use std::collections::BTreeSet;

/// One name that a `use` brings in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) path: Vec<String>,
    /// The name in this file; `*` for all names of a module.
    pub(super) name: String,
    /// Whether it is handed on: `pub use`, however far.
    pub(super) shared: bool,
}

/// What one file says.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) imports: Vec<Import>,
    /// Paths of at least two names, outside of imports.
    pub(super) paths: BTreeSet<Vec<String>>,
    /// All names outside of imports, without those of fields and methods.
    pub(super) words: BTreeSet<String>,
    /// Functions, types, constants, traits, and macros with their exclamation mark.
    pub(super) defined: BTreeSet<String>,
    /// Macros that are called by their plain name.
    pub(super) macros: BTreeSet<String>,
}

impl Names {
    /// Reads the program's own lines of a file.
    pub(super) fn of(code: &str) -> Names {
        let tokens = tokens(code);
        let mut names = Names::default();
        let mut at = 0;
        while at < tokens.len() {
            let next = |ahead: usize| tokens.get(at + ahead).map_or("", String::as_str);
            let token = &*tokens[at];
            // `use<'a>` says what a returned type captures.
            if token == "use" && next(1) != "<" {
                let shared = tokens[..at].last().is_some_and(|before| before == "pub" || before == ")");
                at += 1;
                names.import(&tokens, &mut at, &mut Vec::new(), shared);
                continue;
            }
            if matches!(token, "fn" | "struct" | "enum" | "union" | "trait" | "type" | "const" | "static") {
                names.defined.insert(next(1).to_owned());
            }
            if token == "macro_rules" && next(1) == "!" {
                names.defined.insert(format!("{}!", next(2)));
            }
            // The name of a declared module, of a field or of a method is nothing that an import has brought in.
            if matches!(token, "mod" | ".") {
                at += 1;
            }
            if !is_word(token) || token == "mod" {
                at += 1;
                continue;
            }
            let mut path = vec![token.to_owned()];
            // `$name::new` begins with whatever a macro is given.
            let starts = at == 0 || tokens[at - 1] != "::" && (tokens[at - 1] != "$" || token == "crate");
            while tokens.get(at + 1).is_some_and(|it| it == "::") && tokens.get(at + 2).is_some_and(|it| is_word(it)) {
                path.push(tokens[at + 2].clone());
                at += 2;
            }
            names.words.extend(path.iter().cloned());
            if path.len() == 1 && tokens.get(at + 1).is_some_and(|it| it == "!") {
                names.macros.insert(path[0].clone());
            }
            if path.len() > 1 && starts {
                names.paths.insert(path);
            }
            at += 1;
        }
        names
    }

    /// Reads the tree of a `use`, up to what ends it.
    fn import(&mut self, tokens: &[String], at: &mut usize, prefix: &mut Vec<String>, shared: bool) {
        let depth = prefix.len();
        while let Some(token) = tokens.get(*at) {
            *at += 1;
            match &**token {
                "::" => {}
                "{" => {
                    while tokens.get(*at).is_some_and(|it| it != "}") {
                        self.import(tokens, at, prefix, shared);
                        if tokens.get(*at).is_some_and(|it| it != "}") {
                            *at += 1;
                        }
                    }
                    *at += 1;
                    prefix.truncate(depth);
                    return;
                }
                "*" => prefix.push("*".to_owned()),
                word if is_word(word) && word != "as" => prefix.push(word.to_owned()),
                _ => {
                    *at -= 1;
                    break;
                }
            }
        }
        let mut path = prefix.split_off(depth.min(prefix.len()));
        // `a::{self}` is `a`.
        if path == ["self"] && depth > 0 {
            path.clear();
        }
        path.splice(0..0, prefix.iter().cloned());
        let mut name = path.last().cloned().unwrap_or_default();
        if tokens.get(*at).is_some_and(|it| it == "as") {
            name = tokens.get(*at + 1).cloned().unwrap_or_default();
            *at += 2;
        }
        if name == "*" {
            path.pop();
        }
        self.imports.push(Import { path, name, shared });
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Words, `::`, and all else letter by letter. A string counts only where it is a path, as in an attribute of serde.
fn tokens(code: &str) -> Vec<String> {
    let letters: Vec<char> = code.chars().collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < letters.len() {
        let from = at;
        let next = |ahead: usize| letters.get(at + ahead).copied().unwrap_or(' ');
        match letters[at] {
            '/' if next(1) == '/' => at = end(&letters, at, "\n"),
            '/' if next(1) == '*' => at = end(&letters, at, "*/"),
            'r' if next(1) == '"' || (next(1) == '#' && matches!(next(2), '"' | '#')) => {
                let hashes = letters[at + 1..].iter().take_while(|c| **c == '#').count();
                at = end(&letters, at + hashes + 2, &format!("\"{}", "#".repeat(hashes)));
            }
            '"' => {
                at += 1;
                while at < letters.len() && letters[at] != '"' {
                    at += if letters[at] == '\\' { 2 } else { 1 };
                }
                let text: String = letters[from + 1..at.min(letters.len())].iter().collect();
                if text.contains("::") && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                    found.extend(tokens(&text));
                }
                at += 1;
            }
            '\'' if next(1) == '\\' => at = end(&letters, at + 3, "'"),
            '\'' if next(2) == '\'' => at += 3,
            ':' if next(1) == ':' => {
                found.push("::".to_owned());
                at += 2;
            }
            c if c.is_alphanumeric() || c == '_' => {
                while at < letters.len() && (letters[at].is_alphanumeric() || letters[at] == '_') {
                    at += 1;
                }
                found.push(letters[from..at].iter().collect());
            }
            c => {
                if !c.is_whitespace() {
                    found.push(c.to_string());
                }
                at += 1;
            }
        }
    }
    found
}

/// Where the text goes on after the next such mark.
fn end(letters: &[char], from: usize, mark: &str) -> usize {
    let mark: Vec<char> = mark.chars().collect();
    let found = letters.get(from..).and_then(|rest| rest.windows(mark.len()).position(|it| it == mark));
    found.map_or(letters.len(), |position| from + position + mark.len())
}

#[test]
fn a_tree_of_imports_is_read_in_full() {
    let names = Names::of("pub(crate) use super::{self, a::{B as C, d}, e::*};\nfn f<'a>() -> impl X + use<'a> {}");
    let read: Vec<_> = names.imports.iter().map(|it| (it.path.join("::"), &*it.name, it.shared)).collect();
    let expected = [("super", "super"), ("super::a::B", "C"), ("super::a::d", "d"), ("super::e", "*")];
    assert_eq!(read, expected.map(|(path, name)| (path.to_owned(), name, true)));
    assert!(names.defined.contains("f"));
}

#[test]
fn comments_and_strings_say_nothing() {
    let names = Names::of(
        r##"// super::a
        /* super::b */ const C: &str = "a \" super::c"; const D: char = '"'; const E: &str = r#"super::"e"#;
        #[serde(with = "super::read")] fn f<'l>() { super::g('\'', "\\"); x::<super::h>() }"##,
    );
    let read: Vec<_> = names.paths.iter().map(|path| path.join("::")).collect();
    assert_eq!(read, ["super::g", "super::h", "super::read"]);
}

//! Addresses as Terraform writes them.

use serde_json::Value;

/// The address of a resource without the keys of its modules, as a `removed` block takes it.
pub(super) fn resource(module: &str, kind: &str, name: &str) -> String {
    joined(&without_keys(module), kind, name)
}

/// The address of one instance of it, with the key that `count` or `for_each` gave it.
pub(super) fn instance(module: &str, kind: &str, name: &str, key: Option<&Value>) -> String {
    let resource = joined(module, kind, name);
    match key {
        Some(Value::Number(number)) => format!("{resource}[{number}]"),
        // JSON quotes and escapes as Terraform does, but for its templates.
        Some(Value::String(key)) => {
            let key = Value::String(key.clone()).to_string();
            format!("{resource}[{}]", key.replace("${", "$${").replace("%{", "%%{"))
        }
        _ => resource,
    }
}

/// Whether these make an address: a module is a path of names, each with a key or none, and a resource has a name.
pub(super) fn is_address(module: &str, name: &str) -> bool {
    let mut parts = without_keys(module);
    parts.insert(0, '.');
    let mut rest = if module.is_empty() { "" } else { parts.as_str() };
    while let Some(behind) = rest.strip_prefix(".module.") {
        let end = behind.find('.').unwrap_or(behind.len());
        if !is_identifier(&behind[..end]) {
            return false;
        }
        rest = &behind[end..];
    }
    rest.is_empty() && is_identifier(name) && !module.chars().any(char::is_control)
}

/// A name as Terraform takes it.
fn is_identifier(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    begins && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

fn joined(module: &str, kind: &str, name: &str) -> String {
    if module.is_empty() { format!("{kind}.{name}") } else { format!("{module}.{kind}.{name}") }
}

/// The path of a module without keys in brackets; a key in quotes may hold brackets itself.
fn without_keys(module: &str) -> String {
    let (mut path, mut in_key, mut in_quotes, mut escaped) = (String::new(), false, false, false);
    for c in module.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_quotes => escaped = true,
            '"' if in_key => in_quotes = !in_quotes,
            ']' if in_key && !in_quotes => in_key = false,
            '[' if !in_key => in_key = true,
            c if !in_key => path.push(c),
            _ => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_but_an_address_is_one() {
        for (module, name) in
            [("", "data"), ("module.a", "d-1"), (r#"module.zone["a.b # c"].module.disks[2]"#, "_x"), ("", "数据")]
        {
            assert!(is_address(module, name), "{module} {name}");
        }
        for (module, name) in [
            ("module.network #", "data"),
            ("network", "data"),
            ("module.", "data"),
            ("module.a.b", "data"),
            ("", "a /*"),
            ("", "e */"),
            ("", "a\nb"),
            ("", "y\u{202e}"),
            ("", "x;$(touch y)"),
            ("", ""),
            ("", "1a"),
        ] {
            assert!(!is_address(module, name), "{module} {name}");
        }
    }

    #[test]
    fn a_resource_has_no_keys_and_an_instance_all_of_them() {
        let module = r#"module.zone["a[\"]"].module.disks[2]"#;
        assert_eq!(resource(module, "t", "n"), "module.zone.module.disks.t.n");
        assert_eq!(resource("", "t", "n"), "t.n");
        assert_eq!(instance(module, "t", "n", Some(&json!(3))), format!("{module}.t.n[3]"));
        assert_eq!(instance("", "t", "n", Some(&json!("a\"b${c}"))), r#"t.n["a\"b$${c}"]"#);
        assert_eq!(instance("", "t", "n", None), "t.n");
    }
}

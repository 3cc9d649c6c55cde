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
    fn a_resource_has_no_keys_and_an_instance_all_of_them() {
        let module = r#"module.zone["a[\"]"].module.disks[2]"#;
        assert_eq!(resource(module, "t", "n"), "module.zone.module.disks.t.n");
        assert_eq!(resource("", "t", "n"), "t.n");
        assert_eq!(instance(module, "t", "n", Some(&json!(3))), format!("{module}.t.n[3]"));
        assert_eq!(instance("", "t", "n", Some(&json!("a\"b${c}"))), r#"t.n["a\"b$${c}"]"#);
        assert_eq!(instance("", "t", "n", None), "t.n");
    }
}

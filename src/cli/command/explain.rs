//! `evsctl explain`: what an error code means, what evsctl does about it by itself, and what is left to do.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::Format;
use crate::cli::render;
use crate::cli::ui::Ui;
use crate::evs::codes;
use crate::words::codes as words;

/// `evsctl explain`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  evsctl explain EVS.1034
  evsctl explain apigw.0308 --format json
  evsctl explain | grep quota")]
pub(in crate::cli) struct ExplainArgs {
    /// The code, as in EVS.1034; its letters may be of either case. Without it all codes are listed.
    #[arg(value_name = "CODE")]
    pub(in crate::cli) code: Option<String>,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: Format,
}

pub(in crate::cli) fn run(ui: &Ui, args: &ExplainArgs) -> Result<Exit, CliError> {
    let code = args.code.as_deref().map(|typed| codes::typed(typed).ok_or_else(|| unknown(typed))).transpose()?;
    match (args.format, code) {
        (Format::Human, Some(code)) => ui.data(&render::codes::one(code, ui.look())),
        (Format::Human, None) => ui.data(&render::codes::all()),
        (Format::Json, Some(code)) => ui.json(&render::codes::one_json(code)),
        (Format::Json, None) => ui.json(&render::codes::all_json()),
    }
    Ok(Exit::Success)
}

/// What can be said of a code that no reference publishes, and which ones may have been meant.
fn unknown(typed: &str) -> CliError {
    let near = words::near(&codes::nearest(typed));
    let said = words::undocumented(codes::speaker(typed)).into_iter().map(str::to_owned);
    near.into_iter().chain(said).fold(CliError::new(Exit::Error, words::unknown(typed)), CliError::hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ui::testing::ui;

    fn explained(code: Option<&str>, format: Format) -> (Result<Exit, CliError>, String) {
        let (ui, out, _) = ui(false, "");
        let ended = run(&ui, &ExplainArgs { code: code.map(str::to_owned), format });
        (ended, out.text())
    }

    #[test]
    fn a_code_is_explained_whatever_its_case() {
        let (ended, text) = explained(Some("evs.1034"), Format::Human);
        assert_eq!(ended, Ok(Exit::Success));
        assert!(text.starts_with("EVS.1034  quota, HTTP 400\n") && text.contains("\nnext: "), "{text}");
    }

    #[test]
    fn all_codes_are_listed_for_people_and_for_programs() {
        let (ended, text) = explained(None, Format::Human);
        assert_eq!((ended, text.lines().count()), (Ok(Exit::Success), codes::all().count() + 1));
        let (_, text) = explained(None, Format::Json);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["codes"].as_array().unwrap().len(), codes::all().count());
        let (_, text) = explained(Some("APIGW.0308"), Format::Json);
        let one: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(value["codes"].as_array().unwrap().contains(&one), "{one}");
    }

    #[test]
    fn an_unknown_code_is_an_error_that_says_what_is_known() {
        for (typed, hints) in [
            ("EVS.1304", vec!["near it: ", "service's own", "by its HTTP status"]),
            ("1034", vec!["near it: EVS.1034", "codes look like"]),
            ("apigw.9999", vec!["the gateway's", "by its HTTP status"]),
            ("ECS.0001", vec!["codes look like"]),
            ("", vec!["codes look like"]),
        ] {
            let (ended, text) = explained(Some(typed), Format::Json);
            let error = ended.unwrap_err();
            assert_eq!((error.exit, text.as_str()), (Exit::Error, ""), "{typed}");
            for hint in hints {
                assert!(error.hints.iter().any(|text| text.contains(hint)), "{typed}: {error:?}");
            }
            assert!(error.hints.iter().all(|hint| hint.len() <= 74), "{error:?}");
        }
        let error = explained(Some(&"EVS.".repeat(1000)), Format::Human).0.unwrap_err();
        assert!(error.message.len() < 100, "{}", error.message);
    }
}

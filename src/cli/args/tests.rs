use super::*;
use crate::cli::command::simulator::{FileOrKey, Style};
use crate::cli::options::Format;
use std::path::PathBuf;
use std::time::Duration;

fn typed(line: &str) -> Result<Args, Stop> {
    let raw: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
    parse(&raw)
}

fn stopped(line: &str) -> (u8, bool, String) {
    let stop = typed(line).unwrap_err();
    (stop.exit.code(), stop.to_stdout, anstream::adapter::strip_str(&stop.text).to_string())
}

#[test]
fn the_definitions_hold_together() {
    definitions().debug_assert();
}

#[test]
fn path_comes_first_and_is_here_by_default() {
    let Command::Plan(plan) = typed("evsctl plan").unwrap().command else { panic!() };
    assert_eq!(plan.paths, [PathBuf::from(".")]);
    let Command::State(StateCommand::Show(show)) = typed("evsctl state show prod web[1] db").unwrap().command else {
        panic!()
    };
    assert_eq!((show.path, show.addresses.len()), (PathBuf::from("prod"), 2));
}

#[test]
fn unlock_takes_its_id_last() {
    for (line, path) in [("evsctl unlock 0123abcd", "."), ("evsctl unlock prod 0123abcd", "prod")] {
        let Command::Unlock(unlock) = typed(line).unwrap().command else { panic!() };
        assert_eq!((unlock.path, unlock.id.as_str()), (PathBuf::from(path), "0123abcd"));
    }
    let Command::Lock(LockCommand::Status(status)) = typed("evsctl lock status").unwrap().command else { panic!() };
    assert_eq!((status.of.path, status.format), (PathBuf::from("."), Format::Human));
}

#[test]
fn apply_has_the_documented_defaults() {
    let Command::Apply(apply) = typed("evsctl apply").unwrap().command else { panic!() };
    assert_eq!(apply.run.timeout, Duration::from_secs(1800));
    assert_eq!(apply.run.lock.lock_timeout, Duration::ZERO);
    assert_eq!(apply.run.parallelism, 16);
    assert!(!apply.consent.yes && apply.consent.plan.is_none() && apply.consent.approve.is_none());
}

#[test]
fn errors_of_usage_exit_1() {
    for line in [
        "evsctl",
        "evsctl plan --nonsense",
        "evsctl apply a b",
        "evsctl apply --parallelism 0",
        "evsctl apply --parallelism 257",
        "evsctl apply --timeout soon",
        "evsctl apply --approve 123",
        "evsctl apply --plan p --target web",
        "evsctl plan --target we[b",
        "evsctl state",
        "evsctl lock",
        "evsctl unlock",
        "evsctl unlock prod",
        "evsctl unlock prod 123 456",
    ] {
        let (exit, to_stdout, text) = stopped(line);
        assert_eq!((exit, to_stdout), (1, false), "{line}");
        assert!(!text.is_empty());
    }
}

/// The commands as they are typed.
fn commands_below(prefix: &str, command: &clap::Command, to: &mut Vec<String>) {
    to.push(prefix.to_owned());
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        commands_below(&format!("{prefix} {}", below.get_name()), below, to);
    }
}

#[test]
fn short_help_is_one_screen_and_says_first_what_is_typed_and_last_what_is_global() {
    let mut commands = Vec::new();
    commands_below("evsctl", &definitions(), &mut commands);
    assert!(commands.len() > 20, "{commands:?}");
    for command in commands {
        let help = |flag: &str| {
            let mut definitions = definitions().term_width(80);
            let raw = command.split(' ').chain([flag]);
            let text = definitions.try_get_matches_from_mut(raw).unwrap_err().render().to_string();
            text.replace("\r\n", "\n")
        };
        let short = help("-h");
        assert!(short.lines().count() <= 40, "{command}: {} lines", short.lines().count());
        for text in [short, help("--help")] {
            let at = |what: &str| text.find(what);
            assert!(at("Usage: ") < at("Global options:") && at("Usage: ").is_some(), "{text}");
            assert!(at("Examples").is_none_or(|examples| Some(examples) > at("Usage: ")), "{text}");
            for own in ["\nArguments:", "\nOptions:", "\nCommands:"].iter().filter_map(|own| at(own)) {
                assert!(Some(own) > at("Examples") && Some(own) < at("Global options:"), "{text}");
            }
            assert!(text[at("Global options:").unwrap()..].contains("--help"), "{text}");
        }
    }
    for command in ["plan", "apply", "destroy", "state mv", "doctor", "simulator"] {
        let (_, _, text) = stopped(&format!("evsctl {command} -h"));
        assert!(text.contains("Examples:"), "{text}");
    }
}

#[test]
fn help_and_version_go_to_stdout() {
    for line in ["evsctl --help", "evsctl -h", "evsctl plan --help", "evsctl --version", "evsctl help plan"] {
        let (exit, to_stdout, _) = stopped(line);
        assert_eq!((exit, to_stdout), (0, true), "{line}");
    }
}

#[test]
fn an_unknown_command_suggests_the_nearest() {
    assert!(stopped("evsctl plna").2.contains("'plan'"));
}

#[test]
fn a_later_command_says_so() {
    for (line, what) in [
        ("evsctl show prod", "show"),
        ("evsctl --color never history prod", "history"),
        ("evsctl help fmt", "fmt"),
        ("evsctl state pull", "state pull"),
    ] {
        let (exit, _, text) = stopped(line);
        assert_eq!(exit, 1);
        assert!(text.starts_with(&format!("error: `{what}` is not in this version yet\n")), "{text}");
    }
    // A folder may be called anything.
    assert!(typed("evsctl plan drift").is_ok());
}

#[test]
fn habits_get_a_hint() {
    for (line, hint) in [
        ("evsctl apply -auto-approve", "--yes"),
        ("evsctl apply --auto-approve", "--yes"),
        ("evsctl plan -out=p.tfplan", "--out FILE"),
        ("evsctl plan -target=web", "--target ADDR"),
        ("evsctl plan -detailed-exitcode", "--detailed-exitcode"),
        ("evsctl plan -destroy", "evsctl destroy PATH"),
        ("evsctl destroy -auto-approve", "--yes"),
        ("evsctl destroy -target=web", "ADDR behind PATH"),
        ("evsctl destroy --target web", "ADDR behind PATH"),
        ("evsctl plan -refresh=false", "--offline"),
        ("evsctl plan -input=false", "nothing is ever asked"),
        ("evsctl apply -parallelism=4", "--parallelism N"),
        ("evsctl apply -lock-timeout=30s", "--lock-timeout DUR"),
        ("evsctl plan -json", "--format json"),
        ("evsctl plan --json", "--format json"),
        ("evsctl plan -var a=b", "no variables"),
        ("evsctl plan -var-file=x", "no variables"),
    ] {
        let (exit, _, text) = stopped(line);
        assert_eq!(exit, 1);
        assert!(text.starts_with("error: there is no flag -") && text.contains(hint), "{line}: {text}");
    }
}

#[test]
fn commands_of_other_tools_get_the_nearest_answer() {
    for (line, hint) in [
        ("evsctl refresh", "evsctl plan always looks"),
        ("evsctl output prod", "state list --format json"),
        ("evsctl version", "evsctl --version"),
        ("evsctl force-unlock 0123abcd", "evsctl unlock ID"),
        ("evsctl --color never workspace new", "name it as PATH"),
    ] {
        let (exit, _, text) = stopped(line);
        assert_eq!(exit, 1);
        assert!(text.starts_with("error: there is no command `") && text.contains(hint), "{line}: {text}");
    }
    assert!(stopped("evsctl state push").2.contains("`state push` is not in this version yet"));
    assert!(typed("evsctl plan refresh").is_ok());
}

#[test]
fn slips_in_habits_are_understood() {
    for (line, hint) in [
        ("evsctl apply -auto-aprove", "use --yes"),
        ("evsctl apply --auto-aprove", "use --yes"),
        ("evsctl plan -detailed-exitcodes", "use --detailed-exitcode"),
        ("evsctl plan -targt=web", "use --target ADDR"),
    ] {
        let (_, _, text) = stopped(line);
        assert!(text.starts_with("error: there is no flag -") && text.contains(hint), "{line}: {text}");
    }
    let (_, _, text) = stopped("evsctl plan --taget web");
    assert!(text.contains("--target") && !text.starts_with("error: there is no flag"), "{text}");
    let (_, _, text) = stopped("evsctl plan --nonsense");
    assert!(text.contains("--nonsense") && !text.starts_with("error: there is no flag"), "{text}");
}

#[test]
fn all_habits_of_a_line_are_answered_at_once() {
    let (_, _, text) = stopped("evsctl apply -auto-approve -input=false");
    assert_eq!(
        text,
        "error: there are no flags -auto-approve, -input=false\n\
         hint: -auto-approve: use --yes\n\
         hint: -input: leave it out: without a terminal nothing is ever asked\n"
    );
}

#[test]
fn a_legal_flag_is_no_habit() {
    let (_, _, text) = stopped("evsctl plan --out p.json --nonsense");
    assert!(text.contains("--nonsense"), "{text}");
}

#[test]
fn colour_is_known_even_where_the_rest_is_wrong() {
    for (line, color) in [
        ("evsctl --color never plan --x", ColorWhen::Never),
        ("evsctl plan --color=always --x", ColorWhen::Always),
        ("evsctl plan --x", ColorWhen::Auto),
    ] {
        assert_eq!(typed(line).unwrap_err().color, color);
    }
}

#[test]
fn what_was_asked_for_is_data_and_the_rest_is_talk() {
    for (line, data) in [("evsctl --version", concat!("evsctl ", env!("CARGO_PKG_VERSION"), "\n")), ("evsctl show", "")]
    {
        let (ui, out, err) = crate::cli::ui::testing::ui(false, "");
        crate::cli::show(&ui, &typed(line).unwrap_err());
        assert_eq!(out.text(), data);
        assert_eq!(err.text().is_empty(), !data.is_empty());
    }
}

#[test]
fn the_simulator_asks_for_credentials_only_where_it_is_told_to() {
    let Command::Simulator(plain) = typed("evsctl simulator").unwrap().command else { panic!() };
    assert!(plain.credentials.is_none() && plain.rate_limit.is_none());
    assert_eq!(plain.token_life, Duration::from_secs(24 * 3600));
    let line = "evsctl simulator --credentials a.json --token-life 10m --rate-limit 20/s";
    let Command::Simulator(strict) = typed(line).unwrap().command else { panic!() };
    assert_eq!(
        (strict.credentials, strict.rate_limit.unwrap().get()),
        (Some(FileOrKey::from(OsString::from("a.json"))), 20)
    );
    assert_eq!(plain.account_style, Style::A);
    assert!(stopped("evsctl simulator --account-style d").2.contains("--account-style"));
    assert!(stopped("evsctl simulator --token-life 10m").2.contains("--credentials"));
    assert!(stopped("evsctl simulator --rate-limit 20").2.contains("as in 20/s"));
}

/// Every command of Terraform and of OpenTofu, each with a line that works, or a line that says what to do here.
#[test]
fn every_command_of_terraform_has_its_line() {
    const OURS: [&str; 9] = [
        "init",
        "validate",
        "plan",
        "apply",
        "destroy",
        "state list",
        "state mv . old new",
        "state rm . web",
        "state show . web",
    ];
    const THEIRS: [&str; 27] = [
        "console",
        "fmt",
        "force-unlock 0123abcd",
        "get",
        "graph",
        "import web[1] 0b4",
        "login",
        "logout",
        "metadata functions",
        "modules",
        "output",
        "providers",
        "query",
        "refresh",
        "show p.tfplan",
        "stacks",
        "state identities",
        "state pull",
        "state push x",
        "state replace-provider a b",
        "taint web[1]",
        "test",
        "untaint web[1]",
        "version",
        "workspace list",
        "env list",
        "-chdir=prod plan",
    ];
    for line in OURS {
        assert!(typed(&format!("evsctl {line}")).is_ok(), "{line}");
    }
    for line in THEIRS {
        let (exit, _, text) = stopped(&format!("evsctl {line}"));
        let told: Vec<&str> = text.lines().collect();
        let is_one = told.len() == 2 && told[0].starts_with("error: ") && told[1].starts_with("hint: ");
        assert!(exit == 1 && is_one, "{line}: {text}");
    }
}

/// Every flag of their commands, as it is typed there.
#[test]
fn every_flag_of_terraform_has_its_line() {
    let all = "auto-approve backend=false backend-config=x backup=x backup-out=x check cloud-run=x compact-warnings concise config=x \
               destroy detailed-exitcode diff draw-cycles exclude=web filter=x force force-copy from-module=x fs-mirror=x \
               generate-config-out=x get=false get-plugins=false help id=x ignore-remote-version input=false json junit-xml=x \
               list lock=false lock-timeout=3s lockfile=readonly migrate-state module-depth=1 net-mirror=x no-color no-tests \
               out=p parallelism=4 platform=x plugin-dir=x raw reconfigure recursive refresh=false refresh-only replace=web \
               show-sensitive state=x state-out=x target=web test-directory=x type=plan upgrade var=a=b var-file=x verbose \
               verify-plugins=false version write=false y yes f";
    for flag in all.split_whitespace() {
        for hyphens in ["-", "--"] {
            let line = format!("evsctl plan {hyphens}{flag}");
            let Err(stop) = typed(&line) else { continue };
            let text = anstream::adapter::strip_str(&stop.text).to_string();
            // What exists here is helped with, or lacks its value.
            let is_known = stop.to_stdout || text.contains("a value is required");
            let told: Vec<&str> = text.lines().collect();
            let is_one =
                told.len() == 2 && told[0].starts_with("error: there is no flag -") && told[1].starts_with("hint: ");
            assert!(is_known || is_one, "{line}: {text}");
        }
    }
}

/// A flag that exists is never answered by its own name.
#[test]
fn what_is_ours_is_no_habit_of_others() {
    for (line, said) in [("evsctl doctor --yes", "--probe"), ("evsctl plan --yes", "other commands have it")] {
        let text = stopped(line).2;
        assert!(text.contains(said) && !text.contains("use --yes"), "{line}: {text}");
    }
}

#[test]
fn what_is_not_near_is_not_suggested() {
    for (line, absurd) in
        [("evsctl plan --force", "--format"), ("evsctl plan --formless", "--format"), ("evsctl applesauce", "apply")]
    {
        let text = stopped(line).2;
        assert!(!text.contains(absurd), "{line}: {text}");
    }
    assert!(stopped("evsctl plan --fromat json").2.contains("--format"));
    assert!(stopped("evsctl aply").2.contains("apply"));
}

#[test]
fn a_flag_of_another_command_or_tool_gets_one_right_line() {
    for (line, says) in [
        ("evsctl plan --skip-refused", "other commands have it"),
        ("evsctl plan --allow-destroy 1", "other commands have it"),
        ("evsctl plan --approve=sha256:00", "other commands have it"),
        ("evsctl plan --file evsctl.yaml", "name the manifest as PATH, without a flag"),
        ("evsctl apply -f prod", "name the manifest as PATH, without a flag"),
        ("evsctl plan -o json", "use --format json"),
        ("evsctl simulator --port 8080", "use --listen"),
        ("evsctl apply --allow-destroy all", "a number of volumes, as the plan says it"),
        ("evsctl destroy --allow-destroy db[5]", "a number of volumes, as the plan says it"),
        ("evsctl plan --target db[0]", "slots begin at 1"),
        ("evsctl show", "evsctl state show says all that is recorded"),
        ("evsctl taint web", "`lifecycle.retire`"),
        ("evsctl apply prod p.json", "a plan file is given by --plan FILE"),
        ("evsctl apply prod web", "volumes by --target ADDR"),
    ] {
        let (exit, to_stdout, text) = stopped(line);
        assert_eq!((exit, to_stdout), (1, false), "{line}");
        assert!(text.contains(says), "{line}: {text}");
    }
}

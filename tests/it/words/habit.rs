//! Answers to habits.

use super::is_kept;
use evsctl::words::habit::{self, Command, Flag};
use std::fmt::Write as _;

#[test]
fn every_habit_is_answered() {
    let mut text = String::new();
    let mut line = |words: &str| writeln!(text, "{words}").unwrap();
    line(&habit::no_flags(&["-out"]));
    line(&habit::no_flags(&["-out", "-target=web"]));
    for flag in flags() {
        line(&format!("{flag:?}: {}", habit::in_place_of_flag("-flag", flag)));
    }
    line(&habit::no_command("get"));
    for command in commands() {
        line(&format!("{command:?}: {}", habit::in_place_of_command(command)));
    }
    line(&habit::not_yet("state mv"));
    line(habit::WHAT_THERE_IS);
    line(habit::STATE_SHOW);
    line(&habit::one_too_many("apply", "p.json"));
    line(habit::NO_SECOND_WORD_OF_APPLY);
    line(habit::NO_SECOND_WORD_OF_PLAN);
    is_kept("habit.txt", &text);
}

fn flags() -> Vec<Flag> {
    samples!(Flag:
        Flag::AutoApprove => [Flag::AutoApprove],
        Flag::Out => [Flag::Out],
        Flag::Target => [Flag::Target],
        Flag::Address => [Flag::Address],
        Flag::Exclude => [Flag::Exclude],
        Flag::DetailedExitcode => [Flag::DetailedExitcode],
        Flag::Destroy => [Flag::Destroy],
        Flag::Refresh => [Flag::Refresh],
        Flag::RefreshOnly => [Flag::RefreshOnly],
        Flag::Replace => [Flag::Replace],
        Flag::Input => [Flag::Input],
        Flag::Parallelism => [Flag::Parallelism],
        Flag::LockTimeout => [Flag::LockTimeout],
        Flag::Lock => [Flag::Lock],
        Flag::Json => [Flag::Json],
        Flag::NoColor => [Flag::NoColor],
        Flag::Var => [Flag::Var],
        Flag::State => [Flag::State],
        Flag::Chdir => [Flag::Chdir],
        Flag::Version => [Flag::Version],
        Flag::Help => [Flag::Help],
        Flag::DryRun => [Flag::DryRun],
        Flag::Elsewhere => [Flag::Elsewhere],
        Flag::Yes => [Flag::Yes],
        Flag::Force => [Flag::Force],
        Flag::File => [Flag::File],
        Flag::Format => [Flag::Format],
        Flag::Port => [Flag::Port],
        Flag::Upgrade => [Flag::Upgrade],
        Flag::Backend => [Flag::Backend],
        Flag::Backup => [Flag::Backup],
        Flag::Concise => [Flag::Concise],
        Flag::Generate => [Flag::Generate],
        Flag::Fmt => [Flag::Fmt],
        Flag::Raw => [Flag::Raw],
        Flag::Verbose => [Flag::Verbose],
        Flag::Tests => [Flag::Tests],
        Flag::Graph => [Flag::Graph],
        Flag::Sensitive => [Flag::Sensitive],
    )
}

fn commands() -> Vec<Command> {
    samples!(Command:
        Command::Refresh => [Command::Refresh],
        Command::Output => [Command::Output],
        Command::Version => [Command::Version],
        Command::Get => [Command::Get],
        Command::List => [Command::List],
        Command::Status => [Command::Status],
        Command::Diff => [Command::Diff],
        Command::Up => [Command::Up],
        Command::Create => [Command::Create],
        Command::Delete => [Command::Delete],
        Command::Taint => [Command::Taint],
        Command::Workspace => [Command::Workspace],
        Command::ForceUnlock => [Command::ForceUnlock],
        Command::Console => [Command::Console],
        Command::Graph => [Command::Graph],
        Command::Login => [Command::Login],
        Command::Tests => [Command::Tests],
        Command::Providers => [Command::Providers],
        Command::Untaint => [Command::Untaint],
        Command::Sync => [Command::Sync],
        Command::Remove => [Command::Remove],
        Command::Move => [Command::Move],
        Command::Stack => [Command::Stack],
        Command::Cancel => [Command::Cancel],
        Command::ReplaceProvider => [Command::ReplaceProvider],
        Command::Identities => [Command::Identities],
    )
}

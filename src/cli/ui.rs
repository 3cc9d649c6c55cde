//! The only place that prints or asks: data to stdout, talk to stderr.

use super::error::CliError;
use super::exit::Exit;
use super::safe::plain;
use super::settings::Settings;
use super::style::{Look, YELLOW};
use crate::text::legible;
use crate::words;
use std::io::{self, BufRead, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Prints and asks. A reader that went away never stops the work: what it would have read is dropped.
pub struct Ui {
    out: Mutex<Stream>,
    err: Mutex<Stream>,
    answers: Mutex<Box<dyn BufRead + Send>>,
    bar: Mutex<Option<indicatif::ProgressBar>>,
    settings: Settings,
}

/// One way out, and what became of it.
struct Stream {
    to: Box<dyn Write + Send>,
    color: bool,
    /// Whether what was written is for machines, which need all of it.
    whole: bool,
    failure: Option<io::Error>,
}

impl Stream {
    fn new(to: impl Write + Send + 'static, color: bool) -> Mutex<Stream> {
        Mutex::new(Stream { to: Box::new(to), color, whole: false, failure: None })
    }

    /// Writes text for people, without its colours where they are not wanted.
    fn write(&mut self, text: &str) {
        if self.color {
            self.write_as_it_is(text);
        } else {
            self.write_as_it_is(&anstream::adapter::strip_str(text).to_string());
        }
    }

    fn write_as_it_is(&mut self, text: &str) {
        if self.failure.is_none() {
            self.failure = self.to.write_all(text.as_bytes()).and_then(|()| self.to.flush()).err();
        }
    }
}

/// A panic elsewhere while printing leaves nothing half done that matters here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ui {
    /// Prints to the process's own streams.
    pub fn new(settings: Settings) -> Ui {
        let answers = Box::new(io::BufReader::new(io::stdin()));
        Ui::with(settings, io::stdout(), io::stderr(), answers)
    }

    /// Prints to and reads from anything.
    pub fn with(
        settings: Settings,
        out: impl Write + Send + 'static,
        err: impl Write + Send + 'static,
        answers: Box<dyn BufRead + Send>,
    ) -> Ui {
        Ui {
            out: Stream::new(out, settings.color_stdout),
            err: Stream::new(err, settings.color_stderr),
            answers: Mutex::new(answers),
            bar: Mutex::new(None),
            settings,
        }
    }

    /// The surroundings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How text looks on stdout.
    pub fn look(&self) -> Look {
        Look { width: self.settings.width_stdout, color: self.settings.color_stdout }
    }

    /// How text looks on stderr.
    pub fn look_aside(&self) -> Look {
        Look { width: self.settings.width_stderr, color: self.settings.color_stderr }
    }

    /// Writes text to stdout.
    pub fn data(&self, text: &str) {
        self.beside_the_bar(|| lock(&self.out).write(text));
    }

    /// Writes JSON to stdout: it reads back as it was, and steers nothing on its way.
    pub fn json(&self, text: &str) {
        let text = legible(text);
        self.beside_the_bar(|| {
            let mut out = lock(&self.out);
            out.whole = true;
            out.write_as_it_is(&text);
        });
    }

    /// Writes talk to stderr, as it is; a final newline is added where it lacks.
    pub fn talk(&self, text: &str) {
        let newline = if text.ends_with('\n') { "" } else { "\n" };
        self.beside_the_bar(|| {
            let mut err = lock(&self.err);
            err.write(text);
            err.write(newline);
        });
    }

    /// Writes a line of the log to stderr. It is safe to show as it is.
    pub(super) fn log(&self, line: &str) {
        self.beside_the_bar(|| lock(&self.err).write_as_it_is(&format!("{line}\n")));
    }

    /// Says what is worth a look but stops nothing.
    pub fn warn(&self, text: &str) {
        self.talk(&format!("{YELLOW}{}{YELLOW:#} {}", words::label::WARNING, plain(text)));
    }

    /// Says why the command ends.
    pub fn error(&self, error: &CliError) {
        self.talk(&error.render());
    }

    /// Asks on stderr and waits for a line: only the word `yes` counts, and who means it otherwise is told. Without a
    /// terminal nobody is asked and the answer is no.
    pub fn ask(&self, question: &str) -> bool {
        let answer = self.ask_for(&words::process::question(question)).unwrap_or_default();
        if answer != "yes" && ["y", "yes"].iter().any(|nearly| answer.eq_ignore_ascii_case(nearly)) {
            self.talk(words::process::only_yes());
        }
        answer == "yes"
    }

    /// Asks on stderr and waits for a line; gives it without the blanks around it. `None` where nobody can be asked, or
    /// nothing was typed before the end of the input.
    pub fn ask_for(&self, question: &str) -> Option<String> {
        if !self.settings.stdin_is_terminal {
            return None;
        }
        self.beside_the_bar(|| lock(&self.err).write(question));
        let mut answer = String::new();
        let read = lock(&self.answers).read_line(&mut answer);
        // A terminal shows the end of a line by itself; where the input ends there is none.
        if !answer.ends_with('\n') {
            self.talk("");
        }
        read.ok().filter(|bytes| *bytes > 0).map(|_| answer.trim().to_owned())
    }

    /// Says whether stdout took everything. A person who left early is no failure: `evsctl plan | head` is a
    /// fair thing to type. Half a JSON document is one.
    ///
    /// # Errors
    /// When stdout could not be written, as on a full disk.
    pub fn finish(&self) -> Result<(), CliError> {
        let mut out = lock(&self.out);
        match out.failure.take() {
            Some(error) if out.whole || error.kind() != io::ErrorKind::BrokenPipe => {
                Err(CliError::new(Exit::Error, words::process::cannot(words::process::Part::Stdout)).because_of(error))
            }
            _ => Ok(()),
        }
    }

    /// Draws this bar below what is printed, until [`Ui::detach`].
    pub(crate) fn attach(&self, bar: indicatif::ProgressBar) {
        *lock(&self.bar) = Some(bar);
    }

    /// Takes the bar away.
    pub(crate) fn detach(&self) {
        if let Some(bar) = lock(&self.bar).take() {
            bar.finish_and_clear();
        }
    }

    fn beside_the_bar(&self, print: impl FnOnce()) {
        let bar = lock(&self.bar).clone();
        match bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use std::sync::Arc;

    /// Keeps what is written to it.
    #[derive(Clone, Default)]
    pub(crate) struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Kept {
        pub(crate) fn text(&self) -> String {
            String::from_utf8(lock(&self.0).clone()).unwrap()
        }
    }

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            lock(&self.0).extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    pub(crate) fn settings(terminal: bool) -> Settings {
        Settings {
            color_stdout: false,
            color_stderr: false,
            stdin_is_terminal: terminal,
            stdout_is_terminal: terminal,
            stderr_is_terminal: terminal,
            width_stdout: 80,
            width_stderr: 80,
        }
    }

    /// An ui that prints to memory, and its stdout and stderr.
    pub(crate) fn ui(terminal: bool, answers: &'static str) -> (Ui, Kept, Kept) {
        let (out, err) = (Kept::default(), Kept::default());
        let ui = Ui::with(settings(terminal), out.clone(), err.clone(), Box::new(answers.as_bytes()));
        (ui, out, err)
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{settings, ui};
    use super::*;

    struct Failing(io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn only_yes_is_yes() {
        let told = "only the whole word 'yes' is taken as yes\n";
        for (answer, counts, then) in [
            ("yes\n", true, ""),
            (" yes \r\n", true, ""),
            ("y\n", false, told),
            ("YES\n", false, told),
            ("no\n", false, ""),
            ("\n", false, ""),
            ("", false, "\n"),
        ] {
            let (ui, out, err) = ui(true, answer);
            assert_eq!(ui.ask("Do it?"), counts, "{answer:?}");
            assert_eq!(err.text(), format!("Do it? Only 'yes' is taken as yes: {then}"));
            assert_eq!(out.text(), "");
        }
    }

    #[test]
    fn without_a_terminal_nobody_is_asked() {
        let (ui, _, err) = ui(false, "yes\n");
        assert!(!ui.ask("Do it?"));
        assert_eq!(err.text(), "");
    }

    #[test]
    fn colours_are_taken_out_where_they_are_not_wanted() {
        let (ui, _, err) = ui(false, "");
        ui.warn("careful");
        assert_eq!(err.text(), "warning: careful\n");
    }

    #[test]
    fn a_reader_that_left_is_no_failure_and_a_full_disk_is_one() {
        for (kind, fine) in [(io::ErrorKind::BrokenPipe, true), (io::ErrorKind::StorageFull, false)] {
            let ui = Ui::with(settings(false), Failing(kind), Failing(kind), Box::new(io::empty()));
            ui.data("a\n");
            ui.talk("b");
            assert_eq!(ui.finish().is_ok(), fine, "{kind}");
            let ui = Ui::with(settings(false), Failing(kind), Failing(kind), Box::new(io::empty()));
            ui.json("{}\n");
            assert!(ui.finish().is_err(), "{kind}: half a document is none");
        }
    }

    #[test]
    fn json_goes_out_unaltered_in_meaning() {
        let value = serde_json::json!({"name": "a\u{7f}\u{9b}1m\u{202e}\u{1b}[31m\u{e0041}##[command]卷"});
        for color in [false, true] {
            let kept = super::testing::Kept::default();
            let settings = Settings { color_stdout: color, ..settings(false) };
            let ui = Ui::with(settings, kept.clone(), io::sink(), Box::new(io::empty()));
            ui.json(&serde_json::to_string_pretty(&value).unwrap());
            let text = kept.text();
            assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
            assert!(text.contains("卷") && !text.contains("##["), "{text}");
            assert!(!text.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text:?}");
        }
    }
}

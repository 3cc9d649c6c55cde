//! The only place that prints or asks: data to stdout, talk to stderr.

use super::error::CliError;
use super::exit::Exit;
use super::settings::Settings;
use std::borrow::Cow;
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
    failure: Option<io::Error>,
}

impl Stream {
    fn new(to: impl Write + Send + 'static, color: bool) -> Mutex<Stream> {
        let to: Box<dyn Write + Send> = if color {
            Box::new(to)
        } else {
            Box::new(anstream::StripStream::new(Box::new(to) as Box<dyn Write + Send>))
        };
        Mutex::new(Stream { to, failure: None })
    }

    fn write(&mut self, text: &str) {
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

    /// Writes data to stdout, as it is.
    pub fn data(&self, text: &str) {
        self.beside_the_bar(|| lock(&self.out).write(text));
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

    /// Says what is worth a look but stops nothing.
    pub fn warn(&self, text: &str) {
        use super::render::line::YELLOW;
        self.talk(&format!("{YELLOW}warning:{YELLOW:#} {}", plain(text)));
    }

    /// Says why the command ends.
    pub fn error(&self, error: &CliError) {
        self.talk(&error.render());
    }

    /// Asks on stderr and waits for a line: only the word `yes` counts. Without a terminal nobody is
    /// asked and the answer is no.
    pub fn ask(&self, question: &str) -> bool {
        if !self.settings.stdin_is_terminal {
            return false;
        }
        self.beside_the_bar(|| lock(&self.err).write(&format!("{question} Only 'yes' is taken as yes: ")));
        let mut answer = String::new();
        lock(&self.answers).read_line(&mut answer).is_ok() && answer.trim() == "yes"
    }

    /// Flushes, and says whether stdout took everything. A reader that left early is no failure:
    /// `evsctl plan | head` is a fair thing to type.
    ///
    /// # Errors
    /// When stdout could not be written for another reason, as on a full disk.
    pub fn finish(&self) -> Result<(), CliError> {
        match lock(&self.out).failure.take() {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(CliError::new(Exit::Error, "cannot write to standard output").because_of(Some(&error)))
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

/// The text with everything spelt out that could steer a terminal or mislead a reader: control
/// characters, line ends, direction marks, and what takes no room but hides in words.
///
/// Whatever came from the cloud or out of a file passes through here before it is shown.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(misleads) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => safe.extend(c.escape_default()),
            _ if misleads(c) => safe.extend(c.escape_unicode()),
            _ => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Direction: marks, embeddings, overrides, isolates.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // Nothing to see: soft hyphen, zero-width space, word joiner and its neighbours, the mark of byte order.
            | '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{feff}'
            // Fillers, which look like a space and are none.
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
            // Line ends by another name, annotations, tags.
            | '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
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
            width: 80,
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
        for (answer, counts) in [("yes\n", true), (" yes \r\n", true), ("y\n", false), ("YES\n", false), ("", false)] {
            let (ui, out, err) = ui(true, answer);
            assert_eq!(ui.ask("Do it?"), counts, "{answer:?}");
            assert_eq!(err.text(), "Do it? Only 'yes' is taken as yes: ");
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
        }
    }

    #[test]
    fn plain_spells_out_what_steers_a_terminal() {
        assert_eq!(plain("卷 web-0001 é"), "卷 web-0001 é");
        assert_eq!(plain("a\u{1b}[31mb\r\n\t\u{7}"), "a\\u{1b}[31mb\\r\\n\\t\\u{7}");
        assert_eq!(plain("\u{202e}evil\u{2066}\u{9b}"), "\\u{202e}evil\\u{2066}\\u{9b}");
        assert_eq!(plain("a\u{200b}b\u{2028}"), "a\\u{200b}b\\u{2028}");
    }
}

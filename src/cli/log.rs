//! The log that -v asks for: this program's own events, made safe to read, on stderr.
//!
//! What the libraries below have to say is left out, whatever level is asked for: at their finest some of them write
//! the values of headers.

use super::args::{LogArgs, LogFormat};
use super::safe::plain;
use super::ui::Ui;
use crate::text::legible;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::fmt::{self, Write as _};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Where the events come from that are told.
const OURS: &str = "evsctl::";

/// Whether this is told by the program itself, and not by a library.
pub(super) fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with(OURS)
}

/// All who listen to what the program tells.
pub(super) type Listeners = Vec<Box<dyn Layer<Registry> + Send + Sync>>;

/// Lets them hear everything from now on.
pub(super) fn listen(listeners: Listeners) {
    if !listeners.is_empty() {
        // Ignored: it fails only where the process is listened to already.
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(listeners));
    }
}

/// The log at its work. Lines are written on a thread of their own: who reads them may be slow, and the work does not
/// wait for that.
pub(super) struct Log {
    lines: Lines,
    thread: JoinHandle<()>,
}

/// The way to the thread, as long as there is one.
#[derive(Clone)]
struct Lines(Arc<Mutex<Option<Sender<String>>>>);

impl Lines {
    fn lock(&self) -> MutexGuard<'_, Option<Sender<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes ready to log, where that was asked for.
pub(super) fn start(ui: &Arc<Ui>, args: LogArgs, listeners: &mut Listeners) -> Option<Log> {
    let most = match args.verbose {
        0 => return None,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let (sender, lines) = channel::<String>();
    let ui = ui.clone();
    let thread = std::thread::spawn(move || lines.iter().for_each(|line| ui.log(&line)));
    let lines = Lines(Arc::new(Mutex::new(Some(sender))));
    listeners.push(Teller { lines: lines.clone(), format: args.log_format }.up_to(most));
    Some(Log { lines, thread })
}

impl Log {
    /// Waits until everything is written. What is logged after that is dropped.
    pub(super) fn end(self) {
        drop(self.lines.lock().take());
        // A thread that panicked has written what it could.
        let _ = self.thread.join();
    }
}

/// Makes a line of each event of ours.
struct Teller {
    lines: Lines,
    format: LogFormat,
}

impl Teller {
    /// Hears events of ours, up to that level. Spans are no lines.
    fn up_to(self, most: LevelFilter) -> Box<dyn Layer<Registry> + Send + Sync> {
        let wants =
            move |metadata: &Metadata<'_>| metadata.is_event() && is_ours(metadata) && *metadata.level() <= most;
        Box::new(self.with_filter(filter_fn(wants).with_max_level_hint(most)))
    }
}

impl<S: Subscriber> Layer<S> for Teller {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = Line {
            at: Timestamp::now(),
            level: event.metadata().level().as_str().to_ascii_lowercase(),
            from: part(event.metadata().target()),
            fields,
        };
        let text = match self.format {
            LogFormat::Text => line.text(),
            LogFormat::Json => line.json(),
        };
        if let Some(lines) = &*self.lines.lock() {
            // The thread is gone only where the process is leaving.
            let _ = lines.send(text);
        }
    }
}

/// The part of the program that an event comes from, as the map of the code names it.
fn part(target: &str) -> &str {
    target.split("::").nth(1).unwrap_or(target)
}

/// One line.
struct Line<'a> {
    at: Timestamp,
    level: String,
    /// The part of the program.
    from: &'a str,
    fields: Fields,
}

impl Line<'_> {
    fn time(&self) -> String {
        self.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }

    fn text(&self) -> String {
        let mut text = format!("{} {:5} {}: {}", self.time(), self.level, self.from, self.fields.message);
        for (name, value) in &self.fields.others {
            let value = match value {
                Value::String(word) if is_word(word) => word.clone(),
                other => other.to_string(),
            };
            let _ = write!(text, " {name}={value}");
        }
        plain(&text).into_owned()
    }

    fn json(&self) -> String {
        let mut object = Map::new();
        object.insert("time".to_owned(), self.time().into());
        object.insert("level".to_owned(), self.level.as_str().into());
        object.insert("from".to_owned(), self.from.into());
        object.insert("message".to_owned(), self.fields.message.as_str().into());
        object.extend(self.fields.others.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        legible(&Value::Object(object).to_string()).into_owned()
    }
}

/// Whether a value can stand as it is, without leaving open where it ends.
fn is_word(value: &str) -> bool {
    !value.is_empty() && !value.contains(|c: char| c.is_whitespace() || c == '"' || c == '=')
}

/// What an event holds.
#[derive(Debug, Default)]
struct Fields {
    message: String,
    others: Vec<(&'static str, Value)>,
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.others.push((field.name(), value.into()));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.others.push((field.name(), value.into()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.others.push((field.name(), value.into()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.others.push((field.name(), value.into()));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record(field, value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record(field, format!("{value:?}"));
    }
}

impl Fields {
    fn record(&mut self, field: &Field, value: String) {
        if field.name() == "message" {
            self.message = value;
        } else {
            self.others.push((field.name(), value.into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(value: &str) -> Line<'static> {
        let others =
            vec![("path", Value::from("/v3/{project_id}")), ("status", Value::from(202)), ("id", Value::from(value))];
        let at = "2026-11-24T07:00:00.1234Z".parse().unwrap();
        let fields = Fields { message: "answered".to_owned(), others };
        Line { at, level: "info".to_owned(), from: "evs", fields }
    }

    #[test]
    fn a_line_says_when_where_and_what() {
        let text = line("r-1").text();
        assert_eq!(text, "2026-11-24T07:00:00.123Z info  evs: answered path=/v3/{project_id} status=202 id=r-1");
        assert!(line("two words").text().ends_with(r#" id="two words""#));
        assert!(line("").text().ends_with(r#" id="""#));
        let json: Value = serde_json::from_str(&line("r-1").json()).unwrap();
        assert_eq!((&json["status"], &json["id"], &json["message"]), (&202.into(), &"r-1".into(), &"answered".into()));
    }

    #[test]
    fn no_line_steers_anything() {
        for c in (0..=0x9fu32).chain([0x202e, 0x2066, 0x200b, 0xe0041]).filter_map(char::from_u32) {
            let (text, json) = (line(&format!("a{c}b")).text(), line(&format!("a{c}b")).json());
            assert!(!format!("{text}{json}").contains(crate::text::misleads), "{text:?} {json:?}");
            assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["id"], format!("a{c}b"));
        }
        assert!(!line("##vso[task] ::error").text().contains("##"));
        assert!(!line("##vso[task]").json().contains("##"));
        let forged = line("x\n2026-11-24T07:00:00Z info evs::send: forged");
        assert_eq!((forged.text().lines().count(), forged.json().lines().count()), (1, 1));
    }

    #[test]
    fn a_secret_in_an_event_is_not_shown() {
        let (sender, told) = channel();
        let lines = Lines(Arc::new(Mutex::new(Some(sender))));
        let teller = Teller { lines: lines.clone(), format: LogFormat::Text }.up_to(LevelFilter::DEBUG);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(teller), || {
            let secret = secrecy::SecretString::from("canary");
            tracing::info!(?secret, "held");
            tracing::trace!("too fine");
            let _inside = tracing::error_span!("no line", canary = "of a span").entered();
            tracing::error!(target: "hyper::proto", "of others");
            tracing::debug!(error = ?Some(1), "fine");
        });
        drop(lines.lock().take());
        let lines: Vec<String> = told.iter().collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].contains("cli: held secret=") && !lines[0].contains("canary"), "{lines:?}");
        assert!(lines[1].ends_with("debug cli: fine error=Some(1)"), "{lines:?}");
    }
}

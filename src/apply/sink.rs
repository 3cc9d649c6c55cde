//! Where the events of a run go: a listener on a thread of its own, since a listener may be slow, or never come back.

use super::event::{Event, Listener};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often the listener hears that time goes by while nothing happens.
const TICK: Duration = Duration::from_millis(250);

/// The listener and the events that it has not heard yet. When the run is over, it may still have to hear all of them,
/// and it may never end: what must be safe has to be safe before anything waits for it.
pub struct EventSink {
    events: Sender<Event>,
    thread: JoinHandle<Box<dyn Listener>>,
}

impl EventSink {
    /// Starts the thread. Events that wait are kept without a bound: there are no more than the run itself makes.
    pub fn start(mut listener: Box<dyn Listener>) -> EventSink {
        let (events, receiver) = channel();
        let thread = std::thread::spawn(move || {
            tell(&receiver, &mut *listener);
            listener
        });
        EventSink { events, thread }
    }

    /// Hands an event to the listener, after those before it.
    pub(super) fn tell(&self, event: Event) {
        // Where the listener is gone, the event is lost: that does no harm.
        let _ = self.events.send(event);
    }

    /// Waits until the listener has heard everything, and gives it back.
    pub fn end(self) -> Box<dyn Listener> {
        drop(self.events);
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

fn tell(receiver: &Receiver<Event>, listener: &mut dyn Listener) {
    loop {
        match receiver.recv_timeout(TICK) {
            Ok(event) => listener.hear(&event),
            Err(RecvTimeoutError::Timeout) => listener.tick(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::why::Again;
    use super::*;
    use crate::evs::Kind;
    use std::sync::{Arc, Mutex};

    /// Takes nothing before the gate opens, then keeps the requests that it hears of, and the ticks.
    struct Slow {
        gate: Option<Receiver<()>>,
        heard: Arc<Mutex<Vec<String>>>,
    }

    impl Listener for Slow {
        fn hear(&mut self, event: &Event) {
            if let Some(gate) = self.gate.take() {
                gate.recv().unwrap();
            }
            let Event::Retrying { request, .. } = event else { return };
            self.heard.lock().unwrap().push(request.clone());
        }
        fn tick(&mut self) {
            self.heard.lock().unwrap().push("tick".to_owned());
        }
    }

    fn slow() -> (Sender<()>, Arc<Mutex<Vec<String>>>, Box<Slow>) {
        let ((open, gate), heard) = (channel(), Arc::default());
        (open, Arc::clone(&heard), Box::new(Slow { gate: Some(gate), heard }))
    }

    fn event(number: u32) -> Event {
        let why = Again::Met(Kind::Held);
        Event::Retrying { request: number.to_string(), why, after: Duration::ZERO }
    }

    #[test]
    fn a_slow_listener_does_not_hold_up_the_run_and_hears_everything_in_order() {
        let (open, heard, listener) = slow();
        let sink = EventSink::start(listener);
        for number in 0..10_000 {
            sink.tell(event(number));
        }
        assert!(heard.lock().unwrap().is_empty());
        open.send(()).unwrap();
        drop(sink.end());
        assert_eq!(*heard.lock().unwrap(), (0..10_000).map(|number| number.to_string()).collect::<Vec<_>>());
    }

    #[test]
    fn time_goes_by_while_nothing_happens() {
        let (_open, heard, listener) = slow();
        let sink = EventSink::start(listener);
        while heard.lock().unwrap().len() < 2 {
            std::thread::sleep(Duration::from_millis(5));
        }
        drop(sink.end());
        assert!(heard.lock().unwrap().iter().all(|word| word == "tick"));
    }
}

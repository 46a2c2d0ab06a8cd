//! What happened on the stage, for pages that watch: the last events, and a bell.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::Stream;
use futures_util::stream::unfold;
use serde::Serialize;
use tokio::sync::watch;

use super::chance::dice;

/// How many events are kept: a page that is opened later sees these.
const KEPT: usize = 200;
/// A sign of life, so that neither side takes a quiet stage for a dead one.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The events of one run of the program.
pub(super) struct News {
    /// Tells runs apart: a page that outlives one begins afresh.
    run: String,
    told: Mutex<Told>,
    bell: watch::Sender<Bell>,
}

#[derive(Default)]
struct Told {
    /// The number of the newest; the first has 1.
    newest: u64,
    events: VecDeque<(u64, Arc<str>)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bell {
    Rung,
    Closed,
}

impl News {
    pub(super) fn new() -> Self {
        Self {
            run: format!("{:08x}", dice() & 0xffff_ffff),
            told: Mutex::default(),
            bell: watch::Sender::new(Bell::Rung),
        }
    }

    /// Tells every page that watches, and those that will.
    pub(super) fn tell(&self, kind: &str, what: &impl Serialize) {
        // JSON has no raw line breaks, so that one `data:` line holds it.
        let Ok(data) = serde_json::to_string(what) else {
            return;
        };
        let mut told = self.told();
        told.newest += 1;
        let number = told.newest;
        let event = format!("id: {}-{number}\nevent: {kind}\ndata: {data}\n\n", self.run);
        told.events.push_back((number, event.into()));
        if told.events.len() > KEPT {
            told.events.pop_front();
        }
        drop(told);
        self.bell.send_modify(|_| ());
    }

    /// Ends every stream, so that the server can stop.
    pub(super) fn close(&self) {
        self.bell.send_replace(Bell::Closed);
    }

    /// Server-Sent Events from after the one that the page saw last.
    pub(super) fn stream(
        self: Arc<Self>,
        last: Option<&str>,
    ) -> impl Stream<Item = Result<String, Infallible>> + use<> {
        let seen = last
            .and_then(|id| id.strip_prefix(&self.run)?.strip_prefix('-')?.parse().ok())
            .unwrap_or(0);
        let bell = self.bell.subscribe();
        unfold(
            (self, bell, seen, true),
            |(news, mut bell, seen, first)| async move {
                if first {
                    let newest = news.told().newest;
                    let data = serde_json::json!({"run": news.run, "newest": newest});
                    let hello = format!("retry: 1000\nevent: hello\ndata: {data}\n\n");
                    return Some((Ok(hello), (news, bell, seen, false)));
                }
                loop {
                    if *bell.borrow_and_update() == Bell::Closed {
                        return None;
                    }
                    let (text, newest) = news.since(seen);
                    if !text.is_empty() {
                        return Some((Ok(text), (news, bell, newest, false)));
                    }
                    if tokio::time::timeout(HEARTBEAT, bell.changed())
                        .await
                        .is_err()
                    {
                        return Some((Ok(":\n\n".to_owned()), (news, bell, seen, false)));
                    }
                }
            },
        )
    }

    fn since(&self, seen: u64) -> (String, u64) {
        let told = self.told();
        let fresh = told.events.iter().filter(|(number, _)| *number > seen);
        let text = fresh.map(|(_, event)| event.as_ref()).collect();
        (text, told.newest)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        // A thread that panicked here left at worst one event out.
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{StreamExt, pin_mut};

    #[tokio::test]
    async fn a_page_gets_what_it_missed_and_then_what_comes() {
        let news = Arc::new(News::new());
        for n in 0..=KEPT {
            news.tell("sms", &n);
        }
        let last = format!("{}-{}", news.run, KEPT - 1);
        let stream = Arc::clone(&news).stream(Some(&last));
        pin_mut!(stream);
        let mut next = async || stream.next().await.map(Result::unwrap);
        assert!(next().await.is_some_and(|hello| hello.contains(&news.run)));
        let missed = next().await.unwrap_or_default();
        assert_eq!(missed.matches("event: sms").count(), 2, "{missed}");
        news.tell("sms", &"line\nbreak");
        assert!(
            next()
                .await
                .is_some_and(|e| e.ends_with("data: \"line\\nbreak\"\n\n"))
        );
        news.close();
        assert_eq!(next().await, None);
    }

    #[tokio::test]
    async fn an_id_of_another_run_means_everything_that_is_kept() {
        let news = Arc::new(News::new());
        for n in 0..KEPT + 5 {
            news.tell("sms", &n);
        }
        let stream = Arc::clone(&news).stream(Some("00000000x-3"));
        pin_mut!(stream);
        let _hello = stream.next().await;
        let all = stream.next().await.map(Result::unwrap).unwrap_or_default();
        assert_eq!(all.matches("event: sms").count(), KEPT);
    }
}

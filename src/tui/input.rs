//! What comes from the terminal, as messages. Text that comes faster than anybody types is a paste, also where the
//! terminal does not say so: it is never read as a row of keys.

use std::collections::{HashSet, VecDeque};
use std::future::poll_fn;
use std::io;
use std::task::Poll;
use std::time::{Duration, Instant};

use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseEventKind};
use futures_util::StreamExt as _;

use super::message::Message;

/// So many events are taken in at once.
const MOST: usize = 8_192;
/// What follows a paste within this still belongs to it: it comes in pieces.
const SAME_PASTE: Duration = Duration::from_millis(120);
/// From so many letters on, with more than one line, a burst is a paste.
const LINES: (usize, usize) = (6, 3);
/// From so many letters on, in one line, a burst is a paste; a key held down is one letter many times.
const LETTERS: (usize, usize) = (24, 6);

/// The terminal's input.
pub(super) struct Input {
    /// None while another program reads the terminal.
    stream: Option<EventStream>,
    pending: VecDeque<Message>,
    pasted: Option<Instant>,
}

impl Input {
    /// Listens from now on.
    pub(super) fn listen() -> Self {
        Self { stream: Some(EventStream::new()), pending: VecDeque::new(), pasted: None }
    }

    /// Lets go of the terminal: another program is to read it.
    pub(super) fn let_go(&mut self) {
        self.stream = None;
    }

    /// Listens again.
    pub(super) fn listen_again(&mut self) {
        self.stream = Some(EventStream::new());
    }

    /// The next message. Dropped while it waits, it loses nothing.
    pub(super) async fn next(&mut self) -> io::Result<Message> {
        loop {
            if let Some(message) = self.pending.pop_front() {
                return Ok(message);
            }
            let Some(stream) = &mut self.stream else { return Err(io::ErrorKind::UnexpectedEof.into()) };
            let first = stream.next().await;
            self.gather(first).await?;
        }
    }

    /// The next message, if one is there already.
    pub(super) async fn waiting(&mut self) -> io::Result<Option<Message>> {
        if self.pending.is_empty()
            && let Some(first) = self.poll().await
        {
            self.gather(first).await?;
        }
        Ok(self.pending.pop_front())
    }

    /// Takes in this event and all that wait behind it.
    async fn gather(&mut self, first: Option<io::Result<Event>>) -> io::Result<()> {
        let mut events = Vec::new();
        let mut next = Some(first);
        while let Some(event) = next {
            events.push(event.ok_or(io::ErrorKind::UnexpectedEof)??);
            next = if events.len() < MOST { self.poll().await } else { None };
        }
        let goes_on = self.pasted.is_some_and(|at| at.elapsed() < SAME_PASTE);
        let (messages, goes_on) = sort(events, goes_on);
        self.pasted = goes_on.then(Instant::now);
        self.pending.extend(messages);
        Ok(())
    }

    /// The event that is there already. Asks with this task's own waker: the stream remembers the first one it was asked
    /// with, and wakes nobody else.
    async fn poll(&mut self) -> Option<Option<io::Result<Event>>> {
        let stream = self.stream.as_mut()?;
        poll_fn(|context| {
            Poll::Ready(match stream.poll_next_unpin(context) {
                Poll::Ready(event) => Some(event),
                Poll::Pending => None,
            })
        })
        .await
    }
}

/// The messages that events which came together amount to, and whether the last text among them was a paste, so that what
/// follows at once is more of it.
///
/// `goes_on`: the same of those before.
fn sort(events: Vec<Event>, mut goes_on: bool) -> (Vec<Message>, bool) {
    let mut messages = Vec::new();
    let mut text = Vec::new();
    for event in events {
        match event {
            Event::Key(key) if letter(&key).is_some() => text.push(key),
            // Some terminals tell of keys being let go as well.
            Event::Key(key) if key.kind == KeyEventKind::Release => {}
            other => {
                goes_on = flush(&mut text, goes_on, &mut messages) && !matches!(other, Event::Key(_));
                messages.extend(message(other));
            }
        }
    }
    goes_on = flush(&mut text, goes_on, &mut messages);
    (messages, goes_on)
}

/// Puts the keys among the messages: as a paste, or one by one. Whether a paste goes on.
fn flush(keys: &mut Vec<KeyEvent>, goes_on: bool, messages: &mut Vec<Message>) -> bool {
    let keys = std::mem::take(keys);
    if keys.is_empty() {
        return goes_on;
    }
    let letters: Vec<char> = keys.iter().filter_map(letter).collect();
    let is_paste = goes_on || is_pasted(&letters);
    if is_paste {
        messages.push(Message::Paste(letters.into_iter().collect()));
    } else {
        messages.extend(keys.into_iter().map(Message::Key));
    }
    is_paste
}

/// Whether nobody types so: several lines, or very much of different letters, all at once.
fn is_pasted(letters: &[char]) -> bool {
    let lines = letters.split(|letter| *letter == '\n');
    let printable = letters.iter().filter(|letter| !letter.is_control());
    let (count, kinds) = (printable.clone().count(), printable.collect::<HashSet<_>>().len());
    let several = lines.filter(|line| !line.is_empty()).count() > 1;
    let enough = |(most, different): (usize, usize)| count >= most && kinds >= different;
    (several && enough(LINES)) || enough(LETTERS)
}

/// The character that a key types: letters, Enter and Tab.
fn letter(key: &KeyEvent) -> Option<char> {
    let plain = key.modifiers.difference(KeyModifiers::SHIFT).is_empty();
    match key.code {
        _ if key.kind == KeyEventKind::Release => None,
        // As a line feed arrives.
        KeyCode::Char('j') if key.modifiers == KeyModifiers::CONTROL => Some('\n'),
        _ if !plain => None,
        KeyCode::Char(c) => Some(c),
        KeyCode::Enter => Some('\n'),
        KeyCode::Tab => Some('\t'),
        _ => None,
    }
}

/// The message of an event; none for those that mean nothing here.
fn message(event: Event) -> Option<Message> {
    match event {
        Event::Key(key) => Some(Message::Key(key)),
        Event::Mouse(mouse) if mouse.kind == MouseEventKind::Moved => None,
        Event::Mouse(mouse) => Some(Message::Mouse(mouse)),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Resize(width, height) => Some(Message::Resize(width, height)),
        Event::FocusGained | Event::FocusLost => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test may stop at the first surprise")]
    use super::*;

    fn typed(text: &str) -> Vec<Event> {
        let code = |letter| match letter {
            '\n' => KeyCode::Enter,
            '\t' => KeyCode::Tab,
            '\u{1b}' => KeyCode::Esc,
            other => KeyCode::Char(other),
        };
        text.chars().map(|letter| Event::Key(KeyEvent::from(code(letter)))).collect()
    }

    fn pasted(text: &str) -> bool {
        sort(typed(text), false).1
    }

    #[test]
    fn lines_that_come_at_once_are_a_paste() {
        assert!(pasted("quit\nmore\n"));
        assert!(pasted("a = 1\nb = 2"));
        assert!(pasted("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE3"));
        let (messages, _) = sort(typed("quit\nmore"), false);
        assert!(matches!(&messages[..], [Message::Paste(text)] if text == "quit\nmore"), "{messages:?}");
    }

    #[test]
    fn fast_typing_and_keys_held_down_are_keys() {
        for text in [
            "t",
            "123",
            "]3f",
            "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
            "jkjkjkjkjkjkjkjkjkjkjkjkjkjkjkjk",
            "\n\n\n\n",
        ] {
            assert!(!pasted(text), "{text:?}");
        }
        // A name in the palette, and what it does, within one packet of a slow connection.
        assert!(!pasted(":rotate\n"));
        assert_eq!(sort(typed(":rotate\n"), false).0.len(), 8);
    }

    #[test]
    fn a_paste_that_comes_in_pieces_is_one() {
        let (messages, is_paste) = sort(typed("q\n"), true);
        assert!(is_paste && matches!(&messages[..], [Message::Paste(_)]));
        // But keys that type nothing are keys.
        let (messages, goes_on) = sort(typed("\u{1b}q"), true);
        assert!(!goes_on && matches!(&messages[..], [Message::Key(_), Message::Key(_)]));
    }
}

//! Requests that belong one behind the other, as the pieces of a file do: several may be looked into at the same time, and each
//! becomes durable after the one before it.

use std::collections::VecDeque;
use std::time::Duration;

use model::SourceId;
use parking_lot::Mutex;
use tokio::sync::watch;

/// The most files that are remembered; the one that came first makes room.
const FILES_MAX: usize = 256;
/// How long a piece waits for the one before it; then it is to be sent again.
const WAIT: Duration = Duration::from_secs(5);

/// Where a request stands in its file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Piece {
    /// What the sender calls the file.
    pub file: String,
    /// The first line of it, and the first after it.
    pub first: u64,
    pub next: u64,
    /// Whether the piece before it may not be durable yet.
    pub behind: bool,
}

/// How far each file is.
#[derive(Default)]
pub(crate) struct Successions(Mutex<VecDeque<File>>);

struct File {
    source: SourceId,
    name: String,
    /// The first line that is not durable.
    next: watch::Sender<u64>,
}

impl Successions {
    /// Waits until everything before the piece is durable; `false` if it takes too long.
    pub async fn wait(&self, source: SourceId, piece: &Piece) -> bool {
        if !piece.behind {
            return true;
        }
        let mut next = self.with(source, &piece.file, watch::Sender::subscribe);
        let reached = next.wait_for(|next| *next >= piece.first);
        matches!(tokio::time::timeout(WAIT, reached).await, Ok(Ok(_)))
    }

    /// Notes that a piece is durable.
    pub fn pass(&self, source: SourceId, piece: &Piece) {
        self.with(source, &piece.file, |next| {
            // A file that is sent from its first line again begins again; any other piece may be there twice.
            let before = if piece.first <= 1 { 0 } else { *next.borrow() };
            next.send_replace(before.max(piece.next));
        });
    }

    fn with<T>(&self, source: SourceId, name: &str, use_it: impl FnOnce(&watch::Sender<u64>) -> T) -> T {
        let mut files = self.0.lock();
        let at = files.iter().position(|file| file.source == source && file.name == name);
        if let Some(file) = at.and_then(|at| files.get(at)) {
            return use_it(&file.next);
        }
        if files.len() >= FILES_MAX {
            // Whoever waits for it is told to come again.
            files.pop_front();
        }
        let next = watch::Sender::new(0);
        let made = use_it(&next);
        files.push_back(File { source, name: name.to_owned(), next });
        made
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const SOURCE: SourceId = SourceId(1);

    fn piece(first: u64, behind: bool) -> Piece {
        Piece { file: "f".to_owned(), first, next: first + 10, behind }
    }

    #[tokio::test(start_paused = true)]
    async fn a_piece_waits_for_the_one_before_it_and_not_for_ever() {
        let files = Arc::new(Successions::default());
        assert!(files.wait(SOURCE, &piece(1, false)).await);
        assert!(!files.wait(SOURCE, &piece(11, true)).await, "nothing came before it");
        let waiting = tokio::spawn({
            let files = files.clone();
            async move { files.wait(SOURCE, &piece(11, true)).await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        files.pass(SourceId(2), &piece(1, false));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "of another source");
        files.pass(SOURCE, &piece(1, false));
        assert!(waiting.await.unwrap());
        assert!(files.wait(SOURCE, &piece(11, true)).await, "it is there");
        files.pass(SOURCE, &piece(11, true));
        files.pass(SOURCE, &piece(1, false));
        assert!(!files.wait(SOURCE, &piece(21, true)).await, "the file begins again");
    }

    #[tokio::test(start_paused = true)]
    async fn the_files_that_are_remembered_have_a_limit() {
        let files = Successions::default();
        for number in 0..=FILES_MAX as u64 {
            files.pass(SOURCE, &Piece { file: number.to_string(), ..piece(1, false) });
        }
        assert_eq!(files.0.lock().len(), FILES_MAX);
        assert!(!files.wait(SOURCE, &Piece { file: "0".to_owned(), ..piece(11, true) }).await);
        assert!(files.wait(SOURCE, &Piece { file: "2".to_owned(), ..piece(11, true) }).await);
    }
}

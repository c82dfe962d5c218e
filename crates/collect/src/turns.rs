//! Large bodies are looked into a few at a time, and holders take turns: whoever has a thousand of them waits for
//! his own, and a neighbour with one waits for one.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::room::Holder;

/// Who is at it and who waits. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub(crate) struct Turns(Arc<Mutex<Queue>>);

struct Queue {
    free: usize,
    /// The next holder first. Each waiting request holds a share of the room, which bounds them.
    waiting: VecDeque<(Holder, VecDeque<oneshot::Sender<Turn>>)>,
}

/// The right to look into one body; the next one gets it when it is dropped.
pub(crate) struct Turn {
    turns: Option<Turns>,
}

impl Turns {
    /// `at_once` turns at the same time.
    pub fn new(at_once: usize) -> Self {
        Self(Arc::new(Mutex::new(Queue { free: at_once.max(1), waiting: VecDeque::new() })))
    }

    /// Waits for a turn. `None` is never the answer while the server runs.
    pub async fn turn(&self, holder: Holder) -> Option<Turn> {
        let waiter = {
            let mut queue = self.0.lock();
            if queue.free > 0 {
                queue.free -= 1;
                return Some(Turn { turns: Some(self.clone()) });
            }
            let (sender, receiver) = oneshot::channel();
            match queue.waiting.iter_mut().find(|(own, _)| *own == holder) {
                Some((_, waiting)) => waiting.push_back(sender),
                None => queue.waiting.push_back((holder, VecDeque::from([sender]))),
            }
            receiver
        };
        waiter.await.ok()
    }

    /// Hands a turn to the next holder's next request, or keeps it free.
    fn pass_on(&self) {
        loop {
            let next = {
                let mut queue = self.0.lock();
                let Some((holder, mut waiting)) = queue.waiting.pop_front() else {
                    queue.free += 1;
                    return;
                };
                let next = waiting.pop_front();
                if !waiting.is_empty() {
                    queue.waiting.push_back((holder, waiting));
                }
                next
            };
            let Some(next) = next else { continue };
            match next.send(Turn { turns: Some(self.clone()) }) {
                Ok(()) => return,
                // Whoever went away does not pass it on: this loop does.
                Err(mut turn) => turn.turns = None,
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turns) = self.turns.take() {
            turns.pass_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use model::WorkspaceId;

    use super::*;

    #[tokio::test]
    async fn holders_take_turns_and_those_who_left_are_passed_over() {
        let turns = Turns::new(1);
        let of = |number| Holder::Workspace(WorkspaceId(number));
        let first = turns.turn(of(1)).await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for holder in [1, 1, 1, 2, 3] {
            let (turns, order) = (turns.clone(), order.clone());
            tasks.push(tokio::spawn(async move {
                let _turn = turns.turn(of(holder)).await.unwrap();
                order.lock().push(holder);
            }));
            tokio::task::yield_now().await;
        }
        tasks.remove(4).abort();
        tokio::task::yield_now().await;
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock(), [1, 2, 1, 1]);
        assert_eq!(turns.0.lock().free, 1);
    }
}

//! Answers that leave on a fixed grid of time, so that how long the work took, and so whether something was found,
//! cannot be told from when the answer comes. For the routes on which strangers try names and codes.

use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;

/// The grid: far more than the work takes on a machine that is not overloaded, and still no wait for a person.
const STEP: Duration = Duration::from_millis(250);

/// Holds the answer until the next whole step since the request came.
pub(crate) async fn answer(request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let response = next.run(request).await;
    tokio::time::sleep_until(begin + next_step(begin.elapsed())).await;
    response
}

fn next_step(taken: Duration) -> Duration {
    let steps = taken.as_millis() / STEP.as_millis() + 1;
    STEP.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_waits_for_the_next_step() {
        let ms = Duration::from_millis;
        for (taken, leaves) in [(0, 250), (3, 250), (249, 250), (250, 500), (600, 750)] {
            assert_eq!(next_step(ms(taken)), ms(leaves), "{taken} ms");
        }
    }
}

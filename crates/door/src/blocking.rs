//! The step from an async handler to work that waits for disks.

use crate::problem::Problem;

/// Runs `work` on a blocking thread.
///
/// # Errors
/// What `work` says, as a problem; internal, when the thread broke.
pub async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(Into::into),
        Err(_) => Err(Problem::internal()),
    }
}

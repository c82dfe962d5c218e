//! How a command ends: exit codes whose words are the same as in the API's problems.

use std::process::ExitCode;

/// A command did not do what was asked.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// It failed (1).
    pub fn failed(message: impl Into<String>) -> Self {
        Self { code: 1, message: message.into() }
    }

    /// It was called the wrong way (2).
    pub fn usage(message: impl Into<String>) -> Self {
        Self { code: 2, message: message.into() }
    }

    /// What was named is not there (3).
    pub fn not_found(message: impl Into<String>) -> Self {
        Self { code: 3, message: message.into() }
    }

    /// Not signed in, or not allowed (4).
    pub fn not_allowed(message: impl Into<String>) -> Self {
        Self { code: 4, message: message.into() }
    }

    /// It collides with something, or waits for somebody (5).
    pub fn conflict(message: impl Into<String>) -> Self {
        Self { code: 5, message: message.into() }
    }

    /// The input is not right (6).
    pub fn invalid(message: impl Into<String>) -> Self {
        Self { code: 6, message: message.into() }
    }

    /// Try again later (7).
    pub fn temporary(message: impl Into<String>) -> Self {
        Self { code: 7, message: message.into() }
    }

    /// The disk did not keep what it was given (74, as EX_IOERR in sysexits.h): the process must not go on.
    pub fn disk(message: impl Into<String>) -> Self {
        Self { code: 74, message: message.into() }
    }

    /// Prints the message and gives the exit code.
    pub fn report(self) -> ExitCode {
        eprintln!("holdfast: {}", self.message);
        ExitCode::from(self.code)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

/// What a command gives back.
pub type Outcome<T = ()> = Result<T, Failure>;

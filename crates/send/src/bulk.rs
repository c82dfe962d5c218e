//! Many messages through one relay, over a connection that is kept. Told apart is what the relay took, what it refused for
//! good or for now, and what nobody knows: cut off after the text was sent and before the answer came.

use std::net::ToSocketAddrs;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::SmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use crate::error::SendError;
use crate::letter::Letter;
use crate::mail::{Relay, STEP_TIME_MAX, Security, must_be_near, parameters, why};

/// How many messages one connection carries.
const MESSAGES_PER_CONNECTION: u32 = 500;

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Handed {
    /// The relay has it.
    Accepted,
    /// The relay refuses it for good, with this status; 0 where the address is none.
    Refused(u16),
    /// The relay refuses it for now, with this status; 0 where it cannot be reached: then no other message has a chance either.
    Later(u16),
    /// The text was sent and no answer came.
    Uncertain,
}

/// Carries messages.
pub struct Bulk {
    relay: Relay,
    bounces: Option<Address>,
    connection: Option<SmtpConnection>,
    carried: u32,
}

impl Bulk {
    /// Prepares to send by `relay`; nothing is connected yet. What comes back goes to the relay's `from`, where it has one.
    ///
    /// # Errors
    /// Settings that do not fit.
    pub fn new(relay: Relay) -> Result<Self, SendError> {
        let bounces = match relay.from.as_str() {
            "" => None,
            from => Some(
                from.parse()
                    .map_err(|_| SendError::Relay("`from` is no bare address; write bounces@example.com"))?,
            ),
        };
        Ok(Self { relay, bounces, connection: None, carried: 0 })
    }

    /// Hands one message over.
    pub fn hand_over(&mut self, letter: &Letter<'_>) -> Handed {
        let Ok((envelope, bytes)) = letter.built(self.bounces.as_ref()) else { return Handed::Refused(0) };
        if self.carried >= MESSAGES_PER_CONNECTION {
            self.hang_up();
        }
        let mut connection = match self.connection.take().map_or_else(|| self.connected(), Ok) {
            Ok(connection) => connection,
            Err(error) => {
                tracing::warn!(%error, "the relay for messages cannot be reached");
                return Handed::Later(0);
            }
        };
        let mut begun = connection.command(Mail::new(envelope.from().cloned(), Vec::new()));
        for to in envelope.to() {
            begun = begun.and_then(|_| connection.command(Rcpt::new(to.clone(), Vec::new())));
        }
        let begun = begun.and_then(|_| connection.command(Data));
        let handed = match begun {
            Err(error) => status(&error).map_or(Handed::Later(0), refused),
            Ok(_) => match connection.message(&bytes) {
                Ok(_) => Handed::Accepted,
                Err(error) => status(&error).map_or(Handed::Uncertain, refused),
            },
        };
        if handed == Handed::Accepted {
            self.carried += 1;
            self.connection = Some(connection);
        } else {
            // What was begun on it is of no use to the next message.
            connection.abort();
            self.carried = 0;
        }
        handed
    }

    /// Ends the connection, as the relay expects it.
    pub fn hang_up(&mut self) {
        self.carried = 0;
        if let Some(mut connection) = self.connection.take() {
            // It may be gone already.
            let _ = connection.quit();
        }
    }

    fn connected(&self) -> Result<SmtpConnection, SendError> {
        let relay = &self.relay;
        if relay.security == Security::Plain {
            must_be_near(relay)?;
        }
        let unknown = SendError::Unreachable("the relay's name is not known");
        let found = (relay.host.as_str(), relay.port).to_socket_addrs().map_err(|_| unknown)?;
        let addresses: Vec<_> = found.collect();
        let tls = if relay.security == Security::Plain { None } else { Some(parameters(relay)?) };
        let wrapper = tls.as_ref().filter(|_| relay.security == Security::Tls);
        let us = ClientId::default();
        let opened = SmtpConnection::connect(addresses.as_slice(), Some(STEP_TIME_MAX), &us, wrapper, None);
        let mut connection = opened.map_err(|error| why(&error))?;
        if let Some(tls) = tls.as_ref().filter(|_| relay.security == Security::Starttls) {
            connection.starttls(tls, &us).map_err(|error| why(&error))?;
        }
        if let Some((user, password)) = &relay.login {
            let login = Credentials::new(user.clone(), password.expose().clone());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &login).map_err(|error| why(&error))?;
        }
        Ok(connection)
    }
}

fn status(error: &lettre::transport::smtp::Error) -> Option<u16> {
    error.status().map(Into::into)
}

fn refused(status: u16) -> Handed {
    if status >= 500 { Handed::Refused(status) } else { Handed::Later(status) }
}

//! The incidents, played against a server of its own through the doors that an attacker has.

//! Ids as they stand in the database: 16 bytes, big endian.

use rusqlite::Row;

/// The id in a column.
pub(crate) fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<u128> {
    Ok(u128::from_be_bytes(row.get(column)?))
}

/// A name that people give to things: not empty, not long, no control characters.
pub(crate) fn checked_name(name: &str) -> Result<&str, crate::SigninError> {
    let name = name.trim();
    if name.is_empty() || name.len() > crate::config::NAME_BYTES_MAX || name.chars().any(char::is_control) {
        return Err(crate::SigninError::Invalid {
            field: "name",
            want: "1 to 100 bytes without control characters",
        });
    }
    Ok(name)
}

//! Randomness from the operating system.

/// `N` random bytes from the kernel.
///
/// # Panics
/// Aborts the process when the kernel gives no randomness: nothing secret can be made then.
pub fn random_array<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if getrandom::fill(&mut bytes).is_err() {
        // Going on with weak keys would be worse than stopping, and no caller could do better.
        std::process::abort();
    }
    bytes
}

/// `N` random bytes as lower-case base32 without padding: what tokens and codes are made of.
pub fn random_text<const N: usize>() -> String {
    data_encoding::BASE32_NOPAD.encode(&random_array::<N>()).to_ascii_lowercase()
}

//! How much memory the server takes, as the kernel says.

use std::fs;

/// Resident memory of a process, now and at its highest.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    pub resident_bytes: u64,
    pub peak_bytes: u64,
}

/// Reads it; nothing where there is no such process.
pub(crate) fn memory(pid: u32) -> Option<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1_024)
    };
    Some(Memory { resident_bytes: of("VmRSS:")?, peak_bytes: of("VmHWM:")? })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_process_knows_its_own_memory() {
        let memory = super::memory(std::process::id()).unwrap();
        assert!(memory.resident_bytes > 100_000 && memory.peak_bytes >= memory.resident_bytes / 2);
        assert!(super::memory(u32::MAX).is_none());
    }
}

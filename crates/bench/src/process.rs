//! How much memory and processor time a process takes, as the kernel says.

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

/// How long a process and its threads were on a processor, in seconds, to a hundredth; nothing where there is no such process.
pub(crate) fn cpu_s_of(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Behind the name, which may hold anything, fields 14 and 15 of the whole (proc_pid_stat(5)); a hundredth of a second each.
    let fields = stat.rsplit(')').next()?.split_whitespace().skip(11).take(2);
    Some(fields.filter_map(|field| field.parse::<u64>().ok()).sum::<u64>() as f64 / 100.0)
}

/// How long this process and its threads were on a processor, in seconds.
pub(crate) fn cpu_s() -> f64 {
    let told = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    told.tv_sec as f64 + told.tv_nsec as f64 / 1e9
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_process_knows_its_own_memory() {
        let memory = super::memory(std::process::id()).unwrap();
        assert!(memory.resident_bytes > 100_000 && memory.peak_bytes >= memory.resident_bytes / 2);
        assert!(super::memory(u32::MAX).is_none());
        assert!(super::cpu_s_of(std::process::id()).is_some() && super::cpu_s_of(u32::MAX).is_none());
    }
}

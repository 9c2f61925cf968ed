//! What the kernel knows about a process, read from `/proc`.

use std::{fs, io, time::Duration};

/// Resident memory in KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Now.
    pub resident: u64,
    /// At most so far.
    pub peak: u64,
}

/// Processor time that the living threads of process `pid` have used, to the nanosecond. The threads must be at rest:
/// a running one's time counts only up to the kernel's last tick.
pub fn cpu(pid: u32) -> io::Result<Duration> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let text = match fs::read_to_string(thread?.path().join("schedstat")) {
            // The thread has ended since it was listed: `ENOENT` or, once it was opened, `ESRCH`.
            Err(error) if matches!(error.raw_os_error(), Some(2 | 3)) => continue,
            read => read?,
        };
        nanoseconds +=
            text.split(' ').next().and_then(|first| first.parse::<u64>().ok()).ok_or_else(unreadable)?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}

/// The resident memory of process `pid`.
pub fn memory(pid: u32) -> io::Result<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.trim_start_matches(':').trim().strip_suffix(" kB")?.parse().ok())
            .ok_or_else(unreadable)
    };
    Ok(Memory { resident: field("VmRSS")?, peak: field("VmHWM")? })
}

fn unreadable() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "/proc has another format than expected")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_used_time_and_memory() {
        let pid = std::process::id();
        assert!(cpu(pid).unwrap() > Duration::ZERO);
        let memory = memory(pid).unwrap();
        assert!(memory.resident > 0 && memory.peak >= memory.resident);
    }
}

//! Threads whose work may come later than others'.

/// Has the present thread give way to those of ordinary priority where there are fewer processors than work: it still gets a
/// tenth of what they get. Where a system has no priorities of threads nothing changes.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    {
        // On Linux this is of the thread and not of the process (setpriority(2)); whether it was granted changes nothing here.
        let _ = rustix::process::setpriority_process(None, NICE);
    }
}

/// A thread of ordinary priority gets about nine times as much.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn only_the_thread_gives_way() {
        let of_thread = || rustix::process::getpriority_process(None).unwrap();
        let before = of_thread();
        let within = std::thread::spawn(move || {
            super::give_way();
            of_thread()
        });
        let within = within.join().unwrap();
        assert!(within == super::NICE || within == before && before > super::NICE, "{within}");
        assert_eq!(of_thread(), before);
    }
}

import CLinux

/// Asks the system to let each thread work for long before another gets its processor.
///
/// There are more threads than processors, and each works on pictures that fill
/// a processor's cache: whenever one takes over from another, it waits for its
/// own again. Nobody waits for one thread's answer, so changing seldom only
/// saves. The system prefers those who ask for shorter slices; what requests
/// notice nevertheless is measured by `bench/busy.sh`.
enum LongTimeSlices {
    private static let nanoseconds: UInt64 = 20_000_000

    /// For this thread and all that it starts.
    ///
    /// Linux before 6.12 knows no slices of a thread's own, and only groups the
    /// work. Where a sandbox forbids it, everything stays as it was.
    static func request() { _ = clinux_sched_batch(nanoseconds) }
}

import Foundation
import Glibc

/// A crash ends the process at once.
///
/// The runtime of Swift holds a crashing process for seconds to describe it, and whoever starts it again waits as long.
enum CrashSignals {
    private static let numbers = [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP]

    /// Leaves these signals to the kernel, unless `SWIFT_BACKTRACE` asks for a description.
    static func endAtOnce() {
        guard ProcessInfo.processInfo.environment["SWIFT_BACKTRACE"] == nil else { return }
        for number in numbers { signal(number, SIG_DFL) }
    }
}

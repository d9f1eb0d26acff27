import CLinux
import Glibc

/// What must happen before the doors close.
enum Preparation {
    static func run() {
        // glibc loads it when a thread is cancelled or ends, and could not any more.
        _ = dlopen("libgcc_s.so.1", RTLD_NOW | RTLD_GLOBAL)
        // Only standard input, output and error are anyone's business.
        _ = clinux_close_from(3)
    }
}

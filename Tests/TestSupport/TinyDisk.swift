import Foundation
import Glibc

/// A place where a file soon cannot grow any more.
///
/// Root mounts a filesystem of 4 MiB. Anybody else lowers the limit on the size
/// of this process's files, to 96 MiB, which is more than any other test writes.
public final class TinyDisk {
    public let path: String
    /// Whether it is full after 4 MiB, or after 96.
    public let isMounted: Bool
    private var oldLimit = rlimit()

    public init(in folder: String) throws {
        path = "\(folder)/tiny-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        isMounted = mount("none", path, "tmpfs", 0, "size=4m") == 0
        guard !isMounted else { return }
        // Without this the signal that comes with EFBIG would end the process.
        signal(SIGXFSZ, SIG_IGN)
        getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &oldLimit)
        var limit = rlimit(rlim_cur: 96 * 1024 * 1024, rlim_max: oldLimit.rlim_max)
        guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
    }

    deinit {
        if isMounted {
            umount2(path, Int32(MNT_DETACH))
        } else {
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &oldLimit)
        }
    }
}

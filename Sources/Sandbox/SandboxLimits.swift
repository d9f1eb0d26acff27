import CLinux
import Glibc

/// What a confined process may use; limits that are in force already are never raised.
public struct SandboxLimits: Sendable, Equatable {
    /// Bytes of private memory that can be written; `nil` leaves the limit in force.
    public var memoryBytes: UInt64?
    /// Seconds of processor time, all threads together.
    public var cpuSeconds: UInt64?
    /// Bytes of the largest file.
    public var fileBytes: UInt64?

    /// An encoder starts a few threads for each core; this is far above the largest machine's.
    private static let tasks: UInt64 = 4096
    private static let openFiles: UInt64 = 512

    public init(memoryBytes: UInt64? = nil, cpuSeconds: UInt64? = nil, fileBytes: UInt64? = nil) {
        self.memoryBytes = memoryBytes
        self.cpuSeconds = cpuSeconds
        self.fileBytes = fileBytes
    }

    /// Returns whether all are in force; `countingProcesses` limits threads too, where no other processes count.
    func apply(countingProcesses: Bool) -> Bool {
        var wanted: [(Int32, UInt64?)] = [
            (Int32(RLIMIT_CORE.rawValue), 0), (Int32(RLIMIT_NOFILE.rawValue), Self.openFiles),
            (Int32(RLIMIT_DATA.rawValue), memoryBytes), (Int32(RLIMIT_CPU.rawValue), cpuSeconds),
            (Int32(RLIMIT_FSIZE.rawValue), fileBytes),
        ]
        // __RLIMIT_NPROC, which Glibc's module leaves out.
        if countingProcesses { wanted.append((6, Self.tasks)) }
        return wanted.allSatisfy { resource, value in value.map { clinux_lower_limit(resource, $0) == 0 } ?? true }
    }
}

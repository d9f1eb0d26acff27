import CLinux
import Glibc

/// Which files the process reaches, by Linux's Landlock, and that it reaches no other process.
struct Landlock {
    private let abi: Int32

    init() throws(SandboxError) {
        abi = clinux_landlock_abi()
        guard abi >= 1 else { throw Self.failure() }
    }

    // Rights of landlock(7).
    private static let writeFile: UInt64 = 1 << 1
    private static let readFile: UInt64 = 1 << 2
    private static let readFolder: UInt64 = 1 << 3
    private static let removeFolder: UInt64 = 1 << 4
    private static let removeFile: UInt64 = 1 << 5
    private static let makeFolder: UInt64 = 1 << 7
    private static let makeFile: UInt64 = 1 << 8
    private static let refer: UInt64 = 1 << 13
    private static let truncate: UInt64 = 1 << 14

    private static let reading = readFile | readFolder
    private static let writing =
        reading | writeFile | removeFolder | removeFile | makeFolder | makeFile | refer | truncate

    /// Everything that this kernel can forbid about files.
    private var handledFiles: UInt64 {
        switch abi {
        case 1: (1 << 13) - 1
        case 2: (1 << 14) - 1
        case 3, 4: (1 << 15) - 1
        default: (1 << 16) - 1
        }
    }

    /// Binding and connecting by TCP.
    private var handledNetwork: UInt64 { abi < 4 ? 0 : 0b11 }
    /// Abstract unix sockets, and signals to processes outside.
    private var handledScopes: UInt64 { abi < 6 ? 0 : 0b11 }

    /// What libraries read of the machine: numbers of cores and memory nodes, time zones, random bytes.
    private static let system = [
        "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu", "/sys/devices/system/node", "/etc/localtime",
        "/usr/share/zoneinfo", "/dev/random", "/dev/urandom",
    ]

    func restrict(_ sandbox: Sandbox) throws(SandboxError) {
        let rules = clinux_landlock_make(abi, handledFiles, handledNetwork, handledScopes)
        guard rules >= 0 else { throw Self.failure() }
        defer { close(rules) }
        for path in Self.system + sandbox.readable { allow(path, Self.reading, in: rules) }
        allow("/dev/null", Self.readFile | Self.writeFile, in: rules)
        for path in sandbox.writable { allow(path, Self.writing, in: rules) }
        guard clinux_landlock_restrict(rules) == 0 else { throw Self.failure() }
    }

    /// A path that is not there is allowed by nothing: opening it says so later.
    private func allow(_ path: String, _ rights: UInt64, in rules: Int32) {
        _ = clinux_landlock_allow(rules, path, rights & handledFiles)
    }

    private static func failure() -> SandboxError { SandboxError(.landlock, errno: errno) }
}

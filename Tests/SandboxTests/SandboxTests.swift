import Foundation
import Glibc
import TestSupport
import Testing

/// Every door, tried from within: one child for each.
@Suite struct SandboxTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["in", "out"] {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        }
        for name in ["in/source", "other-source", "out/old", "kept"] {
            try Data("bytes".utf8).write(to: URL(filePath: folder.path(name)))
        }
    }

    /// One thing to try; `%` in its argument stands for the folder.
    struct Door: Sendable, CustomTestStringConvertible {
        let name: String
        var argument = ""
        /// What the sandbox answers.
        let error: Int32
        /// Whether the system may refuse it to anyone.
        var needsRoot = false
        var testDescription: String { "\(name) \(argument)" }
    }

    static let doors = [
        Door(name: "read", argument: "/etc/passwd", error: EACCES),
        Door(name: "read", argument: "/proc/\(getpid())/environ", error: EACCES),
        Door(name: "read", argument: "%/other-source", error: EACCES),
        Door(name: "list", argument: "/proc", error: EACCES),
        Door(name: "list", argument: "%", error: EACCES),
        Door(name: "write", argument: "%/elsewhere", error: EACCES),
        Door(name: "write", argument: "%/in/source", error: EACCES),
        Door(name: "mkdir", argument: "%/folder", error: EACCES),
        Door(name: "unlink", argument: "%/kept", error: EACCES),
        Door(name: "unlink", argument: "%/in/source", error: EACCES),
        Door(name: "truncate", argument: "%/kept", error: EPERM),
        Door(name: "chmod", argument: "%/in/source", error: EPERM),
        Door(name: "tcp", error: EPERM), Door(name: "udp", error: EPERM), Door(name: "unix", error: EPERM),
        Door(name: "abstract", error: EPERM), Door(name: "socketpair", error: EPERM),
        Door(name: "exec", error: EPERM), Door(name: "fork", error: ENOSYS), Door(name: "vfork", error: ENOSYS),
        Door(name: "ptrace", error: EPERM), Door(name: "read-memory", error: EPERM),
        Door(name: "kill", argument: "\(getpid())", error: ENOSYS),
        Door(name: "memory", error: ENOMEM), Door(name: "shared-memory", error: ENOSYS),
        Door(name: "heap", error: ENOMEM), Door(name: "raise-limit", error: ENOSYS),
        Door(name: "unshare-user", error: EPERM, needsRoot: true),
        Door(name: "unshare-mount", error: EPERM, needsRoot: true),
        Door(name: "clone-user", error: ENOSYS, needsRoot: true), Door(name: "clone3", error: ENOSYS),
        Door(name: "keyctl", error: EPERM), Door(name: "bpf", error: EPERM, needsRoot: true),
        Door(name: "io_uring", error: EPERM, needsRoot: true), Door(name: "memfd", error: EPERM),
    ]

    @Test(arguments: doors) func isRefused(door: Door) throws {
        #expect(try answer("on", door.name, door.argument) == "\(door.error)")
    }

    /// The same without the sandbox: so that it is the sandbox that refuses.
    @Test(arguments: doors) func isDoneWithoutTheSandbox(door: Door) throws {
        let said = try answer("off", door.name, door.argument)
        // A container or an administrator may forbid what only root needs.
        if door.needsRoot, geteuid() != 0 || said != "0" { return }
        #expect(said == "0")
    }

    struct Allowed: Sendable { let name, argument: String }

    @Test(arguments: [
        Allowed(name: "read", argument: "%/in/source"), Allowed(name: "list", argument: "%/in"),
        Allowed(name: "write", argument: "%/out/new"), Allowed(name: "write", argument: "%/out/old"),
        Allowed(name: "mkdir", argument: "%/out/folder"), Allowed(name: "unlink", argument: "%/out/old"),
        Allowed(name: "threads", argument: ""), Allowed(name: "read", argument: "/dev/urandom"),
    ])
    func itsOwnWorkIsDone(allowed: Allowed) throws {
        #expect(try answer("on", allowed.name, allowed.argument) == "0")
    }

    @Test func reportsItsLayers() throws {
        let layers = Set(try answer("on", "report", "").split(separator: " "))
        #expect(
            layers.isSuperset(of: ["no_new_privs", "limits", "capabilities", "not_dumpable", "landlock", "seccomp"])
        )
    }

    /// Runs one probe in a child of its own and returns what it printed.
    private func answer(_ mode: String, _ name: String, _ argument: String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "sandbox-probe")
        process.arguments = [mode, folder.url.path, name, argument.replacing("%", with: folder.url.path)]
        process.standardOutput = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

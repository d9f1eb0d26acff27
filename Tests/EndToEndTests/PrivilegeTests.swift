import Foundation
import Glibc
import TestSupport
import Testing

/// Who runs what `clipyard up` starts, and who may read it.
@Suite struct PrivilegeTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let secret = String(repeating: "token-secret-", count: 4)

    @Test(.enabled(if: geteuid() == 0, "only root can give its rights up")) func nothingStaysRoots() async throws {
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home")
        defer { _ = clipyard.stop() }
        #expect(clipyard.said.contains("root starts everything as an unprivileged user"))
        for program in ["clipyard up", "clipyard serve", "clipyard worker", "nginx: worker", "postgres"] {
            let processes = try clipyard.processes(program)
            #expect(!processes.isEmpty, "\(program) was not found")
            #expect(try processes.allSatisfy { try !Self.users($0).contains("0") }, "\(program) runs as root")
        }
    }

    @Test func uploadsAndSourcesAreClosedToOthers() async throws {
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home")
        defer { _ = clipyard.stop() }
        for name in ["objects", "scratch", "run", "postgres"] {
            let facts = try FileManager.default.attributesOfItem(atPath: "\(clipyard.home)/\(name)")
            #expect((facts[.posixPermissions] as? NSNumber)?.intValue == 0o700, "\(name)")
        }
    }

    @Test func theWorkerHoldsNoSecretOfTokensAndIsNotDumpable() async throws {
        let clipyard = try await RunningClipyard(
            home: "\(folder.path)/home",
            environment: ["CLIPYARD_TOKEN_SECRET": Self.secret]
        )
        defer { _ = clipyard.stop() }
        let worker = try #require(try clipyard.processes("clipyard worker").first)
        let facts = try FileManager.default.attributesOfItem(atPath: "/proc/\(worker)/environ")
        // The kernel gives what it says of a process that is not dumpable to root.
        #expect((facts[.ownerAccountID] as? NSNumber)?.intValue == 0)
        guard geteuid() == 0 else { return #expect(access("/proc/\(worker)/environ", R_OK) != 0) }
        let environment = try String(contentsOfFile: "/proc/\(worker)/environ", encoding: .utf8)
        #expect(environment.contains("CLIPYARD_DATABASE_URL"))
        #expect(!environment.contains("CLIPYARD_TOKEN_SECRET") && !environment.contains(Self.secret))
    }

    @Test func anUnknownUserIsASentence() throws {
        let log = "\(folder.path)/up.log"
        let environment = try [
            "CLIPYARD_HOME": "\(folder.path)/home", "CLIPYARD_PORT": "\(FreePort.next())",
            "CLIPYARD_USER": "nobody-of-this-name",
        ]
        let program = try RunningProgram(["up"], log: log, environment)
        #expect(program.wait() != 0)
        #expect(program.said.contains("nobody-of-this-name"))
        #expect(program.said.contains("CLIPYARD_USER"))
    }

    /// Real, effective, saved and file system.
    private static func users(_ pid: Int32) throws -> [Substring] {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("Uid:") })
        return line.split(separator: "\t").dropFirst().map { $0 }
    }
}

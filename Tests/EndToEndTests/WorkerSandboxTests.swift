import Foundation
import TestSupport
import Testing

/// A worker on a kernel without a layer of the sandbox.
@Suite struct WorkerSandboxTests {
    private func start(_ mode: String?, without layer: String, _ folder: TemporaryFolder) throws -> RunningProgram {
        var environment = [
            "CLIPYARD_HOME": "\(folder.path)/home", "CLIPYARD_DATABASE_URL": "host=/nonexistent dbname=clipyard",
        ]
        environment["CLIPYARD_SANDBOX"] = mode
        let launcher = [Programs.sandboxProbe, "without", layer, "\(ENOSYS)"]
        return try RunningProgram(["worker"], log: "\(folder.path)/log", environment, launcher: launcher)
    }

    /// `require` is what a worker does that is told nothing.
    @Test(
        .timeLimit(.minutes(2)),
        arguments: [("landlock", "CONFIG_SECURITY_LANDLOCK=y"), ("seccomp", "CONFIG_SECCOMP_FILTER=y")]
    )
    func isNotStartedWhereTheLayerIsRequired(layer: String, remedy: String) throws {
        let folder = try TemporaryFolder()
        let worker = try start(nil, without: layer, folder)
        #expect(worker.wait() == 1)
        #expect(worker.said.contains("The sandbox needs ") && worker.said.contains(remedy), "\(worker.said)")
        #expect(worker.said.contains("or set CLIPYARD_SANDBOX=try to go without."))
    }

    @Test(.timeLimit(.minutes(2)), arguments: ["landlock", "seccomp"])
    func logsWhatIsMissingWhereItGoesWithout(layer: String) async throws {
        let folder = try TemporaryFolder()
        let worker = try start("try", without: layer, folder)
        defer { _ = worker.stop() }
        let line = try await eventually(within: 60, "the worker logs its layers") {
            worker.said.split(separator: "\n").first { $0.contains("media child is not fully sandboxed") }
        }
        #expect(line.contains("warning") && line.contains("no_new_privs"))
        #expect(line.firstMatch(of: #/missing="?[^ ]*(landlock|seccomp)/#)?.1 == layer[...], "\(line)")
    }

    @Test(.timeLimit(.minutes(2))) func logsThatItHasNone() async throws {
        let folder = try TemporaryFolder()
        let worker = try start("off", without: "landlock", folder)
        defer { _ = worker.stop() }
        let line = try await eventually(within: 60, "the worker says that it has no sandbox") {
            worker.said.split(separator: "\n").first { $0.contains("opened without a sandbox") }
        }
        #expect(line.contains("warning"))
    }
}

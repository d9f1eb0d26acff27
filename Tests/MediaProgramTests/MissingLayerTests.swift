import Foundation
import MediaTasks
import TestSupport
import Testing

/// A kernel that has no Landlock or no seccomp filters.
@Suite struct MissingLayerTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    struct Kernel: Sendable {
        let layer: MissingLayer
        /// What the sentence names: the layer, and what to do about it.
        let remedy: [String]

        init(_ name: String, _ error: Int32, _ remedy: [String]) {
            layer = MissingLayer(name: name, error: error)
            self.remedy = remedy
        }
    }

    static let kernels = [
        Kernel("landlock", ENOSYS, ["Landlock", "Linux 5.13", "CONFIG_SECURITY_LANDLOCK=y"]),
        Kernel("landlock", EOPNOTSUPP, ["Landlock", "lsm="]),
        Kernel("landlock", EPERM, ["Landlock", "landlock_create_ruleset(2)", "container runtime"]),
        Kernel("seccomp", ENOSYS, ["seccomp", "CONFIG_SECCOMP_FILTER=y", "seccomp(2)"]),
        Kernel("seccomp", EINVAL, ["seccomp", "CONFIG_SECCOMP_FILTER=y", "seccomp(2)"]),
        Kernel("seccomp", EPERM, ["seccomp", "CONFIG_SECCOMP_FILTER=y", "container runtime"]),
    ]

    private func check(_ mode: String, _ kernel: Kernel) throws -> Program.Outcome {
        try Program.run("check-sandbox", environment: ["CLIPYARD_SANDBOX": mode], without: kernel.layer, in: folder)
    }

    private func expectRefusal(_ outcome: Program.Outcome, _ kernel: Kernel, _ alternative: String) {
        #expect(outcome.status == 78 && outcome.output.isEmpty)
        // One sentence.
        #expect(outcome.errors.hasSuffix(", or \(alternative).\n"), "\(outcome.errors)")
        #expect(outcome.errors.filter { $0 == "\n" }.count == 1 && !outcome.errors.contains(". "))
        for words in kernel.remedy { #expect(outcome.errors.contains(words), "\(outcome.errors)") }
    }

    @Test(arguments: kernels) func requireRefusesWithOneSentence(kernel: Kernel) throws {
        expectRefusal(try check("require", kernel), kernel, "set CLIPYARD_SANDBOX=try to go without")
        // What a worker gets that gives its child no mode.
        let silent = try Program.run("check-sandbox", without: kernel.layer, in: folder)
        expectRefusal(silent, kernel, "set CLIPYARD_SANDBOX=try to go without")
    }

    @Test(arguments: kernels) func tryGoesOnAndReportsWhatIsMissing(kernel: Kernel) throws {
        let outcome = try check("try", kernel)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let report = try TaskLine.decode(TaskConfinement.self, from: outcome.output)
        #expect(report.mode == .try && report.missing.contains(kernel.layer.name))
        #expect(Set(report.layers).union(report.missing).isSuperset(of: ["no_new_privs", "landlock", "seccomp"]))
        #expect(Set(report.layers).intersection(["landlock", "seccomp"]).count == 1)
    }

    @Test(arguments: kernels) func offNeedsNoLayer(kernel: Kernel) throws {
        let outcome = try check("off", kernel)
        let report = try TaskLine.decode(TaskConfinement.self, from: outcome.output)
        #expect(outcome.status == 0 && report.mode == .off && report.layers.isEmpty)
    }

    /// The file is not even looked for.
    @Test(arguments: kernels) func taskIsRefusedBeforeItsFileIsOpened(kernel: Kernel) throws {
        let program = try Program(["run-task"], without: kernel.layer, in: folder)
        let request = TaskRequest(task: .probe, source: folder.path("none"), pipeline: Program.pipeline)
        try program.input.fileHandleForWriting.write(contentsOf: TaskLine.encode(request))
        expectRefusal(try program.outcome(), kernel, "set CLIPYARD_SANDBOX=try to go without")
    }

    @Test(arguments: kernels) func commandsByHandRefuseToo(kernel: Kernel) throws {
        let file = Samples.portrait
        for command in [
            ["probe", file], ["verify", folder.path("out")], ["process", file, "-o", folder.path("out")],
        ] {
            let program = try Program(command + ["--sandbox"], without: kernel.layer, in: folder)
            expectRefusal(try program.outcome(), kernel, "omit --sandbox if you trust the file")
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(left.allSatisfy { $0.hasPrefix("std") }, "\(left)")
    }
}

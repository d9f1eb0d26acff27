import Foundation
import Testing

@testable import Processing

@Suite struct ScratchFolderTests {
    private let root = NSTemporaryDirectory() + "clipyard-scratch-\(UUID().uuidString)"

    @Test func foldersOfDeadProcessesAreRemovedAndThoseOfLivingOnesStay() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        let files = FileManager.default
        // No process has a number beyond the kernel's largest.
        let dead = "\(root)/4194305-1"
        let living = "\(root)/\(ProcessInfo.processInfo.processIdentifier)-1"
        for folder in [dead, living] { try files.createDirectory(atPath: folder, withIntermediateDirectories: true) }
        let scratch = try ScratchFolder(below: root)
        #expect(!files.fileExists(atPath: dead))
        #expect(files.fileExists(atPath: living))
        #expect(files.fileExists(atPath: scratch.path))
    }

    @Test func aJobsFolderIsGoneAfterwardsAlsoWhenTheJobFails() async throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        struct Failure: Error {}
        let scratch = try ScratchFolder(below: root)
        await #expect(throws: Failure.self) {
            try await scratch.withFolder("job") { folder in
                FileManager.default.createFile(atPath: "\(folder)/half", contents: Data(count: 10))
                throw Failure()
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    }
}

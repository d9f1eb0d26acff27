import Foundation
import TestSupport
import Testing

/// `clipyard storage copy`, from a folder into a bucket and back.
@Suite struct StorageCopyTests {
    private let folder: TemporaryFolder
    private let settings: [String: String]
    private let bucket: String

    init() async throws {
        folder = try TemporaryFolder()
        bucket = "s3://\(StorageServer.bucket)/copied/\(UUID().uuidString)"
        settings = try await [
            "CLIPYARD_HOME": "\(folder.path)/home", "CLIPYARD_STORAGE": "\(folder.path)/objects",
            "CLIPYARD_STORAGE_ENDPOINT": StorageServer.seaweed.address().endpoint,
            "CLIPYARD_STORAGE_PATH_STYLE": "yes", "CLIPYARD_STORAGE_ACCESS_KEY": StorageServer.accessKey,
            "CLIPYARD_STORAGE_SECRET_KEY": StorageServer.secretKey, "CLIPYARD_STORAGE_ATTEMPTS": "2",
        ]
        for (name, text) in files {
            let path = URL(filePath: "\(folder.path)/objects/\(name)")
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: path)
        }
    }

    private let files = ["sources/1/source": "one", "videos/1/7/play.mp4": "play", "videos/1/7/cover.jpg": "cover"]

    private func copy(_ options: [String], _ changes: [String: String] = [:]) throws -> Command {
        try Command(
            [Programs.clipyard, "storage", "copy"] + options,
            environment: settings.merging(changes) { $1 }
        )
    }

    @Test func aFolderIsCopiedIntoABucketAndBack() throws {
        let there = try copy(["--to", bucket, "--checksums"])
        #expect(there.status == 0, "\(there)")
        #expect(there.standardOutput.hasPrefix("3 objects copied, 12 bytes; 0 were there already"), "\(there)")
        let again = try copy(["--from", "\(folder.path)/objects", "--to", bucket, "--json"])
        #expect(again.status == 0 && again.standardOutput.contains(#""skipped" : 3"#), "\(again)")
        let back = try copy(
            ["--from", bucket, "--to", "\(folder.path)/back"],
            [
                "CLIPYARD_STORAGE_SECRET_KEY": "of another store",
                "CLIPYARD_FROM_STORAGE_SECRET_KEY": StorageServer.secretKey,
            ]
        )
        #expect(back.status == 0, "\(back)")
        for (name, text) in files {
            #expect(try String(contentsOfFile: "\(folder.path)/back/\(name)", encoding: .utf8) == text)
        }
    }

    @Test(
        arguments: [
            ([], [:], "Say --from STORE, --to STORE or both."),
            (["--from", "/nowhere", "--to", "BUCKET"], [:], "There is no folder /nowhere to copy from."),
            (["--to", "BUCKET", "--parallel", "0"], [:], "--parallel must be from 1 to 64."),
            (["--to", "BUCKET", "--parallel", "65"], [:], "--parallel must be from 1 to 64."),
            (["--from", "BUCKET", "--to", "BUCKET"], [:], "are the same store"),
            (["--to", "BUCKET"], ["CLIPYARD_TO_STORAGE_SECRET_KEY": "wrong"], "CLIPYARD_STORAGE_SECRET_KEY"),
            (["--to", "BUCKET"], ["CLIPYARD_TO_STORAGE_ENDPOINT": "http://127.0.0.1:1"], "connect"),
        ] as [([String], [String: String], String)]
    )
    func mistakesAreExplained(options: [String], changes: [String: String], words: String) throws {
        let result = try copy(options.map { $0.replacing("BUCKET", with: bucket) }, changes)
        #expect(result.status != 0)
        #expect(result.standardError.contains(words), "\(result)")
        #expect(!"\(result)".contains(StorageServer.secretKey))
    }
}

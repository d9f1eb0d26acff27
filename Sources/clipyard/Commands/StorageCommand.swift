import ArgumentParser
import Bootstrap
import Database
import Foundation
import ObjectStorage
import Processing

struct StorageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage",
        abstract: "Look after the object store.",
        subcommands: [Check.self, Copy.self]
    )

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare what the database says with what the store has, both ways.",
            discussion: """
                Uploads in parts that nobody goes on with are found too: their parts take room and are in no list of objects.

                Exits with 0 when they agree, or agree now, and with 1 when they do not. What is missing or differs cannot \
                be repaired from here: restore it from a backup, or upload the video again.
                """
        )

        @Flag(
            help: "Delete what nothing refers to, parts of abandoned uploads too, and is older than --older-than-hours."
        )
        var repair = false

        @Option(help: "How old, in hours, an orphan must be to be deleted: an upload that is going on is none.")
        var olderThanHours = 24

        @Flag(help: "Read every source and compare its SHA-256 too.")
        var checksums = false

        @Flag(help: "Print one JSON object.")
        var json = false

        func validate() throws {
            guard (1...8760).contains(olderThanHours) else {
                throw ValidationError("--older-than-hours must be from 1 to 8760.")
            }
        }

        func run() async throws {
            let limit = repair ? Date().addingTimeInterval(-3600 * Double(olderThanHours)) : nil
            let store = try await openStore()
            try await withDatabase { pool in
                let check = StorageCheck(inventory: StorageInventory(pool), store: store)
                let report = try await check.run(comparesChecksums: checksums, repairingBefore: limit)
                print(try json ? report.json : report.text)
                if !report.isClean { throw ExitCode.failure }
            }
        }

        private func openStore() async throws -> any ObjectStore {
            let settings = try await Settings(environment: ProcessInfo.processInfo.environment)
            return try settings.openStore()
        }
    }
}

extension StorageReport {
    fileprivate var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.dateEncodingStrategy = .iso8601
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// One line a finding, then one that counts.
    fileprivate var text: String {
        let findings =
            missing.map { "missing   \($0)" } + differing.map { "differs   \($0.key): \($0.reason)" }
            + orphaned.map { "\($0.isDeleted ? "deleted " : "orphaned")  \($0.key)  \($0.sizeBytes) bytes" }
            + abandoned.map {
                "\($0.isAborted ? "aborted  " : "abandoned")  \($0.key)  upload in parts of \($0.startedAt)"
            }
        let deleted = orphaned.count { $0.isDeleted }
        let summary =
            "\(objects) objects, \(bytes) bytes: \(missing.count) missing, \(differing.count) different, "
            + "\(orphaned.count) orphaned, \(deleted) of them deleted; \(abandoned.count) uploads abandoned, "
            + "\(abandoned.count { $0.isAborted }) of them aborted."
        return (findings + [summary]).joined(separator: "\n")
    }
}

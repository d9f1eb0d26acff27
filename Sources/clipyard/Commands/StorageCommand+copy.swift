import ArgumentParser
import Bootstrap
import Foundation
import Glibc
import ObjectStorage

extension StorageCommand {
    struct Copy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy the objects of one store into another, for example from a folder into a bucket.",
            discussion: """
                A store is a folder, s3://bucket/prefix or oss://bucket/prefix; the one that is not named is \
                CLIPYARD_STORAGE. The settings CLIPYARD_STORAGE_… hold for both; where the two differ, say \
                CLIPYARD_FROM_STORAGE_… and CLIPYARD_TO_STORAGE_…, for example CLIPYARD_FROM_STORAGE_ENDPOINT.

                Nothing is removed, and what is there already is left alone: stopped, it goes on when it is run again. \
                To change stores, copy while the servers run, stop them, copy once more, and start them with the new one.

                Exits with 0 when the target has all objects, and with 1 when it does not.
                """
        )

        @Option(help: ArgumentHelp("Where the objects are.", valueName: "store"))
        var from: String?

        @Option(help: ArgumentHelp("Where they are to be.", valueName: "store"))
        var to: String?

        @Option(help: "Copy only what begins so, for example videos/.")
        var prefix = ""

        @Option(help: ArgumentHelp("Objects on their way at once, from 1 to 64.", valueName: "count"))
        var parallel = 4

        @Flag(help: "Read every object in both stores and compare its SHA-256.")
        var checksums = false

        @Flag(help: "Print one JSON object.")
        var json = false

        func validate() throws {
            guard from != nil || to != nil else { throw ValidationError("Say --from STORE, --to STORE or both.") }
            guard (1...64).contains(parallel) else { throw ValidationError("--parallel must be from 1 to 64.") }
        }

        func run() async throws {
            let (source, target) = (try await Side("FROM", location: from), try await Side("TO", location: to))
            // Opening makes a folder that is missing; a mistyped one would be an empty store.
            guard source.location.contains("://") || FileManager.default.fileExists(atPath: source.location) else {
                throw ValidationError("There is no folder \(source.location) to copy from.")
            }
            guard source.location != target.location else {
                throw ValidationError("--from and --to are the same store, \(source.location).")
            }
            let copy = StorageCopy(
                from: try source.settings.openStore(source.location),
                to: try target.settings.openStore(target.location),
                scratch: target.settings.scratch,
                parallel: parallel,
                comparesBytes: checksums
            )
            let report = try await copy.run(prefix: prefix) { $0.show() }
            print(try json ? report.json : report.text)
            if !report.isComplete { throw ExitCode.failure }
        }
    }

    /// One of the two stores, with settings of its own.
    private struct Side {
        let settings: Settings
        let location: String

        init(_ name: String, location: String?) async throws {
            var environment = ProcessInfo.processInfo.environment
            let own = environment.filter { $0.key.hasPrefix("CLIPYARD_\(name)_STORAGE") }
            for prefix in ["CLIPYARD_FROM_", "CLIPYARD_TO_"] {
                environment = environment.filter { !$0.key.hasPrefix(prefix) }
            }
            for (key, value) in own { environment["CLIPYARD_\(key.dropFirst("CLIPYARD_\(name)_".count))"] = value }
            settings = try await Settings(environment: environment)
            self.location = location ?? settings.storage.location
            try FileManager.default.createDirectory(atPath: settings.scratch, withIntermediateDirectories: true)
        }
    }
}

extension StorageCopyReport {
    /// On one line of the terminal; silent when standard error is none.
    fileprivate func show() {
        guard isatty(STDERR_FILENO) == 1 else { return }
        let done = copied + skipped + vanished + failures.count
        let megabytes = { (bytes: Int64) in String(format: "%.1f", Double(bytes) / 1e6) }
        let line = "\(done) of \(objects) objects, \(megabytes(doneBytes)) of \(megabytes(bytes)) MB"
        FileHandle.standardError.write(Data("\r\u{1B}[K\(line)\(done == objects ? "\n" : "")".utf8))
    }

    fileprivate var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// One line a failure, then one that counts, then what to do.
    fileprivate var text: String {
        var lines = failures.map { "failed    \($0.key): \($0.reason)" }
        lines.append(
            "\(copied) objects copied, \(copiedBytes) bytes; \(skipped) were there already, \(vanished) vanished meanwhile, "
                + "\(failures.count) failed."
        )
        if let stop { lines.append("Stopped: \(stop). Run the same command again to go on.") }
        return lines.joined(separator: "\n")
    }
}

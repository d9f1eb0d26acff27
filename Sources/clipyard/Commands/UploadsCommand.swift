import ArgumentParser
import Database
import Foundation

struct UploadsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uploads",
        abstract: "Look at uploads that could not be finished, and have them tried again.",
        subcommands: [List.self, Retry.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List uploads that have all arrived, but of which no video could be made."
        )

        @Option(help: "How many at most.")
        var limit = 100

        func run() async throws {
            try await withDatabase { pool in
                for upload in try await Uploads(pool).stuck(limit: limit) {
                    let until = upload.keptUntil.formatted(.iso8601)
                    print(
                        "\(upload.id)\tuser \(upload.authorID)\t\(upload.sizeBytes) bytes\tuntil \(until)\t\(upload.reason)"
                    )
                }
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Have an upload tried again.")

        @Argument(help: "The upload's id.")
        var upload: String

        func run() async throws {
            try await withDatabase { pool in
                guard try await Uploads(pool).retry(upload) else {
                    throw UpError("No upload \(upload) waits for this. `clipyard uploads` lists those that do.")
                }
            }
            print("Upload \(upload) will be tried again within a minute, by a `clipyard serve` that runs.")
        }
    }
}

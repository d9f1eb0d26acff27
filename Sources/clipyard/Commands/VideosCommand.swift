import ArgumentParser
import Database
import Domain

struct VideosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "videos",
        abstract: "Take videos out of sight, show them again, or take them down.",
        subcommands: [Hide.self, Show.self, Remove.self]
    )

    struct Hide: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a video out of the feed and of every list but its author's."
        )

        @Argument(help: "The video's number.")
        var video: Int64

        func run() async throws {
            try await change(video) { try await $0.hide($1) }
            print("Video \(video) is hidden; `clipyard videos show \(video)` brings it back.")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a hidden video again, or one that waits for a review."
        )

        @Argument(help: "The video's number.")
        var video: Int64

        func run() async throws {
            try await change(video) { try await $0.show($1) }
            print("Video \(video) is shown as soon as it is playable.")
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a video down for good, and end the work on it."
        )

        @Argument(help: "The video's number.")
        var video: Int64

        func run() async throws {
            try await change(video) { try await $0.remove($1) }
            print("Video \(video) is removed.")
        }
    }
}

/// Does something to a video, or says that there is none.
private func change(_ video: Int64, _ body: (Videos, VideoID) async throws -> Bool) async throws {
    try await withDatabase { pool in
        guard try await body(Videos(pool: pool), VideoID(rawValue: video)) else {
            throw UpError("There is no video \(video).")
        }
    }
}

import Database
import Domain
import Jobs
import Postgres
import TestSupport
import Testing

/// People, videos, and what is announced about them.
extension PostgresPool {
    func makeUser(_ name: String = "ada") async throws -> UserID {
        try #require(try await Users(self).create(Username(name), passwordHash: "hash"))
    }

    func makeUsers(_ count: Int) async throws -> [UserID] {
        var users: [UserID] = []
        for number in 1...count { users.append(try await makeUser("user \(number)")) }
        return users
    }

    /// A video that is being processed.
    func makeVideo(
        by author: UserID,
        title: String = "A title",
        visibility: VideoVisibility = .public
    ) async throws -> VideoID {
        let videos = Videos(pool: self)
        let id = try await videos.reserveID()
        let video = NewVideo.sample(id, by: author, title: title, visibility: visibility)
        try await withTransaction { try await videos.create(video, in: $0) }
        return id
    }

    @discardableResult
    func publish(_ id: VideoID, lease: Int = 1, isComplete: Bool = true) async throws -> Bool {
        let package = MediaPackage(width: 360, height: 640, durationSeconds: 3, renditions: [], files: [])
        return try await withTransaction { transaction in
            try await Videos(pool: self)
                .publish(
                    id,
                    prefix: "videos/\(id)/\(lease)",
                    package: package,
                    isComplete: isComplete,
                    in: transaction
                )
        }
    }

    func makePublicVideo(by author: UserID) async throws -> VideoID {
        let id = try await makeVideo(by: author)
        try await publish(id)
        return id
    }

    /// What the author and then everybody else see as the number of works.
    func works(_ user: UserID) async throws -> [Int64?] {
        let users = Users(self)
        return [
            try await users.find(user, viewer: user)?.counts.works,
            try await users.find(user, viewer: nil)?.counts.works,
        ]
    }

    /// What is announced while the closure runs, as `channel id,id`, in order.
    func announcements(_ body: () async throws -> Void) async throws -> [String] {
        let channels = ChangeChannel.allCases.map(\.rawValue)
        let listener = PostgresListener(configuration, channels: channels, logger: .quiet)
        var heard: [String] = []
        for await event in listener.notifications() {
            switch event {
            case .connected:
                try await body()
                // Notifications come in the order of commits: after this one there is none of the closure's.
                try await execute("SELECT pg_notify(\(channels[0]), 'end')")
            case .disconnected: continue
            case .notification(_, "end"): return heard
            case .notification(let channel, let payload): heard.append("\(channel) \(payload)")
            }
        }
        return heard
    }
}

extension NewVideo {
    static func sample(
        _ id: VideoID,
        by author: UserID,
        title: String = "A title",
        visibility: VideoVisibility = .public
    ) -> NewVideo {
        NewVideo(
            id: id,
            authorID: author,
            title: title,
            visibility: visibility,
            sourceKey: "sources/\(id)/source",
            sourceBytes: 7,
            sourceSHA256: [UInt8](repeating: 1, count: 32)
        )
    }
}

extension SQLState {
    static let checkViolation = SQLState(rawValue: "23514")
}

import Database
import Domain
import Postgres
import TestSupport
import Testing

/// Many people at once on a few videos, some of them the same person on several devices.
@Suite struct CountsUnderLoadTests {
    private static let tasks = 64
    private static let stepsPerTask = 60

    @Test(.timeLimit(.minutes(10)), arguments: [Random.seed()])
    func countsAreExactWhateverPeopleDo(seed: UInt64) async throws {
        try await withTestDatabase(maxConnections: 16) { pool in
            let place = try await makePlace(pool)
            try await withThrowingTaskGroup(of: Void.self) { group in
                let watchers = [fold, vacuum, lookForNegativeCounts].map { watch in
                    Task { while !Task.isCancelled { try await watch(pool) } }
                }
                for number in 0..<Self.tasks {
                    group.addTask { try await interact(place, Random(seed: seed &+ UInt64(number)), pool) }
                }
                try await group.waitForAll()
                for watcher in watchers { watcher.cancel() }
                for watcher in watchers { try await finish(watcher) }
            }
            #expect(try await brokenCounts(pool) == [])
            #expect(try await pool.first("SELECT count(*) FROM favorites", as: Int.self) ?? 0 > 0)
            while try await CountLog(pool).fold() > 0 {}
            #expect(try await brokenCounts(pool) == [])
            #expect(try await pool.first("SELECT count(*) FROM user_count_log", as: Int.self) == 0)
        }
    }
}

/// Who and what there is; the first of each is the one that everybody likes.
private struct Place {
    let users: [UserID]
    let videos: [VideoID]
}

extension CountsUnderLoadTests {
    private func makePlace(_ pool: PostgresPool) async throws -> Place {
        // Fewer than tasks, so that several are the same person.
        let users = try await pool.makeUsers(12)
        let videos = try await (0..<6).map { users[$0] }.asyncMap { try await pool.makePublicVideo(by: $0) }
        return Place(users: users, videos: videos)
    }

    private func interact(_ place: Place, _ random: Random, _ pool: PostgresPool) async throws {
        var random = random
        var comments: [(CommentID, VideoID, UserID)] = []
        for _ in 0..<Self.stepsPerTask {
            let user = random.pick(place.users)
            // Every other time it is the hot one.
            let video = Bool.random(using: &random) ? place.videos[0] : random.pick(place.videos)
            let other = Bool.random(using: &random) ? place.users[0] : random.pick(place.users)
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1: #expect(try await Favorites(pool).add(video, by: user))
            case 2: #expect(try await Favorites(pool).remove(video, by: user))
            case 3 where user != other: #expect(try await Follows(pool).add(other, by: user))
            case 4 where user != other: #expect(try await Follows(pool).remove(other, by: user))
            case 5, 6:
                let isHeld = Int.random(in: 0..<4, using: &random) == 0
                let comment = try await Comments(pool).add("Hello", to: video, by: user, isHeld: isHeld)
                comments.append((try #require(comment).id, video, user))
            default:
                guard let (comment, video, author) = comments.popLast() else { continue }
                try await decide(comment, of: video, by: author, pool)
            }
        }
    }

    /// Approves and deletes a comment twice each, all at once: the count moves as if it happened once.
    private func decide(_ comment: CommentID, of video: VideoID, by author: UserID, _ pool: PostgresPool) async throws {
        async let firstApproval = Reviews(pool).approve(.comment, comment.rawValue)
        async let secondApproval = Reviews(pool).approve(.comment, comment.rawValue)
        async let firstDeletion = Comments(pool).delete(comment, of: video, by: author)
        async let secondDeletion = Comments(pool).delete(comment, of: video, by: author)
        let approvals = try await [firstApproval, secondApproval]
        #expect(approvals.count(where: \.self) <= 1)
        let deletions = try await [firstDeletion, secondDeletion]
        #expect(deletions.count { $0 == .deleted } == 1)
    }

    private func fold(_ pool: PostgresPool) async throws {
        _ = try await CountLog(pool).fold()
        try await Task.sleep(for: .milliseconds(5))
    }

    private func vacuum(_ pool: PostgresPool) async throws {
        try await CountLog(pool).vacuum()
        try await Task.sleep(for: .milliseconds(50))
    }

    private func lookForNegativeCounts(_ pool: PostgresPool) async throws {
        let negative: SQL = """
            SELECT EXISTS (SELECT FROM counted_videos WHERE least(favorite_count, comment_count) < 0)
                OR EXISTS (
                    SELECT FROM counted_users
                    WHERE least(favorite_count, favorited_count, follow_count, follower_count) < 0
                )
            """
        #expect(try await pool.first(negative, as: Bool.self) == false)
        // In one snapshot rows and counts agree, whatever is going on.
        #expect(try await brokenCounts(pool) == [])
    }

    private func finish(_ watcher: Task<Void, any Error>) async throws {
        do { try await watcher.value } catch is CancellationError { return }
    }
}

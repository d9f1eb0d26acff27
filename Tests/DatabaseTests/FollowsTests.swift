import Database
import Domain
import Postgres
import TestSupport
import Testing

@Suite struct FollowsTests {
    @Test func followingTwiceChangesNothing() async throws {
        try await withTestDatabase { pool in
            let follows = Follows(pool)
            let (ada, bob) = (try await pool.makeUser("ada"), try await pool.makeUser("bob"))
            for _ in 0..<2 {
                #expect(try await follows.add(bob, by: ada))
                #expect(try await counts(ada, pool) == [1, 0])
                #expect(try await counts(bob, pool) == [0, 1])
            }
            #expect(try await Users(pool).find(bob, viewer: ada)?.isFollowed == true)
            #expect(try await Users(pool).find(ada, viewer: bob)?.isFollowed == false)
            for _ in 0..<2 {
                #expect(try await follows.remove(bob, by: ada))
                #expect(try await counts(ada, pool) == [0, 0])
                #expect(try await counts(bob, pool) == [0, 0])
            }
        }
    }

    @Test func nobodyFollowsTheUnknownOrThemselves() async throws {
        try await withTestDatabase { pool in
            let follows = Follows(pool)
            let ada = try await pool.makeUser()
            #expect(try await follows.add(UserID(rawValue: 999), by: ada) == false)
            #expect(try await follows.remove(UserID(rawValue: 999), by: ada) == false)
            let error = await #expect(throws: PostgresError.self) { try await follows.add(ada, by: ada) }
            #expect(error?.isA(.checkViolation) == true)
            #expect(try await counts(ada, pool) == [0, 0])
        }
    }

    @Test func listsAreNewestFirstAndCutAtTheirLimit() async throws {
        try await withTestDatabase { pool in
            let follows = Follows(pool)
            let users = try await pool.makeUsers(5)
            for other in [3, 1, 4] {
                #expect(try await follows.add(users[other], by: users[0]))
                #expect(try await follows.add(users[0], by: users[other]))
            }
            #expect(try await follows.add(users[2], by: users[0]))
            #expect(try await follows.add(users[4], by: users[2]))
            let expected = [users[2], users[4], users[1], users[3]]
            for limit in [0, 1, 4, 5] {
                let followed = try await follows.listFollowed(by: users[0], viewer: nil, limit: limit)
                #expect(followed.map(\.id) == Array(expected.prefix(limit)))
                let followers = try await follows.listFollowers(of: users[0], viewer: nil, limit: limit)
                #expect(followers.map(\.id) == Array(expected.dropFirst().prefix(limit)))
                let friends = try await follows.listFriends(of: users[0], viewer: nil, limit: limit)
                #expect(friends.map(\.profile.id) == Array(expected.dropFirst().prefix(limit)))
            }
            let seen = try await follows.listFollowed(by: users[0], viewer: users[2], limit: 10)
            #expect(seen.map(\.isFollowed) == [false, true, false, false])
            #expect(seen.map(\.counts.followers) == [1, 2, 1, 1])
        }
    }

    @Test func aFriendComesWithTheNewestMessageThatTheViewerShares() async throws {
        try await withTestDatabase { pool in
            let (follows, messages) = (Follows(pool), Messages(pool))
            let users = try await pool.makeUsers(4)
            for other in users[1...] {
                #expect(try await follows.add(other, by: users[0]))
                #expect(try await follows.add(users[0], by: other))
            }
            _ = try await messages.send("Old", from: users[1], to: users[0], isHeld: false)
            _ = try await messages.send("Sent", from: users[0], to: users[1], isHeld: false)
            _ = try await messages.send("Received", from: users[2], to: users[0], isHeld: false)
            _ = try await messages.send("Held", from: users[0], to: users[2], isHeld: true)
            _ = try await messages.send("Not for others", from: users[1], to: users[2], isHeld: false)
            let newest = { viewer in
                try await follows.listFriends(of: users[0], viewer: viewer, limit: 10).map(\.newestMessage)
                    .map { message in message.map { ($0.isSent ? "to: " : "from: ") + $0.content } }
            }
            #expect(try await newest(users[0]) == [nil, "from: Received", "to: Sent"])
            #expect(try await newest(users[2]) == [nil, nil, "from: Not for others"])
            #expect(try await newest(nil) == [nil, nil, nil])
        }
    }

    /// Whom a user follows and who follows them, by number.
    private func counts(_ user: UserID, _ pool: PostgresPool) async throws -> [Int64?] {
        let counts = try await Users(pool).find(user, viewer: nil)?.counts
        return [counts?.follows, counts?.followers]
    }
}

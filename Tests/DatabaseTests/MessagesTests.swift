import Database
import Domain
import Postgres
import TestSupport
import Testing

@Suite struct MessagesTests {
    @Test func aConversationIsTheSameFromBothSides() async throws {
        try await withTestDatabase { pool in
            let messages = Messages(pool)
            let users = try await pool.makeUsers(3)
            #expect(try await messages.send("One", from: users[1], to: users[0], isHeld: false))
            #expect(try await messages.send("Two", from: users[0], to: users[1], isHeld: false))
            #expect(try await messages.send("Other", from: users[0], to: users[2], isHeld: false))
            let seen = try await messages.list(between: users[0], and: users[1], after: 0, limit: 10)
            #expect(seen.map(\.content) == ["One", "Two"])
            #expect(seen.map(\.senderID) == [users[1], users[0]] && seen.map(\.receiverID) == [users[0], users[1]])
            #expect(try await messages.list(between: users[1], and: users[0], after: 0, limit: 10) == seen)
            #expect(try await messages.list(between: users[1], and: users[2], after: 0, limit: 10).isEmpty)
            let now = try await pool.first("SELECT extract(epoch FROM now())::bigint * 1000", as: Int64.self)
            #expect(abs(seen[0].sentMilliseconds - (now ?? 0)) < 600_000)
        }
    }

    @Test func pagesGoOnAfterTheLastMessage() async throws {
        try await withTestDatabase { pool in
            let messages = Messages(pool)
            let users = try await pool.makeUsers(2)
            for number in 1...5 {
                _ = try await messages.send(
                    "\(number)",
                    from: users[number % 2],
                    to: users[1 - number % 2],
                    isHeld: false
                )
            }
            let page = { after, limit in
                try await messages.list(between: users[0], and: users[1], after: after, limit: limit)
            }
            let first = try await page(0, 2)
            #expect(first.map(\.content) == ["1", "2"])
            let second = try await page(first[1].sentMilliseconds, 2)
            #expect(second.map(\.content) == ["3", "4"])
            let third = try await page(second[1].sentMilliseconds, 2)
            #expect(third.map(\.content) == ["5"])
            #expect(try await page(third[0].sentMilliseconds, 2).isEmpty)
            #expect(try await page(third[0].sentMilliseconds - 1, 2) == third)
            #expect(try await page(0, 0).isEmpty)
            #expect(try await page(.max, 2).isEmpty)
            #expect(try await page(.min, 9).count == 5)
        }
    }

    @Test func nobodyWritesToTheUnknownOrToThemselves() async throws {
        try await withTestDatabase { pool in
            let messages = Messages(pool)
            let ada = try await pool.makeUser()
            for isHeld in [false, true] {
                #expect(try await messages.send("Hello", from: ada, to: UserID(rawValue: 999), isHeld: isHeld) == false)
                let error = await #expect(throws: PostgresError.self) {
                    try await messages.send("Hello", from: ada, to: ada, isHeld: isHeld)
                }
                #expect(error?.isA(.checkViolation) == true)
            }
            #expect(try await pool.first("SELECT count(*) FROM messages", as: Int.self) == 0)
            #expect(try await pool.first("SELECT count(*) FROM conversations", as: Int.self) == 0)
        }
    }

    @Test func aHeldMessageIsSentWhenItIsApproved() async throws {
        try await withTestDatabase { pool in
            let messages = Messages(pool)
            let users = try await pool.makeUsers(2)
            #expect(try await messages.send("Held", from: users[0], to: users[1], isHeld: true))
            #expect(try await messages.send("Later", from: users[1], to: users[0], isHeld: false))
            let before = try await messages.list(between: users[0], and: users[1], after: 0, limit: 10)
            #expect(before.map(\.content) == ["Later"])
            let held = try #require(try await Reviews(pool).list(limit: 10).first)
            #expect(held.kind == .message && held.text == "Held" && held.authorID == users[0])
            #expect(try await Reviews(pool).approve(.message, held.id))
            let after = before[0].sentMilliseconds
            let new = try await messages.list(between: users[0], and: users[1], after: after, limit: 10)
            #expect(new.map(\.content) == ["Held"])
        }
    }

    /// Sixteen tasks write from both sides, faster than one message per millisecond.
    @Test(.timeLimit(.minutes(10)))
    func whoeverAsksForWhatIsNewGetsEveryMessageOnceAndInOrder() async throws {
        try await withTestDatabase(maxConnections: 18) { pool in
            let users = try await pool.makeUsers(2)
            let (writers, each) = (16, 60)
            let received = try await withThrowingTaskGroup(of: [ChatMessage].self) { group in
                for writer in 0..<writers {
                    group.addTask {
                        for number in 0..<each {
                            let (from, to) = (users[writer % 2], users[1 - writer % 2])
                            // Some wait for a review and come later, at their time of approval.
                            try await write("\(writer) \(number)", from, to, isHeld: number % 10 == 9, pool)
                        }
                        return []
                    }
                }
                group.addTask { try await poll(users, until: writers * each, pool) }
                return try await group.reduce([], +)
            }
            let times = received.map(\.sentMilliseconds)
            #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
            let expected = (0..<writers).flatMap { writer in (0..<each).map { "\(writer) \($0)" } }
            #expect(received.map(\.content).sorted() == expected.sorted())
            let kept = try await Messages(pool).list(between: users[0], and: users[1], after: 0, limit: .max)
            #expect(kept == received)
        }
    }

    private func write(_ text: String, _ from: UserID, _ to: UserID, isHeld: Bool, _ pool: PostgresPool) async throws {
        #expect(try await Messages(pool).send(text, from: from, to: to, isHeld: isHeld))
        guard isHeld else { return }
        let held = try await pool.first("SELECT id FROM messages WHERE content = \(text)", as: Int64.self)
        #expect(try await Reviews(pool).approve(.message, try #require(held)))
    }

    /// Asks for what is newer than the newest message seen until there are so many.
    private func poll(_ users: [UserID], until count: Int, _ pool: PostgresPool) async throws -> [ChatMessage] {
        var seen: [ChatMessage] = []
        while seen.count < count {
            let last = seen.last?.sentMilliseconds ?? 0
            seen += try await Messages(pool).list(between: users[0], and: users[1], after: last, limit: 7)
        }
        return seen
    }
}

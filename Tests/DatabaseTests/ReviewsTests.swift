import Database
import Domain
import Postgres
import TestSupport
import Testing

@Suite struct ReviewsTests {
    @Test func whatWaitsIsListedOldestFirstWithinEachKind() async throws {
        try await withTestDatabase { pool in
            let held = try await holdOneOfEach(pool)
            let (reviews, ada) = (Reviews(pool), held.author)
            let second = try await pool.makeVideo(by: ada, title: "Second", visibility: .held)
            let expected = [
                "video \(held[.video]) \(ada) Held title",
                "video \(second.rawValue) \(ada) Second",
                "comment \(held[.comment]) \(ada) Held comment",
                "message \(held[.message]) \(ada) Held message",
                "name \(ada.rawValue) \(ada) Held name",
                "signature \(ada.rawValue) \(ada) Held signature",
            ]
            for limit in [0, 1, 3, 6, 7] {
                let listed = try await reviews.list(limit: limit).map {
                    "\($0.kind) \($0.id) \($0.authorID) \($0.text)"
                }
                #expect(listed == Array(expected.prefix(limit)))
            }
        }
    }

    @Test(arguments: HeldText.Kind.allCases)
    func aTextIsDecidedOnce(kind: HeldText.Kind) async throws {
        for isApproved in [true, false] {
            try await withTestDatabase { pool in
                let held = try await holdOneOfEach(pool)
                let reviews = Reviews(pool)
                let decide = { id in
                    try await isApproved ? reviews.approve(kind, id) : reviews.refuse(kind, id)
                }
                #expect(try await decide(held[kind] + 1000) == false)
                #expect(try await decide(held[kind]))
                #expect(try await reviews.approve(kind, held[kind]) == false)
                #expect(try await reviews.refuse(kind, held[kind]) == false)
                let rest = HeldText.Kind.allCases.filter { $0 != kind }
                #expect(try await reviews.list(limit: 9).map(\.kind) == rest)
                #expect(try await brokenCounts(pool) == [])
            }
        }
    }

    @Test func anApprovedTextIsSeen() async throws {
        try await withTestDatabase { pool in
            let held = try await holdOneOfEach(pool)
            for kind in HeldText.Kind.allCases { #expect(try await Reviews(pool).approve(kind, held[kind])) }
            let profile = try await Users(pool).find(held.author, viewer: nil)
            #expect(profile?.name == "Held name" && profile?.signature == "Held signature")
            #expect(profile?.counts.works == 1)
            let videos = try await Videos(pool: pool).newest(before: .max, limit: 9)
            #expect(videos.map(\.title) == ["Held title", "Seen"])
            #expect(videos.map(\.commentCount) == [0, 1])
            let comments = try await Comments(pool).list(of: held.commented, viewer: nil, limit: 9)
            #expect(comments.map(\.text) == ["Held comment"])
            let messages = try await Messages(pool).list(between: held.author, and: held.other, after: 0, limit: 9)
            #expect(messages.map(\.content) == ["Held message"])
        }
    }

    @Test func aRefusedTextIsGoneAndWhatWasShownStays() async throws {
        try await withTestDatabase { pool in
            let held = try await holdOneOfEach(pool)
            for kind in HeldText.Kind.allCases { #expect(try await Reviews(pool).refuse(kind, held[kind])) }
            let profile = try await Users(pool).find(held.author, viewer: nil)
            #expect(profile?.name == "Shown" && profile?.signature == "Old signature")
            #expect(try await Videos(pool: pool).newest(before: .max, limit: 9).map(\.title) == ["Seen"])
            let own = try await Videos(pool: pool).list(author: held.author, viewer: held.author, limit: 9)
            #expect(own.map(\.visibility) == [.hidden])
            #expect(try await Comments(pool).list(of: held.commented, viewer: held.author, limit: 9).isEmpty)
            let messages = try await Messages(pool).list(between: held.author, and: held.other, after: 0, limit: 9)
            #expect(messages.isEmpty)
            #expect(try await pool.first("SELECT count(*) FROM messages", as: Int.self) == 0)
        }
    }

    /// Nobody has seen it before: below others it would be passed over by whoever has scrolled on.
    @Test func aHeldVideoEntersTheFeedWhenItIsApproved() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            let held = try await pool.makeVideo(by: ada, visibility: .held)
            try await pool.publish(held)
            let later = try await pool.makePublicVideo(by: ada)
            #expect(try await pool.works(ada) == [2, 1])
            let heard = try await pool.announcements { () async throws in
                #expect(try await Reviews(pool).approve(.video, held.rawValue))
            }
            #expect(heard == ["videos_changed \(held)"])
            #expect(try await Videos(pool: pool).newest(before: .max, limit: 9).map(\.id) == [held, later])
            #expect(try await pool.works(ada) == [2, 2])
        }
    }

    @Test func aVideoApprovedBeforeItIsPlayableIsPublicOnceItIs() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            let held = try await pool.makeVideo(by: ada, visibility: .held)
            #expect(try await Reviews(pool).approve(.video, held.rawValue))
            #expect(try await Videos(pool: pool).newest(before: .max, limit: 9).isEmpty)
            try await pool.publish(held)
            #expect(try await Videos(pool: pool).newest(before: .max, limit: 9).map(\.id) == [held])
        }
    }

    @Test func decisionsAboutUsersAreAnnounced() async throws {
        try await withTestDatabase { pool in
            let held = try await holdOneOfEach(pool)
            let heard = try await pool.announcements { () async throws in
                #expect(try await Reviews(pool).approve(.name, held.author.rawValue))
                #expect(try await Reviews(pool).refuse(.signature, held.author.rawValue))
            }
            #expect(heard == ["users_changed \(held.author)", "users_changed \(held.author)"])
        }
    }

    private struct Held {
        let author: UserID
        let other: UserID
        /// What the held comment is about.
        let commented: VideoID
        let ids: [HeldText.Kind: Int64]

        subscript(kind: HeldText.Kind) -> Int64 { ids[kind] ?? 0 }
    }

    private func holdOneOfEach(_ pool: PostgresPool) async throws -> Held {
        let users = Users(pool)
        let name = try Username("Held name")
        let author = try #require(
            try await users.create(name, shownName: "Shown", isHeld: true, passwordHash: "hash")
        )
        try await users.setSignature(author, to: "Old signature", held: "Held signature")
        let other = try await pool.makeUser("other")
        let seen = try await pool.makeVideo(by: other, title: "Seen")
        try await pool.publish(seen)
        let video = try await pool.makeVideo(by: author, title: "Held title", visibility: .held)
        try await pool.publish(video)
        let comment = try await Comments(pool).add("Held comment", to: seen, by: author, isHeld: true)
        _ = try await Messages(pool).send("Held message", from: author, to: other, isHeld: true)
        let message = try await pool.first("SELECT id FROM messages", as: Int64.self)
        let ids: [HeldText.Kind: Int64] = [
            .video: video.rawValue, .comment: try #require(comment).id.rawValue, .message: try #require(message),
            .name: author.rawValue, .signature: author.rawValue,
        ]
        return Held(author: author, other: other, commented: seen, ids: ids)
    }
}

import Database
import Domain
import Postgres
import TestSupport
import Testing

@Suite struct UsersTests {
    @Test func aNameIsTakenWhateverItsCase() async throws {
        try await withTestDatabase { pool in
            let users = Users(pool)
            let ada = try #require(try await users.create(Username("Ada"), passwordHash: "first"))
            #expect(try await users.create(Username("aDA"), passwordHash: "second") == nil)
            for name in ["Ada", "ada", "ADA"] {
                let credentials = try await users.findCredentials(Username(name))
                #expect(credentials?.id == ada && credentials?.passwordHash == "first")
            }
            #expect(try await users.findCredentials(of: ada)?.tokenVersion == 0)
            #expect(try await users.findCredentials(Username("bob")) == nil)
            #expect(try await users.findCredentials(of: UserID(rawValue: 999)) == nil)
        }
    }

    @Test(arguments: [
        ("login", "Iogin"), ("admin", "\u{430}dmin"), ("ada", "ａｄａ"), ("ada", " a da"), ("modern", "rnodern"),
        ("login", "L\u{41E}GIN"), ("力", "カ"),
    ])
    func namesThatLookAlikeCannotBothBeHad(one: String, other: String) async throws {
        try await withTestDatabase { (pool) async throws in
            #expect(try await Users(pool).create(Username(one), passwordHash: "hash") != nil)
            #expect(try await Users(pool).create(Username(other), passwordHash: "hash") == nil)
            #expect(try await Users(pool).create(Username("someone else"), passwordHash: "hash") != nil)
        }
    }

    @Test func oneOfManyWhoRegisterANameAtOnceGetsIt() async throws {
        try await withTestDatabase { pool in
            let ids = try await withThrowingTaskGroup(of: UserID?.self) { group in
                for number in 0..<16 {
                    group.addTask { try await Users(pool).create(Username("Ada"), passwordHash: "\(number)") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(ids.compactMap(\.self).count == 1)
        }
    }

    @Test func aProfileStartsEmpty() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser("Ada")
            for viewer in [nil, ada, UserID(rawValue: 999)] {
                #expect(try await Users(pool).find(ada, viewer: viewer) == UserProfile(id: ada, name: "Ada"))
            }
            #expect(try await Users(pool).find(UserID(rawValue: 999), viewer: ada) == nil)
            #expect(try await Users(pool).exists(ada))
            #expect(try await Users(pool).exists(UserID(rawValue: 999)) == false)
        }
    }

    @Test func aMaskedNameIsShownAndTheTrueOneLogsIn() async throws {
        try await withTestDatabase { pool in
            let users = Users(pool)
            let id = try #require(
                try await users.create(Username("Bad Word"), shownName: "*** Word", isHeld: true, passwordHash: "hash")
            )
            #expect(try await users.find(id, viewer: id)?.name == "*** Word")
            #expect(try await users.findCredentials(Username("bad word"))?.id == id)
            #expect(try await Reviews(pool).list(limit: 9).map(\.text) == ["Bad Word"])
            let masked = try #require(
                try await users.create(Username("Worse"), shownName: "*****", passwordHash: "hash")
            )
            #expect(try await users.find(masked, viewer: nil)?.name == "*****")
            #expect(try await Reviews(pool).list(limit: 9).count == 1)
        }
    }

    @Test func aHashIsReplacedUnlessThePasswordHasChanged() async throws {
        try await withTestDatabase { pool in
            let users = Users(pool)
            let ada = try await pool.makeUser()
            try await users.rehash(ada, from: "hash", to: "stronger")
            #expect(try await users.findCredentials(of: ada)?.passwordHash == "stronger")
            try await users.rehash(ada, from: "hash", to: "late")
            #expect(try await users.findCredentials(of: ada)?.passwordHash == "stronger")
            #expect(try await users.findCredentials(of: ada)?.tokenVersion == 0)
            #expect(try await users.revocations(withinSeconds: 60).isEmpty)
        }
    }

    @Test func aChangedPasswordRevokesTokens() async throws {
        try await withTestDatabase { pool in
            let users = Users(pool)
            let (ada, bob) = (try await pool.makeUser("ada"), try await pool.makeUser("bob"))
            let heard = try await pool.announcements { () async throws in
                #expect(try await users.changePassword(ada, from: "hash", to: "second") == 1)
                #expect(try await users.changePassword(ada, from: "hash", to: "late") == nil)
                #expect(try await users.changePassword(ada, from: "second", to: "third") == 2)
                #expect(try await users.changePassword(UserID(rawValue: 999), from: "hash", to: "x") == nil)
            }
            #expect(heard == ["tokens_revoked \(ada)", "tokens_revoked \(ada)"])
            let credentials = try await users.findCredentials(of: ada)
            #expect(credentials?.passwordHash == "third" && credentials?.tokenVersion == 2)
            #expect(try await users.revocations(withinSeconds: 60) == [ada: 2])
            #expect(try await users.findCredentials(of: bob)?.tokenVersion == 0)
            try await pool.execute(
                "UPDATE users SET tokens_revoked_at = tokens_revoked_at - interval '1 hour' WHERE id = \(ada)"
            )
            #expect(try await users.revocations(withinSeconds: 60).isEmpty)
            #expect(try await users.revocations(withinSeconds: 4000) == [ada: 2])
        }
    }

    @Test func oneOfManyWhoChangeAPasswordAtOnceSucceeds() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            let versions = try await withThrowingTaskGroup(of: Int?.self) { group in
                for number in 0..<8 {
                    group.addTask { try await Users(pool).changePassword(ada, from: "hash", to: "new \(number)") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(versions.compactMap(\.self) == [1])
        }
    }

    @Test func whatUsersEditIsShownAndAnnounced() async throws {
        try await withTestDatabase { pool in
            let users = Users(pool)
            let ada = try await pool.makeUser()
            let heard = try await pool.announcements { () async throws in
                try await users.setSignature(ada, to: "Hello")
                #expect(try await users.setPicture(.avatar, of: ada, key: "avatars/1") == .some(nil))
                #expect(try await users.setPicture(.background, of: ada, key: "backgrounds/1") == .some(nil))
                #expect(try await users.setPicture(.avatar, of: UserID(rawValue: 999), key: "avatars/2") == nil)
            }
            #expect(heard == Array(repeating: "users_changed \(ada)", count: 3))
            let profile = try await users.find(ada, viewer: nil)
            #expect(profile?.signature == "Hello")
            #expect(profile?.avatarKey == "avatars/1" && profile?.backgroundKey == "backgrounds/1")
            #expect(try await users.setPicture(.avatar, of: ada, key: nil) == "avatars/1")
            #expect(try await users.setPicture(.background, of: ada, key: nil) == "backgrounds/1")
            try await users.setSignature(ada, to: "")
            #expect(try await users.find(ada, viewer: nil) == UserProfile(id: ada, name: "ada"))
        }
    }

    @Test func aHeldSignatureLeavesTheOldOneUntilItIsReplaced() async throws {
        try await withTestDatabase { pool in
            let users = Users(pool)
            let ada = try await pool.makeUser()
            try await users.setSignature(ada, to: "Hello")
            try await users.setSignature(ada, to: nil, held: "Hm")
            #expect(try await users.find(ada, viewer: ada)?.signature == "Hello")
            #expect(try await Reviews(pool).list(limit: 9).map(\.text) == ["Hm"])
            try await users.setSignature(ada, to: "Better")
            #expect(try await users.find(ada, viewer: ada)?.signature == "Better")
            #expect(try await Reviews(pool).list(limit: 9).isEmpty)
        }
    }

    @Test(arguments: [
        "UPDATE users SET token_version = 1", "UPDATE users SET tokens_revoked_at = now()",
        "UPDATE users SET name_key = 'bob' WHERE name = 'ada'", "UPDATE users SET password_hash = ''",
        "UPDATE videos SET visibility = 'odd'", "INSERT INTO follows VALUES (1, 1)", "DELETE FROM users",
        "INSERT INTO comments (video_id, author_id, text) VALUES (1, 1, '')",
        "INSERT INTO conversations VALUES (2, 1, 0)",
        "INSERT INTO messages (from_id, to_id, content) VALUES (1, 2, '')",
        "INSERT INTO messages (from_id, to_id, content, sent_ms) VALUES (1, 2, 'a', 1), (2, 1, 'b', 1)",
    ])
    func theDatabaseItselfRefusesImpossibleStates(statement: String) async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser("ada")
            _ = try await pool.makeUser("bob")
            _ = try await pool.makeVideo(by: ada)
            await #expect(throws: PostgresError.self) { try await pool.execute(SQL(verbatim: statement)) }
        }
    }
}

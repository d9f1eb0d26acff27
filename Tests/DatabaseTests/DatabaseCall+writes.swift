import Database
import Domain
import Jobs
import Postgres
import Testing

/// What changes something: about videos.
extension DatabaseCall {
    static let videoWrites: [DatabaseCall] = [
        DatabaseCall("Videos.reserveID") { _, pool in _ = try await Videos(pool: pool).reserveID() },
        DatabaseCall("Videos.create") { place, pool in _ = try await pool.makeVideo(by: place.user) },
        DatabaseCall("Videos.recordProbe") { place, pool in
            let id = try await place.setup.makeVideo(by: place.user)
            let stream = VideoStream(
                index: 0,
                codec: "h264",
                width: 640,
                height: 360,
                pixelFormat: "yuv420p",
                sampleAspectRatio: 1,
                frameRate: 30
            )
            let info = MediaInfo(container: "mov,mp4", durationSeconds: 3, sizeBytes: 7, video: stream, audio: nil)
            try await Videos(pool: pool).recordProbe(id, info: info, in: pool)
        },
        DatabaseCall("Videos.publish") { place, pool in
            try await expect(pool.publish(place.setup.makeVideo(by: place.user)))
        },
        DatabaseCall("Videos.retire") { place, pool in
            try await Videos(pool: pool).retire("videos/1/1", of: place.user, after: .seconds(60), in: pool)
        },
        DatabaseCall("VideoParts.record") { place, pool in
            try await VideoParts(pool).record("0", of: place.video, prefix: "chunks/1/2", in: pool)
        },
        DatabaseCall("VideoParts.remove") { place, pool in
            try await VideoParts(pool).remove(of: place.video, in: pool)
        },
        DatabaseCall("Videos.fail") { place, pool in
            let id = try await place.setup.makeVideo(by: place.user)
            try await Videos(pool: pool).fail(id, code: "damaged", reason: "Damaged.", in: pool)
        },
        DatabaseCall("Videos.failVideo") { place, pool in
            let flow = try await place.makeFlow()
            try await Videos(pool: pool).failVideo(of: flow, code: "cancelled", reason: "Cancelled.", in: pool)
        },
        DatabaseCall("Videos.reopenVideo") { place, pool in
            let flow = try await place.makeFlow()
            try await Videos(pool: pool).failVideo(of: flow, code: "x", reason: "X.", in: place.setup)
            try await expect(Videos(pool: pool).reopenVideo(of: flow, in: pool))
        },
        DatabaseCall("Videos.hide") { place, pool in try await expect(Videos(pool: pool).hide(place.video)) },
        DatabaseCall("Videos.show") { place, pool in
            let id = try await place.setup.makeVideo(by: place.user, visibility: .held)
            try await place.setup.publish(id)
            try await expect(Videos(pool: pool).show(id))
        },
        DatabaseCall("Videos.remove") { place, pool in
            try await expect(Videos(pool: pool).remove(place.setup.makeVideo(by: place.user)))
        },
        DatabaseCall("Videos.isBeingWorkedOn") { place, pool in
            try await expect(Videos(pool: pool).isBeingWorkedOn(place.setup.makeVideo(by: place.user)))
        },
        DatabaseCall("Videos.erasure") { place, pool in
            let id = try await place.setup.makeVideo(by: place.user)
            try await expect(Videos(pool: place.setup).remove(id))
            try await expect(Videos(pool: pool).erasure(of: id)?.isLast ?? false)
        },
        DatabaseCall("Videos.isShown") { place, pool in
            let id = try await place.setup.makeVideo(by: place.user)
            try await place.setup.publish(id)
            try await expect(Videos(pool: pool).isShown("videos/\(id)/1"))
        },
        DatabaseCall("Videos.endStranded") { _, pool in _ = try await Videos(pool: pool).endStranded() },
        DatabaseCall("Videos.erase") { place, pool in
            let id = try await place.setup.makeVideo(by: place.user)
            try await expect(Videos(pool: place.setup).remove(id))
            try await Videos(pool: pool).erase(id, in: pool)
        },
        DatabaseCall("Videos.retireSources") { _, pool in
            _ = try await Videos(pool: pool).retireSources(olderThan: .seconds(100 * 365 * 86_400))
        },
    ]
}

/// What people do with videos and each other.
extension DatabaseCall {
    static let socialWrites: [DatabaseCall] = [
        DatabaseCall("Favorites.add") { place, pool in _ = try await Favorites(pool).add(place.video, by: place.user) },
        DatabaseCall("Favorites.remove") { place, pool in
            _ = try await Favorites(pool).remove(place.video, by: place.user)
        },
        DatabaseCall("Follows.add") { place, pool in
            let (user, other) = place.twoUsers
            try await expect(Follows(pool).add(other, by: user))
        },
        DatabaseCall("Follows.remove") { place, pool in
            let (user, other) = place.twoUsers
            try await expect(Follows(pool).remove(other, by: user))
        },
        DatabaseCall("Comments.add") { place, pool in
            _ = try await Comments(pool).add("Hello", to: place.hotVideo, by: place.user, isHeld: false)
        },
        DatabaseCall("Comments.delete") { place, pool in
            let user = place.user
            let id = try await place.makeComment(by: user, isHeld: false)
            try await expect(Comments(pool).delete(id, of: place.hotVideo, by: user) == .deleted)
        },
        DatabaseCall("Messages.send") { place, pool in
            for isHeld in [false, true] {
                let (user, other) = place.twoUsers
                try await expect(Messages(pool).send("Hello", from: user, to: other, isHeld: isHeld))
            }
        },
        DatabaseCall("CountLog.fold") { place, pool in
            _ = try await Favorites(place.setup).add(place.video, by: place.user)
            _ = try await Favorites(place.setup).add(place.hotVideo, by: place.setup.makeUser(place.newName))
            try await expect(CountLog(pool).fold() > 0)
        },
        DatabaseCall("CountLog.vacuum") { _, pool in try await CountLog(pool).vacuum() },
    ]
}

/// What people do to their accounts, and operators to texts.
extension DatabaseCall {
    static let accountWrites: [DatabaseCall] = [
        DatabaseCall("Users.create") { place, pool in _ = try await pool.makeUser(place.newName) },
        DatabaseCall("Users.rehash") { place, pool in
            try await Users(pool).rehash(place.user, from: "nobody logs in", to: "nobody logs in")
        },
        DatabaseCall("Users.changePassword") { place, pool in
            _ = try await Users(pool).changePassword(place.user, from: "nobody logs in", to: "nobody logs in")
        },
        DatabaseCall("Users.endSession") { place, pool in
            try await Users(pool).endSession(place.newName, of: place.user, expiresMilliseconds: place.milliseconds)
        },
        DatabaseCall("Users.endSessions") { place, pool in _ = try await Users(pool).endSessions(of: place.user) },
        DatabaseCall("Users.setSignature") { place, pool in try await Users(pool).setSignature(place.user, to: "Hello")
        },
        DatabaseCall("Users.setPicture") { place, pool in
            _ = try await Users(pool).setPicture(.avatar, of: place.user, key: "avatars/1")
            _ = try await Users(pool).setPicture(.background, of: place.user, key: nil)
        },
        DatabaseCall("Reviews.approve") { place, pool in
            for (kind, id) in try await place.holdTexts() { try await expect(Reviews(pool).approve(kind, id)) }
        },
        DatabaseCall("Reviews.refuse") { place, pool in
            for (kind, id) in try await place.holdTexts() { try await expect(Reviews(pool).refuse(kind, id)) }
        },
    ]

    static let all = reads() + reads(limit: longList) + videoWrites + uploadCalls + socialWrites + accountWrites
}

extension BusyPlace {
    var newName: String { "new \(Int.random(in: 0 ... .max))" }

    var twoUsers: (UserID, UserID) {
        let user = user
        return (user, UserID(rawValue: user.rawValue % scale.users + 1))
    }

    func makeFlow() async throws -> FlowID {
        let id = try await setup.makeVideo(by: user)
        let flow = try await setup.first("SELECT flow_id FROM videos WHERE id = \(id)", as: Int64.self)
        return FlowID(rawValue: try #require(flow))
    }

    func makeComment(by author: UserID, isHeld: Bool) async throws -> CommentID {
        try #require(try await Comments(setup).add("Hello", to: hotVideo, by: author, isHeld: isHeld)).id
    }

    /// One of each kind that waits for a review.
    func holdTexts() async throws -> [(HeldText.Kind, Int64)] {
        let video = try await setup.makeVideo(by: user, visibility: .held)
        try await setup.publish(video)
        let comment = try await makeComment(by: user, isHeld: true)
        let (user, other) = twoUsers
        let message = try await setup.first(
            "INSERT INTO messages (from_id, to_id, content) VALUES (\(user), \(other), 'Held') RETURNING id",
            as: Int64.self
        )
        let name = try Username(newName)
        let author = try await Users(setup).create(name, shownName: "Shown", isHeld: true, passwordHash: "hash")
        let id = try #require(author).rawValue
        try await Users(setup).setSignature(UserID(rawValue: id), to: nil, held: "Held")
        return [
            (.video, video.rawValue), (.comment, comment.rawValue), (.message, try #require(message)), (.name, id),
            (.signature, id),
        ]
    }
}

/// A closure whose only `try` is inside `#expect` would be taken for one that does not throw.
private func expect(_ isTrue: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(isTrue, sourceLocation: sourceLocation)
}

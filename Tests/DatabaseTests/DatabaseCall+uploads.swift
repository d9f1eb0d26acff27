import Database
import Domain
import Postgres
import TestSupport
import Testing

/// What uploads do on their way.
extension DatabaseCall {
    static let uploadCalls: [DatabaseCall] = [
        DatabaseCall("Uploads.create") { place, pool in _ = try await place.makeUpload(in: pool) },
        DatabaseCall("Uploads.find") { place, pool in
            _ = try await Uploads(pool).find(place.makeUpload(in: place.setup).id)
        },
        DatabaseCall("Uploads.claim") { place, pool in _ = try await place.claimUpload(in: pool) },
        DatabaseCall("Uploads.writer") { place, pool in
            _ = try await Uploads(pool).writer(of: place.makeUpload(in: place.setup).id)
        },
        DatabaseCall("Uploads.declare") { place, pool in
            let upload = try await place.claimUpload(in: place.setup, length: nil)
            #expect(try await Uploads(pool).declare(7, of: upload, quota: UploadQuota(bytesPerDay: .max)))
        },
        DatabaseCall("Uploads.reserve") { place, pool in
            let upload = try await place.claimUpload(in: place.setup, length: nil)
            _ = try await Uploads(pool).reserve(upTo: 10, of: upload, quota: UploadQuota(bytesPerDay: 1 << 40))
        },
        DatabaseCall("Uploads.acknowledge") { place, pool in
            let upload = try await place.claimUpload(in: place.setup)
            try await acknowledge(upload, in: pool)
        },
        DatabaseCall("Uploads.release") { place, pool in
            let upload = try await place.claimUpload(in: place.setup)
            #expect(try await Uploads(pool).release(upload.id, writer: upload.writer, isReceived: false))
        },
        DatabaseCall("Uploads.setCover") { place, pool in
            let upload = try await place.makeUpload(in: place.setup)
            #expect(try await Uploads(pool).setCover("sources/1/cover.jpg", of: upload.id))
        },
        DatabaseCall("Uploads.refuse") { place, pool in
            let upload = try await place.claimUpload(in: place.setup)
            let uploads = Uploads(pool)
            #expect(
                try await uploads.refuse(upload.id, writer: upload.writer, code: "not_a_video", reason: "No video.")
            )
        },
        DatabaseCall("Uploads.cancel") { place, pool in
            _ = try await Uploads(pool).cancel(place.makeUpload(in: place.setup).id)
        },
        DatabaseCall("Uploads.recordRemoval") { place, pool in
            try await Uploads(pool).recordRemoval(of: place.makeUpload(in: place.setup))
        },
        DatabaseCall("Uploads.stuck") { _, pool in _ = try await Uploads(pool).stuck() },
        DatabaseCall("Uploads.retry") { place, pool in
            _ = try await Uploads(pool).retry(place.makeUpload(in: place.setup).id)
        },
        DatabaseCall("Uploads.finish") { place, pool in
            var upload = try await place.claimUpload(in: place.setup)
            try await acknowledge(upload, in: place.setup)
            let id = try await Videos(pool: place.setup).reserveID()
            upload.videoID = id
            let video = NewVideo.sample(id, by: upload.authorID)
            _ = try await Uploads(pool).finish(upload, as: video, findsDuplicates: true)
        },
        DatabaseCall("Uploads.finishKnown") { place, pool in
            let id = try await Videos(pool: place.setup).reserveID()
            let name = String(UInt64(dice(place)), radix: 16)
            var new = NewUpload(id: name, authorID: place.user, kind: .whole, videoID: id, lengthBytes: 7)
            new.announcedSHA256 = [UInt8](repeating: 9, count: 32)
            let quota = UploadQuota(bytesPerDay: .max, videosPerHour: 1000, atOnce: 1000)
            _ = try await Uploads(pool).finishKnown(Uploads(place.setup).create(new, quota: quota))
        },
        DatabaseCall("Uploads.claimToFinish") { place, pool in
            let upload = try await place.claimUpload(in: place.setup)
            _ = try await Uploads(pool).claimToFinish(upload.id, counting: true)
        },
        DatabaseCall("Uploads.renewFinishing") { place, pool in
            _ = try await Uploads(pool).renewFinishing(place.claimUpload(in: place.setup))
        },
        DatabaseCall("Uploads.postpone") { place, pool in
            let upload = try await place.claimUpload(in: place.setup)
            _ = try await Uploads(pool).postpone(upload, because: "away", isOutage: true)
        },
        DatabaseCall("Uploads.receive") { place, pool in
            var upload = try await place.claimUpload(in: place.setup)
            upload.offsetBytes = 7
            #expect(try await Uploads(pool).receive(upload))
        },
        DatabaseCall("Uploads.expire") { _, pool in _ = try await Uploads(pool).expire() },
        DatabaseCall("Uploads.forget") { _, pool in _ = try await Uploads(pool).forget() },
        DatabaseCall("Uploads.leftBehind") { _, pool in _ = try await Uploads(pool).leftBehind(for: .seconds(60)) },
        DatabaseCall("Uploads.underWay") { place, pool in
            _ = try await Uploads(pool).underWay(among: [place.makeUpload(in: place.setup).id])
        },
    ]

    private static func dice(_ place: BusyPlace) -> Int64 { place.dice.roll(1...Int64.max) }

    private static func acknowledge(_ upload: UploadRecord, in pool: PostgresPool) async throws {
        let uploads = Uploads(pool)
        #expect(
            try await uploads.acknowledge(upload.id, writer: upload.writer, offset: 7, head: [1], placement: nil)
        )
    }
}

extension BusyPlace {
    fileprivate func makeUpload(in pool: PostgresPool, length: Int64? = 7) async throws -> UploadRecord {
        let id = String(UInt64(dice.roll(1...Int64.max)), radix: 16)
        let new = NewUpload(id: id, authorID: user, kind: .whole, videoID: nil, lengthBytes: length)
        return try await Uploads(pool).create(
            new,
            quota: UploadQuota(bytesPerDay: .max, videosPerHour: 1000, atOnce: 1000)
        )
    }

    fileprivate func claimUpload(in pool: PostgresPool, length: Int64? = 7) async throws -> UploadRecord {
        let upload = try await makeUpload(in: setup, length: length)
        return try #require(try await Uploads(pool).claim(upload.id, isWriting: true))
    }
}

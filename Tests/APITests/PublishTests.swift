import Crypto
import Database
import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Postgres
import TestSupport
import Testing

@testable import API

@Suite struct PublishTests {
    @Test func anUploadIsStoredAndQueuedAndSeenByItsAuthorAtOnce() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            #expect(try await api.publish(title: "First light", token: ada.token).code == 0)
            let list = try await api.get("/douyin/publish/list/?user_id=\(ada.id)&token=\(ada.token)").videos
            let video = try #require(list.first)
            let id = try #require(video["id"] as? Int64)
            #expect(list.count == 1)
            #expect(video["title"] as? String == "First light")
            #expect(video["status"] as? String == "processing")
            #expect(video["status_reason"] as? String == "")
            #expect(video["play_url"] as? String == "\(TestAPI.base)/v/\(id)/play.mp4")
            #expect(video["cover_url"] as? String == "\(TestAPI.base)/v/\(id)/cover.jpg")
            #expect(video["is_favorite"] as? Bool == false)
            #expect(video["favorite_count"] as? Int == 0 && video["comment_count"] as? Int == 0)
            #expect((video["author"] as? [String: Any])?["name"] as? String == "ada")
            #expect((video["author"] as? [String: Any])?["work_count"] as? Int == 1)
            #expect(api.files == ["sources/\(id)/source"])
            #expect(try Data(contentsOf: URL(filePath: "\(api.folder)/sources/\(id)/source")) == Data(Clip.bytes))
            let row = try await api.pool.first(
                "SELECT source_key, source_bytes, source_sha256 FROM videos WHERE id = \(id)",
                as: (String, Int, [UInt8]).self
            )
            let stored = try #require(row)
            #expect(stored.0 == "sources/\(id)/source" && stored.1 == Clip.bytes.count)
            #expect(stored.2 == Array(SHA256.hash(data: Data(Clip.bytes))))
            let jobs = try await api.pool.first(
                "SELECT count(*) FROM jobs.job WHERE kind = 'probe_video'",
                as: Int.self
            )
            #expect(jobs == 1)
        }
    }

    @Test func othersSeeAVideoOnceItIsPlayable() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let eve = try await api.register("eve")
            _ = try await api.publish(token: ada.token)
            let list = "/douyin/publish/list/?user_id=\(ada.id)"
            let id = try #require(try await api.get("\(list)&token=\(ada.token)").videos.first?["id"] as? Int64)
            for uri in [list, "\(list)&token=\(eve.token)", "/douyin/feed/", "/douyin/feed/?token=\(ada.token)"] {
                #expect(try await api.get(uri).videos.isEmpty, "\(uri)")
            }
            #expect(try await api.get("/douyin/user/?user_id=\(ada.id)").user["work_count"] as? Int == 0)
            try await api.makeReady(id, lease: 7)
            for uri in [list, "\(list)&token=\(eve.token)", "\(list)&token=\(ada.token)", "/douyin/feed/"] {
                let video = try #require(try await api.get(uri).videos.first)
                #expect(video["play_url"] as? String == "\(TestAPI.base)/media/videos/\(id)/7/play.mp4")
                #expect(video["cover_url"] as? String == "\(TestAPI.base)/media/videos/\(id)/7/cover.jpg")
                #expect(video["status"] as? String == "ready")
            }
            #expect(try await api.get("/douyin/user/?user_id=\(ada.id)").user["work_count"] as? Int == 1)
        }
    }

    @Test func aFailedVideoTellsItsAuthorWhyAndNobodyElse() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            _ = try await api.publish(token: ada.token)
            let list = "/douyin/publish/list/?user_id=\(ada.id)"
            let id = try #require(try await api.get("\(list)&token=\(ada.token)").videos.first?["id"] as? Int64)
            try await api.videos.fail(.init(rawValue: id), code: "damaged", reason: "It is damaged.", in: api.pool)
            let video = try #require(try await api.get("\(list)&token=\(ada.token)").videos.first)
            #expect(video["status"] as? String == "failed")
            #expect(video["status_reason"] as? String == "It is damaged.")
            #expect(try await api.get(list).videos.isEmpty)
        }
    }

    @Test(arguments: [0, 1, 2, 3]) func theOrderOfThePartsDoesNotMatter(order: Int) async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            var form = MultipartForm()
            if order != 0 { form.add("token", Array(ada.token.utf8)) }
            if order == 2 { form.add("title", Array("A title".utf8)) }
            form.add("data", filename: order == 3 ? nil : "C:\\videos\\a.mp4", Clip.bytes)
            if order == 0 { form.add("token", Array(ada.token.utf8)) }
            if order != 2 { form.add("title", Array("A title".utf8)) }
            form.add("extra", filename: "extra.bin", [1, 2, 3])
            #expect(try await api.publish(form).code == 0)
            #expect(api.files.count == 1)
        }
    }

    @Test func tokenAndTitleMayRideInTheQuery() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            var form = MultipartForm()
            form.add("data", filename: "a.mp4", Clip.bytes)
            form.add("title", Array("from the body".utf8))
            form.add("token", Array("wrong, but the query wins".utf8))
            let answer = try await api.publish(form, query: "?token=\(ada.token)&title=from+the+query")
            #expect(answer.code == 0)
            let list = try await api.get("/douyin/publish/list/?token=\(ada.token)").videos
            #expect(list.first?["title"] as? String == "from the query")
        }
    }

    @Test func whatIsMissingIsNamedAndNothingIsLeft() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let noTitle = try await api.publish(title: nil, token: ada.token)
            #expect(noTitle.code == 40001 && noTitle.message.contains("title"))
            let emptyTitle = try await api.publish(title: " ", token: ada.token)
            #expect(emptyTitle.code == 40005 && emptyTitle.message.contains("1 to 200"))
            let longTitle = try await api.publish(title: String(repeating: "电", count: 201), token: ada.token)
            #expect(longTitle.code == 40005 && longTitle.message.contains("1 to 200"))
            let noToken = try await api.publish(token: nil)
            #expect(noToken.code == 40101 && noToken.message.contains("Log in"))
            let wrongToken = try await api.publish(token: "wrong")
            #expect(wrongToken.code == 40102)
            var noFile = MultipartForm()
            noFile.add("token", Array(ada.token.utf8))
            noFile.add("title", Array("A title".utf8))
            let missing = try await api.publish(noFile)
            #expect(missing.code == 40001 && missing.message.contains("data"))
            #expect(api.files == [])
            let counts = try await api.pool.first(
                "SELECT (SELECT count(*) FROM videos), (SELECT count(*) FROM jobs.job)",
                as: (Int, Int).self
            )
            #expect(try #require(counts) == (0, 0))
            #expect(try await api.publish(title: String(repeating: "电", count: 200), token: ada.token).code == 0)
        }
    }

    @Test(
        arguments: [
            ([], "empty"), (Array("#!/bin/sh\nrm -rf /\n".utf8), "script"),
            (Array("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n".utf8), "playlist"),
            (Array("ffconcat version 1.0\nfile /etc/passwd\n".utf8), "playlist"), (Array("Hello, world".utf8), "text"),
            ([0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10], "picture"), (Array("PK\u{3}\u{4}".utf8), "archive"),
            (Array("ID3\u{4}\0\0".utf8), "sound"),
            ((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 89 ^ $0 >> 3) }, "not a video"),
        ] as [([UInt8], String)]
    )
    func whatIsNoVideoIsRefusedInWords(bytes: [UInt8], words: String) async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let answer = try await api.publish(bytes, token: ada.token)
            #expect(answer.status == .ok)
            #expect(answer.code == 40008)
            #expect(answer.message.contains(words), "\(answer.message)")
            #expect(api.files == [])
        }
    }

    @Test func theSameRequestAgainIsTheSameVideoAndAnotherTitleANewOne() async throws {
        try await withAPI { (api) async throws in
            let (ada, eve) = (try await api.register("ada"), try await api.register("eve"))
            #expect(try await api.publish(title: "First", token: ada.token).code == 0)
            let again = try await api.publish(title: "First", token: ada.token)
            #expect(again.code == 0 && again.message.contains("before"))
            #expect(try await api.publish(title: "Second", token: ada.token).message == "success")
            let list = try await api.get("/douyin/publish/list/?token=\(ada.token)").videos
            #expect(list.map { $0["title"] as? String } == ["Second", "First"])
            // The bytes are kept once, and work on them is done once.
            #expect(api.files.count == 1)
            #expect(try await api.pool.first("SELECT count(*) FROM jobs.job", as: Int.self) == 1)
            let first = try #require(list.last?["id"] as? Int64)
            try await api.makeReady(first)
            #expect(try await api.publish(title: "Third", token: ada.token).message == "success")
            while try await api.get("/douyin/feed/").videos.count < 3 { try await Task.sleep(for: .milliseconds(2)) }
            let feed = try await api.get("/douyin/feed/").videos
            #expect(feed.map { $0["title"] as? String } == ["Third", "Second", "First"])
            let address = "\(TestAPI.base)/media/videos/\(first)/1/play.mp4"
            #expect(feed.allSatisfy { $0["play_url"] as? String == address })
            #expect(try await api.publish(token: eve.token).message == "success")
            #expect(api.files.count == 2)
        }
    }

    @Test func whatIsTooMuchIsRefusedUntilLater() async throws {
        let quota = UploadQuota(videosPerHour: 2, atOnce: 1)
        try await withAPI(configure: { $0.uploadQuota = quota }) { (api) async throws in
            let ada = try await api.register("ada")
            for number in 1...2 {
                #expect(try await api.publish(Clip.make(size: 5000 + number), token: ada.token).code == 0)
            }
            let answer = try await api.publish(token: ada.token)
            #expect(answer.status == .tooManyRequests && answer.code == 42903)
            #expect(answer.message.contains("2 videos an hour"))
            let wait = try #require(answer.headers[.retryAfter].flatMap { Int($0) })
            #expect((3500...3600).contains(wait))
            #expect(api.files.count == 2)
            // What was refused counts for nothing.
            let eve = try await api.register("eve")
            #expect(try await api.publish(Array("no video".utf8), token: eve.token).code == 40008)
            #expect(try await api.publish(token: eve.token).code == 0)
        }
    }

    @Test func aFileThatIsTooLargeIsRefusedWithTheLimit() async throws {
        try await withAPI(configure: { $0.uploadMaxBytes = 100_000 }) { (api) async throws in
            let ada = try await api.register("ada")
            #expect(try await api.publish(Clip.make(size: 100_000), token: ada.token).code == 0)
            let answer = try await api.publish(Clip.make(size: 100_001), token: ada.token)
            #expect(answer.code == 41302)
            #expect(answer.message.contains("100000 bytes"))
            #expect(answer.headers[.connection] == "close")
            #expect(api.files.count == 1)
        }
    }

    @Test func aFormThatCannotBeReadIsRefused() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            var form = MultipartForm()
            form.add("token", Array(ada.token.utf8))
            form.add("title", Array("A title".utf8))
            form.add("data", filename: "a.mp4", Clip.bytes)
            let cut = try await api.send(
                .post,
                "/douyin/publish/action/",
                headers: [.contentType: form.contentType],
                body: form.truncated
            )
            #expect(try Answer(cut).code == 40006)
            for type in ["application/octet-stream", "multipart/form-data", ""] {
                let response = try await api.send(
                    .post,
                    "/douyin/publish/action/?token=\(ada.token)",
                    headers: [.contentType: type],
                    body: form.body
                )
                #expect(try Answer(response).code == 40006)
            }
            form.add("data", filename: "b.mp4", Clip.bytes)
            #expect(try await api.publish(form).code == 40006)
            #expect(api.files == [])
        }
    }

    @Test func aTokenWhoseAccountIsGoneLeavesNothing() async throws {
        try await withAPI { (api) async throws in
            let answer = try await api.publish(token: try await api.tokens.issue(to: .init(rawValue: 999), version: 0))
            #expect(answer.code == 40102 && answer.message.contains("account"))
            #expect(api.files == [])
        }
    }

    @Test func theListOfAnUnknownUserIsRefused() async throws {
        try await withAPI { (api) async throws in
            let unknown = try await api.get("/douyin/publish/list/?user_id=999")
            #expect(unknown.code == 40402)
            #expect(unknown.json["video_list"] as? [String] == [])
            #expect(try await api.get("/douyin/publish/list/").code == 40001)
            let ada = try await api.register("ada")
            let empty = try await api.get("/douyin/publish/list?user_id=\(ada.id)")
            #expect(empty.code == 0 && empty.json["video_list"] as? [String] == [])
        }
    }

    /// A disk that is full answers in words and keeps nothing.
    @Test func aFullDiskIsAClearRefusal() async throws {
        try await withTemporaryFolder { folder in
            let disk = try TinyDisk(in: folder)
            defer { withExtendedLifetime(disk) {} }
            let tooMuch = Clip.make(size: disk.isMounted ? 9_000_000 : 110_000_000)
            try await withAPI(storage: disk.path) { (api) async throws in
                let ada = try await api.register("ada")
                let answer = try await api.publish(tooMuch, token: ada.token)
                #expect(answer.status == .ok && answer.code == 50701, "\(answer.json)")
                #expect(answer.message.contains("full"))
                #expect(api.files.isEmpty)
                #expect(try await api.get("/douyin/publish/list/?token=\(ada.token)").videos.isEmpty)
                #expect(try await api.publish(Clip.make(size: 1_000_000), token: ada.token).code == 0)
            }
        }
    }
}

import Crypto
import Foundation
import HTTPTypes
import HummingbirdTesting
import Postgres
import Testing

@testable import API

@Suite struct TusTests {
    private func withTus(
        configure: (inout APIConfiguration) -> Void = { _ in },
        _ test: @Sendable (TusClient, TestAPI) async throws -> Void
    ) async throws {
        try await withAPI(configure: configure) { (api) async throws in
            try await test(TusClient(api: api, token: try await api.register("ada").token), api)
        }
    }

    @Test func anUploadInPiecesBecomesAVideo() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: Clip.bytes.count, title: "First light")
            #expect(try await tus.offset(of: address) == 0)
            var offset = 0
            for end in [1, 1000, 4096, 50_001, Clip.bytes.count] {
                let response = try await tus.patch(address, at: offset, Clip.bytes[offset..<end])
                #expect(response.status == .noContent)
                #expect(response.headers[.uploadOffset] == "\(end)")
                offset = end
                #expect(try await tus.offset(of: address) == offset)
            }
            let document = try await tus.document(address)
            let id = try #require(document["video_id"] as? Int)
            #expect(document["state"] as? String == "finished")
            #expect(api.files == ["sources/\(id)/source"])
            #expect(try Data(contentsOf: URL(filePath: "\(api.folder)/sources/\(id)/source")) == Data(Clip.bytes))
            let row = try await api.pool.first(
                "SELECT title, source_bytes, source_sha256 FROM videos WHERE id = \(id)",
                as: (String, Int, [UInt8]).self
            )
            #expect(row?.0 == "First light" && row?.1 == Clip.bytes.count)
            #expect(row?.2 == Array(SHA256.hash(data: Data(Clip.bytes))))
            let jobs = "SELECT count(*) FROM jobs.job WHERE kind = 'probe_video'"
            #expect(try await api.pool.first(SQL(verbatim: jobs), as: Int.self) == 1)
        }
    }

    /// A client that asks before it sends need not send; one that sends all the same is none the wiser.
    @Test func whatIsKnownIsFinishedAtOnce() async throws {
        try await withTus { (tus, api) async throws in
            let digest = SHA256.hash(data: Data(Clip.bytes)).map { String(format: "%02x", $0) }.joined()
            func announce(_ title: String, _ more: [(String, String)] = []) async throws -> TestResponse {
                var headers = TusClient.creation(length: Clip.bytes.count, title: nil)
                headers[.uploadMetadata] = TusClient.metadata([("title", title), ("sha256", digest)] + more)
                return try await tus.send(.post, "/api/v1/uploads", headers)
            }
            let first = try await announce("First")
            #expect(first.headers[.uploadOffset] == "0" && first.headers[.uploadVideo] == nil)
            let address = try #require(first.headers[.location])
            #expect(try await tus.patch(address, at: 0, Clip.bytes).status == .noContent)
            let files = api.files
            let known = try await announce("Second")
            #expect(known.status == .created && known.headers[.uploadOffset] == "\(Clip.bytes.count)")
            let location = try #require(known.headers[.location])
            let document = try await tus.document(location)
            let id = try #require(document["video_id"] as? Int)
            #expect(document["state"] as? String == "finished" && document["is_duplicate"] as? Bool == false)
            #expect(known.headers[.uploadVideo] == "/api/v1/videos/\(id)")
            #expect(try await tus.offset(of: location) == Clip.bytes.count)
            // In one piece, as most clients send it, or in several.
            for end in [Clip.bytes.count, 1000] {
                let sent = try await tus.patch(location, at: 0, Clip.bytes[..<end])
                #expect(sent.status == .noContent && sent.headers[.uploadOffset] == "\(Clip.bytes.count)")
            }
            #expect(api.files == files)
            // The same request again is the same video; with an image to come the bytes are waited for.
            let again = try #require(try await announce("Second").headers[.location])
            let repeated = try await tus.document(again)
            #expect(repeated["video_id"] as? Int == id && repeated["is_duplicate"] as? Bool == true)
            #expect(try await announce("Third", [("cover_follows", "yes")]).headers[.uploadOffset] == "0")
        }
    }

    @Test func theServerSaysWhatItCan() async throws {
        try await withTus { (tus, api) async throws in
            let response = try await api.send(.options, "/api/v1/uploads")
            #expect(response.status == .noContent)
            #expect(response.headers[.tusVersion] == "1.0.0" && response.headers[.tusResumable] == "1.0.0")
            #expect(response.headers[.tusMaxSize] == "\(4 << 30)")
            #expect(response.headers[.tusChecksumAlgorithm] == "sha1,sha256,md5")
            let extensions = try #require(response.headers[.tusExtension]).split(separator: ",")
            #expect(
                Set(extensions) == [
                    "creation", "creation-with-upload", "creation-defer-length", "checksum", "expiration",
                    "termination", "concatenation",
                ]
            )
        }
    }

    @Test func aBrowserOfAnyOriginMayUpload() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: Clip.bytes.count)
            let preflight = try await api.send(.options, address, headers: [.origin: "https://example.com"])
            #expect(preflight.headers[.accessControlAllowOrigin] == "*")
            #expect(preflight.headers[.accessControlAllowMethods]?.contains("PATCH") == true)
            #expect(preflight.headers[.accessControlAllowHeaders]?.contains("Upload-Offset") == true)
            for response in [
                try await tus.send(.head, address), try await tus.patch(address, at: 5, [1]),
                try await api.send(.get, "\(address)?token=\(tus.token)"),
            ] {
                #expect(response.headers[.accessControlAllowOrigin] == "*")
                #expect(response.headers[.accessControlExposeHeaders]?.contains("Upload-Offset") == true)
            }
        }
    }

    @Test func aRequestOfAnotherVersionIsRefused() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: 100_000)
            for version in ["0.2.2", "2.0.0", ""] {
                let response = try await tus.send(.head, address, [.tusResumable: version])
                #expect(response.status == .preconditionFailed)
                #expect(response.headers[.tusVersion] == "1.0.0")
            }
            let bare = try await api.send(.patch, address, headers: [.authorization: "Bearer \(tus.token)"])
            #expect(bare.status == .preconditionFailed && bare.code == "unsupported_version")
        }
    }

    @Test func whoMayNotIsToldSo() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: 100_000)
            let eve = TusClient(api: api, token: try await api.register("eve").token)
            #expect(try await eve.send(.head, address).status == .notFound)
            #expect(try await eve.patch(address, at: 0, Clip.bytes).code == "unknown_upload")
            #expect(try await eve.send(.delete, address).status == .notFound)
            let nobody = try await api.send(.head, address, headers: [.tusResumable: "1.0.0"])
            #expect(nobody.status == .unauthorized && nobody.headers[.uploadOffset] == nil)
            #expect(
                try await api.send(.head, "\(address)?token=\(tus.token)", headers: [.tusResumable: "1.0.0"]).status
                    == .ok
            )
            #expect(try await tus.send(.head, "/api/v1/uploads/0123456789abcdef").status == .notFound)
            #expect(address.wholeMatch(of: /\/api\/v1\/uploads\/[0-9a-f]{32}/) != nil)
        }
    }

    @Test func aCreationThatCannotBeIsRefused() async throws {
        try await withTus(configure: { $0.uploadMaxBytes = 1_000_000 }) { (tus, api) async throws in
            func refusal(_ headers: HTTPFields) async throws -> String {
                let response = try await tus.send(.post, "/api/v1/uploads", headers)
                return "\(response.status.code) \(response.code ?? "")"
            }
            let title = TusClient.metadata([("title", "A title")])
            #expect(try await refusal([.uploadMetadata: title]) == "400 missing_parameter")
            #expect(try await refusal([.uploadLength: "-1", .uploadMetadata: title]) == "400 invalid_parameter")
            #expect(try await refusal([.uploadLength: "1e3", .uploadMetadata: title]) == "400 invalid_parameter")
            #expect(try await refusal([.uploadLength: "0", .uploadMetadata: title]) == "400 not_a_video")
            #expect(try await refusal([.uploadLength: "1000001", .uploadMetadata: title]) == "413 file_too_large")
            #expect(
                try await refusal([.uploadLength: "1", .uploadDeferLength: "1", .uploadMetadata: title]).hasPrefix(
                    "400"
                )
            )
            #expect(try await refusal([.uploadDeferLength: "2", .uploadMetadata: title]).hasPrefix("400"))
            #expect(try await refusal([.uploadLength: "10"]) == "400 missing_parameter")
            #expect(try await refusal([.uploadLength: "10", .uploadMetadata: "title ?"]) == "400 invalid_parameter")
            #expect(
                try await refusal([.uploadLength: "10", .uploadMetadata: "\(title),\(title)"])
                    == "400 invalid_parameter"
            )
            let long = TusClient.metadata([("title", String(repeating: "x", count: 201))])
            #expect(try await refusal([.uploadLength: "10", .uploadMetadata: long]) == "400 invalid_title")
            let pipeline = TusClient.metadata([("title", "A title"), ("pipeline", "none")])
            #expect(try await refusal([.uploadLength: "10", .uploadMetadata: pipeline]) == "400 invalid_parameter")
            let checksum = TusClient.metadata([("title", "A title"), ("sha256", "abc")])
            #expect(try await refusal([.uploadLength: "10", .uploadMetadata: checksum]) == "400 invalid_parameter")
            #expect(try await api.pool.first("SELECT count(*) FROM uploads", as: Int.self) == 0)
            _ = try await tus.create(length: 1_000_000)
        }
    }

    @Test func theNameOfTheFileIsATitleWhereThereIsNone() async throws {
        try await withTus { (tus, api) async throws in
            let names = TusClient.metadata([("filename", "../videos/First light.mp4"), ("filetype", "video/mp4")])
            let address = try await tus.create(length: Clip.bytes.count, title: nil, [.uploadMetadata: names])
            #expect(try await tus.send(.head, address).headers[.uploadMetadata] == names)
            #expect(try await tus.patch(address, at: 0, Clip.bytes).status == .noContent)
            #expect(try await api.pool.first("SELECT title FROM videos", as: String.self) == "First light")
        }
    }

    @Test func aPieceThatDoesNotFitIsRefused() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: Clip.bytes.count)
            #expect(try await tus.patch(address, at: 0, Clip.bytes[..<1000]).status == .noContent)
            for offset in [0, 999, 1001] {
                let response = try await tus.patch(address, at: offset, Clip.bytes[1000..<2000])
                #expect(response.status == .conflict && response.headers[.uploadOffset] == "1000")
            }
            let typeless = try await tus.patch(address, at: 1000, [1], [.contentType: "application/octet-stream"])
            #expect(typeless.status == .unsupportedMediaType && typeless.code == "wrong_content_type")
            let unplaced = try await tus.send(.patch, address, [.contentType: TusClient.offsetStream], body: [1])
            #expect(unplaced.status == .badRequest)
            let long = try await tus.patch(address, at: 1000, Clip.bytes)
            #expect(long.status == .contentTooLarge && long.code == "longer_than_declared")
            #expect(try await tus.offset(of: address) == 1000)
        }
    }

    @Test(arguments: UploadChecksum.Algorithm.allCases)
    func aWrongChecksumKeepsTheOffset(algorithm: UploadChecksum.Algorithm) async throws {
        try await withTus { (tus, api) async throws in
            func header(_ bytes: some Sequence<UInt8>) -> HTTPFields {
                let data = Data(bytes)
                let digest: Data =
                    switch algorithm {
                    case .sha1: Data(Insecure.SHA1.hash(data: data))
                    case .sha256: Data(SHA256.hash(data: data))
                    case .md5: Data(Insecure.MD5.hash(data: data))
                    }
                return [.uploadChecksum: "\(algorithm.rawValue) \(digest.base64EncodedString())"]
            }
            let address = try await tus.create(length: Clip.bytes.count)
            let (first, rest) = (Clip.bytes[..<70_000], Clip.bytes[70_000...])
            #expect(try await tus.patch(address, at: 0, first, header(first)).status == .noContent)
            let damaged = try await tus.patch(address, at: 70_000, rest.map { ~$0 }, header(rest))
            #expect(damaged.status.code == 460 && damaged.code == "checksum_mismatch")
            #expect(try await tus.offset(of: address) == 70_000)
            #expect(try await tus.patch(address, at: 70_000, rest, header(rest)).headers[.uploadOffset] == "100000")
            let sha256 = try await api.pool.first("SELECT source_sha256 FROM videos", as: [UInt8].self)
            #expect(sha256 == Array(SHA256.hash(data: Data(Clip.bytes))))
        }
    }

    @Test(arguments: ["crc32 AAAA", "sha1", "sha1 ?"]) func aChecksumThatIsNoneIsRefused(header: String) async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: Clip.bytes.count)
            let response = try await tus.patch(address, at: 0, Clip.bytes, [.uploadChecksum: header])
            #expect(response.status == .badRequest)
            #expect(try await tus.offset(of: address) == 0)
        }
    }

    @Test func theWholeIsComparedWithTheChecksumThatWasAnnounced() async throws {
        try await withTus { (tus, api) async throws in
            let hex = SHA256.hash(data: Data(Clip.bytes)).map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
            let metadata = TusClient.metadata([("title", "A title"), ("sha256", hex)])
            let wrong = try await tus.create(length: Clip.bytes.count, title: nil, [.uploadMetadata: metadata])
            var bytes = Clip.bytes
            bytes[90_000] ^= 1
            #expect(try await tus.patch(wrong, at: 0, bytes).status.code == 460)
            #expect(try await tus.send(.head, wrong).status == .gone)
            #expect(api.files == [])
            let right = try await tus.create(length: Clip.bytes.count, title: nil, [.uploadMetadata: metadata])
            #expect(try await tus.patch(right, at: 0, Clip.bytes).status == .noContent)
            #expect(try await tus.document(right)["video_id"] is Int)
        }
    }

    @Test func whatIsNoVideoIsRefusedAtTheFirstBytes() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: 100_000)
            let script = Array("#!/bin/sh\nrm -rf /\n".utf8) + Array(repeating: 10, count: 5000)
            #expect(try await tus.patch(address, at: 0, script[..<100]).status == .noContent)
            let response = try await tus.patch(address, at: 100, script[100...])
            #expect(response.status == .badRequest && response.code == "not_a_video")
            let gone = try await tus.send(.head, address)
            #expect(gone.status == .gone && gone.headers[.uploadOffset] == nil)
            #expect(try await tus.patch(address, at: 100, [1]).code == "upload_gone")
            #expect(api.files == [])
            let short = try await tus.create(length: 5)
            #expect(try await tus.patch(short, at: 0, Array("hello".utf8)).code == "not_a_video")
        }
    }

    @Test func anUploadThatIsCancelledIsGone() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: Clip.bytes.count)
            #expect(try await tus.patch(address, at: 0, Clip.bytes[..<50_000]).status == .noContent)
            #expect(api.files.count == 1)
            #expect(try await tus.send(.delete, address).status == .noContent)
            #expect(api.files == [])
            #expect(try await tus.send(.head, address).status == .gone)
            #expect(try await tus.send(.delete, address).status == .gone)
            #expect(try await tus.patch(address, at: 50_000, [1]).status == .gone)
        }
    }

    @Test func theLengthMayComeLater() async throws {
        try await withTus(configure: { $0.uploadMaxBytes = 200_000 }) { (tus, api) async throws in
            let address = try await tus.create(length: nil)
            let head = try await tus.send(.head, address)
            #expect(head.headers[.uploadDeferLength] == "1" && head.headers[.uploadLength] == nil)
            #expect(try await tus.patch(address, at: 0, Clip.bytes[..<60_000]).status == .noContent)
            let tooLong = try await tus.patch(address, at: 60_000, [1], [.uploadLength: "200001"])
            #expect(tooLong.code == "file_too_large")
            let tooShort = try await tus.patch(address, at: 60_000, [1], [.uploadLength: "59999"])
            #expect(tooShort.status == .badRequest)
            let last = try await tus.patch(address, at: 60_000, Clip.bytes[60_000...], [.uploadLength: "100000"])
            #expect(last.status == .noContent)
            #expect(try await tus.send(.head, address).headers[.uploadLength] == "100000")
            #expect(try await tus.document(address)["video_id"] is Int)
            let endless = try await tus.create(length: nil)
            #expect(try await tus.patch(endless, at: 0, Clip.make(size: 200_001)).code == "file_too_large")
        }
    }

    @Test func theCreationMayBringBytes() async throws {
        try await withTus { (tus, api) async throws in
            var headers = TusClient.creation(length: Clip.bytes.count, title: "A title")
            headers[.contentType] = TusClient.offsetStream
            let part = try await tus.send(.post, "/api/v1/uploads", headers, body: Array(Clip.bytes[..<40_000]))
            #expect(part.status == .created && part.headers[.uploadOffset] == "40000")
            let address = try #require(part.headers[.location])
            #expect(try await tus.patch(address, at: 40_000, Clip.bytes[40_000...]).status == .noContent)
            let other = Clip.make(size: 30_000)
            headers[.uploadLength] = "30000"
            let whole = try await tus.send(.post, "/api/v1/uploads", headers, body: other)
            #expect(whole.status == .created && whole.headers[.uploadOffset] == "30000")
            #expect(try await tus.document(try #require(whole.headers[.location]))["video_id"] is Int)
            headers[.contentType] = "video/mp4"
            #expect(try await tus.send(.post, "/api/v1/uploads", headers, body: other).status == .unsupportedMediaType)
            headers[.contentType] = TusClient.offsetStream
            headers[.uploadChecksum] = "sha1 AAAA"
            #expect(try await tus.send(.post, "/api/v1/uploads", headers, body: other).status.code == 460)
            // Nobody was told where these are, so nobody will go on with them.
            let states = try await api.pool.query("SELECT state FROM uploads ORDER BY created_at", as: String.self)
            #expect(states == ["finished", "finished", "cancelled", "cancelled"])
        }
    }

    @Test func uploadsSideBySideBecomeOneVideo() async throws {
        try await withTus { (tus, api) async throws in
            let partial: HTTPFields = [.uploadConcat: "partial"]
            let first = try await tus.create(length: 60_000, title: nil, partial)
            let second = try await tus.create(length: 40_000, title: nil, partial)
            #expect(try await tus.patch(second, at: 0, Clip.bytes[60_000...]).status == .noContent)
            var final: HTTPFields = [.uploadConcat: "final;\(first) https://example.com\(second)"]
            final[.uploadMetadata] = TusClient.metadata([("title", "Joined")])
            #expect(try await tus.send(.post, "/api/v1/uploads", final).status == .badRequest)
            #expect(try await tus.patch(first, at: 0, Clip.bytes[..<60_000]).status == .noContent)
            #expect(try await tus.send(.head, first).headers[.uploadConcat] == "partial")
            let created = try await tus.send(.post, "/api/v1/uploads", final)
            #expect(created.status == .created)
            let address = try #require(created.headers[.location])
            let head = try await tus.send(.head, address)
            #expect(head.headers[.uploadLength] == "100000" && head.headers[.uploadOffset] == "100000")
            #expect(head.headers[.uploadConcat] == "final;\(first) \(second)")
            #expect(try await tus.patch(address, at: 100_000, [1]).status == .forbidden)
            let stored = try await api.pool.first("SELECT title, source_sha256 FROM videos", as: (String, [UInt8]).self)
            #expect(stored?.0 == "Joined" && stored?.1 == Array(SHA256.hash(data: Data(Clip.bytes))))
            let files = api.files.count
            #expect(try await tus.send(.delete, first).status == .noContent)
            #expect(try await tus.send(.head, first).status == .gone)
            #expect(api.files.count == files - 1)
            final[.uploadLength] = "100000"
            #expect(try await tus.send(.post, "/api/v1/uploads", final).status == .badRequest)
        }
    }

    @Test func theMethodMayRideInAHeader() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: Clip.bytes.count)
            var headers: HTTPFields = [.uploadOffset: "0", .contentType: TusClient.offsetStream]
            headers[.methodOverride] = "PATCH"
            #expect(try await tus.send(.post, address, headers, body: Array(Clip.bytes[..<10])).status == .noContent)
            #expect(try await tus.send(.post, address, [.methodOverride: "HEAD"]).headers[.uploadOffset] == "10")
            #expect(try await tus.send(.post, address, [.methodOverride: "DELETE"]).status == .noContent)
            #expect(try await tus.send(.post, address).status == .methodNotAllowed)
        }
    }

    @Test func anAnswerThatWasNotHeardCanBeAskedForAgain() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: Clip.bytes.count)
            #expect(try await tus.patch(address, at: 0, Clip.bytes).status == .noContent)
            #expect(try await tus.patch(address, at: Clip.bytes.count, []).status == .noContent)
            #expect(try await tus.patch(address, at: 0, Clip.bytes).status == .conflict)
            #expect(try await api.pool.first("SELECT count(*) FROM videos", as: Int.self) == 1)
            // What has become a video is no upload to give up.
            #expect(try await tus.send(.delete, address).status == .forbidden)
            #expect(try await tus.send(.head, address).status == .ok)
            #expect(try await api.pool.first("SELECT count(*) FROM videos", as: Int.self) == 1)
        }
    }

    @Test func aCoverIsAPictureAndComesBeforeTheEnd() async throws {
        try await withTus(configure: { $0.pictureMaxBytes = 1000 }) { (tus, api) async throws in
            let address = try await tus.create(length: Clip.bytes.count)
            #expect(try await tus.send(.put, "\(address)/cover", body: [1, 2, 3]).code == "invalid_picture")
            let large = [UInt8](repeating: 0, count: 1001)
            #expect(try await tus.send(.put, "\(address)/cover", body: large).status == .contentTooLarge)
            #expect(try await tus.patch(address, at: 0, Clip.bytes).status == .noContent)
            #expect(try await tus.send(.put, "\(address)/cover", body: [1]).status == .forbidden)
        }
    }
}

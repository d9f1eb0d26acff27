import Foundation
import Testing

@testable import ObjectStorage

/// Against what Aliyun's own signer made, string to sign and all.
@Suite struct OSSSignerTests {
    private struct Vector: Decodable, Sendable {
        let version: String
        let presign: Bool
        let method: String
        let bucket: String?
        let key: String?
        let query: [[String]]
        let headers: [String: String]
        let additional: [String]?
        let token: String?
        let time: Double
        let expires: Double?
        let toSign: String
        let authorization: String?
        /// Path and query of a presigned address.
        let url: String?

        var request: BucketRequest {
            BucketRequest(
                method,
                key ?? "",
                query: query.map { ($0[0], $0[1]) },
                headers: CurlHeaders(headers.map { ($0.key, $0.value) })
            )
        }

        var credentials: StorageCredentials {
            StorageCredentials(accessKey: "ak", secretKey: "sk", sessionToken: token)
        }

        var date: Date { Date(timeIntervalSince1970: time) }
        var v4: OSSSignerV4 {
            OSSSignerV4(
                credentials: credentials,
                region: "cn-hangzhou",
                bucket: bucket,
                additionalHeaders: Set(additional ?? [])
            )
        }
        var v1: OSSSignerV1 { OSSSignerV1(credentials: credentials, bucket: bucket) }
        var signer: any OSSSigner { version == "v4" ? v4 : v1 }
    }

    private let vectors: [Vector]

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "oss-vectors.json")
        vectors = try JSONDecoder().decode([Vector].self, from: Data(contentsOf: file))
    }

    @Test func allOfThemAreHere() {
        #expect(vectors.count == 100)
        #expect(vectors.filter { $0.version == "v1" }.count == 33)
        #expect(vectors.filter(\.presign).count == 28)
    }

    @Test func headersAreSignedAsAliyunDoes() {
        for vector in vectors where !vector.presign {
            var request = vector.request
            vector.signer.authorize(&request, at: vector.date)
            #expect(request.headers["Authorization"] == vector.authorization, "\(vector)")
            #expect(request.headers["Date"] == SigningTime(vector.date).http)
            let token = vector.version == "v4" ? "x-oss-security-token" : "security-token"
            #expect(request.headers[token] == vector.token)
        }
    }

    @Test func addressesAreSignedAsAliyunDoes() {
        for vector in vectors where vector.presign {
            var request = vector.request
            vector.signer.presign(&request, from: vector.date, expiresInSeconds: 3600)
            let path = PercentEncoding.encodePath("/\(vector.key ?? "")")
            #expect("\(path)?\(request.encodedQuery(bareHasSign: false))" == vector.url, "\(vector)")
        }
    }

    @Test func stringsToSignAreAliyuns() {
        for vector in vectors where !vector.presign {
            var request = vector.request
            vector.signer.authorize(&request, at: vector.date)
            let text =
                vector.version == "v4"
                ? vector.v4.stringToSign(request, at: SigningTime(vector.date))
                : vector.v1.stringToSign(request, date: SigningTime(vector.date).http)
            #expect(text == vector.toSign, "\(vector)")
        }
    }

    @Test func timesHaveTwoDigits() {
        let time = SigningTime(Date(timeIntervalSince1970: 1_709_251_323))
        #expect(time.day == "20240301" && time.compact == "20240301T000203Z")
        #expect(time.http == "Fri, 01 Mar 2024 00:02:03 GMT")
    }
}

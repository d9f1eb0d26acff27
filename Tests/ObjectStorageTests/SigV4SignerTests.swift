import Crypto
import Foundation
import TestSupport
import Testing

@testable import ObjectStorage

/// The examples that Amazon publishes with the description of the signature.
@Suite struct SigV4SignerTests {
    private let signer = SigV4Signer(
        credentials: StorageCredentials(
            accessKey: "AKIAIOSFODNN7EXAMPLE",
            secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
        ),
        region: "us-east-1"
    )
    private let time = "20130524T000000Z"
    private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private func signature(
        _ method: String,
        _ path: String,
        query: String = "",
        headers: [(name: String, value: String)] = [],
        payloadHash: String = emptyHash
    ) -> String {
        let always = [
            (name: "host", value: "examplebucket.s3.amazonaws.com"), (name: "x-amz-date", value: time),
            (name: "x-amz-content-sha256", value: payloadHash),
        ]
        let subject = SigV4Signer.Subject(
            method: method,
            path: path,
            query: query,
            headers: always + headers,
            payloadHash: payloadHash
        )
        return signer.signature(subject, at: time)
    }

    @Test func getOfARange() {
        #expect(
            signature("GET", "/test.txt", headers: [(name: "range", value: "bytes=0-9")])
                == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        )
    }

    @Test func putOfAnObject() {
        let headers = [
            (name: "date", value: "Fri, 24 May 2013 00:00:00 GMT"),
            (name: "x-amz-storage-class", value: "REDUCED_REDUNDANCY"),
        ]
        let hash = SHA256.hash(data: Data("Welcome to Amazon S3.".utf8)).hex
        #expect(
            signature("PUT", PercentEncoding.encodePath("/test$file.text"), headers: headers, payloadHash: hash)
                == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        )
    }

    @Test func nameWithoutAValue() {
        let query = BucketRequest("GET", query: [("lifecycle", nil)]).canonicalQuery(bareHasSign: true)
        #expect(
            signature("GET", "/", query: query) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        )
    }

    @Test func listOfObjects() {
        let query = BucketRequest("GET", query: [("prefix", "J"), ("max-keys", "2")]).canonicalQuery(bareHasSign: true)
        #expect(
            signature("GET", "/", query: query) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        )
    }

    @Test func presignedAddress() throws {
        let address = try BucketAddress(
            endpoint: "https://s3.amazonaws.com/",
            bucket: "examplebucket",
            isPathStyle: false
        )
        let dialect = S3Dialect(address: address, publicAddress: address, signer: signer)
        let now = Date(timeIntervalSince1970: 1_369_353_600)
        #expect(
            dialect.presigned("GET", "test.txt", expiresInSeconds: 86400, at: now)
                == "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        )
    }

    /// A token is signed where it stands: in the header, or in the query.
    @Test func temporaryCredentialsSendTheirToken() throws {
        let credentials = StorageCredentials(accessKey: "A", secretKey: "S", sessionToken: "to/ken+=")
        let address = try BucketAddress(endpoint: "http://h:9000", bucket: "clips", isPathStyle: true)
        let signer = SigV4Signer(credentials: credentials, region: "eu-central-1")
        let dialect = S3Dialect(address: address, publicAddress: address, signer: signer)
        let request = dialect.signed(BucketRequest("GET", "电影/a b.mp4"), at: Date())
        #expect(request.headers["x-amz-security-token"] == "to/ken+=")
        #expect(
            request.headers["Authorization"]?.contains("host;x-amz-content-sha256;x-amz-date;x-amz-security-token")
                == true
        )
        #expect(request.url == "http://h:9000/clips/%E7%94%B5%E5%BD%B1/a%20b.mp4")
        let url = dialect.presigned("PUT", "a", expiresInSeconds: 60, at: Date())
        #expect(url.contains("&X-Amz-Security-Token=to%2Fken%2B%3D&"))
    }

    @Test func credentialsAreNotPrinted() {
        let credentials = StorageCredentials(accessKey: "AKID", secretKey: "secret", sessionToken: "token")
        for text in ["\(credentials)", String(reflecting: credentials), "\([credentials])"] {
            #expect(!text.contains("AKID") && !text.contains("secret") && !text.contains("token"))
        }
        var dump = ""
        Swift.dump(credentials, to: &dump)
        #expect(!dump.contains("secret"))
    }

    @Test(
        arguments: [
            ("ftp://h", "clips"), ("https://", "clips"), ("https://h/path", "clips"), ("https://h h", "clips"),
            ("https://h", "Clips"), ("https://h", "ab"), ("https://h", "a/b"), ("https://h", "-ab"),
        ]
    )
    func wrongEndpointsAndBucketsAreRefused(endpoint: String, bucket: String) {
        #expect(throws: StorageError.self) {
            try BucketAddress(endpoint: endpoint, bucket: bucket, isPathStyle: true)
        }
    }

    /// Odd keys, queries and headers, with and without a token, against the signer of Amazon's own clients.
    @Test func botocoreSignsAlike() throws {
        let now = Date(timeIntervalSince1970: 1_790_000_123)
        let keys = ["a", "a b/c+d", "电影/é.mp4", "~!()*'$&,;=:@[]", "%41/..hidden", "x//y", ""]
        let queries: [[(name: String, value: String?)]] = [
            [], [("uploads", nil)], [("prefix", "a b/中&="), ("list-type", "2"), ("continuation-token", "x+/=")],
            [("partNumber", "3"), ("uploadId", "abc~-._")],
        ]
        var lines: [String] = []
        var ours: [String] = []
        for (index, key) in keys.enumerated() {
            for (number, query) in queries.enumerated() {
                for isPathStyle in [true, false] {
                    let token = (index + number).isMultiple(of: 2) ? "a/token+=" : nil
                    let dialect = try Self.dialect(isPathStyle: isPathStyle, token: token)
                    let method = ["GET", "PUT", "POST", "DELETE", "HEAD"][(index + number) % 5]
                    var request = BucketRequest(method, key, query: query)
                    request.headers["x-amz-copy-source"] = number == 1 ? "/clips/a%20b" : nil
                    let signed = dialect.signed(request, at: now)
                    let fields = request.headers.fields.map { ($0.name, $0.value) }
                    lines.append(
                        try Self.line(method, signed.url, Dictionary(uniqueKeysWithValues: fields), now, token, nil)
                    )
                    ours.append(String(signed.headers["Authorization"]?.split(separator: "=").last ?? ""))
                    let plain = dialect.address.url(path: dialect.address.path(of: key), query: "")
                    lines.append(try Self.line("GET", plain, [:], now, token, 600))
                    ours.append(dialect.presigned("GET", key, expiresInSeconds: 600, at: now))
                }
            }
        }
        let theirs = try Self.botocore(lines)
        #expect(theirs.count == ours.count && ours.count == 112)
        for (mine, other) in zip(ours, theirs) {
            #expect(mine.split(separator: "Signature=").last == other.split(separator: "Signature=").last)
        }
    }

    private static func dialect(isPathStyle: Bool, token: String?) throws -> S3Dialect {
        let address = try BucketAddress(
            endpoint: "https://s3.eu-west-3.amazonaws.com",
            bucket: "clips",
            isPathStyle: isPathStyle
        )
        let credentials = StorageCredentials(accessKey: "AKID", secretKey: "secret/key+=", sessionToken: token)
        let signer = SigV4Signer(credentials: credentials, region: "eu-west-3")
        return S3Dialect(address: address, publicAddress: address, signer: signer)
    }

    private static func line(
        _ method: String,
        _ url: String,
        _ headers: [String: String],
        _ now: Date,
        _ token: String?,
        _ expires: Int?
    ) throws -> String {
        var line: [String: Any] = [
            "method": method, "url": url, "headers": headers, "time": now.timeIntervalSince1970,
        ]
        line["token"] = token
        line["expires"] = expires
        return String(decoding: try JSONSerialization.data(withJSONObject: line), as: UTF8.self)
    }

    private static func botocore(_ lines: [String]) throws -> [String] {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: try StorageServer.tool("python"))
        process.arguments = [
            URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Support/botocore_sign.py").path
        ]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        // Fewer bytes than a pipe holds, so nobody waits for anybody.
        input.fileHandleForWriting.write(Data((lines.joined(separator: "\n") + "\n").utf8))
        try input.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").map(String.init)
    }
}

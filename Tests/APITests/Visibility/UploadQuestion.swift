import HTTPTypes

@testable import API

/// One way in which a request names an upload.
struct UploadQuestion: Sendable, CustomStringConvertible {
    let route: String
    let headers: HTTPFields
    let body: [UInt8]?
    /// Whether its creator gets what they ask for, and not a reason of another kind.
    let isAnswered: Bool
    /// Whether it names a partial upload that is whole.
    let isAboutPart: Bool

    var method: HTTPRequest.Method { HTTPRequest.Method(String(route.prefix { $0 != " " })) ?? .get }
    /// With `{upload}` for the upload.
    var path: String { String(route.drop { $0 != " " }.dropFirst()).replacing("*", with: "{upload}") }
    var description: String { "\(route) \(headers)" }

    private init(
        _ route: String,
        _ headers: HTTPFields = [:],
        body: [UInt8]? = nil,
        isAnswered: Bool = true,
        isAboutPart: Bool = false
    ) {
        (self.route, self.headers, self.body) = (route, headers, body)
        (self.isAnswered, self.isAboutPart) = (isAnswered, isAboutPart)
    }

    private static let one = "/api/v1/uploads/*"
    private static let tus: HTTPFields = [.tusResumable: "1.0.0"]
    private static let draft: HTTPFields = [.uploadInteropVersion: "6"]
    private static let piece: HTTPFields = [.uploadOffset: "0", .contentType: TusClient.offsetStream]
    private static let draftPiece: HTTPFields = [
        .uploadOffset: "0", .uploadComplete: "?0", .contentType: "application/partial-upload",
    ]

    static let all: [UploadQuestion] = [
        UploadQuestion("GET \(one)"), UploadQuestion("HEAD \(one)", tus), UploadQuestion("HEAD \(one)", draft),
        UploadQuestion("PATCH \(one)", tus + piece, body: Array(Clip.bytes.prefix(100))),
        UploadQuestion("PATCH \(one)", draft + draftPiece, body: Array(Clip.bytes.prefix(100))),
        UploadQuestion("POST \(one)", tus + [.methodOverride: "HEAD"]),
        UploadQuestion("POST \(one)", tus + piece + [.methodOverride: "PATCH"], body: Array(Clip.bytes.prefix(100))),
        UploadQuestion("POST \(one)", tus + [.methodOverride: "DELETE"]), UploadQuestion("DELETE \(one)", tus),
        // What is no picture is told whose upload it is for.
        UploadQuestion("PUT \(one)/cover", body: [1, 2, 3], isAnswered: false),
        UploadQuestion(
            "POST /api/v1/uploads",
            tus + [
                .uploadConcat: "final;/api/v1/uploads/{upload}",
                .uploadMetadata: TusClient.metadata([("title", "Joined")]),
            ],
            isAboutPart: true
        ),
    ]
}

extension HTTPFields {
    fileprivate static func + (one: HTTPFields, other: HTTPFields) -> HTTPFields {
        other.reduce(into: one) { $0[$1.name] = $1.value }
    }
}

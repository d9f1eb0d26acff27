import Foundation
import HTTPTypes

extension HTTPField.Name {
    static let tusResumable = named("Tus-Resumable")
    static let tusVersion = named("Tus-Version")
    static let tusExtension = named("Tus-Extension")
    static let tusMaxSize = named("Tus-Max-Size")
    static let tusChecksumAlgorithm = named("Tus-Checksum-Algorithm")
    static let uploadOffset = named("Upload-Offset")
    static let uploadLength = named("Upload-Length")
    static let uploadDeferLength = named("Upload-Defer-Length")
    static let uploadMetadata = named("Upload-Metadata")
    static let uploadChecksum = named("Upload-Checksum")
    static let uploadConcat = named("Upload-Concat")
    static let uploadExpires = named("Upload-Expires")
    static let uploadComplete = named("Upload-Complete")
    static let uploadIncomplete = named("Upload-Incomplete")
    static let uploadLimit = named("Upload-Limit")
    static let uploadInteropVersion = named("Upload-Draft-Interop-Version")
    /// Ours: the path of the video that an upload is already.
    static let uploadVideo = named("Upload-Video")
    static let methodOverride = named("X-HTTP-Method-Override")

    private static func named(_ name: String) -> Self {
        guard let name = Self(name) else { preconditionFailure("not the name of a header") }
        return name
    }
}

extension HTTPFields {
    /// A number of bytes: digits and nothing else.
    ///
    /// - Returns: `nil` when the header is absent.
    func byteCount(_ name: HTTPField.Name) throws(APIError) -> Int64? {
        guard let text = self[name] else { return nil }
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let count = Int64(text)
        else {
            throw APIError(
                .invalidParameter,
                "The header \(name.canonicalName) must be a number of bytes.",
                chinese: "请求头 \(name.canonicalName) 必须是字节数。"
            )
        }
        return count
    }
}

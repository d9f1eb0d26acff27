import Database
import Foundation
import HTTPTypes
import Hummingbird

/// The protocol that a request about an upload speaks.
enum UploadDialect: Equatable {
    /// tus 1.0.0.
    case tus
    /// The IETF draft (draft-ietf-httpbis-resumable-upload), by its interop version.
    case draft(version: Int)

    static let tusVersion = "1.0.0"
    /// From draft 01 to draft 05, as URLSession speaks them.
    static let draftVersions = 3...6

    /// - Throws: for a version that is not ours.
    init(_ headers: HTTPFields) throws(APIError) {
        if let text = headers[.uploadInteropVersion] {
            guard let version = Int(text), Self.draftVersions.contains(version) else {
                throw .unsupportedVersion("Upload-Draft-Interop-Version", "3, 4, 5, 6")
            }
            self = .draft(version: version)
        } else if headers[.tusResumable] == Self.tusVersion {
            self = .tus
        } else {
            throw .unsupportedVersion("Tus-Resumable", Self.tusVersion)
        }
    }

    /// Which bytes of an upload are there, as a response says it.
    func addPosition(_ position: UploadPosition, to headers: inout HTTPFields) {
        headers[.uploadOffset] = "\(position.offset)"
        if case .draft(let version) = self { setComplete(position.isComplete, version, in: &headers) }
    }

    /// Whether a request of the draft is the last of its upload; `nil` if it does not say.
    static func isComplete(_ headers: HTTPFields, version: Int) -> Bool? {
        let value = headers[version >= 5 ? .uploadComplete : .uploadIncomplete]
        switch value {
        case "?1": return version >= 5
        case "?0": return version < 5
        default: return nil
        }
    }

    private func setComplete(_ isComplete: Bool, _ version: Int, in headers: inout HTTPFields) {
        if version >= 5 {
            headers[.uploadComplete] = isComplete ? "?1" : "?0"
        } else {
            headers[.uploadIncomplete] = isComplete ? "?0" : "?1"
        }
    }
}

extension APIError {
    fileprivate static func unsupportedVersion(_ header: String, _ versions: String) -> APIError {
        APIError(
            .unsupportedVersion,
            "The request must say \(header): \(versions).",
            chinese: "请求头 \(header) 必须为 \(versions)。"
        ).closingConnection
    }
}
